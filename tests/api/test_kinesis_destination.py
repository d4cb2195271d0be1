"""Changes of tables that go to a Kinesis stream (facts 8.4, 14.5): states, records, and that none is missed."""

import json
import threading
import time

import pytest
from helpers import error, validation
from support import clients
from support.kinesis import Consumer, arn_of
from support.metrics import metrics_at
from support.server import MEMORY, Server, free_port
from support.tables import definition, unique_name, wait_active
from support.waiting import wait_for

NOT_IN_STATE = "Table is not in a valid state to enable Kinesis Streaming Destination: "


@pytest.fixture
def kinesis(server):
    return clients.client(server.url, "kinesis")


@pytest.fixture
def stream(kinesis):
    name = unique_name("stream")
    kinesis.create_stream(StreamName=name, ShardCount=3)
    yield name
    kinesis.delete_stream(StreamName=name)


def destinations(client, table):
    answer = client.describe_kinesis_streaming_destination(TableName=table)
    assert answer["TableName"] == table
    return answer["KinesisDataStreamDestinations"]


def wait_status(client, table, status, seconds=30):
    deadline = time.monotonic() + seconds
    while True:
        found = destinations(client, table)[-1]
        if found["DestinationStatus"] == status:
            return found
        assert time.monotonic() < deadline, found
        time.sleep(0.02)


def enable(client, table, stream, **more):
    answer = client.enable_kinesis_streaming_destination(TableName=table, StreamArn=arn_of(stream), **more)
    wait_status(client, table, "ACTIVE")
    return answer


def test_states_and_answers(client, make_table, stream):
    table = make_table("p:S")
    arn = arn_of(stream)
    assert destinations(client, table) == []
    answer = client.enable_kinesis_streaming_destination(TableName=table, StreamArn=arn)
    del answer["ResponseMetadata"]
    assert answer == {"TableName": table, "StreamArn": arn, "DestinationStatus": "ENABLING",
                      "EnableKinesisStreamingConfiguration": {}}
    assert wait_status(client, table, "ACTIVE") == {
        "StreamArn": arn, "DestinationStatus": "ACTIVE", "ApproximateCreationDateTimePrecision": "MILLISECOND"}
    for other in (arn, arn_of("other")):
        with validation(NOT_IN_STATE + "EnableKinesisStreamingDestination must be DISABLED or ENABLE_FAILED to "
                        "perform ENABLE operation."):
            client.enable_kinesis_streaming_destination(TableName=table, StreamArn=other)
    micros = {"ApproximateCreationDateTimePrecision": "MICROSECOND"}
    answer = client.update_kinesis_streaming_destination(TableName=table, StreamArn=arn,
                                                         UpdateKinesisStreamingConfiguration=micros)
    del answer["ResponseMetadata"]
    assert answer == {"TableName": table, "StreamArn": arn, "DestinationStatus": "UPDATING",
                      "UpdateKinesisStreamingConfiguration": micros}
    assert wait_status(client, table, "ACTIVE")["ApproximateCreationDateTimePrecision"] == "MICROSECOND"
    table_id = client.describe_table(TableName=table)["Table"]["TableId"]
    with validation("Invalid Request: Precision is already set to the desired value of MICROSECOND for tableId: "
                    f"{table_id}, kdsArn: {arn}"):
        client.update_kinesis_streaming_destination(TableName=table, StreamArn=arn,
                                                    UpdateKinesisStreamingConfiguration=micros)
    with validation(f"{NOT_IN_STATE}No streaming destination with streamArn: {arn_of('other')} found for table with "
                    f"tableName: {table}"):
        client.update_kinesis_streaming_destination(TableName=table, StreamArn=arn_of("other"),
                                                    UpdateKinesisStreamingConfiguration=micros)
    with validation("Streaming destination cannot be updated with given parameters: "
                    "UpdateKinesisStreamingConfiguration cannot be null or contain only null values"):
        client.update_kinesis_streaming_destination(TableName=table, StreamArn=arn)
    answer = client.disable_kinesis_streaming_destination(TableName=table, StreamArn=arn)
    assert answer["DestinationStatus"] == "DISABLING"
    assert wait_status(client, table, "DISABLED")["StreamArn"] == arn
    with validation(NOT_IN_STATE + "KinesisStreamingDestination must be ACTIVE to perform DISABLE operation."):
        client.disable_kinesis_streaming_destination(TableName=table, StreamArn=arn)
    for call in (client.enable_kinesis_streaming_destination, client.disable_kinesis_streaming_destination):
        with error("ResourceNotFoundException", "Requested resource not found: Table: nowhere not found"):
            call(TableName="nowhere", StreamArn=arn)
    with error("ResourceNotFoundException", "Requested resource not found: Table: nowhere not found"):
        client.describe_kinesis_streaming_destination(TableName="nowhere")


