#!/usr/bin/env bash
# install_packages.sh GROUP...: makes sure that the Debian packages of the named groups are there.
# Takes a fraction of a second when they are. Needs root only to install: then, and only then, it calls sudo.
set -euo pipefail

build=(build-essential cmake ninja-build ccache pkg-config librocksdb-dev libboost1.81-dev libsimdjson-dev
       libfmt-dev libspdlog-dev libcli11-dev prometheus-cpp-dev libtomlplusplus-dev libssl-dev libdeflate-dev
       libxxhash-dev libjemalloc-dev zlib1g-dev libzstd-dev libgtest-dev libbenchmark-dev)
test=(python3 python3-venv nodejs npm openssl zstd)
clang=(clang-14 clang-format-14 clang-tidy-14 libclang-rt-14-dev)
bench=(default-jre-headless maven)

# Tools that people often have from elsewhere than Debian: the command is what counts.
declare -A command_of=([nodejs]=node [npm]=npm [default-jre-headless]=java [maven]=mvn [cmake]=cmake)

wanted=()
for group in "$@"; do
  declare -n packages=$group
  wanted+=("${packages[@]}")
done

missing=()
installed=" $(dpkg-query -W -f='${db:Status-Status}=${Package} ' "${wanted[@]}" 2>/dev/null || true)"
for package in "${wanted[@]}"; do
  case "$installed" in *" installed=$package "*) continue ;; esac
  command=${command_of[$package]:-}
  if [ -n "$command" ] && command -v "$command" >/dev/null; then continue; fi
  missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

sudo=()
if [ "$(id -u)" -ne 0 ]; then
  sudo=(sudo)
  echo "Some packages are missing. Installing them needs root, so the next two commands are run by sudo."
fi
install=(apt-get install -y --no-install-recommends "${missing[@]}")
echo "+ ${sudo[*]} ${install[*]}"
"${sudo[@]}" apt-get update -q
"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive "${install[@]}"
