"""Random operations on a real server, each compared with the model (model.py).

SEED= repeats a run. On RocksDB the server is stopped or killed and started again now and then.
"""

import contextlib
import os
import random
import time

import pytest
from model import ConditionFailed, Table, key_of, random_condition, random_item, random_key, random_update
from past import Past
from readers import MappingReader, Readers
from support import clients, offline
from support.changes import normal
from support.objects import Folder
from support.server import ENGINES, ROCKSDB, Server
from support.tables import definition, wait_active

SECONDS = float(os.environ.get("STATOR_MODEL_SECONDS", 13))  # for each engine
TABLE = "model"


def normals(items):
    return [normal(item) for item in items]


class Run:
    """One random sequence against one server."""

    def __init__(self, server, rng, mapping, objects):
        self.server, self.rng = server, rng
        self.model = Table()
        self.expires = False  # the time to live is enabled
        self.expired = {}     # items that were put when they had expired
        self.client = clients.client(server.url)
        self.client.create_table(TableName=TABLE,
                                 StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
                                 **definition("p:S", "r:N", gsi={"by-g": ("g:S", "n:N")}))
        self.readers = Readers(TABLE, wait_active(self.client, TABLE)["LatestStreamArn"], mapping, rng)
        self.readers.connect(server.url)
        self.past = Past(TABLE, rng, objects)
        self.past.turn_on(self.client)
        self.steps = [self.put, self.put, self.update, self.update, self.delete, self.get, self.batch_write,
                      self.batch_get, self.transact_write, self.transact_get, self.query, self.query_index, self.scan,
                      self.put_expired, self.change_definition, self.readers.follow]

    def step(self):
        if self.server.engine == ROCKSDB and self.rng.random() < 0.005:
            self.start_again()
        self.past.pass_time(self.model)
        if self.rng.random() < 0.01:
            self.past.restore(self.client)
        if self.rng.random() < 0.01:
            self.past.export(self.client)
        self.rng.choice(self.steps)()

    def start_again(self):
        if self.rng.random() < 0.5:
            self.server.kill()
        else:
            assert self.server.stop() == 0
        offline.assert_sound(self.server.data)
        self.server.start()
        self.client = clients.client(self.server.url)
        self.readers.connect(self.server.url)
        self.scan()

    def change_definition(self):
        change = self.rng.random()
        if change < 0.2:
            self.change_time_to_live()
        elif change < 0.3:
            self.change_index()
        elif change < 0.4:
            self.readers.mapping.change(self.rng)
        elif change < 0.45:
            self.change_destination()
        elif change < 0.5:
            wait_active(self.client, TABLE)
            self.readers.change_stream()
        elif change < 0.52:
            self.past.turn_off_and_on(self.client)

    def change_index(self):
        """Another one comes or goes, and nobody waits for it."""
        table = self.client.describe_table(TableName=TABLE)["Table"]
        indexes = {index["IndexName"]: index["IndexStatus"] for index in table["GlobalSecondaryIndexes"]}
        if table["TableStatus"] != "ACTIVE" or indexes.get("second", "ACTIVE") != "ACTIVE":
            return
        update = {"Delete": {"IndexName": "second"}} if "second" in indexes else {"Create": {
            "IndexName": "second", "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "KEYS_ONLY"}}}
        self.client.update_table(TableName=TABLE, AttributeDefinitions=table["AttributeDefinitions"],
                                 GlobalSecondaryIndexUpdates=[update])

    def change_destination(self):
        if self.expires:  # things go by themselves
            return self.readers.destination.change_precision()
        self.readers.destination.disable_and_enable(self.everything())

    def everything(self):
        items = self.all_pages(self.client.scan, ConsistentRead=True)
        return {key_of(item): normal(item) for item in items}

    def finish(self):
        """All that is to expire is gone; now the readers must have seen each change."""
        for _ in range(3):
            self.past.restore(self.client)
            self.past.export(self.client)
        self.wait_for_expiry()
        expired = {key: [item, None] for key, item in self.expired.items()}
        self.readers.finish(self.everything(), {**self.model.history, **expired})

    def maybe_condition(self):
        return random_condition(self.rng) if self.rng.random() < 0.4 else None

    @staticmethod
    def expressions(condition=None, update=None):
        arguments, values = {}, {}
        if update is not None:
            arguments["UpdateExpression"] = update.expression
            values.update(update.values)
        if condition is not None:
            arguments["ConditionExpression"] = condition.expression
            values.update(condition.values)
        if values:
            arguments["ExpressionAttributeValues"] = values
        return arguments

    def compare_write(self, call, modelled):
        """Both fail their condition, or both succeed and show the same old item."""
        try:
            old = modelled()
        except ConditionFailed:
            with pytest.raises(self.client.exceptions.ConditionalCheckFailedException):
                call()
            return
        assert normal(call().get("Attributes")) == normal(old)

    def put(self):
        item, condition = random_item(self.rng), self.maybe_condition()
        self.compare_write(
            lambda: self.client.put_item(TableName=TABLE, Item=item, ReturnValues="ALL_OLD",
                                         **self.expressions(condition)),
            lambda: self.model.put(item, condition))

    def delete(self):
        key, condition = random_key(self.rng), self.maybe_condition()
        self.compare_write(
            lambda: self.client.delete_item(TableName=TABLE, Key=key, ReturnValues="ALL_OLD",
                                            **self.expressions(condition)),
            lambda: self.model.delete(key, condition))

    def update(self):
        key, update, condition = random_key(self.rng), random_update(self.rng), self.maybe_condition()
        self.compare_write(
            lambda: self.client.update_item(TableName=TABLE, Key=key, ReturnValues="ALL_OLD",
                                            **self.expressions(condition, update)),
            lambda: self.model.update(key, update, condition))

    def get(self):
        key = random_key(self.rng)
        got = self.client.get_item(TableName=TABLE, Key=key, ConsistentRead=True)
        assert normal(got.get("Item")) == normal(self.model.get(key))

    # Items that the model does not know, as nobody can say when exactly they go.
    def put_expired(self):
        item = {"p": {"S": f"expired {len(self.expired)}"}, "r": {"N": "0"},
                "t": {"N": str(int(time.time()) - self.rng.randrange(2, 1000))}}
        self.expired[key_of(item)] = item
        self.client.put_item(TableName=TABLE, Item=item)

    def change_time_to_live(self):
        self.expires = not self.expires
        self.client.update_time_to_live(
            TableName=TABLE, TimeToLiveSpecification={"Enabled": self.expires, "AttributeName": "t"})

    def wait_for_expiry(self):
        while not self.expires:
            self.change_time_to_live()
        deadline = time.monotonic() + 60
        while len(self.all_pages(self.client.scan, ConsistentRead=True)) > len(self.model.items):
            assert time.monotonic() < deadline, "what has expired is still there"
        self.scan()

    def distinct_keys(self, most):
        keys = {key_of(key): key for key in (random_key(self.rng) for _ in range(most))}
        return list(keys.values())

    def batch_write(self):
        requests = []
        for key in self.distinct_keys(8):
            if self.rng.random() < 0.3:
                requests.append({"DeleteRequest": {"Key": key}})
                self.model.delete(key)
            else:
                item = {**random_item(self.rng), **key}
                requests.append({"PutRequest": {"Item": item}})
                self.model.put(item)
        answer = self.client.batch_write_item(RequestItems={TABLE: requests})
        assert answer["UnprocessedItems"] == {}

    def batch_get(self):
        keys = self.distinct_keys(8)
        answer = self.client.batch_get_item(RequestItems={TABLE: {"Keys": keys, "ConsistentRead": True}})
        expected = [self.model.get(key) for key in keys if self.model.get(key) is not None]
        got = answer["Responses"][TABLE]
        assert normals(sorted(got, key=key_of)) == normals(sorted(expected, key=key_of))

    def transact_write(self):
        actions, steps = [], []
        for key in self.distinct_keys(4):
            condition = self.maybe_condition()
            kind = self.rng.choice(["Put", "Update", "Delete", "ConditionCheck"])
            if kind == "Put":
                item = {**random_item(self.rng), **key}
                action = {"Item": item, **self.expressions(condition)}
                steps.append(lambda table, item=item, c=condition: table.put(item, c))
            elif kind == "Update":
                update = random_update(self.rng)
                action = {"Key": key, **self.expressions(condition, update)}
                steps.append(lambda table, key=key, u=update, c=condition: table.update(key, u, c))
            elif kind == "Delete":
                action = {"Key": key, **self.expressions(condition)}
                steps.append(lambda table, key=key, c=condition: table.delete(key, c))
            else:
                condition = condition or random_condition(self.rng)
                action = {"Key": key, **self.expressions(condition)}
                steps.append(lambda table, key=key, c=condition: table.check(key, c))
            actions.append({kind: {"TableName": TABLE, **action}})
        failed = self.model.transact(steps)
        if not failed:
            self.client.transact_write_items(TransactItems=actions)
            return
        with pytest.raises(self.client.exceptions.TransactionCanceledException) as caught:
            self.client.transact_write_items(TransactItems=actions)
        codes = [reason["Code"] for reason in caught.value.response["CancellationReasons"]]
        assert codes == ["ConditionalCheckFailed" if n in failed else "None" for n in range(len(actions))]

    def transact_get(self):
        keys = self.distinct_keys(5)
        answer = self.client.transact_get_items(
            TransactItems=[{"Get": {"TableName": TABLE, "Key": key}} for key in keys])
        assert [normal(r.get("Item")) for r in answer["Responses"]] == [normal(self.model.get(key)) for key in keys]

    def all_pages(self, call, **arguments):
        """All items, in pages of a random size, some of them filtered by a filter that keeps everything."""
        arguments["Limit"] = self.rng.choice([1, 2, 5, 100])
        items = []
        while True:
            answer = call(TableName=TABLE, **arguments)
            items += answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return items
            arguments["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def query(self):
        partition, forward = self.rng.choice("abcd"), self.rng.random() < 0.5
        condition, values, bounds = "p = :p", {":p": {"S": partition}}, (None, None)
        if self.rng.random() < 0.5:
            bounds = tuple(sorted(self.rng.randrange(-4, 5) for _ in range(2)))
            condition += " AND r BETWEEN :low AND :high"
            values.update({":low": {"N": str(bounds[0])}, ":high": {"N": str(bounds[1])}})
        got = self.all_pages(self.client.query, KeyConditionExpression=condition, ScanIndexForward=forward,
                             ExpressionAttributeValues=values, ConsistentRead=True)
        assert normals(got) == normals(self.model.query(partition, *bounds)[::1 if forward else -1])

    def query_index(self):
        group, forward = self.rng.choice("xyz"), self.rng.random() < 0.5
        got = self.all_pages(self.client.query, IndexName="by-g", KeyConditionExpression="g = :g",
                             ScanIndexForward=forward, ExpressionAttributeValues={":g": {"S": group}})
        order = [int(item["n"]["N"]) for item in got]
        assert order == sorted(order, reverse=not forward)
        assert normals(sorted(got, key=key_of)) == normals(sorted(self.model.index(group), key=key_of))

    def scan(self):
        got = [item for item in self.all_pages(self.client.scan, ConsistentRead=True)
               if not item["p"]["S"].startswith("expired")]
        assert normals(sorted(got, key=key_of)) == normals(item for _, item in sorted(self.model.items.items()))


@pytest.mark.parametrize("engine", ENGINES)
def test_random_operations(engine, seed, tmp_path):
    rng = random.Random(f"{seed}/{engine}")
    mapping = MappingReader(rng)
    objects = Folder(tmp_path / "objects")
    options = ["--stream-shard-s", "2", "--stream-split-rate", "100", "--stream-shards", "4",
               "--functions", f"work={mapping.function.url}", "--object-storage", objects.url]
    with Server(engine, tmp_path, options) as server, contextlib.closing(mapping.function):
        run = Run(server, rng, mapping, objects)
        deadline, steps = time.monotonic() + SECONDS, 0
        while time.monotonic() < deadline:
            try:
                run.step()
            except BaseException as failure:
                failure.add_note(f"seed {seed}, step {steps}; the server's log:\n{server.log_tail(limit=4000)}")
                raise
            steps += 1
        run.finish()
        if engine == ROCKSDB:
            server.kill()
            offline.assert_sound(server.data)
        print(f"{steps} steps on {engine}")
        assert steps > 20