def test_a_stream_that_is_not_there(client, make_table, stream):
    table = make_table("p:S")
    missing = arn_of("missing")
    client.enable_kinesis_streaming_destination(TableName=table, StreamArn=missing)
    failed = wait_status(client, table, "ENABLE_FAILED")
    assert failed["DestinationStatusDescription"] == f"The Kinesis data stream {missing} was not found."
    enable(client, table, stream)  # another may be tried
    assert [d["DestinationStatus"] for d in destinations(client, table)] == ["ENABLE_FAILED", "ACTIVE"]


@pytest.mark.parametrize("precision", [None, "MICROSECOND"])
def test_the_record(client, kinesis, make_table, stream, precision):
    table = make_table("p:S", "r:N")
    config = {"EnableKinesisStreamingConfiguration": {"ApproximateCreationDateTimePrecision": precision}}
    enable(client, table, stream, **(config if precision else {}))
    before = time.time()
    key = {"p": {"S": "a"}, "r": {"N": "1"}}
    client.put_item(TableName=table, Item={**key, "x": {"B": b"\x00\xff"}})
    client.put_item(TableName=table, Item={**key, "x": {"B": b"\x00\xff"}})  # changes nothing
    client.update_item(TableName=table, Key=key, UpdateExpression="SET y = :y",
                       ExpressionAttributeValues={":y": {"L": [{"NULL": True}, {"S": 'q"'}]}})
    client.delete_item(TableName=table, Key=key)
    client.delete_item(TableName=table, Key=key)  # nor does this
    consumer = Consumer(kinesis, stream)
    records = consumer.wait(3)
    after = time.time()
    assert len({record["PartitionKey"] for record in consumer.records}) == 1
    assert len(consumer.records[0]["PartitionKey"]) == 32
    first = {**key, "x": {"B": "AP8="}}
    second = {**first, "y": {"L": [{"NULL": True}, {"S": 'q"'}]}}
    key_size = 1 + 1 + 1 + 2
    sizes = [key_size + 3, key_size + 3 + 1 + 3 + 2 + 3]
    unit = 1e6 if precision else 1e3
    for record, name, old, new, size in zip(
            records, ["INSERT", "MODIFY", "REMOVE"], [None, first, second], [first, second, None],
            [key_size + sizes[0], None, None]):
        change = record["dynamodb"]
        at = change.pop("ApproximateCreationDateTime")
        assert isinstance(at, int) and before - 1 < at / unit < after + 1
        assert change.pop("ApproximateCreationDateTimePrecision", None) == precision
        assert change.pop("SizeBytes") == size or size is None
        assert change.pop("Keys") == key
        assert change.pop("NewImage", None) == new and change.pop("OldImage", None) == old
        assert change == {}
        event = record.pop("eventID")
        assert len(event) == 36 and event[14] == "3"
        del record["dynamodb"]
        assert record == {"awsRegion": "us-east-1", "eventName": name, "userIdentity": None,
                          "recordFormat": "application/json", "tableName": table, "eventSource": "aws:dynamodb"}


def test_all_kinds_of_writes(client, kinesis, make_table, stream):
    table = make_table("p:S")
    enable(client, table, stream)
    client.batch_write_item(RequestItems={table: [
        {"PutRequest": {"Item": {"p": {"S": f"batch-{n}"}}}} for n in range(25)]})
    client.transact_write_items(TransactItems=[
        {"Put": {"TableName": table, "Item": {"p": {"S": f"transaction-{n}"}}}} for n in range(10)])
    records = Consumer(kinesis, stream).wait(35)
    assert {r["dynamodb"]["Keys"]["p"]["S"] for r in records} == {
        *(f"batch-{n}" for n in range(25)), *(f"transaction-{n}" for n in range(10))}


def test_nothing_comes_after_it_was_disabled(client, kinesis, make_table, stream):
    table = make_table("p:S")
    enable(client, table, stream)
    client.put_item(TableName=table, Item={"p": {"S": "1"}})
    consumer = Consumer(kinesis, stream)
    consumer.wait(1)
    client.disable_kinesis_streaming_destination(TableName=table, StreamArn=arn_of(stream))
    client.put_item(TableName=table, Item={"p": {"S": "2"}})
    enable(client, table, stream)
    client.put_item(TableName=table, Item={"p": {"S": "3"}})
    assert [r["dynamodb"]["Keys"]["p"]["S"] for r in consumer.wait(2)] == ["1", "3"]
    assert consumer.poll() == []


class Writers:
    """Threads that count up the attribute n of items of their own, each change once."""

    def __init__(self, url, table, threads=3, items=5):
        self.stopping = threading.Event()
        self.last = {}  # of each item what is known to be written
        self.items = threads * items
        self.threads = [threading.Thread(target=self._run, args=(url, table, who, items)) for who in range(threads)]
        for thread in self.threads:
            thread.start()

    def _run(self, url, table, who, items):
        client = clients.client(url)
        n = 0
        while not self.stopping.is_set():
            n += 1
            for item in range(items):
                key = f"{who}-{item}"
                try:
                    client.put_item(TableName=table, Item={"p": {"S": key}, "n": {"N": str(n)}})
                except Exception:  # the server was killed
                    if self.stopping.is_set():
                        return
                    time.sleep(0.05)
                    continue
                self.last[key] = n

    def wait_for_each(self, seconds=30):
        """Until every item was written."""
        deadline = time.monotonic() + seconds
        while len(self.last) < self.items:
            assert time.monotonic() < deadline, "the writers do not write"
            time.sleep(0.02)

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join()
        return self.last


