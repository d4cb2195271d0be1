"""DynamoDB Streams (facts 8)."""

import base64
import itertools
import json
import random
import re
import subprocess
import threading
import time
import zlib

import pytest
from helpers import error
from support import clients
from support.server import ROCKSDB, Server, find_binary
from support.streams import Consumer, shards_of, streams_client
from support.tables import definition, unique_name, wait_active, wait_gone

BOTH = "NEW_AND_OLD_IMAGES"


def stream_on(view=BOTH):
    return {"StreamEnabled": True, "StreamViewType": view}


@pytest.fixture
def streams(server):
    return streams_client(server.url)


def latest_arn(client, name):
    return client.describe_table(TableName=name)["Table"]["LatestStreamArn"]


def changes(records):
    return [(r["eventName"], r["dynamodb"]["Keys"]["p"]["S"]) for r in records]


def test_a_table_with_a_stream_says_so(client, streams, make_table):
    name = make_table(StreamSpecification=stream_on("NEW_IMAGE"))
    table = client.describe_table(TableName=name)["Table"]
    assert table["StreamSpecification"] == stream_on("NEW_IMAGE")
    arn = table["LatestStreamArn"]
    assert arn == f"{table['TableArn']}/stream/{table['LatestStreamLabel']}"
    assert streams.list_streams(TableName=name)["Streams"] == [
        {"StreamArn": arn, "TableName": name, "StreamLabel": table["LatestStreamLabel"]}]
    stream = streams.describe_stream(StreamArn=arn)["StreamDescription"]
    assert stream["StreamStatus"] == "ENABLED" and stream["StreamViewType"] == "NEW_IMAGE"
    assert stream["TableName"] == name and stream["KeySchema"] == table["KeySchema"]
    assert len(stream["Shards"]) == 1 and "EndingSequenceNumber" not in stream["Shards"][0]["SequenceNumberRange"]


@pytest.mark.parametrize("view", ["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", BOTH])
def test_records_show_what_the_view_says(client, streams, make_table, view):
    name = make_table("p:S", "r:N", StreamSpecification=stream_on(view))
    key = {"p": {"S": "Fred"}, "r": {"N": "1"}}
    first, second = {**key, "a": {"S": "one"}}, {**key, "a": {"S": "two"}, "b": {"L": [{"NULL": True}]}}
    client.put_item(TableName=name, Item=first)
    client.put_item(TableName=name, Item=second)
    client.delete_item(TableName=name, Key=key)
    records = Consumer(streams, latest_arn(client, name)).read_all()
    assert [r["eventName"] for r in records] == ["INSERT", "MODIFY", "REMOVE"]
    new, old = [first, second, None], [None, first, second]
    sizes = {"key": 4 + 1 + 1 + 2, "first": 4 + 1 + 1 + 2 + 4, "second": 4 + 1 + 1 + 2 + 4 + 1 + 3 + 1 + 1}
    for i, record in enumerate(records):
        change = record["dynamodb"]
        assert change["Keys"] == key and change["StreamViewType"] == view
        assert change.get("NewImage") == (new[i] if view in ("NEW_IMAGE", BOTH) else None)
        assert change.get("OldImage") == (old[i] if view in ("OLD_IMAGE", BOTH) else None)
        expected = sizes["key"] + sum(sizes["first" if image is first else "second"]
                                      for image, shown in ((new[i], view in ("NEW_IMAGE", BOTH)),
                                                           (old[i], view in ("OLD_IMAGE", BOTH)))
                                      if shown and image)
        assert change["SizeBytes"] == expected
        assert record["eventVersion"] == "1.1" and record["eventSource"] == "aws:dynamodb"
        assert record["awsRegion"] == clients.REGION and "userIdentity" not in record
        assert abs(change["ApproximateCreationDateTime"].timestamp() - time.time()) < 60
    numbers = [int(r["dynamodb"]["SequenceNumber"]) for r in records]
    assert numbers == sorted(set(numbers)) and len(records[0]["dynamodb"]["SequenceNumber"]) >= 21
    assert len({r["eventID"] for r in records}) == 3


def test_nothing_changed_is_no_record(client, streams, make_table):
    name = make_table(StreamSpecification=stream_on())
    item = {"p": {"S": "a"}, "m": {"M": {"x": {"N": "1"}, "y": {"N": "2"}}}}
    client.put_item(TableName=name, Item=item)
    client.put_item(TableName=name, Item={"m": {"M": {"y": {"N": "2.0"}, "x": {"N": "1"}}}, "p": {"S": "a"}})
    client.update_item(TableName=name, Key={"p": {"S": "a"}}, UpdateExpression="SET m.x = :one REMOVE nothing",
                       ExpressionAttributeValues={":one": {"N": "1"}})
    client.delete_item(TableName=name, Key={"p": {"S": "missing"}})
    client.batch_write_item(RequestItems={name: [{"PutRequest": {"Item": item}},
                                                 {"DeleteRequest": {"Key": {"p": {"S": "missing"}}}}]})
    client.transact_write_items(TransactItems=[
        {"Put": {"TableName": name, "Item": item}},
        {"ConditionCheck": {"TableName": name, "Key": {"p": {"S": "b"}},
                            "ConditionExpression": "attribute_not_exists(p)"}},
        {"Put": {"TableName": name, "Item": {"p": {"S": "c"}}}}])
    assert changes(Consumer(streams, latest_arn(client, name)).read_all()) == [("INSERT", "a"), ("INSERT", "c")]


