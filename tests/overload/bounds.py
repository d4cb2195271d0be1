"""The server under overload: small settings, so that its bounds are met soon, and the memory they promise."""

import os
import re
import urllib.request

from support.actors import Connection
from support.process import MIB
from support.server import ROCKSDB, Server, free_port

# The allocator of debug builds keeps up to 64 MiB of what was freed for each thread, unless it is told what is large.
os.environ.setdefault("MALLOC_MMAP_THRESHOLD_", str(128 * 1024))

SECONDS = float(os.environ.get("STATOR_OVERLOAD_SECONDS", 8))

REQUEST_MEMORY = 64 * MIB
CACHE = 16 * MIB
THREADS = 2
IO_THREADS = 4

# What docs/performance.md states: memory at the start; the cache and the memtables; the requests under way and their
# answers; the writes that wait for the disk; what one request takes for itself while a thread works on it. Of the
# threads that decode, there are two for each event loop.
START = 40 * MIB
MEMTABLES = 4 * 16 * MIB
PENDING_WRITES = 64 * MIB
ONE_REQUEST = 32 * MIB
# A part of memory that was freed is not given back at once, and pieces are larger than what is asked for.
SLACK = 1.25


def memory_bound(connections):
    return SLACK * (START + CACHE + MEMTABLES + REQUEST_MEMORY + PENDING_WRITES
                    + (2 * THREADS + IO_THREADS) * ONE_REQUEST + connections * 8192)


class OverloadServer(Server):
    def __init__(self, directory, *extra):
        self.admin_port = free_port()
        super().__init__(ROCKSDB, directory, [
            "--request-memory", str(REQUEST_MEMORY), "--cache-size", str(CACHE), "--threads", str(THREADS),
            "--io-threads", str(IO_THREADS), "--admin-port", str(self.admin_port), *extra])

    def admin(self, path):
        return urllib.request.urlopen(f"http://127.0.0.1:{self.admin_port}{path}", timeout=10)

    def answers(self):
        with self.admin("/readyz"):
            pass

    def metric(self, name):
        with self.admin("/metrics") as answer:
            return float(re.search(rf"^{name} (\S+)$", answer.read().decode(), re.MULTILINE).group(1))


def make_table(server, items=0, size=1000):
    """Table "load" with some items of about `size` bytes in one partition, "p"."""
    with Connection(server.port) as connection:
        connection.ok("CreateTable", {
            "TableName": "load", "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "p", "AttributeType": "S"},
                                     {"AttributeName": "r", "AttributeType": "N"}],
            "KeySchema": [{"AttributeName": "p", "KeyType": "HASH"}, {"AttributeName": "r", "KeyType": "RANGE"}]})
        while connection.ok("DescribeTable", {"TableName": "load"})["Table"]["TableStatus"] != "ACTIVE":
            pass
        for start in range(0, items, 25):
            connection.ok("BatchWriteItem", {"RequestItems": {"load": [
                {"PutRequest": {"Item": item(n, size)}} for n in range(start, min(items, start + 25))]}})


def item(number, size):
    return {"p": {"S": "p"}, "r": {"N": str(number)}, "d": {"S": "x" * size}}
