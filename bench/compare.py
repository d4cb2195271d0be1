#!/usr/bin/env python3
"""Stator beside DynamoDB Local and Dynoxide: the same load on each in turn, round after round, then what the parts
below cost, and the targets. bench/README.md explains the figures.

All servers run at the same time, each with its default settings, and one of them is asked at a time: whatever the
machine does meanwhile, it does to all of them.
"""

import argparse
import contextlib
import json
import pathlib
import statistics
import subprocess
import time

import harness
import tables
from harness import say

OPERATIONS = ("get", "put", "update", "query", "batch-write", "transact")
WRITES = ("put", "update", "batch-write", "transact")
# Seconds, after which caches have what is read: writes come before.
READS_WARM_UP = 3
# Runs of each in a round.
HALF_LOADS = 3
SERVERS = ("stator-disk", "stator-memory", "local-memory", "local-disk", "dynoxide-memory", "dynoxide-disk",
           "stator-verified", "http-floor")
# These two are there for the bounds of one row.
ONLY_GET = ("stator-verified", "http-floor")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    harness.add_arguments(parser)
    parser.add_argument("--servers", nargs="+", default=SERVERS, choices=SERVERS)
    parser.add_argument("--operations", nargs="+", default=OPERATIONS, choices=(*OPERATIONS, "batch-get", "scan"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3, help="measured of each operation in each round")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--item-bytes", default="1KiB")
    parser.add_argument("--quick", action="store_true",
                        help="one short round, fewer items for the slowest server: two minutes or so")
    parser.add_argument("--json", metavar="FILE", help="keep the results there")
    parser.add_argument("--report", metavar="FILE", help="measure nothing; print the tables of results kept before")
    parser.add_argument("--into", metavar="DOCUMENT", help="put the tables there, too: docs/performance.md has places")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.rounds, arguments.seconds = 1, 1.5
    return arguments


class Comparison:
    def __init__(self, arguments):
        self.arguments = arguments
        self.alone = harness.Alone(arguments)
        self.load = harness.Load(arguments, item_bytes=arguments.item_bytes)
        self.known = harness.servers(arguments.build)
        self.names = [name for name in arguments.servers if name in self.known]
        self.results = {"machine": harness.machine(), "connections": arguments.connections, "items": arguments.items,
                        "item_bytes": arguments.item_bytes, "rounds": arguments.rounds, "seconds": arguments.seconds,
                        "titles": {name: self.known[name].title for name in self.names},
                        "start": [], "fill": [], "runs": [], "floors": [], "half": [], "counter": []}

    def items_of(self, name):
        # It takes a minute and a half for 100,000 items.
        quick = self.arguments.quick and name == "local-disk"
        return min(self.arguments.items, 10_000) if quick else self.arguments.items

    def script(self, *words):
        """The lines of JSON that a measuring program prints."""
        output = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout
        return [json.loads(line) for line in output.splitlines()]

    def directory(self):
        return ["--directory", self.arguments.directory] if self.arguments.directory else []

    def start_up(self, name):
        """Time to the first answer, and the memory a second later; medians of starts in new directories."""
        starts = []
        for _ in range(1 if self.arguments.quick else 3):
            with harness.running(name, self.known[name], self.arguments.directory) as running:
                time.sleep(1)
                starts.append((running.start_seconds * 1000, running.memory_mib()))
        start_ms, idle_mib = (statistics.median(figures) for figures in zip(*starts))
        self.results["start"].append({"server": name, "start_ms": start_ms, "idle_mib": idle_mib})
        say(f"start-up: {self.known[name].title}: {start_ms:,.0f} ms, {idle_mib:.0f} MiB")

    def fill(self, running):
        if running.name == "http-floor":
            return
        say(f"filling: {running.server.title}")
        [line] = self.load.fill(running, "--items", self.items_of(running.name))
        time.sleep(3)  # what it needed for the load only it may give back
        line["resident_mib"] = running.memory_mib()
        self.results["fill"].append({"server": running.name, **line})

    def run(self, running, operation, *more, settle=0.0):
        [line], total = self.load.run(
            running, "--items", self.items_of(running.name), "--connections", self.arguments.connections,
            "--operation", operation, "--warmup", 0.5 if operation in WRITES else READS_WARM_UP, "--seconds",
            self.arguments.seconds, "--settle", settle, *more)
        return {"server": running.name, **line, **total}

    def compare(self, number, operation, all_running):
        """One operation on each server in turn."""
        for running in all_running:
            if running.name in ONLY_GET and operation != "get":
                continue
            result = self.run(running, operation, settle=1 if operation in WRITES else 0)
            self.results["runs"].append({"round": number, **result})
            say(f"round {number}, {operation}: {running.server.title}: {result['per_second']:,.0f}/s, "
                f"{result['server_cpu_us']:.1f} us")

    def floors(self):
        say("RocksDB, the disk and redis by themselves")
        seconds = "1" if self.arguments.quick else "2"
        self.results["floors"] += self.script(f"{self.arguments.build}/bench/store_floor", *self.directory(),
                                              "--seconds", seconds)
        self.results["floors"] += harness.redis_floors(self.arguments.directory, self.arguments.connections)

    def half_load(self, running, floors):
        """Latency at half of the most that this server has answered, in an open loop."""
        for operation in ("get", "put"):
            if operation not in self.arguments.operations:
                continue
            rate = tables.median(self.results["runs"], "per_second", server=running.name, operation=operation) / 2
            # What the load has left to compact is no part of it; single stalls decide the p99 of a short run; what does
            # nothing shows how much of it is the machine's.
            harness.rest(running)
            for one in (running, *(floors if operation == "get" else ())) * HALF_LOADS:
                result = self.run(one, operation, "--rate", f"{rate:.0f}")
                self.results["half"].append(result)
                say(f"half load, {operation}: {one.server.title}: p99 {result['p99_ms']:.3f} ms at {rate:,.0f}/s")

    def hot_counter(self, running):
        if "update" not in self.arguments.operations:
            return
        say("one hot counter from 64 connections")
        [line], total = self.load.run(running, "--items", self.items_of(running.name), "--stream",
                                      "update connections=64 count=1", "--verify-counter", "--seconds",
                                      self.arguments.seconds)
        self.results["counter"].append({"server": running.name, **line, **total})

    def measure(self):
        for name in self.names:
            if name not in ONLY_GET:
                with self.alone:
                    self.start_up(name)
        with contextlib.ExitStack() as stack:
            all_running = [stack.enter_context(harness.running(name, self.known[name], self.arguments.directory))
                           for name in self.names]
            ours = [running for running in all_running if running.name == "stator-disk"]
            for running in all_running:
                with self.alone:
                    self.fill(running)
            for number in range(1, self.arguments.rounds + 1):
                for operation in self.arguments.operations:
                    with self.alone:
                        self.compare(number, operation, all_running)
                with self.alone:
                    self.floors()
                    for running in ours:
                        self.half_load(running, [one for one in all_running if one.name == "http-floor"])
            with self.alone:
                for running in ours:
                    self.hot_counter(running)
            self.alone.end()
        return self.results


def main():
    arguments = parse_arguments()
    if arguments.report:
        results = json.loads(pathlib.Path(arguments.report).read_text())
    else:
        results = Comparison(arguments).measure()
        if arguments.json:
            pathlib.Path(arguments.json).write_text(json.dumps(results, indent=1) + "\n")
    tables.publish(tables.comparison(results), "bench/compare.py", arguments.into)


if __name__ == "__main__":
    main()