def test_refused_writes_leave_no_record(client, streams, make_table):
    name = make_table(StreamSpecification=stream_on())
    with error("ConditionalCheckFailedException"):
        client.put_item(TableName=name, Item={"p": {"S": "a"}}, ConditionExpression="attribute_exists(p)")
    with error("TransactionCanceledException"):
        client.transact_write_items(TransactItems=[
            {"Put": {"TableName": name, "Item": {"p": {"S": "b"}}}},
            {"ConditionCheck": {"TableName": name, "Key": {"p": {"S": "c"}},
                                "ConditionExpression": "attribute_exists(p)"}}])
    assert Consumer(streams, latest_arn(client, name)).read_all() == []


def test_iterators(client, streams, make_table):
    name = make_table(StreamSpecification=stream_on("KEYS_ONLY"))
    arn = latest_arn(client, name)
    for n in range(5):
        client.put_item(TableName=name, Item={"p": {"S": str(n)}})
    shard = shards_of(streams, arn)[0]["ShardId"]

    def read(kind, number=None, **limit):
        where = {"SequenceNumber": number} if number else {}
        iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType=kind, **where)
        return streams.get_records(ShardIterator=iterator["ShardIterator"], **limit)

    everything = read("TRIM_HORIZON")["Records"]
    assert [p for _, p in changes(everything)] == list("01234")
    second = everything[1]["dynamodb"]["SequenceNumber"]
    assert [p for _, p in changes(read("AT_SEQUENCE_NUMBER", second)["Records"])] == list("1234")
    assert [p for _, p in changes(read("AFTER_SEQUENCE_NUMBER", second)["Records"])] == list("234")
    latest = read("LATEST")
    assert latest["Records"] == []
    page = read("TRIM_HORIZON", Limit=2)
    assert [p for _, p in changes(page["Records"])] == list("01")
    page = streams.get_records(ShardIterator=page["NextShardIterator"])
    assert [p for _, p in changes(page["Records"])] == list("234")
    client.put_item(TableName=name, Item={"p": {"S": "new"}})
    assert changes(streams.get_records(ShardIterator=latest["NextShardIterator"])["Records"]) == [("INSERT", "new")]

    with error("ValidationException"):
        read("AT_SEQUENCE_NUMBER")
    with error("ValidationException"):
        read("LATEST", second)
    with error("ValidationException"):
        streams.get_records(ShardIterator="nonsense")
    with error("ValidationException"):
        streams.get_records(ShardIterator=latest["NextShardIterator"], Limit=1001)
    with error("ResourceNotFoundException", f"Requested resource not found: Stream: {arn}x not found"):
        streams.describe_stream(StreamArn=arn + "x")
    with error("ResourceNotFoundException"):
        streams.get_shard_iterator(StreamArn=arn, ShardId="shardId-00000001414576573621-f55eea83",
                                   ShardIteratorType="LATEST")
    with error("ValidationException"):
        streams.describe_stream(StreamArn="arn:aws:dynamodb:us-east-1:000000000000:table/nothing")


def test_iterators_expire_after_15_minutes(client, streams, make_table):
    name = make_table(StreamSpecification=stream_on())
    arn = latest_arn(client, name)
    fresh = streams.get_shard_iterator(StreamArn=arn, ShardId=shards_of(streams, arn)[0]["ShardId"],
                                       ShardIteratorType="LATEST")["ShardIterator"]
    content = base64.b64decode(fresh.removeprefix(f"{arn}|1|"))

    def aged(seconds):
        """The one that was given so long ago: with its time and checksum, the last two numbers."""
        micros = int.from_bytes(content[-12:-4], "big") - seconds * 1_000_000
        changed = content[:-12] + micros.to_bytes(8, "big")
        checksum = zlib.crc32(arn.encode() + changed).to_bytes(4, "big")
        return f"{arn}|1|{base64.b64encode(changed + checksum).decode()}"

    assert aged(0) == fresh
    assert streams.get_records(ShardIterator=aged(895))["Records"] == []
    with error("ExpiredIteratorException") as caught:
        streams.get_records(ShardIterator=aged(901))
    date = r"\w{3} \w{3} \d\d [\d:]{8} UTC \d{4}"
    assert re.fullmatch(rf"Iterator expired\. The iterator was created at time {date} while right now it is {date} which "
                        r"is further in the future than the tolerated delay of 900000 milliseconds\.",
                        caught.value.response["Error"]["Message"]), caught.value