def by_item(records):
    items = {}
    for record in records:
        items.setdefault(record["dynamodb"]["Keys"]["p"]["S"], []).append(record)
    return items


def check_chains(records, last):
    """Each change follows the one before it, up to the last that was acknowledged (or later)."""
    items = by_item(records)
    assert items.keys() == last.keys()
    for key, changes in items.items():
        for before, after in zip(changes, changes[1:]):
            assert before["dynamodb"]["NewImage"] == after["dynamodb"]["OldImage"], key
        assert int(changes[-1]["dynamodb"]["NewImage"]["n"]["N"]) >= last[key]


def wait_for_all(consumer, last, seconds=60):
    deadline = time.monotonic() + seconds
    while True:
        consumer.poll()
        records = [json.loads(record["Data"]) for record in consumer.records]
        items = by_item(records)
        if all(key in items and int(items[key][-1]["dynamodb"]["NewImage"]["n"]["N"]) >= n
               for key, n in last.items()):
            return records
        assert time.monotonic() < deadline, "changes are missing"


def test_no_change_is_missed_from_the_moment_it_is_enabled(client, server, kinesis, make_table, stream):
    table = make_table("p:S")
    writers = Writers(server.url, table)
    writers.wait_for_each()
    before = dict(writers.last)
    client.enable_kinesis_streaming_destination(TableName=table, StreamArn=arn_of(stream))
    after = dict(writers.last)
    time.sleep(0.7)
    last = writers.stop()
    records = wait_for_all(Consumer(kinesis, stream), last)
    check_chains(records, last)
    for key, changes in by_item(records).items():
        # The first change that came is one of those that were under way when it was enabled.
        first = int(changes[0]["dynamodb"]["NewImage"]["n"]["N"])
        assert before[key] < first <= after[key] + 2, key


def test_changes_survive_kills_under_load(own_server):
    client = clients.client(own_server.url)
    kinesis = clients.client(own_server.url, "kinesis")
    client.create_table(TableName="changes", **definition("p:S"))
    wait_active(client, "changes")
    kinesis.create_stream(StreamName="s", ShardCount=2)
    enable(client, "changes", "s")
    writers = Writers(own_server.url, "changes")
    writers.wait_for_each()
    for _ in range(3):
        time.sleep(0.5)
        own_server.kill()
        own_server.start()
    time.sleep(0.3)
    last = writers.stop()
    records = wait_for_all(Consumer(kinesis, "s"), last)
    check_chains(records, last)
    # Put and position are one commit: none comes twice.
    events = [record["eventID"] for record in records]
    assert len(events) == len(set(events))


def test_a_stream_of_another_server(tmp_path, own_server):
    """Over the wire, while the other side comes and goes: all changes, in order, repetitions with the same id."""
    other = own_server  # keeps its streams when it is killed
    kinesis = clients.client(other.url, "kinesis")
    kinesis.create_stream(StreamName="far", ShardCount=2)
    server = Server(MEMORY, tmp_path / "near", extra=["--kinesis-endpoint", other.url]).start()
    try:
        client = clients.client(server.url)
        client.create_table(TableName="changes", **definition("p:S"))
        wait_active(client, "changes")
        enable(client, "changes", "far")
        writers = Writers(server.url, "changes")
        writers.wait_for_each()
        other.kill()
        time.sleep(0.4)
        other.start()
        time.sleep(0.3)
        last = writers.stop()
        records = wait_for_all(Consumer(kinesis, "far"), last)
        seen, once = set(), []
        for record in records:
            if record["eventID"] not in seen:
                seen.add(record["eventID"])
                once.append(record)
        check_chains(once, last)
    finally:
        server.stop()


def test_what_is_too_large_elsewhere_is_counted(tmp_path, own_server):
    clients.client(own_server.url, "kinesis").create_stream(StreamName="far", ShardCount=1)
    port = free_port()
    with Server(MEMORY, tmp_path / "near",
                extra=["--kinesis-endpoint", own_server.url, "--admin-port", str(port)]) as server:
        client = clients.client(server.url)
        client.create_table(TableName="changes", **definition("p:S"))
        arn = wait_active(client, "changes")["TableArn"]
        enable(client, "changes", "far")

        def counted(count):
            return f'stator_kinesis_records_too_large_total{{table_arn="{arn}"}} {count}\n' in metrics_at(port)
        client.put_item(TableName="changes", Item={"p": {"S": "small"}})
        wait_for(lambda: counted(0))
        client.put_item(TableName="changes", Item={"p": {"S": "large"}, "x": {"S": "\x01" * 300_000}})
        wait_for(lambda: counted(1))
