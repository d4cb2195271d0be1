#!/usr/bin/env python3
"""The same load on Stator and on DynamoDB Local, one after the other in one session, and prints a table.

DynamoDB Local is fetched by Maven into build/dynamodb-local the first time. bench/README.md explains the figures.
"""

import argparse
import subprocess

import harness

LOCAL = harness.ROOT / "build" / "dynamodb-local"


def fetch_local():
    if (LOCAL / ".ready").exists():
        return
    print("Fetching DynamoDB Local into build/dynamodb-local ...", flush=True)
    subprocess.run(["mvn", "--quiet", "--batch-mode", "--file", str(harness.ROOT / "bench/dynamodb-local/pom.xml"),
                    "dependency:copy-dependencies", f"-DoutputDirectory={LOCAL}"], check=True)
    (LOCAL / ".ready").touch()


def local(*place):
    main = "com.amazonaws.services.dynamodbv2.local.main.ServerRunner"
    return lambda port, directory: [
        "java", f"-Djava.library.path={LOCAL}", "-cp", f"{LOCAL}/*", main, "-port", str(port), "-disableTelemetry",
        *(place or ("-dbPath", directory))]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    harness.add_arguments(parser)
    arguments = parser.parse_args()
    fetch_local()
    harness.print_header()
    servers = [
        ("Stator, on disk", harness.stator(arguments.stator)),
        ("DynamoDB Local, on disk", local()),
        ("Stator, in memory", harness.stator(arguments.stator, "--in-memory")),
        ("DynamoDB Local, in memory", local("-inMemory")),
    ]
    for name, command_for in servers:
        harness.measure(arguments.load, command_for, arguments, name)


if __name__ == "__main__":
    main()