def test_streams_are_switched_on_and_off(client, streams, make_table):
    name = make_table()
    with error("ValidationException", f"Table has no stream to disable: TableName: {name}"):
        client.update_table(TableName=name, StreamSpecification={"StreamEnabled": False})
    client.put_item(TableName=name, Item={"p": {"S": "before"}})
    answer = client.update_table(TableName=name, StreamSpecification=stream_on())["TableDescription"]
    assert answer["TableStatus"] == "UPDATING" and answer["StreamSpecification"] == stream_on()
    client.put_item(TableName=name, Item={"p": {"S": "first"}})
    wait_active(client, name)
    with error("ValidationException", f"Table already has an enabled stream: TableName: {name}"):
        client.update_table(TableName=name, StreamSpecification=stream_on("KEYS_ONLY"))
    first = latest_arn(client, name)
    client.update_table(TableName=name, StreamSpecification={"StreamEnabled": False})
    table = wait_active(client, name)
    assert "StreamSpecification" not in table and table["LatestStreamArn"] == first
    client.put_item(TableName=name, Item={"p": {"S": "unseen"}})
    time.sleep(0.002)
    client.update_table(TableName=name, StreamSpecification=stream_on("KEYS_ONLY"))
    client.put_item(TableName=name, Item={"p": {"S": "second"}})
    wait_active(client, name)
    second = latest_arn(client, name)
    assert first != second
    assert [s["StreamArn"] for s in streams.list_streams(TableName=name)["Streams"]] == sorted([first, second])
    assert changes(Consumer(streams, first).read_all()) == [("INSERT", "first")]
    assert streams.describe_stream(StreamArn=first)["StreamDescription"]["StreamStatus"] == "DISABLED"
    assert changes(Consumer(streams, second).read_all()) == [("INSERT", "second")]


def test_the_stream_of_a_deleted_table_stays_readable(client, streams):
    name = unique_name("gone")
    client.create_table(TableName=name, StreamSpecification=stream_on(), **definition())
    wait_active(client, name)
    arn = latest_arn(client, name)
    client.put_item(TableName=name, Item={"p": {"S": "a"}})
    client.delete_table(TableName=name)
    wait_gone(client, name)
    assert [s["StreamArn"] for s in streams.list_streams(TableName=name)["Streams"]] == [arn]
    consumer = Consumer(streams, arn)
    assert changes(consumer.read_all()) == [("INSERT", "a")] and consumer.done
    stream = streams.describe_stream(StreamArn=arn)["StreamDescription"]
    assert stream["StreamStatus"] == "DISABLED"
    assert all("EndingSequenceNumber" in s["SequenceNumberRange"] for s in stream["Shards"])


def test_list_streams_pages(client, streams, make_table):
    arns = sorted(latest_arn(client, make_table(StreamSpecification=stream_on())) for _ in range(3))
    listed, start = [], {}
    while True:
        page = streams.list_streams(Limit=2, **start)
        listed += [s["StreamArn"] for s in page["Streams"]]
        if "LastEvaluatedStreamArn" not in page:
            break
        start = {"ExclusiveStartStreamArn": page["LastEvaluatedStreamArn"]}
    assert listed == sorted(listed) and set(arns) <= set(listed)
    with error("ValidationException"):
        streams.list_streams(Limit=101)


class Writer(threading.Thread):
    """Writes items of its own, each many times over, until told to stop."""

    def __init__(self, url, table, name):
        super().__init__()
        self.client, self.table, self.name_ = clients.client(url), table, name
        self.random, self.stopped = random.Random(name), threading.Event()
        self.history = {}  # item -> what its values were, None for deleted

    def run(self):
        n = 0
        while not self.stopped.is_set():
            n += 1
            key = f"{self.name_}-{self.random.randrange(20)}"
            before = self.history.setdefault(key, [])
            if before and before[-1] is not None and self.random.random() < 0.2:
                self.client.delete_item(TableName=self.table, Key={"p": {"S": key}})
                before.append(None)
            else:
                self.client.put_item(TableName=self.table, Item={"p": {"S": key}, "n": {"N": str(n)}})
                before.append(str(n))


def histories(records):
    found = {}
    for record in records:
        image = record["dynamodb"].get("NewImage")
        found.setdefault(record["dynamodb"]["Keys"]["p"]["S"], []).append(image and image["n"]["N"])
    return found


