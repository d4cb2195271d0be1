"""The limit of all logs of changes together: an alarm, then errors that clients retry; nothing is dropped for it."""

import functools
import time

import boto3
import pytest
from botocore.config import Config
from helpers import error
from support import clients, offline, waiting
from support.metrics import metrics_at
from support.server import ENGINES, ROCKSDB, Server, free_port
from support.streams import Consumer, streams_client
from support.tables import definition, wait_active

wait_for = functools.partial(waiting.wait_for, seconds=60)

LIMIT = 64 * 1024
STREAM = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}


@pytest.fixture(params=ENGINES)
def start(request, tmp_path):
    servers = []

    def make(*extra):
        servers.append(Server(request.param, tmp_path,
                              ["--admin-port", str(free_port()), "--log-limit", str(LIMIT), *extra]))
        return servers[-1].start()

    yield make
    for server in servers:
        assert server.stop() == 0


def metric(server, name):
    lines = metrics_at(server.extra[server.extra.index("--admin-port") + 1]).splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith(name + " "))


def log_bytes(server):
    return metric(server, "stator_storage_log_bytes")


def make_table(client, name, **more):
    client.create_table(TableName=name, **definition(), **more)
    wait_active(client, name)


def item(name, size=1000, **more):
    return {"p": {"S": name}, "d": {"S": "x" * size}, **more}


def put(client, name, table="changes", **more):
    client.put_item(TableName=table, Item=item(name, **more))


def is_there(client, name, table="changes"):
    return "Item" in client.get_item(TableName=table, Key={"p": {"S": name}}, ConsistentRead=True)


def fill(server, client):
    """Until nothing more is taken; returns the names of what was."""
    taken = []
    for i in range(1000):
        name = f"item {i}"
        try:
            put(client, name)
        except client.exceptions.InternalServerError as refused:
            assert refused.response["ResponseMetadata"]["HTTPStatusCode"] == 500
            assert not is_there(client, name)
            break
        taken.append(name)
    assert 50 < len(taken) < 70
    assert LIMIT <= log_bytes(server) < LIMIT + 2000
    return taken


def test_writes_are_refused_until_records_expire(start):
    server = start("--stream-retention-s", "8", "--stream-shard-s", "1")
    client, streams = clients.client(server.url), streams_client(server.url)
    make_table(client, "changes", StreamSpecification=STREAM)
    make_table(client, "plain")
    arn = client.describe_table(TableName="changes")["Table"]["LatestStreamArn"]
    assert metric(server, "stator_storage_log_limit_bytes") == LIMIT
    assert metric(server, "stator_storage_log_alarm") == 0 and log_bytes(server) == 0
    put(client, "first")
    assert 1000 < log_bytes(server) < 1200

    taken = ["first", *fill(server, client)]
    assert metric(server, "stator_storage_log_alarm") == 1
    for call, arguments in (
            (client.delete_item, {"TableName": "changes", "Key": {"p": {"S": "first"}}}),
            (client.batch_write_item, {"RequestItems": {"changes": [{"PutRequest": {"Item": item("batch")}}]}}),
            (client.transact_write_items, {"TransactItems": [
                {"Put": {"TableName": "plain", "Item": item("both")}},
                {"Put": {"TableName": "changes", "Item": item("both")}}]})):
        with error("InternalServerError"):
            call(**arguments)
    assert is_there(client, "first") and not is_there(client, "batch")
    assert not is_there(client, "both") and not is_there(client, "both", "plain")
    # What changes nothing, or is in no log, is done as ever.
    put(client, "first")
    put(client, "goes on", "plain")
    assert is_there(client, "goes on", "plain")

    # No record went before its time, and those of the refused writes are not there.
    records = Consumer(streams, arn).read_all()
    assert [r["dynamodb"]["Keys"]["p"]["S"] for r in records] == taken

    patient = boto3.session.Session(
        aws_access_key_id=clients.ACCESS_KEY, aws_secret_access_key=clients.SECRET_KEY,
        region_name=clients.REGION).client("dynamodb", endpoint_url=server.url,
                                           config=Config(retries={"total_max_attempts": 20, "mode": "standard"}))
    put(patient, "later")  # an SDK that retries needs to know nothing
    wait_for(lambda: metric(server, "stator_storage_log_alarm") == 0)
    wait_for(lambda: log_bytes(server) < 3000)
    wait_for(lambda: "no more near their limit" in server.log_tail())
    log = server.log_tail()
    assert log.count("are near their limit") == log.count("have reached their limit") == 1
    assert log.count("there is room in the logs of changes again") == 1
    assert log.count("no more near their limit") == 1


