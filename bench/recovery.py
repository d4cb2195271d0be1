#!/usr/bin/env python3
"""What point-in-time recovery costs the writes of its table: PutItem of 1 KiB over 16 connections on two tables of one
server, without and with it, in turns. Bases that fall due meanwhile are part of it.

  recovery.py [--rounds 3] [--seconds 10] [--into docs/performance.md]
"""

import argparse
import statistics

import harness
import tables
from harness import say

TABLES = ("without", "with")
WANTED = 0.8  # of the writes without


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    harness.add_arguments(parser)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--items", type=int, default=100_000, help="of each table")
    parser.add_argument("--into", metavar="DOCUMENT", help="put the table there, too: docs/performance.md has a place")
    arguments = parser.parse_args()
    server = harness.stator(arguments.build, "Stator, fsync", "--data", "{directory}/data")
    load = harness.Load(arguments, items=arguments.items)
    runs = {table: [] for table in TABLES}
    with harness.Alone(arguments), harness.running("recovery", server, arguments.directory) as running:
        for table in TABLES:
            load.fill(running, "--table", table)
        harness.call(running, "UpdateContinuousBackups", {
            "TableName": "with", "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True}})
        harness.rest(running)  # the first base is made
        for round_number in range(arguments.rounds):
            for table in TABLES[::1 if round_number % 2 == 0 else -1]:
                lines, total = load.run(running, "--operation", "put", "--table", table, "--connections", 16,
                                        "--warmup", 0.5, "--seconds", arguments.seconds, "--settle", 5)
                runs[table].append((lines[0]["per_second"], lines[0]["p99_ms"], total["server_cpu_us"]))
                say(f"round {round_number}, {table}: {lines[0]['per_second']:,.0f}/s")
    medians = {table: [statistics.median(figures) for figures in zip(*runs[table])] for table in TABLES}
    ratio = medians["with"][0] / medians["without"][0]
    text = (f"{harness.machine_text(harness.machine())}. {arguments.items:,} items of 1 KiB, 16 connections; medians of "
            f"{arguments.rounds} round(s) of {arguments.seconds:g} s each.\n\n")
    text += tables.markdown(["point-in-time recovery", "PutItem/s", "p99 ms", "CPU us/answer"],
                            [[table, f"{per_second:,.0f}", f"{p99:.2f}", f"{cpu:.1f}"]
                             for table, (per_second, p99, cpu) in medians.items()])
    text += f"\n\nWith it {100 * ratio:.0f} % are written, {100 * WANTED:.0f} % are wanted: " \
            f"{'met' if ratio >= WANTED else '**not met**'}."
    tables.publish(text, "bench/recovery.py", arguments.into)


if __name__ == "__main__":
    main()
