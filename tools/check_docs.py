#!/usr/bin/env python3
"""Keeps the documents true: links lead somewhere, and the README's table of settings is the program's own.

check_docs.py [--stator BINARY] [--write]
  --stator BINARY  compare the settings between the markers in README.md with `BINARY config --markdown`
  --write          put the program's table into README.md instead of complaining
Prints each offence; exit code 1 if there is one.
"""

import argparse
import difflib
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
BEGIN = "<!-- stator config --markdown -->\n"
END = "<!-- end -->\n"
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+\s+(.*)$", re.MULTILINE)


def documents():
    yield README
    for folder in ("docs", "examples", "bench", "tests"):
        for path in sorted((ROOT / folder).rglob("*.md")):
            if "node_modules" not in path.parts:
                yield path


def anchor(heading):
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def broken_links():
    for document in documents():
        text = document.read_text()
        for target in LINK.findall(text):
            if re.match(r"[a-z]+:", target):
                continue
            file, _, fragment = target.partition("#")
            path = (document.parent / file).resolve() if file else document
            name = document.relative_to(ROOT)
            if not path.exists():
                yield f"{name}: link to nowhere: {target}"
            elif fragment and path.suffix == ".md":
                if fragment not in {anchor(h) for h in HEADING.findall(path.read_text())}:
                    yield f"{name}: link to a missing heading: {target}"


def settings_table(text):
    """(before, table, after) of the README."""
    before, found_begin, rest = text.partition(BEGIN)
    table, found_end, after = rest.partition(END)
    if not found_begin or not found_end:
        sys.exit(f"README.md: the lines {BEGIN.strip()} and {END.strip()} are missing")
    return before + BEGIN, table, END + after


def check_settings(stator, write):
    actual = subprocess.run([stator, "config", "--markdown"], check=True, capture_output=True,
                            text=True).stdout.strip() + "\n"
    before, table, after = settings_table(README.read_text())
    if actual == table:
        return
    if write:
        README.write_text(before + actual + after)
        return
    yield "README.md: the settings differ from `stator config --markdown` " \
          "(tools/check_docs.py --stator BINARY --write puts them right):"
    yield from difflib.unified_diff(table.splitlines(), actual.splitlines(), "README.md", "stator",
                                    lineterm="")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stator")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    found = list(broken_links())
    if arguments.stator:
        found += check_settings(arguments.stator, arguments.write)
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
