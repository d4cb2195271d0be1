"""kill -9 under load, again and again: every acknowledged write is there afterwards, no transaction by half.

Each writer owns its keys, so it knows what each of them may hold after a crash: the last value acknowledged, or the
one that was under way when the server died. Values are counters that only grow. SEED= repeats the kill times.
"""

import os
import random
import threading
import time

from botocore.exceptions import BotoCoreError, ClientError
from support import clients
from support.tables import definition, wait_active

ROUNDS = int(os.environ.get("STATOR_CRASH_ROUNDS", 5))
WRITERS = 6
KEYS = 5
TABLE = "crash"


def key(writer, number):
    return {"p": {"S": f"w{writer}"}, "r": {"N": str(number)}}


class Writer(threading.Thread):
    """Writes until the server is gone. `acknowledged` and `attempted` are the last values of each key; a pair of
    keys (0 and 1) is only written by transactions, both to the same value."""

    def __init__(self, number, url, state, rng):
        super().__init__()
        self.number, self.rng, self.state = number, rng, state
        self.client = clients.client(url)
        self.writes = 0
        self.failure = None

    def run(self):
        try:
            while True:
                self.write_once()
                self.writes += 1
        except (BotoCoreError, ClientError) as ended:
            # The server is gone: any other answer than a broken connection is a fault.
            if isinstance(ended, ClientError) and ended.response["ResponseMetadata"]["HTTPStatusCode"] < 500:
                self.failure = ended
        except Exception as failure:
            self.failure = failure

    def write_once(self):
        choice = self.rng.random()
        if choice < 0.3:
            value = self.attempt(0, 1)
            self.client.transact_write_items(TransactItems=[
                {"Put": {"TableName": TABLE, "Item": self.item(n, value)}} for n in (0, 1)])
            self.acknowledge(value, 0, 1)
        elif choice < 0.6:
            value = self.attempt(2, 3)
            self.client.batch_write_item(RequestItems={TABLE: [
                {"PutRequest": {"Item": self.item(n, value)}} for n in (2, 3)]})
            self.acknowledge(value, 2, 3)
        else:
            number = self.rng.randrange(2, KEYS)
            value = self.attempt(number)
            self.client.update_item(
                TableName=TABLE, Key=key(self.number, number), UpdateExpression="SET v = :v, g = :g, filler = :f",
                ExpressionAttributeValues={":v": {"N": str(value)}, ":g": {"S": "all"}, ":f": {"S": "x" * 200}})
            self.acknowledge(value, number)

    def item(self, number, value):
        return {**key(self.number, number), "v": {"N": str(value)}, "g": {"S": "all"}}

    def attempt(self, *numbers):
        value = 1 + max(self.state.attempted[self.number, n] for n in range(KEYS))
        for n in numbers:
            self.state.attempted[self.number, n] = value
        return value

    def acknowledge(self, value, *numbers):
        for n in numbers:
            self.state.acknowledged[self.number, n] = value


class State:
    def __init__(self):
        owned = [(writer, number) for writer in range(WRITERS) for number in range(KEYS)]
        self.acknowledged = dict.fromkeys(owned, 0)
        self.attempted = dict.fromkeys(owned, 0)


def check(client, state):
    """Compares the table with what its writers know, and the index with the table."""
    items = client.scan(TableName=TABLE, ConsistentRead=True)["Items"]
    found = {(int(item["p"]["S"][1:]), int(item["r"]["N"])): int(item["v"]["N"]) for item in items}
    for owned, acknowledged in state.acknowledged.items():
        value = found.get(owned, 0)
        assert value in (acknowledged, state.attempted[owned]), \
            f"key {owned}: acknowledged {acknowledged}, under way {state.attempted[owned]}, found {value}"
        state.acknowledged[owned] = state.attempted[owned] = value
    for writer in range(WRITERS):
        assert found.get((writer, 0)) == found.get((writer, 1)), f"half a transaction of writer {writer}"
    indexed = client.scan(TableName=TABLE, IndexName="by-g")["Items"]
    assert {(i["p"]["S"], i["r"]["N"], i["v"]["N"]) for i in indexed} == \
        {(i["p"]["S"], i["r"]["N"], i["v"]["N"]) for i in items}


def test_kill_under_load(own_server, seed):
    client = clients.client(own_server.url)
    client.create_table(TableName=TABLE, **definition("p:S", "r:N", gsi={"by-g": ("g:S", "v:N")}))
    wait_active(client, TABLE)
    rng, state, writes = random.Random(seed), State(), 0
    for round_ in range(ROUNDS):
        writers = [Writer(n, own_server.url, state, random.Random(f"{seed}/{round_}/{n}")) for n in range(WRITERS)]
        for writer in writers:
            writer.start()
        time.sleep(rng.uniform(0.3, 2.0))
        own_server.kill()
        for writer in writers:
            writer.join()
        failures = [writer.failure for writer in writers if writer.failure]
        assert not failures, failures
        writes += sum(writer.writes for writer in writers)
        own_server.start()
        client = clients.client(own_server.url)
        check(client, state)
    assert writes > ROUNDS * WRITERS, "too few writes were acknowledged to show anything"
    print(f"{writes} acknowledged writes in {ROUNDS} rounds")


def test_kill_while_indexes_are_built(own_server, seed):
    """An index under construction when the server dies is finished, or started over, afterwards."""
    client = clients.client(own_server.url)
    client.create_table(TableName=TABLE, **definition("p:S", "r:N"))
    wait_active(client, TABLE)
    for start in range(0, 500, 25):
        client.batch_write_item(RequestItems={TABLE: [
            {"PutRequest": {"Item": {"p": {"S": "a"}, "r": {"N": str(n)}, "g": {"S": f"g{n % 7}"}}}}
            for n in range(start, start + 25)]})
    client.update_table(TableName=TABLE, AttributeDefinitions=[{"AttributeName": "g", "AttributeType": "S"}],
                        GlobalSecondaryIndexUpdates=[{"Create": {
                            "IndexName": "late", "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}],
                            "Projection": {"ProjectionType": "KEYS_ONLY"}}}])
    time.sleep(random.Random(seed).uniform(0, 0.05))
    own_server.kill()
    own_server.start()
    client = clients.client(own_server.url)
    wait_active(client, TABLE)
    assert client.scan(TableName=TABLE, IndexName="late")["Count"] == 500
    assert client.scan(TableName=TABLE)["Count"] == 500
