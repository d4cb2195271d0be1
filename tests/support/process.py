"""What /proc says of a server under test."""

import os
import resource
import threading
import time

MIB = 1 << 20


def rss(pid):
    """Resident memory in bytes."""
    with open(f"/proc/{pid}/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def open_files(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def raise_file_limit():
    """This process's own, to what it may be; returns that."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


class MemoryWatch(threading.Thread):
    """Samples a process's memory until it is stopped: [(seconds, bytes)]."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.samples, self.stopped = pid, [], threading.Event()

    def run(self):
        started = time.monotonic()
        while not self.stopped.wait(0.02):
            self.samples.append((time.monotonic() - started, rss(self.pid)))

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.join()

    @property
    def peak(self):
        return max(size for _, size in self.samples)

    def peak_between(self, start, end):
        """Of the time that is this part of the whole, from 0 to 1."""
        whole = self.samples[-1][0]
        return max(size for at, size in self.samples if start * whole <= at <= end * whole)
