#!/usr/bin/env python3
"""What a backup does to the reads beside it: GetItem and PutItem at fixed rates on a large table, without and while it is
backed up, in turns.

  backup.py [--gigabytes 10] [--rounds 3] [--seconds 10] [--into docs/performance.md]
"""

import argparse
import statistics
import time

import harness
import tables
from harness import say

TABLE = "large"
WANTED = 2  # times the p99 without
FIGURES = ("p50_ms", "p99_ms", "p999_ms")


def is_made(running, arn):
    details = harness.call(running, "DescribeBackup", {"BackupArn": arn})["BackupDescription"]["BackupDetails"]
    return details["BackupStatus"] == "AVAILABLE"


def back_up(running, measure):
    """Calls `measure` while a backup is made; returns what it does, and how long the backup took."""
    began = time.monotonic()
    arn = harness.call(running, "CreateBackup", {"TableName": TABLE, "BackupName": "bench"})["BackupDetails"]["BackupArn"]
    measured = measure()
    if is_made(running, arn):
        say("  the backup was made before the load ended: take more gigabytes or fewer seconds")
    while not is_made(running, arn):
        time.sleep(0.1)
    seconds = time.monotonic() - began
    harness.call(running, "DeleteBackup", {"BackupArn": arn})
    return measured, seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    harness.add_arguments(parser)
    parser.add_argument("--gigabytes", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--gets", type=int, default=4000, help="a second")
    parser.add_argument("--puts", type=int, default=500, help="a second")
    parser.add_argument("--into", metavar="DOCUMENT", help="put the table there, too: docs/performance.md has a place")
    arguments = parser.parse_args()
    items = int(arguments.gigabytes * 1e9 / 1024)
    server = harness.stator(arguments.build, "Stator, fsync", "--data", "{directory}/data")
    load = harness.Load(arguments, items=items)
    runs = {"without": [], "while it is made": []}
    backup_seconds = []
    with harness.Alone(arguments), harness.running("backup", server, arguments.directory) as running:
        load.fill(running, "--table", TABLE)
        harness.rest(running)

        def measure():
            lines, _ = load.run(running, "--table", TABLE, "--zipf", 0.99, "--warmup", 1, "--seconds", arguments.seconds,
                                "--stream", f"get name=get connections=8 rate={arguments.gets}",
                                "--stream", f"put name=put connections=8 rate={arguments.puts}")
            gets = next(line for line in lines if line["stream"] == "get")
            return [gets[figure] for figure in FIGURES]

        for round_number in range(arguments.rounds):
            runs["without"].append(measure())
            measured, seconds = back_up(running, measure)
            runs["while it is made"].append(measured)
            backup_seconds.append(seconds)
            say(f"round {round_number}: p99 {runs['without'][-1][1]:.2f} ms, while a backup is made {measured[1]:.2f} ms")
            harness.rest(running)
    medians = {name: [statistics.median(figures) for figures in zip(*some)] for name, some in runs.items()}
    ratio = medians["while it is made"][1] / medians["without"][1]
    seconds = statistics.median(backup_seconds)
    text = (f"{harness.machine_text(harness.machine())}. {items:,} items of 1 KiB; {arguments.gets:,} GetItem (Zipf 0.99) "
            f"and {arguments.puts:,} PutItem a second; medians of {arguments.rounds} round(s) of {arguments.seconds:g} s "
            f"each. The backup took {seconds:.1f} s, {arguments.gigabytes * 1000 / seconds:.0f} MB/s.\n\n")
    text += tables.markdown(["backup", "GetItem p50 ms", "p99 ms", "p99.9 ms"],
                            [[name, *(f"{value:.2f}" for value in figures)] for name, figures in medians.items()])
    text += f"\n\nThe p99 is {ratio:.1f} times as long, {WANTED} times are wanted at most: " \
            f"{'met' if ratio <= WANTED else '**not met**'}."
    tables.publish(text, "bench/backup.py", arguments.into)


if __name__ == "__main__":
    main()
