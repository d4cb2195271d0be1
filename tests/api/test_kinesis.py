"""Kinesis Data Streams on the same port: the SDK's view, and CBOR bodies as the SDKs for Java send them."""

import hashlib
import struct
import threading
import time

import pytest
from helpers import error, validation
from support import clients
from support.tables import unique_name

ACCOUNT = clients.ACCOUNT
TARGET = "Kinesis_20131202."
JSON = "application/x-amz-json-1.1"
CBOR = "application/x-amz-cbor-1.1"


@pytest.fixture
def kinesis(server):
    return clients.client(server.url, "kinesis")


@pytest.fixture
def make_stream(kinesis):
    made = []

    def make(shards=1, **more):
        name = unique_name("stream")
        kinesis.create_stream(StreamName=name, ShardCount=shards, **more)
        made.append(name)
        return name

    yield make
    for name in made:
        try:
            kinesis.delete_stream(StreamName=name)
        except kinesis.exceptions.ResourceNotFoundException:
            pass


def iterator(kinesis, name, shard="shardId-000000000000", kind="TRIM_HORIZON", **more):
    return kinesis.get_shard_iterator(StreamName=name, ShardId=shard, ShardIteratorType=kind,
                                      **more)["ShardIterator"]


def read(kinesis, name, **more):
    """All records of a shard, page by page."""
    at, records = iterator(kinesis, name, **more), []
    while True:
        page = kinesis.get_records(ShardIterator=at)
        records += page["Records"]
        if page["MillisBehindLatest"] == 0:
            return records
        at = page["NextShardIterator"]


def not_found(name):
    return error("ResourceNotFoundException", f"Stream {name} under account {ACCOUNT} not found.")


def test_a_stream_is_described(kinesis, make_stream):
    name = make_stream(3, Tags={"team": "a"})
    arn = f"arn:aws:kinesis:us-east-1:{ACCOUNT}:stream/{name}"
    described = kinesis.describe_stream(StreamName=name)["StreamDescription"]
    shards = described.pop("Shards")
    created = described.pop("StreamCreationTimestamp")
    assert abs(created.timestamp() - time.time()) < 60
    assert described == {
        "StreamName": name, "StreamARN": arn, "StreamStatus": "ACTIVE",
        "StreamModeDetails": {"StreamMode": "PROVISIONED"}, "HasMoreShards": False,
        "RetentionPeriodHours": 24, "EnhancedMonitoring": [{"ShardLevelMetrics": []}],
        "EncryptionType": "NONE"}
    assert [shard["ShardId"] for shard in shards] == [f"shardId-00000000000{n}" for n in range(3)]
    ranges = [(int(s["HashKeyRange"]["StartingHashKey"]), int(s["HashKeyRange"]["EndingHashKey"]))
              for s in shards]
    assert ranges[0][0] == 0 and ranges[-1][1] == 2**128 - 1
    assert all(before[1] + 1 == after[0] for before, after in zip(ranges, ranges[1:]))
    assert all(len(s["SequenceNumberRange"]["StartingSequenceNumber"]) == 56 for s in shards)
    summary = kinesis.describe_stream_summary(StreamARN=arn)["StreamDescriptionSummary"]
    assert summary["OpenShardCount"] == 3 and summary["StreamName"] == name
    page = kinesis.describe_stream(StreamName=name, Limit=2)["StreamDescription"]
    assert len(page["Shards"]) == 2 and page["HasMoreShards"]
    rest = kinesis.describe_stream(StreamName=name, ExclusiveStartShardId=page["Shards"][1]["ShardId"])
    assert rest["StreamDescription"]["Shards"] == shards[2:]
    kinesis.get_waiter("stream_exists").wait(StreamName=name)
    assert kinesis.list_tags_for_stream(StreamName=name)["Tags"] == [{"Key": "team", "Value": "a"}]


