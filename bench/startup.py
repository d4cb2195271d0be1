#!/usr/bin/env python3
"""How long a server takes from its start to its first answer, and the memory it holds when it has done nothing else.

Usage: bench/startup.py [--rounds N] -- PROGRAM ARGUMENTS... with {port} and {directory} in them, for example
  bench/startup.py -- build/release/stator serve --port {port} --data {directory}
"""

import argparse
import pathlib
import socket
import statistics
import subprocess
import tempfile
import time
import urllib.error
import urllib.request


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_answer(port, process):
    while process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
            return
        except urllib.error.HTTPError:
            return  # an answer too
        except OSError:
            time.sleep(0.001)
    raise SystemExit(f"the server ended with {process.returncode}")


def resident_mib(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def measure(command):
    with tempfile.TemporaryDirectory() as directory:
        port = free_port()
        words = [word.format(port=port, directory=directory) for word in command]
        begin = time.monotonic()
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_for_answer(port, process)
            seconds = time.monotonic() - begin
            time.sleep(1)
            return seconds, resident_mib(process.pid)
        finally:
            process.terminate()
            process.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("command", nargs="+")
    arguments = parser.parse_args()
    results = [measure(arguments.command) for _ in range(arguments.rounds)]
    print(f"first answer after {statistics.median(r[0] for r in results) * 1000:.0f} ms, "
          f"idle memory {statistics.median(r[1] for r in results):.0f} MiB (medians of {arguments.rounds})")


if __name__ == "__main__":
    main()
