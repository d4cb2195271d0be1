"""A real Stator server as a child process: started on a free loopback port, watched, stopped, killed.

STATOR_BINARY names the program; without it build/dev/stator, then build/release/stator is used.
"""

import os
import pathlib
import re
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent

MEMORY = "memory"
ROCKSDB = "rocksdb"
ENGINES = (MEMORY, ROCKSDB)

START_SECONDS = 60  # a sanitizer build on a busy machine is slow
STOP_SECONDS = 60


def find_binary():
    named = os.environ.get("STATOR_BINARY")
    candidates = [named] if named else ["build/dev/stator", "build/release/stator"]
    for candidate in candidates:
        path = ROOT / candidate
        if path.is_file():
            return str(path)
    raise FileNotFoundError(f"no server to test: {' or '.join(candidates)} (build one, or set STATOR_BINARY)")


def free_port():
    """Of those that are this process's, where several run tests side by side (pytest-xdist): nobody else takes it before it
    is used."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        if port // 2 % workers == worker:  # the kernel gives even ones, or odd ones
            return port


class Server:
    """One server over one data directory. A stopped or killed one can be started again, on the same port."""

    def __init__(self, engine, directory, extra=()):
        self.engine = engine
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.data = self.directory / "data"
        self.log_path = self.directory / "server.log"
        self.extra = list(extra)
        self.prefix = []  # a command that runs it
        self.port = None
        self.process = None
        self.started = False  # once

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self):
        return self.process.pid

    def command(self):
        place = ["--in-memory"] if self.engine == MEMORY else ["--data", str(self.data)]
        return [*self.prefix, find_binary(), "serve", "--port", str(self.port), *place, *self.extra]

    def start(self):
        """Starts it and waits until it answers. A port that somebody else took meanwhile, a connection perhaps, is waited
        for if clients know it already, and then given up."""
        for attempt in range(15):
            if self.port is None:
                self.port = free_port()
            before = self.log_size()
            self.launch()
            if self._wait_ready():
                self.started = True
                return self
            if "in use" not in self.log_tail(since=before):
                break
            if self.started and attempt < 10:
                time.sleep(0.5)
            else:
                self.port = None
        raise RuntimeError(f"{' '.join(self.command())} did not become ready:\n{self.log_tail()}")

    def launch(self):
        """Starts it, and waits for nothing."""
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(self.command(), stdout=log, stderr=subprocess.STDOUT,
                                            stdin=subprocess.DEVNULL, cwd=self.directory)

    def answers(self):
        """Raises an OSError if it does not."""
        with urllib.request.urlopen(self.url + "/", timeout=5):
            pass

    def _wait_ready(self):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                return False
            try:
                self.answers()
                return True
            except urllib.error.HTTPError:
                return True  # it answers
            except OSError:
                time.sleep(0.003)
        self.process.kill()
        self.process.wait()
        return False

    def stop(self):
        """Asks it to stop, as an operator would; returns its exit code."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise RuntimeError(f"the server did not stop within {STOP_SECONDS} s:\n{self.log_tail()}")
        code, self.process = self.process.returncode, None
        return code

    def kill(self):
        """kill -9: what a crash of the process looks like."""
        self.process.kill()
        self.process.wait()
        self.process = None

    def restart(self):
        code = self.stop()
        assert code == 0, f"the server ended with {code}:\n{self.log_tail()}"
        return self.start()

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def log_size(self):
        return self.log_path.stat().st_size if self.log_path.exists() else 0

    def log_tail(self, since=0, limit=20_000):
        """The log from byte `since` on, at most its last `limit` bytes."""
        if not self.log_path.exists():
            return ""
        text = self.log_path.read_bytes()[since:]
        return text[-limit:].decode(errors="replace")

    def sanitizer_report(self):
        """What a sanitizer has complained about, '' if nothing."""
        text = self.log_tail(limit=1_000_000)
        match = re.search(r"(==\d+==ERROR: |WARNING: ThreadSanitizer|runtime error: ).*", text, re.DOTALL)
        return match.group(0) if match else ""

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