def test_streams_are_listed_page_by_page(kinesis, make_stream):
    names = sorted(make_stream() for _ in range(5))
    seen = [name for page in kinesis.get_paginator("list_streams").paginate(PaginationConfig={"PageSize": 2})
            for name in page["StreamNames"]]
    assert [name for name in seen if name in names] == names
    answer = kinesis.list_streams(ExclusiveStartStreamName=names[3], Limit=1)
    assert answer["StreamNames"][0] == names[4]
    assert answer["StreamSummaries"][0]["StreamARN"].endswith("stream/" + names[4])


def test_shards_are_listed_page_by_page(kinesis, make_stream):
    name = make_stream(5)
    every = kinesis.list_shards(StreamName=name)["Shards"]
    first = kinesis.list_shards(StreamName=name, MaxResults=3)
    rest = kinesis.list_shards(NextToken=first["NextToken"])
    assert first["Shards"] + rest["Shards"] == every and len(every) == 5 and "NextToken" not in rest
    after = {"Type": "AFTER_SHARD_ID", "ShardId": every[1]["ShardId"]}
    assert kinesis.list_shards(StreamName=name, ShardFilter=after)["Shards"] == every[2:]
    for kind in ("AT_TRIM_HORIZON", "FROM_TRIM_HORIZON", "AT_LATEST"):
        assert kinesis.list_shards(StreamName=name, ShardFilter={"Type": kind})["Shards"] == every
    with error("InvalidArgumentException", "NextToken and StreamName cannot be provided together."):
        kinesis.list_shards(StreamName=name, NextToken=first["NextToken"])
    with error("InvalidArgumentException", "Invalid NextToken."):
        kinesis.list_shards(NextToken="AAAA")


def test_records_go_to_the_shard_of_their_key_in_order(kinesis, make_stream):
    name = make_stream(4)
    shards = kinesis.list_shards(StreamName=name)["Shards"]
    sent = [{"Data": b"%d" % n, "PartitionKey": f"key {n % 10}"} for n in range(200)]
    answer = kinesis.put_records(StreamName=name, Records=sent)
    assert answer["FailedRecordCount"] == 0
    for record, place in zip(sent, answer["Records"]):
        hashed = int(hashlib.md5(record["PartitionKey"].encode()).hexdigest(), 16)
        shard, = [s["ShardId"] for s in shards
                  if int(s["HashKeyRange"]["StartingHashKey"]) <= hashed
                  <= int(s["HashKeyRange"]["EndingHashKey"])]
        assert place["ShardId"] == shard
    for shard in shards:
        expected = [(r["Data"], r["PartitionKey"], p["SequenceNumber"])
                    for r, p in zip(sent, answer["Records"]) if p["ShardId"] == shard["ShardId"]]
        records = read(kinesis, name, shard=shard["ShardId"])
        assert [(r["Data"], r["PartitionKey"], r["SequenceNumber"]) for r in records] == expected
        numbers = [int(r["SequenceNumber"]) for r in records]
        assert numbers == sorted(numbers)
        assert all(abs(r["ApproximateArrivalTimestamp"].timestamp() - time.time()) < 60 for r in records)


def test_an_explicit_hash_key_goes_before_the_partition_key(kinesis, make_stream):
    name = make_stream(2)
    for hash_key, shard in ((0, 0), (2**127 - 1, 0), (2**127, 1), (2**128 - 1, 1)):
        answer = kinesis.put_record(StreamName=name, Data=b"x", PartitionKey="k", ExplicitHashKey=str(hash_key))
        assert answer["ShardId"] == f"shardId-00000000000{shard}"
    with error("InvalidArgumentException", "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: "
               f"[0, 2^128-1]. Specified value was {2**128}"):
        kinesis.put_record(StreamName=name, Data=b"x", PartitionKey="k", ExplicitHashKey=str(2**128))


