"""What run.py and compare.py share: servers as child processes, the load generator, the table of results."""

import contextlib
import json
import os
import pathlib
import platform
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent

OPERATIONS = ("get", "put", "update", "query", "batch-write", "transact")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running(command_for, directory):
    """Runs command_for(port) and waits until it takes connections; yields (port, pid)."""
    port = free_port()
    with open(pathlib.Path(directory) / "server.log", "ab") as log:
        process = subprocess.Popen(command_for(port), stdout=log, stderr=subprocess.STDOUT, cwd=directory)
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit(f"the server did not start; see {directory}/server.log")
                time.sleep(0.05)
        yield port, process.pid
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def measure(load, command_for, arguments, name):
    """The rows of one server: a fresh one in a directory of its own, filled, then each operation in turn."""
    rows = []
    parent = arguments.directory or None
    with tempfile.TemporaryDirectory(prefix="stator-bench-", dir=parent) as directory:
        with running(lambda port: command_for(port, directory), directory) as (port, pid):
            common = [load, "--port", str(port), "--items", str(arguments.items),
                      "--item-bytes", str(arguments.item_bytes)]
            subprocess.run([*common, "--prepare"], check=True)
            for operation in arguments.operations:
                for connections in arguments.connections:
                    output = subprocess.run(
                        [*common, "--operation", operation, "--connections", str(connections), "--threads",
                         str(arguments.threads), "--seconds", str(arguments.seconds), "--pid", str(pid), "--json"],
                        stdout=subprocess.PIPE, text=True).stdout
                    one, total = (json.loads(line) for line in output.splitlines())
                    rows.append({"server": name, **one, **total})
                    if one["errors"]:
                        print(f"wrong answers: {one['errors']}; the first: {one['first_error']}")
                    print_row(rows[-1])
    return rows


HEADER = "| server | operation | connections | answers/s | p50 ms | p99 ms | p99.9 ms | CPU us/answer | RSS MiB |"


def print_header():
    print(f"{machine()}\n\n{HEADER}\n|{'---|' * 9}", flush=True)


def print_row(row):
    print("| {server} | {operation} | {connections} | {per_second:,.0f} | {p50_ms:.2f} | {p99_ms:.2f} | {p999_ms:.2f} "
          "| {server_cpu_us:.1f} | {resident_mib:.0f} |".format(**row), flush=True)


def machine():
    model = "unknown processor"
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    return f"{os.cpu_count()} x {model}, Linux {platform.release()}, commit {commit.stdout.strip() or 'unknown'}"


def stator(binary, *more):
    """command_for of Stator. `more` takes the place of the data directory if it is there."""
    binary = str(pathlib.Path(binary).resolve())
    return lambda port, directory: [binary, "serve", "--port", str(port), *(more or ("--data", f"{directory}/data"))]


def add_arguments(parser):
    parser.add_argument("--stator", default=str(ROOT / "build/release/stator"))
    parser.add_argument("--load", default=str(ROOT / "build/release/bench/load"))
    parser.add_argument("--operations", nargs="+", default=OPERATIONS, choices=OPERATIONS)
    parser.add_argument("--connections", nargs="+", type=int, default=[1, 16])
    parser.add_argument("--threads", type=int, default=1, help="of the load generator")
    parser.add_argument("--seconds", type=float, default=8, help="measured for each row")
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--item-bytes", type=int, default=1024)
    parser.add_argument("--directory", help="where the data directories go; the disk under it is what is measured")
