"""More load than can be served: the server refuses some with DynamoDB's retryable errors, answers the rest in time, and
keeps to its memory. STATOR_OVERLOAD_SECONDS makes it longer (`make overload`: a minute).
"""

import gzip
import itertools
import json
import random

import pytest
from bounds import SECONDS, START, item, make_table, memory_bound
from support.actors import Actors, Connection, request_bytes
from support.process import MIB, MemoryWatch, rss
from support.waiting import wait_for

# What SDKs retry by themselves.
RETRYABLE = {"ThrottlingException", "ServiceUnavailableException", "InternalServerError"}
KEYS = 2000
# Of an admitted request. In a closed loop each waits for all the others: the bound is for hundreds of them, each of up
# to some megabytes, on a machine with other work.
MAX_SECONDS = 20


class Load:
    """Clients in closed loops, and what they have seen."""

    def __init__(self, rng):
        self.rng = rng
        self.seconds, self.errors, self.unexpected = [], {}, []
        self.transactions = itertools.cycle(range(200))

    def client(self, make_request):
        while True:
            answer = yield make_request()
            if answer.status == 200:
                self.seconds.append(answer.seconds)
                continue
            self.errors[answer.error] = self.errors.get(answer.error, 0) + 1
            if answer.error not in RETRYABLE or answer.status not in (400, 500, 503):
                self.unexpected.append(answer)

    def put(self, size):
        return "PutItem", {"TableName": "load", "Item": item(self.rng.randrange(KEYS), size)}

    def batch(self):
        numbers = self.rng.sample(range(KEYS), 25)
        return "BatchWriteItem", {"RequestItems": {"load": [{"PutRequest": {"Item": item(n, 40_000)}} for n in numbers]}}

    def transaction(self):
        """On keys that no other client writes, as conflicts are not what is looked for here."""
        first = KEYS + 20 * next(self.transactions)
        numbers = range(first, first + 20)
        return "TransactWriteItems", {"TransactItems": [{"Put": {"TableName": "load", "Item": item(n, 20_000)}}
                                                        for n in numbers]}

    def batch_get(self):
        numbers = self.rng.sample(range(KEYS), 50)
        return "BatchGetItem", {"RequestItems": {"load": {"Keys": [{"p": {"S": "p"}, "r": {"N": str(n)}} for n in numbers]}}}

    def scan(self):
        return "Scan", {"TableName": "load", "ExclusiveStartKey": {"p": {"S": "p"}, "r": {"N": str(self.rng.randrange(KEYS))}}}

    def get(self):
        return "GetItem", {"TableName": "load", "Key": {"p": {"S": "p"}, "r": {"N": str(self.rng.randrange(KEYS))}}}


def test_more_than_can_be_served(overloaded, seed):
    make_table(overloaded, KEYS, 1000)
    load = Load(random.Random(seed))
    requests = {lambda: load.put(300_000): 80, lambda: load.put(500): 40, load.batch: 60, load.transaction: 20,
                load.batch_get: 30, load.scan: 50, load.get: 40}
    actors = Actors(overloaded.port)
    with MemoryWatch(overloaded.pid) as memory:
        for make_request in itertools.chain(*([make] * count for make, count in requests.items())):
            assert actors.add(load.client(make_request))
        actors.run(SECONDS)
        alive = len(actors.clients)
        lost = actors.lost
        actors.close()
    times = sorted(load.seconds)
    print(f"{len(times)} answers, p50 {times[len(times) // 2]:.2f} s, p99 {times[len(times) * 99 // 100]:.2f} s, "
          f"longest {times[-1]:.2f} s; errors {load.errors}; lost {lost}; memory {memory.peak / MIB:.0f} MiB of "
          f"{memory_bound(sum(requests.values())) / MIB:.0f}")
    assert overloaded.alive()
    assert not load.unexpected, load.unexpected[:3]
    assert alive == sum(requests.values()), f"{lost} connections were cut"
    assert times[-1] < MAX_SECONDS
    assert memory.peak < memory_bound(sum(requests.values()))
    assert memory.peak_between(0.7, 1) < 1.25 * memory.peak_between(0.3, 0.6), "memory grows"
    with Connection(overloaded.port) as connection:
        wait_for(lambda: connection("PutItem", load.put(10)[1]).seconds < 5, 30, "writes are slow")
        wait_for(lambda: connection("GetItem", load.get()[1]).seconds < 1, 30, "reads are slow")


@pytest.mark.parametrize("overloaded", [["--durability", "sync", "--commit-delay-ms", "200"]], indirect=True)
def test_writes_that_wait_for_the_disk_are_counted(overloaded, seed):
    """Their bodies have been read and decoded: with a slow disk, these are what there is most of."""
    make_table(overloaded)
    load = Load(random.Random(seed))
    actors = Actors(overloaded.port)
    with MemoryWatch(overloaded.pid) as memory:
        for _ in range(200):
            assert actors.add(load.client(load.batch))
        actors.run(min(SECONDS, 4))
        actors.close()
    print(f"{len(load.seconds)} answers; errors {load.errors}; memory {memory.peak / MIB:.0f} MiB")
    assert load.errors, "all were admitted: 200 batches of 1 MB"
    assert not load.unexpected, load.unexpected[:3]
    assert memory.peak < memory_bound(200)


def test_bodies_that_grow_when_they_are_decoded(overloaded):
    """16 MB of values of one digit: each takes five times its bytes when it is decoded, and the parser more."""
    make_table(overloaded)
    values = {"L": [{"N": "1"}] * 60_000}
    large = {"RequestItems": {"load": [{"PutRequest": {"Item": {**item(n, 1), "l": values}}} for n in range(25)]}}
    plain = request_bytes("BatchWriteItem", large)
    packed = request_bytes("BatchWriteItem", gzip.compress(json.dumps(large, separators=(",", ":")).encode()))
    packed = packed.replace(b"Host:", b"Content-Encoding: gzip\r\nHost:", 1)
    broken = plain[:-1] + b"]"
    with MemoryWatch(overloaded.pid) as memory:
        for bodies in (plain, packed, broken):
            # Four bodies fill the memory for requests: then one that comes while all are held is refused for that.
            count = 3 if bodies is broken else 4
            connections = [Connection(overloaded.port) for _ in range(count)]
            for connection in connections:
                connection.send(bodies)
            answers = [connection.receive() for connection in connections]
            # A thread answers before it has given everything back.
            wait_for(lambda: overloaded.metric("stator_request_memory_bytes") == 0, 10, "memory is charged to nothing")
            assert {answer.status for answer in answers} == {400 if bodies is broken else 503}, answers
    print(f"memory {memory.peak / MIB:.0f} MiB, {rss(overloaded.pid) / MIB:.0f} afterwards")
    assert memory.peak < memory_bound(4)
    wait_for(lambda: rss(overloaded.pid) < START + 64 * MIB, 30, "the memory is not given back")