def test_every_type_of_iterator(kinesis, raw, make_stream):
    name = make_stream()
    numbers = [kinesis.put_record(StreamName=name, Data=b"%d" % n, PartitionKey="k")["SequenceNumber"]
               for n in range(3)]
    time.sleep(0.01)
    latest = iterator(kinesis, name, kind="LATEST")
    between = time.time()
    time.sleep(0.01)
    numbers.append(kinesis.put_record(StreamName=name, Data=b"3", PartitionKey="k")["SequenceNumber"])

    def data(at):
        return b"".join(record["Data"] for record in kinesis.get_records(ShardIterator=at)["Records"])

    assert data(iterator(kinesis, name)) == b"0123"
    assert data(latest) == b"3"
    assert data(iterator(kinesis, name, kind="AT_SEQUENCE_NUMBER", StartingSequenceNumber=numbers[1])) == b"123"
    assert data(iterator(kinesis, name, kind="AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=numbers[1])) == b"23"
    # (The SDK cuts times to seconds.)
    exact = raw(TARGET + "GetShardIterator", {"StreamName": name, "ShardId": "shardId-000000000000",
                                              "ShardIteratorType": "AT_TIMESTAMP", "Timestamp": between},
                content_type=JSON).json["ShardIterator"]
    assert data(exact) == b"3"
    assert data(iterator(kinesis, name, kind="AT_TIMESTAMP", Timestamp=between - 3600)) == b"0123"
    start = kinesis.list_shards(StreamName=name)["Shards"][0]["SequenceNumberRange"]["StartingSequenceNumber"]
    assert data(iterator(kinesis, name, kind="AT_SEQUENCE_NUMBER", StartingSequenceNumber=start)) == b"0123"
    page = kinesis.get_records(ShardIterator=iterator(kinesis, name), Limit=3)
    assert len(page["Records"]) == 3 and page["MillisBehindLatest"] > 0
    assert data(page["NextShardIterator"]) == b"3"


def test_wrong_iterators_are_refused(kinesis, make_stream):
    name, other = make_stream(2), make_stream()
    number = kinesis.put_record(StreamName=name, Data=b"x", PartitionKey="k",
                                ExplicitHashKey="0")["SequenceNumber"]
    shard = "shardId-000000000000"
    with error("InvalidArgumentException"):
        iterator(kinesis, name, kind="AT_SEQUENCE_NUMBER")
    with error("InvalidArgumentException"):
        iterator(kinesis, name, kind="LATEST", StartingSequenceNumber=number)
    with error("InvalidArgumentException"):
        iterator(kinesis, name, kind="AT_TIMESTAMP")
    with error("InvalidArgumentException"):
        iterator(kinesis, name, kind="AT_TIMESTAMP", Timestamp=time.time() + 3600)
    with error("InvalidArgumentException", f"StartingSequenceNumber 7 used in GetShardIterator on shard {shard} in "
               f"stream {name} under account {ACCOUNT} is invalid."):
        iterator(kinesis, name, kind="AT_SEQUENCE_NUMBER", StartingSequenceNumber="7")
    with error("InvalidArgumentException", f"Invalid StartingSequenceNumber. It encodes {shard}, while it was used "
               "in a call to a shard with shardId-000000000001"):
        iterator(kinesis, name, shard="shardId-000000000001", kind="AT_SEQUENCE_NUMBER",
                 StartingSequenceNumber=number)
    with error("ResourceNotFoundException",
               f"Shard shardId-000000000002 in stream {name} under account {ACCOUNT} does not exist"):
        iterator(kinesis, name, shard="shardId-000000000002")
    with error("ResourceNotFoundException",
               f"Could not find shard nonsense in stream {name} under account {ACCOUNT}."):
        iterator(kinesis, name, shard="nonsense")
    with error("InvalidArgumentException", "Invalid ShardIterator."):
        kinesis.get_records(ShardIterator="AAAA")
    at = iterator(kinesis, other)
    kinesis.delete_stream(StreamName=other)
    with error("ResourceNotFoundException",
               f"Shard {shard} in stream {other} under account {ACCOUNT} does not exist"):
        kinesis.get_records(ShardIterator=at)


def test_limits_of_records(kinesis, make_stream):
    name = make_stream()
    kinesis.put_record(StreamName=name, Data=b"x" * 2**20, PartitionKey="k" * 256)
    with validation("1 validation error detected: Value at 'data' failed to satisfy constraint: Member must have "
                    "length less than or equal to 1048576"):
        kinesis.put_record(StreamName=name, Data=b"x" * (2**20 + 1), PartitionKey="k")
    with error("InvalidArgumentException", "Records size exceeds 5 MB limit"):
        kinesis.put_records(StreamName=name, Records=[{"Data": b"x" * 2**20, "PartitionKey": "k"}] * 5)
    large = [{"Data": b"x" * (2**20 - 1), "PartitionKey": "k"}] * 5
    for _ in range(3):
        assert kinesis.put_records(StreamName=name, Records=large)["FailedRecordCount"] == 0
    at, pages = iterator(kinesis, name), []
    while True:
        page = kinesis.get_records(ShardIterator=at)
        pages.append(len(page["Records"]))
        at = page["NextShardIterator"]
        if page["MillisBehindLatest"] == 0:
            break
    assert pages == [9, 7]  # a page holds 10 MiB


def test_validation(raw, make_stream):
    def refused(operation, body):
        answer = raw(TARGET + operation, body, content_type=JSON)
        assert answer.status == 400 and answer.headers["Content-Type"] == JSON
        return answer.json

    assert refused("PutRecord", {"StreamName": "", "Data": ""}) == {
        "__type": "ValidationException",
        "message": "3 validation errors detected: Value '' at 'streamName' failed to satisfy constraint: Member must "
                   "satisfy regular expression pattern: [a-zA-Z0-9_.-]+; Value '' at 'streamName' failed to satisfy "
                   "constraint: Member must have length greater than or equal to 1; Value null at 'partitionKey' "
                   "failed to satisfy constraint: Member must not be null"}
    assert refused("PutRecord", {"StreamName": 1}) == {
        "__type": "SerializationException", "Message": "NUMBER_VALUE cannot be converted to String"}
    assert refused("PutRecord", "{") == {"__type": "SerializationException"}
    assert refused("Nothing", {}) == {"__type": "UnknownOperationException"}
    assert refused("SplitShard", {}) == {
        "__type": "UnknownOperationException", "message": "The operation SplitShard is not supported by Stator yet."}
    assert refused("DescribeStream", {})["__type"] == "InvalidArgumentException"
    assert refused("CreateStream", {"StreamName": "x", "WarmThroughputMiBps": 1})["message"] == (
        "WarmThroughputMiBps is not supported by Stator yet.")
    # These types are Kinesis' own.
    assert raw("ListTables", {}, content_type=JSON).status == 404


def test_errors_of_streams(kinesis, make_stream):
    name = make_stream()
    with error("ResourceInUseException", f"Stream {name} under account {ACCOUNT} already exists."):
        kinesis.create_stream(StreamName=name, ShardCount=1)
    with error("LimitExceededException"):
        kinesis.create_stream(StreamName="large", ShardCount=20_001)
    with validation():
        kinesis.create_stream(StreamName="without-shards")
    for call in (kinesis.describe_stream, kinesis.describe_stream_summary, kinesis.delete_stream,
                 kinesis.list_shards, kinesis.list_tags_for_stream):
        with not_found("nowhere"):
            call(StreamName="nowhere")
    with not_found("nowhere"):
        kinesis.put_records(StreamARN=f"arn:aws:kinesis:us-east-1:{ACCOUNT}:stream/nowhere",
                            Records=[{"Data": b"", "PartitionKey": "k"}])
    kinesis.delete_stream(StreamName=name)
    with not_found(name):
        kinesis.put_record(StreamName=name, Data=b"", PartitionKey="k")


def test_on_demand_streams_have_four_shards(kinesis):
    name = unique_name("stream")
    kinesis.create_stream(StreamName=name, StreamModeDetails={"StreamMode": "ON_DEMAND"})
    assert kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]["OpenShardCount"] == 4
    kinesis.delete_stream(StreamName=name)


def test_retention(kinesis, make_stream):
    name = make_stream()

    def hours():
        return kinesis.describe_stream(StreamName=name)["StreamDescription"]["RetentionPeriodHours"]

    kinesis.increase_stream_retention_period(StreamName=name, RetentionPeriodHours=48)
    assert hours() == 48
    with error("InvalidArgumentException", f"Requested retention period (30 hours) for stream {name} can not be "
               "shorter than existing retention period (48 hours). Use DecreaseRetentionPeriod API."):
        kinesis.increase_stream_retention_period(StreamName=name, RetentionPeriodHours=30)
    kinesis.decrease_stream_retention_period(StreamName=name, RetentionPeriodHours=24)
    assert hours() == 24
    with error("InvalidArgumentException", "Minimum allowed retention period is 24 hours. Requested retention period "
               "(23 hours) is too short."):
        kinesis.decrease_stream_retention_period(StreamName=name, RetentionPeriodHours=23)
    with error("InvalidArgumentException", "Maximum allowed retention period is 8760 hours. Requested retention "
               "period (8761 hours) is too long."):
        kinesis.increase_stream_retention_period(StreamName=name, RetentionPeriodHours=8761)


def test_tags(kinesis, make_stream):
    name = make_stream()
    arn = f"arn:aws:kinesis:us-east-1:{ACCOUNT}:stream/{name}"
    kinesis.add_tags_to_stream(StreamName=name, Tags={"a": "1", "b": "2"})
    kinesis.tag_resource(ResourceARN=arn, Tags={"b": "3", "c": ""})
    tags = [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "3"}, {"Key": "c", "Value": ""}]
    assert kinesis.list_tags_for_resource(ResourceARN=arn)["Tags"] == tags
    page = kinesis.list_tags_for_stream(StreamName=name, Limit=2)
    assert page["Tags"] == tags[:2] and page["HasMoreTags"]
    assert kinesis.list_tags_for_stream(StreamName=name, ExclusiveStartTagKey="b")["Tags"] == tags[2:]
    kinesis.untag_resource(ResourceARN=arn, TagKeys=["a"])
    kinesis.remove_tags_from_stream(StreamName=name, TagKeys=["b", "nothing"])
    assert kinesis.list_tags_for_stream(StreamName=name)["Tags"] == tags[2:]
    with error("InvalidArgumentException"):
        kinesis.add_tags_to_stream(StreamName=name, Tags={f"k{n}": "" for n in range(50)})


