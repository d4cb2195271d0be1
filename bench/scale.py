#!/usr/bin/env python3
"""Stator on one machine at other scales than that of compare.py: many connections, large items, many indexes, point
reads beside other work, more data than its cache. bench/README.md explains the figures.
"""

import argparse
import json
import os
import pathlib

import harness
import tables
from harness import say

SECTIONS = ("connections", "items", "indexes", "mixed", "data")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    harness.add_arguments(parser)
    parser.add_argument("--sections", nargs="+", default=SECTIONS, choices=SECTIONS)
    parser.add_argument("--seconds", type=float, default=3, help="measured for each row")
    parser.add_argument("--connections", nargs="+", type=int, default=[1, 16, 256, 2000])
    parser.add_argument("--rate", type=int, default=5000, help="point reads a second beside other work")
    parser.add_argument("--data-gib", type=float, default=2, help="of the section \"data\"")
    parser.add_argument("--cache", default="64MiB", help="of the server in the section \"data\"")
    parser.add_argument("--json", metavar="FILE", help="keep the results there; sections not measured now stay in it")
    parser.add_argument("--report", metavar="FILE", help="measure nothing; print the tables of results kept before")
    parser.add_argument("--into", metavar="DOCUMENT", help="put the tables there, too: docs/performance.md has places")
    return parser.parse_args()


class Scale:
    def __init__(self, arguments):
        self.arguments = arguments
        self.alone = harness.Alone(arguments)
        self.load = harness.Load(arguments)
        self.rows = []

    def stator(self, *more):
        server = harness.stator(self.arguments.build, "Stator, fsync", "--data", "{directory}/data", *more)
        return harness.running("scale", server, self.arguments.directory)

    def fill(self, running, what, *words):
        with self.alone:
            line = self.load.fill(running, *words)[-1]
        say(f"{what}: {line['items']:,} items in {line['seconds']:.1f} s")
        self.rows.append({"what": what, "operation": "fill", "per_second": line["items"] / line["seconds"], **line})

    def run(self, running, what, *words):
        """Adds a row for each operation."""
        with self.alone:
            lines, total = self.load.run(running, "--warmup", "0.5", "--seconds", self.arguments.seconds, *words)
        for line in lines:
            self.rows.append({"what": what, **line, **total})
            say(f"{what}, {line['stream']}: {line['per_second']:,.0f}/s, p99 {line['p99_ms']:.2f} ms")

    def connections(self):
        with self.stator() as running:
            self.fill(running, "")
            for operation in ("get", "put"):
                for count in self.arguments.connections:
                    self.run(running, f"{count:,} connection(s)", "--operation", operation, "--connections", count)

    def items(self):
        # One KiB below the limit, so that a counter still fits; ten of those are more than a page.
        for size, items in (("1KiB", 100_000), ("40KiB", 10_000), ("399KiB", 1000)):
            with self.stator() as running:
                shape = ("--items", items, "--item-bytes", size)
                self.fill(running, f"items of {size}", *shape)
                for operation in ("get", "put", "update", *(("query",) if size != "399KiB" else ())):
                    self.run(running, f"items of {size}", *shape, "--operation", operation)

    def indexes(self):
        for count, projection in ((0, ()), (1, ()), (5, ()), (20, ()), (20, ("--keys-only",))):
            what = f"{count} indexes" + (" of keys only" if projection else "")
            with self.stator() as running:
                shape = ("--items", 20_000, "--indexes", count, *projection)
                self.fill(running, what, *shape)
                for operation in ("get", "put", "update", "batch-write"):
                    self.run(running, what, *shape, "--operation", operation)

    def mixed(self):
        """The same popular point reads, on time, alone and beside other work."""
        small = "table=small items=100000"
        large, largest = "table=large items=1000 item-bytes=160KiB", "table=largest items=250 item-bytes=400KiB"
        popular = f"get name=popular {small} count=1000 connections=16 rate={self.arguments.rate}"
        beside = {
            "alone": (),
            "beside scans": (f"scan {small} connections=2",),
            "beside BatchGetItem of 100 x 160 KiB": (f"batch-get {large} connections=1",),
            "beside BatchWriteItem of 25 x 400 KiB": (f"batch-write {largest} connections=1",),
            "beside unpopular point reads": (f"get {small} connections=2",),
            "beside puts": (f"put {small} connections=2",),
        }
        with self.stator() as running:
            self.fill(running, "", "--stream", f"put {small}")
            self.fill(running, "", "--stream", f"put {large}", "--stream", f"put {largest}")
            self.run(running, "warm-up", "--stream", popular)
            for what, others in beside.items():
                self.run(running, what, "--stream", popular,
                         *(word for other in others for word in ("--stream", other)))

    def data(self):
        """More data than the cache. "cold": the system has forgotten the files, too."""
        items = int(self.arguments.data_gib * (1 << 20))
        shape = ("--items", items)
        popular = f"get name=popular count=10000 connections=16 rate={self.arguments.rate}"
        with self.stator("--cache-size", self.arguments.cache) as running:
            self.fill(running, f"{self.arguments.data_gib:g} GiB", *shape)
            self.rows[-1]["disk_mib"] = running.disk_mib()
            harness.rest(running)  # what the load has left to compact is no part of the rows that read
            for operation in ("get", "query", "put", "update"):
                self.run(running, "uniform", *shape, "--operation", operation)
            harness.rest(running)
            self.run(running, "Zipf, theta 0.99", *shape, "--operation", "get", "--zipf", "0.99")
            self.run(running, "mix", *shape, "--operation", "get:8,put:1,query:1", "--zipf", "0.99")
            self.run(running, "popular alone", *shape, "--stream", popular)
            forget(running.directory)
            self.run(running, "uniform, cold", *shape, "--operation", "get")
            self.run(running, "popular alone", *shape, "--stream", popular)
            forget(running.directory)
            self.run(running, "popular beside cold reads", *shape, "--stream", popular, "--stream", "get connections=8")
            self.rows[-1]["disk_mib"] = running.disk_mib()