def test_a_consumer_sees_every_change_once_through_rolls_splits_and_kills(tmp_path):
    """Shards roll each second and split soon; reader and server are started anew in between."""
    server = Server(ROCKSDB, tmp_path, ["--stream-shard-s", "1", "--stream-shards", "4",
                                        "--stream-split-rate", "20"]).start()
    try:
        client, name = clients.client(server.url), "changes"
        client.create_table(TableName=name, StreamSpecification=stream_on(), **definition())
        wait_active(client, name)
        arn = latest_arn(client, name)
        records, state, written = [], None, {}
        for turn in range(3):
            writers = [Writer(server.url, name, f"w{turn}{i}") for i in range(4)]
            for writer in writers:
                writer.start()
            end = time.time() + 4
            consumer = Consumer(streams_client(server.url), arn, state)
            while time.time() < end:
                records += [record for _, record in consumer.poll(limit=50)]
                if random.random() < 0.05:  # a consumer that starts again at its checkpoint
                    consumer = Consumer(streams_client(server.url), arn, consumer.checkpoint())
            for writer in writers:
                writer.stopped.set()
            for writer in writers:
                writer.join()
                written.update(writer.history)
            state = consumer.checkpoint()
            server.kill()
            server.start()
        consumer = Consumer(streams_client(server.url), arn, state)
        records += consumer.read_all()
        shards = shards_of(consumer.client, arn)
        assert len(shards) > 8 and sum("EndingSequenceNumber" not in s["SequenceNumberRange"] for s in shards) > 1
        names = {s["ShardId"] for s in shards}
        assert sum(s.get("ParentShardId") in names for s in shards) >= len(shards) - 1
        assert histories(records) == written
    finally:
        assert server.stop() == 0


def test_old_records_are_trimmed(tmp_path):
    server = Server(ROCKSDB, tmp_path, ["--stream-retention-s", "5", "--stream-shard-s", "3"]).start()
    try:
        client, streams = clients.client(server.url), streams_client(server.url)
        client.create_table(TableName="changes", StreamSpecification=stream_on(), **definition())
        wait_active(client, "changes")
        arn = latest_arn(client, "changes")
        client.put_item(TableName="changes", Item={"p": {"S": "old"}})
        shard = shards_of(streams, arn)[0]["ShardId"]
        old = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
        record = streams.get_records(ShardIterator=old["ShardIterator"])["Records"][0]
        at_old = streams.get_shard_iterator(
            StreamArn=arn, ShardId=shard, ShardIteratorType="AT_SEQUENCE_NUMBER",
            SequenceNumber=record["dynamodb"]["SequenceNumber"])["ShardIterator"]
        time.sleep(5.5)
        with error("TrimmedDataAccessException"):
            streams.get_records(ShardIterator=at_old)
        end = time.time() + 60
        while shard in {s["ShardId"] for s in shards_of(streams, arn)}:
            assert time.time() < end
            time.sleep(0.2)
        client.put_item(TableName="changes", Item={"p": {"S": "new"}})
        assert changes(Consumer(streams, arn).read_all()) == [("INSERT", "new")]
        client.update_table(TableName="changes", StreamSpecification={"StreamEnabled": False})
        while streams.list_streams(TableName="changes")["Streams"]:
            assert time.time() < end
            time.sleep(0.2)
    finally:
        assert server.stop() == 0


def test_tail_follows_a_table(server, client, make_table):
    name = make_table(StreamSpecification=stream_on())
    client.put_item(TableName=name, Item={"p": {"S": "before"}})
    command = [find_binary(), "tail", name, "--endpoint", server.url]
    tails = [subprocess.Popen([*command, *more], stdout=subprocess.PIPE, text=True) for more in ([], ["--from-start"])]
    try:
        assert json.loads(tails[1].stdout.readline())["dynamodb"]["Keys"]["p"]["S"] == "before"
        # When the other one has found the end, nobody can see.
        stop = threading.Event()

        def keep_putting():
            for n in itertools.count():
                client.put_item(TableName=name, Item={"p": {"S": f"after {n}"}})
                if stop.wait(0.1):
                    return

        writer = threading.Thread(target=keep_putting)
        writer.start()
        try:
            records = [json.loads(tail.stdout.readline()) for tail in tails]
        finally:
            stop.set()
            writer.join()
        assert [record["eventName"] for record in records] == ["INSERT", "INSERT"]
        keys = [record["dynamodb"]["Keys"]["p"]["S"] for record in records]
        assert keys[0].startswith("after ") and keys[1] == "after 0"
        client.update_table(TableName=name, StreamSpecification={"StreamEnabled": False})
        assert [tail.wait(timeout=20) for tail in tails] == [0, 0]
    finally:
        for tail in tails:
            tail.kill()
    missing = subprocess.run([*command[:2], make_table(), *command[3:]], capture_output=True, text=True, timeout=20)
    assert missing.returncode == 1 and "has no stream" in missing.stderr