def test_a_consumer_sees_each_record_once_while_producers_run(kinesis, make_stream):
    name = make_stream()
    producers, each = 3, 40

    def produce(who):
        for n in range(each):
            kinesis.put_record(StreamName=name, Data=b"%d" % n, PartitionKey=str(who))

    threads = [threading.Thread(target=produce, args=(who,)) for who in range(producers)]
    at, seen = iterator(kinesis, name, kind="LATEST"), {str(who): [] for who in range(producers)}
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 60
    while sum(map(len, seen.values())) < producers * each and time.monotonic() < deadline:
        page = kinesis.get_records(ShardIterator=at)
        at = page["NextShardIterator"]
        for record in page["Records"]:
            seen[record["PartitionKey"]].append(int(record["Data"]))
    for thread in threads:
        thread.join()
    assert seen == {str(who): list(range(each)) for who in range(producers)}


def test_acknowledged_records_survive_a_kill(own_server):
    kinesis = clients.client(own_server.url, "kinesis")
    kinesis.create_stream(StreamName="kept", ShardCount=2)
    kinesis.create_stream(StreamName="dropped", ShardCount=1)
    at = iterator(kinesis, "kept")
    numbers = [kinesis.put_record(StreamName="kept", Data=b"%d" % n, PartitionKey="k")["SequenceNumber"]
               for n in range(30)]
    kinesis.delete_stream(StreamName="dropped")
    own_server.kill()
    own_server.start()
    shard = kinesis.put_record(StreamName="kept", Data=b"30", PartitionKey="k")
    assert int(shard["SequenceNumber"]) > int(numbers[-1])
    records = read(kinesis, "kept", shard=shard["ShardId"])
    assert [int(r["Data"]) for r in records] == list(range(31))
    assert [r["SequenceNumber"] for r in records][:-1] == numbers
    assert kinesis.list_streams()["StreamNames"] == ["kept"]
    kinesis.get_records(ShardIterator=at)  # iterators need nothing of the server