def forget(directory):
    """Takes a directory's files out of the system's cache; what is being written stays."""
    os.sync()
    for path in directory.rglob("*"):
        if path.is_file():
            file = os.open(path, os.O_RDONLY)
            os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(file)


TITLES = {"connections": "Connections", "items": "Sizes of items", "indexes": "Global indexes",
          "mixed": "Point reads beside other work", "data": "More data than the cache"}


def section_table(rows):
    body = []
    for row in rows:
        if row["what"] in ("", "warm-up"):
            continue
        if row["operation"] == "fill":
            disk = f", {row['disk_mib']:,.0f} MiB on disk" if "disk_mib" in row else ""
            body.append([row["what"], f"loading {row['items']:,} items: {row['seconds']:.1f} s{disk}",
                         tables.rate(row["per_second"]), "", "", "", "", "", f"{row['peak_mib']:.0f}", ""])
            continue
        asked = f", {row['rate']:,.0f}/s asked for" if row["rate"] else ""
        popular = "popular " if row["stream"] == "popular" else ""
        body.append([row["what"], f"{popular}{tables.API_NAMES[row['operation']]}, {row['connections']:,} "
                     f"connection(s){asked}", tables.rate(row["per_second"]), f"{row['mib_per_second']:,.1f}",
                     *(f"{row[figure]:.2f}" for figure in ("p50_ms", "p99_ms", "p999_ms", "max_ms")),
                     f"{row['resident_mib']:.0f}", row["error_count"] or ""])
    return tables.markdown(["what", "operation", "answers/s", "MiB/s", "p50 ms", "p99 ms", "p99.9 ms", "max ms",
                            "RSS MiB", "errors"], body)


def report(results):
    parts = []
    for section in SECTIONS:
        if section not in results:
            continue
        found = results[section]
        parts += [f"### {TITLES[section]}",
                  f"{harness.machine_text(found['machine'])}; {found['seconds']:g} s a row.",
                  section_table(found["rows"])]
    return "\n\n".join(parts)


def main():
    arguments = parse_arguments()
    kept = pathlib.Path(arguments.report or arguments.json or os.devnull)
    results = json.loads(kept.read_text()) if kept.is_file() else {}
    if not arguments.report:
        for section in arguments.sections:
            scale = Scale(arguments)
            getattr(scale, section)()
            scale.alone.end()
            results[section] = {"machine": harness.machine(), "seconds": arguments.seconds, "rows": scale.rows}
            if arguments.json:
                kept.write_text(json.dumps(results, indent=1) + "\n")
    tables.publish(report(results), "bench/scale.py", arguments.into)


if __name__ == "__main__":
    main()
