#!/usr/bin/env python3
"""Keeps docs/operations.md the truth: what `stator operations` says of itself, against the public service model.

check_operations.py [--stator BINARY] [--write]
  --stator BINARY  the program to ask (default build/dev/stator)
  --write          write docs/operations.md instead of complaining that it is stale
Fails if the document is stale, if an operation or parameter of the model is unknown to the program, if a parameter
that counts as supported is read nowhere in src/api, or if src/api/shapes_generated.cc is not what
generate_shapes.py writes.
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys

import generate_shapes

ROOT = pathlib.Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "operations.md"
SERVICES = {"dynamodb": "DynamoDB_20120810", "dynamodbstreams": "DynamoDBStreams_20120810",
            "kinesis": "Kinesis_20131202"}
TITLES = {"DynamoDB_20120810": "DynamoDB", "DynamoDBStreams_20120810": "DynamoDB Streams",
          "Kinesis_20131202": "Kinesis Data Streams"}

# Parameters that a supported operation may leave unread, each with its reason.
NEED_NOT_BE_READ = {
    ("ListTagsOfResource", "NextToken"): "one answer holds all tags a table may have, so no token is given out",
    ("DeleteStream", "EnforceConsumerDeletion"): "streams have no registered consumers",
}

INTRODUCTION = """\
# Operations

Written by `tools/check_operations.py --write` from what the program knows of itself; do not edit.

- *Supported*: the operation does what the service does, with these parameters.
- *Refused*: a parameter that the service knows and Stator does not support yet. A request that has it is answered
  with ValidationException `<parameter> is not supported by Stator yet.`, whatever the rest of it says. `A.B` is
  parameter `B` inside `A`.
- An operation under *Not supported yet* is answered with UnknownOperationException `The operation <name> is not
  supported by Stator yet.`

What is supported but differs from the service, single values that are refused included, is in
[differences.md](differences.md).
"""


def described(binary):
    output = subprocess.run([binary, "operations"], check=True, capture_output=True, text=True).stdout
    return json.loads(output)


def parameters(names):
    return ", ".join(f"`{name}`" for name in sorted(names)) or "–"


def refused(operation):
    return [m["name"] for m in operation["members"] if m["refused"]] + operation["refused_parts"]


def accepted(operation):
    return [m["name"] for m in operation["members"] if not m["refused"]]


def document(operations):
    lines = [INTRODUCTION]
    for target, title in TITLES.items():
        own = [op for op in operations if op["target"] == target]
        supported = [op for op in own if op["supported"]]
        missing = [op for op in own if not op["supported"]]
        lines.append(f"## {title}\n\n{len(supported)} of {len(own)} operations are supported.\n")
        if supported:
            lines.append("### " + title + ": supported\n")
            lines.append("| Operation | Supported parameters | Refused parameters |\n|---|---|---|")
            lines += [f"| {op['name']} | {parameters(accepted(op))} | {parameters(refused(op))} |"
                      for op in supported]
            lines.append("")
        if missing:
            lines.append("### " + title + ": not supported yet\n")
            lines.append("| Operation | Its parameters |\n|---|---|")
            lines += [f"| {op['name']} | {parameters(accepted(op) + refused(op))} |" for op in missing]
            lines.append("")
    return "\n".join(lines)


def gaps_against_model(operations):
    known = {(op["target"], op["name"]): {m["name"] for m in op["members"]} for op in operations}
    for service, target in SERVICES.items():
        model = generate_shapes.load(service)
        for name, operation in model["operations"].items():
            members = set(model["shapes"][operation["input"]["shape"]]["members"])
            if (target, name) not in known:
                yield f"{target}.{name}: in the model, unknown to the program"
            for member in sorted(members - known.get((target, name), members)):
                yield f"{target}.{name}: parameter {member} is unknown to the program"


def unread_parameters(operations):
    """Parameters said to be supported that no code of the API reads."""
    read = set()
    for path in (ROOT / "src" / "api").glob("*.cc"):
        if path.name != "shapes_generated.cc" and not path.name.endswith("_test.cc"):
            read.update(re.findall(r'"(\w+)"', path.read_text()))
    for operation in operations:
        if operation["supported"]:
            for member in accepted(operation):
                if member not in read and (operation["name"], member) not in NEED_NOT_BE_READ:
                    yield f"{operation['name']}: parameter {member} counts as supported, but nothing reads it"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stator", default=str(ROOT / "build" / "dev" / "stator"))
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()

    operations = described(options.stator)
    wanted = document(operations)
    found = [*gaps_against_model(operations), *unread_parameters(operations)]
    if options.write:
        DOCUMENT.write_text(wanted)
    elif not DOCUMENT.exists() or DOCUMENT.read_text() != wanted:
        found.append("docs/operations.md is stale: run tools/check_operations.py --write")
    if generate_shapes.OUTPUT.read_text() != generate_shapes.generate():
        found.append("src/api/shapes_generated.cc is stale: run tools/generate_shapes.py")
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