# --- CBOR -----------------------------------------------------------------------------------------


class Time(float):
    """Seconds; on the wire milliseconds under tag 1, as the SDKs for Java write it."""


def encode(value):
    """CBOR in the manner of the SDKs for Java: containers without lengths."""
    def head(major, number):
        for limit, code, form in ((24, None, None), (2**8, 24, ">B"), (2**16, 25, ">H"), (2**32, 26, ">I")):
            if number < limit:
                return bytes([major << 5 | (number if code is None else code)]) + (
                    struct.pack(form, number) if form else b"")
        return bytes([major << 5 | 27]) + struct.pack(">Q", number)

    if isinstance(value, Time):
        return b"\xc1" + encode(round(value * 1000))
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return b"\x9f" + b"".join(map(encode, value)) + b"\xff"
    return b"\xbf" + b"".join(encode(key) + encode(element) for key, element in value.items()) + b"\xff"


def decode(data):
    value, rest = decode_one(data)
    assert rest == b""
    return value


def decode_one(data):
    major, info, data = data[0] >> 5, data[0] & 31, data[1:]
    number = info
    if 24 <= info <= 27:
        size = 1 << (info - 24)
        number, data = int.from_bytes(data[:size], "big"), data[size:]
    if major == 0:
        return number, data
    if major in (2, 3):
        piece = data[:number]
        return (piece if major == 2 else piece.decode()), data[number:]
    if major in (4, 5):
        assert info == 31
        elements = []
        while data[:1] != b"\xff":
            element, data = decode_one(data)
            elements.append(element)
        if major == 5:
            elements = dict(zip(elements[::2], elements[1::2]))
        return elements, data[1:]
    if major == 6:
        assert number == 1
        millis, data = decode_one(data)
        return Time(millis / 1000), data
    return {20: False, 21: True, 22: None}[info], data


