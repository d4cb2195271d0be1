#!/usr/bin/env python3
"""Includes between the folders of src/ point one way only.

server -> auth -> api -> kinesis -> table -> (expr, storage) -> model -> base, and a few exceptions, all below.
Prints each line that breaks the rule; exit code 1 if there is one.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# What a folder may include besides itself.
ALLOWED = {
    "base": set(),
    "net": {"base"},
    "model": {"base"},
    "storage": {"base"},  # an engine knows keys and values, not items
    "expr": {"base", "model"},
    "table": {"base", "model", "expr", "storage"},
    "kinesis": {"base", "model", "storage", "table"},
    "backup": {"base", "model", "storage", "table"},
    "auth": {"base", "model"},
    "objects": {"base", "net", "auth"},
    "transfer": {"base", "model", "expr", "storage", "table", "backup", "objects"},
    "api": {"base", "model", "expr", "storage", "table", "kinesis", "backup", "transfer"},
    "events": {"base", "net", "model", "storage", "table", "kinesis", "api"},
    "server": {"base", "net", "objects", "model", "expr", "storage", "table", "kinesis", "backup",
               "transfer", "api", "auth", "events"},
}
# Single headers on top of that.
ALLOWED_FILES = {
    "auth": {"api/service.h"},  # Caller, and nothing else
}

INCLUDE = re.compile(r'^\s*#\s*include\s+"(([a-z_]+)/[^"]+|[^"]+)"')


def offences(source_root):
    for path in sorted(source_root.rglob("*")):
        if path.suffix not in (".h", ".cc"):
            continue
        relative = path.relative_to(source_root)
        folder = relative.parts[0]
        if folder not in ALLOWED:
            yield f"src/{relative}: a folder that tools/check_includes.py does not know"
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            header, target = match.group(1), match.group(2)
            place = f"src/{relative}:{number}"
            if target is None:
                yield f"{place}: name the folder in the path: {line.strip()}"
            elif target in ALLOWED:
                if target != folder and target not in ALLOWED[folder] \
                        and header not in ALLOWED_FILES.get(folder, ()):
                    yield f"{place}: {folder}/ must not include {target}/: {line.strip()}"


def main():
    found = list(offences(ROOT / "src"))
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
