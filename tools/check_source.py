#!/usr/bin/env python3
"""Small rules on the text of the project: lengths, leftovers, paths of somebody's machine.

Prints each offence; exit code 1 if there is one. Looks only at files that git knows or would add.
"""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
MAX_LINES = 600

# Files of src/ that may be longer, each with its reason.
LONG_FILES = {
    "src/api/shapes_generated.h": "generated",
    "src/api/shapes_generated.cc": "generated",
}

TEXT = {".h", ".cc", ".py", ".sh", ".md", ".cmake", ".txt", ".json", ".mjs", ".toml", ".ini", ".yml", ""}
LEFTOVER = re.compile(r"\b(TODO|FIXME|XXX)\b")
MACHINE_PATH = re.compile(r"(?<![\w.<$}])/(home|root|Users|work)/[\w.-]")
# A word that the rules above are made of cannot be kept out of the file that makes them.
EXEMPT = {"tools/check_source.py"}


def project_files():
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in listing.split("\0"):
        path = ROOT / name
        if name and name not in EXEMPT and path.is_file() and path.suffix in TEXT:
            yield name, path


def offences():
    for name, path in project_files():
        try:
            lines = path.read_text().splitlines()
        except UnicodeDecodeError:
            continue  # binary: a fuzz corpus, a golden file of bytes
        if name.startswith("src/") and len(lines) > MAX_LINES and name not in LONG_FILES:
            yield f"{name}: {len(lines)} lines (more than {MAX_LINES}, and not in LONG_FILES)"
        if name.startswith("tests/fuzz/corpus/"):
            continue
        for number, line in enumerate(lines, 1):
            if LEFTOVER.search(line):
                yield f"{name}:{number}: left open: {line.strip()}"
            if MACHINE_PATH.search(line):
                yield f"{name}:{number}: a path of one machine: {line.strip()}"


def main():
    found = list(offences())
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
