#!/usr/bin/env bash
# fuzz.sh BUILD SECONDS JOBS: runs every fuzz target of BUILD for SECONDS, JOBS of them at a time, from the corpus
# in tests/fuzz/corpus. New inputs stay in BUILD/corpus; a crashing one is left in BUILD/crashes and named.
set -uo pipefail
build=$1 seconds=$2 jobs=$3
here=$(cd "$(dirname "$0")/.." && pwd)

fuzz_one() {
  local binary=$1 name subject log
  name=$(basename "$binary")
  subject=${name%_fuzz}
  mkdir -p "$build/corpus/$subject" "$build/crashes" "$here/tests/fuzz/corpus/$subject"
  log=$build/$name.log
  if "$binary" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 \
      -artifact_prefix="$build/crashes/$subject-" "$build/corpus/$subject" \
      "$here/tests/fuzz/corpus/$subject" >"$log" 2>&1; then
    printf '%s: %s runs, no fault\n' "$name" "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")"
  else
    printf '%s: FAILED\n' "$name"
    tail -n 60 "$log"
    return 1
  fi
}
export -f fuzz_one
export build seconds here

binaries=("$build"/tests/fuzz/*_fuzz)
if [ ! -x "${binaries[0]}" ]; then
  echo "no fuzz targets in $build"
  exit 1
fi
printf '%s\0' "${binaries[@]}" | xargs -0 -P "$jobs" -I{} bash -c 'fuzz_one {}'