def test_cbor_bodies(raw, kinesis, make_stream):
    name = make_stream(1)

    def call(operation, body, status=200):
        answer = raw(TARGET + operation, encode(body), content_type=CBOR)
        assert answer.status == status and answer.headers["Content-Type"] == CBOR, answer
        return decode(answer.body) if answer.body else None

    data = bytes(range(256))
    before = time.time()
    place = call("PutRecord", {"StreamName": name, "Data": data, "PartitionKey": "kéy"})
    assert place["ShardId"] == "shardId-000000000000"
    answer = call("PutRecords", {"StreamName": name, "Records": [
        {"Data": b"", "PartitionKey": "b"}, {"Data": b"c" * 2**20, "PartitionKey": "c"}]})
    assert answer["FailedRecordCount"] == 0 and len(answer["Records"]) == 2
    at = call("GetShardIterator", {"StreamName": name, "ShardId": place["ShardId"],
                                   "ShardIteratorType": "AT_TIMESTAMP", "Timestamp": Time(before - 1)})
    page = call("GetRecords", {"ShardIterator": at["ShardIterator"], "Limit": 10})
    assert [(r["Data"], r["PartitionKey"]) for r in page["Records"]] == [
        (data, "kéy"), (b"", "b"), (b"c" * 2**20, "c")]
    arrived = page["Records"][0]["ApproximateArrivalTimestamp"]
    assert isinstance(arrived, Time) and abs(arrived - time.time()) < 60
    # The same as the JSON SDK sees it.
    assert [r["Data"] for r in read(kinesis, name)] == [data, b"", b"c" * 2**20]
    described = call("DescribeStreamSummary", {"StreamName": name})["StreamDescriptionSummary"]
    assert isinstance(described["StreamCreationTimestamp"], Time)
    assert call("IncreaseStreamRetentionPeriod", {"StreamName": name, "RetentionPeriodHours": 25}) is None
    assert call("DescribeStream", {"StreamName": "nowhere"}, 400) == {
        "__type": "ResourceNotFoundException",
        "message": f"Stream nowhere under account {ACCOUNT} not found."}
    broken = raw(TARGET + "PutRecord", b"\xbf\x61", content_type=CBOR)
    assert broken.status == 400 and decode(broken.body) == {"__type": "SerializationException"}

