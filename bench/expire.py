#!/usr/bin/env python3
"""What a great many items that expire at once do to others: GetItem and PutItem on another table, at a fixed rate, while
the expired items wait (--ttl-deletions-per-second 0) and while they are deleted at several rates. bench/README.md
explains the figures.
"""

import argparse
import json
import pathlib
import subprocess
import tempfile
import time
import urllib.request

import harness
import tables
from harness import say

TABLE = "expiring"
OTHER = "table=other items=100000"


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    harness.add_arguments(parser)
    parser.add_argument("--items", type=int, default=1_000_000, help="that have expired")
    parser.add_argument("--seconds", type=float, default=10, help="measured for each row")
    parser.add_argument("--gets", type=int, default=4000, help="a second")
    parser.add_argument("--puts", type=int, default=1000, help="a second")
    parser.add_argument("--rates", nargs="+", type=int, default=[0, 1000, 5000, 20_000, 0],
                        help="deletions a second allowed, one row each")
    parser.add_argument("--into", metavar="DOCUMENT", help="put the table there, too: docs/performance.md has a place")
    return parser.parse_args()


class Expire:
    def __init__(self, arguments, directory):
        self.arguments, self.directory = arguments, pathlib.Path(directory)
        self.alone = harness.Alone(arguments)
        self.load = harness.Load(arguments)
        self.rows = []

    def server(self, rate):
        self.admin = harness.free_port()
        server = harness.stator(self.arguments.build, "Stator", "--data", f"{self.directory}/data",
                                "--admin-port", str(self.admin), "--ttl-deletions-per-second", str(rate))
        return harness.running("expire", server, self.arguments.directory)

    def metric(self, name):
        for line in self.metrics().splitlines():
            if line.startswith(name + " "):
                return float(line.split()[1])
        raise SystemExit(f"there is no metric {name}")

    def metrics(self):
        deadline = time.monotonic() + 10
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.admin}/metrics") as answer:
                    return answer.read().decode()
            except OSError:  # this port is opened after the other
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def prepare(self):
        create = self.directory / "create.json"
        create.write_text(json.dumps({
            "TableName": TABLE, "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}]}))
        expires = str(int(time.time()) - 1)
        with self.server(0) as running, self.alone:
            self.load.fill(running, "--stream", f"put {OTHER}")
            command = [f"{self.arguments.build}/stator", "load", "--endpoint", f"http://127.0.0.1:{running.port}",
                       "--create", str(create), "-"]
            begin = time.monotonic()
            loader = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                      stderr=subprocess.DEVNULL, text=True)
            for number in range(self.arguments.items):
                item = {"id": {"S": f"session-{number:09}"}, "user": {"S": f"user {number % 1000}"},
                        "data": {"S": f"{number:0100}"}, "expires": {"N": expires}}
                loader.stdin.write(json.dumps({"Item": item}) + "\n")
            loader.stdin.close()
            if loader.wait() != 0:
                raise SystemExit("stator load failed")
            say(f"{self.arguments.items:,} items in {time.monotonic() - begin:.1f} s")
            harness.call(running, "UpdateTimeToLive", {"TableName": TABLE, "TimeToLiveSpecification": {
                "Enabled": True, "AttributeName": "expires"}})
            harness.rest(running)
            say(f"entries made and compacted after {time.monotonic() - begin:.1f} s")

    def measure(self, rate):
        gets = f"get name=get {OTHER} connections=8 rate={self.arguments.gets}"
        puts = f"put name=put {OTHER} connections=8 rate={self.arguments.puts}"
        with self.server(rate) as running, self.alone:
            before, begin = self.metric("stator_ttl_deleted_items_total"), time.monotonic()
            cpu = harness.cpu_seconds(running.pid)
            lines, _ = self.load.run(running, "--warmup", 1, "--seconds", self.arguments.seconds,
                                     "--stream", gets, "--stream", puts)
            seconds = time.monotonic() - begin
            deleted = self.metric("stator_ttl_deleted_items_total") - before
            busy = (harness.cpu_seconds(running.pid) - cpu) / seconds
        figures = {line["stream"]: line for line in lines}
        row = [f"{rate:,}", tables.rate(deleted / seconds), f"{busy:.2f}"]
        for stream in ("get", "put"):
            row += [f"{figures[stream][figure]:.2f}" for figure in ("p50_ms", "p99_ms", "p999_ms")]
        row.append(sum(line["error_count"] for line in lines) or "")
        self.rows.append(row)
        say(" | ".join(str(cell) for cell in row))

    def report(self):
        header = ["deletions/s allowed", "deleted/s", "server's processors", "GetItem p50 ms", "p99 ms", "p99.9 ms",
                  "PutItem p50 ms", "p99 ms", "p99.9 ms", "errors"]
        arguments = self.arguments
        return (f"{harness.machine_text(harness.machine())}. {arguments.items:,} items of 170 bytes that expired at "
                f"once; {arguments.gets:,} GetItem and {arguments.puts:,} PutItem a second of 1 KiB on another table; "
                f"{arguments.seconds:g} s a row.\n\n" + tables.markdown(header, self.rows))


def main():
    arguments = parse_arguments()
    with tempfile.TemporaryDirectory(prefix="stator-bench-expire-", dir=arguments.directory) as directory:
        expire = Expire(arguments, directory)
        expire.prepare()
        for rate in arguments.rates:
            expire.measure(rate)
        expire.alone.end()
        tables.publish(expire.report(), "bench/expire.py", arguments.into)


if __name__ == "__main__":
    main()
