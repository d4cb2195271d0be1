#!/usr/bin/env python3
"""What a stream costs the writes of its table: each kind of write on tables of one server, without a stream and with one
of each kind, in turns: in another order each round, as what one run leaves behind is the next one's. How many of those
without there are is the median of what each round says, as rounds differ more than that.

  streams.py [--rounds 3] [--seconds 4] [--into docs/performance.md]
"""

import argparse
import random
import statistics
import time

import harness
import tables
from harness import say

OPERATIONS = ("put", "update", "transact", "batch-write")
VIEWS = {"without": None, **{view: view for view in ("KEYS_ONLY", "NEW_IMAGE", "NEW_AND_OLD_IMAGES")}}


def prepare(load, running):
    for number, view in enumerate(VIEWS.values()):
        table = f"table-{number}"
        load.fill(running, "--table", table)
        if view:
            harness.call(running, "UpdateTable", {"TableName": table, "StreamSpecification": {
                "StreamEnabled": True, "StreamViewType": view}})
    time.sleep(1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    harness.add_arguments(parser)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--into", metavar="DOCUMENT", help="put the table there, too: docs/performance.md has a place")
    arguments = parser.parse_args()
    load = harness.Load(arguments, items=50_000)
    found = {}
    server = harness.stator(arguments.build, "Stator, fsync", "--data", "{directory}/data")
    with harness.Alone(arguments), harness.running("streams", server, arguments.directory) as running:
        prepare(load, running)
        for round_number in range(arguments.rounds):
            for operation in OPERATIONS:
                for number, name in random.sample(list(enumerate(VIEWS)), len(VIEWS)):
                    lines, total = load.run(running, "--operation", operation, "--table", f"table-{number}",
                                        "--connections", 16, "--warmup", 0.5, "--seconds", arguments.seconds,
                                        "--settle", 5)
                    found.setdefault((operation, name), []).append((lines[0]["per_second"], total["server_cpu_us"]))
                    say(f"round {round_number}, {operation}, {name}: {lines[0]['per_second']:,.0f}/s")
    rows = []
    for operation in OPERATIONS:
        for name in VIEWS:
            rate, cpu = (statistics.median(figures) for figures in zip(*found[operation, name]))
            part = statistics.median(with_it[0] / without[0] for with_it, without
                                     in zip(found[operation, name], found[operation, "without"], strict=True))
            rows.append([operation, name, f"{rate:,.0f}", f"{100 * part:.0f} %", f"{cpu:.1f}"])
    text = tables.markdown(["operation", "stream", "answers/s", "of those without", "CPU us/answer"], rows)
    tables.publish(text, "bench/streams.py", arguments.into)


if __name__ == "__main__":
    main()
