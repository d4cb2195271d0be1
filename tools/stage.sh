#!/usr/bin/env bash
# stage.sh NAME COMMAND...: runs one stage of `make test`, and says which it is and how long it took.
name=$1
shift
printf '\n==> %s\n    %s\n' "$name" "$*"
start=$SECONDS
"$@"
code=$?
if [ $code -eq 0 ]; then
  printf '<== %s: passed in %d s\n' "$name" $((SECONDS - start))
else
  printf '<== %s: FAILED (exit code %d) after %d s\n' "$name" $code $((SECONDS - start))
fi
exit $code