def test_a_table_without_its_stream_goes_on_at_once(start):
    server = start("--stream-retention-s", "10")
    client = clients.client(server.url)
    make_table(client, "changes", StreamSpecification=STREAM)
    fill(server, client)
    full = log_bytes(server)
    client.update_table(TableName="changes", StreamSpecification={"StreamEnabled": False})
    wait_active(client, "changes")
    put(client, "more")
    assert log_bytes(server) == full  # can still be read
    wait_for(lambda: log_bytes(server) == 0)


def test_expired_items_wait_for_room(start):
    server = start("--stream-retention-s", "8", "--stream-shard-s", "1")
    client = clients.client(server.url)
    make_table(client, "changes", StreamSpecification=STREAM)
    put(client, "expires", expires={"N": str(int(time.time()))})
    fill(server, client)
    client.update_time_to_live(TableName="changes",
                               TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"})
    time.sleep(1.5)
    assert is_there(client, "expires")
    wait_for(lambda: not is_there(client, "expires"))
    assert "deleting what has expired" not in server.log_tail()


def test_the_records_of_a_deleted_table_count_until_they_go(start):
    server = start("--stream-retention-s", "10")
    client = clients.client(server.url)
    make_table(client, "changes", StreamSpecification=STREAM)
    fill(server, client)
    full = log_bytes(server)
    make_table(client, "other", StreamSpecification=STREAM)
    client.delete_table(TableName="changes")
    assert log_bytes(server) == full
    with error("InternalServerError"):
        put(client, "refused", "other")
    wait_for(lambda: log_bytes(server) == 0)
    put(client, "taken", "other")
    client.delete_table(TableName="other")


def test_kinesis_streams_count(start):
    server = start()
    client, kinesis = clients.client(server.url), clients.client(server.url, "kinesis")
    for name in ("first", "second"):
        kinesis.create_stream(StreamName=name, ShardCount=2)
    records = [{"Data": b"x" * 1000, "PartitionKey": str(i)} for i in range(10)]
    for _ in range(6):
        assert kinesis.put_records(StreamName="first", Records=records)["FailedRecordCount"] == 0
    make_table(client, "changes", StreamSpecification=STREAM)
    assert 60_000 < log_bytes(server) < 63_000 and metric(server, "stator_storage_log_alarm") == 1
    assert kinesis.put_records(StreamName="first", Records=records)["FailedRecordCount"] == 0
    answer = kinesis.put_records(StreamName="second", Records=records)
    assert answer["FailedRecordCount"] == 10
    assert {record["ErrorCode"] for record in answer["Records"]} == {"InternalFailure"}
    with error("InternalFailure") as refused:
        kinesis.put_record(StreamName="second", Data=b"x", PartitionKey="p")
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    with error("InternalServerError"):
        put(client, "refused")
    kinesis.delete_stream(StreamName="first")
    wait_for(lambda: log_bytes(server) == 0)
    kinesis.put_record(StreamName="second", Data=b"x", PartitionKey="p")
    put(client, "taken")


def test_what_was_taken_is_delivered_at_the_limit(start):
    """Into a stream of this server, whose records count as well: so it goes above the limit by what is on its way."""
    server = start()
    client, kinesis = clients.client(server.url), clients.client(server.url, "kinesis")
    kinesis.create_stream(StreamName="copy", ShardCount=1)
    arn = kinesis.describe_stream_summary(StreamName="copy")["StreamDescriptionSummary"]["StreamARN"]
    make_table(client, "changes")
    client.enable_kinesis_streaming_destination(TableName="changes", StreamArn=arn)
    wait_for(lambda: client.describe_kinesis_streaming_destination(TableName="changes")[
        "KinesisDataStreamDestinations"][0]["DestinationStatus"] == "ACTIVE")
    taken = 0
    with error("InternalServerError"):
        while True:
            put(client, str(taken))
            taken += 1
    iterator = kinesis.get_shard_iterator(StreamName="copy", ShardId="shardId-000000000000",
                                          ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    wait_for(lambda: len(kinesis.get_records(ShardIterator=iterator)["Records"]) == taken)
    with error("InternalServerError"):
        put(client, "refused")


@pytest.mark.parametrize("start", [ROCKSDB], indirect=True)
def test_a_restart_knows_the_size(start):
    server = start()
    client = clients.client(server.url)
    make_table(client, "changes", StreamSpecification=STREAM)
    fill(server, client)
    before = log_bytes(server)
    server.kill()
    offline.assert_sound(server.data)
    server.start()
    assert log_bytes(server) == before and metric(server, "stator_storage_log_alarm") == 1
    with error("InternalServerError"):
        put(client, "refused")
    server.extra[server.extra.index(str(LIMIT))] = str(2 * LIMIT)
    server.restart()
    put(client, "taken")
    assert before + 1000 < log_bytes(server) < before + 1200
    assert metric(server, "stator_storage_log_alarm") == 0
