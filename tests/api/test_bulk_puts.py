"""Bulk puts into existing tables from object storage (facts 13.3, 15.2): a folder, and a real S3 server."""

import base64
import gzip
import json
import subprocess
import time

import pytest
from helpers import all_items
from support import clients
from support.actors import Connection
from support.objects import BUCKET, S3, Folder, server_with
from support.s3 import S3Server
from support.server import ENGINES, MEMORY, ROCKSDB
from support.streams import Consumer, streams_client
from support.tables import definition, unique_name, wait_active

TERMINAL = {"COMPLETED", "COMPLETED_WITH_ERRORS", "CANCELLED", "FAILED"}


class Place:
    """A server, and the folder that it reads from and reports to."""

    def __init__(self, server, objects):
        self.server, self.objects = server, objects
        self.client = clients.client(server.url)

    # botocore does not know these operations.
    def call(self, operation, body):
        with Connection(self.server.port) as connection:
            return connection(operation, body)

    def ok(self, operation, body):
        answer = self.call(operation, body)
        assert answer.status == 200, answer
        return answer.json

    def refused(self, operation, body):
        answer = self.call(operation, body)
        assert answer.status == 400, answer
        return answer.error, answer.json["message"]

    def create(self, **more):
        name = unique_name()
        self.client.create_table(TableName=name, **definition("p:S", "r:N", **more))
        wait_active(self.client, name)
        return name

    def start(self, name, prefix=None, **more):
        return self.ok("StartBulkPutItems", request(name, prefix, **more))["BulkOperationDescription"]

    def describe(self, started):
        return self.ok("DescribeBulkOperation",
                       {"BulkOperationArn": started["BulkOperationArn"]})["BulkOperationDescription"]

    def finish(self, started, seconds=120):
        deadline = time.monotonic() + seconds
        while True:
            found = self.describe(started)
            if found["BulkOperationStatus"] in TERMINAL:
                return found
            assert time.monotonic() < deadline, found
            time.sleep(0.02)

    def run(self, name, prefix=None, **more):
        return self.finish(self.start(name, prefix, **more))

    def contents(self, name, **more):
        return sorted(all_items(self.client.scan, TableName=name, **more), key=lambda one: float(one["r"]["N"]))

    def reports(self, found):
        """Of each type the lines, as the manifest has them."""
        folder = folder_of(found)
        summary = json.loads(self.objects.get(folder + "manifest-summary.json"))
        assert summary["bulkOperationArn"] == found["BulkOperationArn"]
        assert summary["bulkOperationStatus"] == found["BulkOperationStatus"]
        assert summary["processedItemCount"] == found["ProcessedItemCount"]
        assert summary["failedItemCount"] == found["FailedItemCount"]
        lines, files = {"ERROR": [], "CONDITION_CHECK_FAILURE": []}, set()
        for entry in self.objects.get(summary["manifestFilesS3Key"]).decode().splitlines():
            file = json.loads(entry)
            files.add(file["dataFileS3Key"])
            text = gzip.decompress(self.objects.get(file["dataFileS3Key"]))
            read = [json.loads(line) for line in text.splitlines()]
            assert len(read) == file["itemCount"]
            assert all(line["bulkOperationArn"] == found["BulkOperationArn"] for line in read)
            lines[file["outputType"]] += read
        assert set(self.objects.keys(folder)) - files == {folder + rest for rest in (
            "_started", "manifest-files.json", "manifest-files.checksum", "manifest-summary.json",
            "manifest-summary.checksum")}
        assert lines["CONDITION_CHECK_FAILURE"] == [] or \
            len(lines["CONDITION_CHECK_FAILURE"]) == summary["conditionCheckFailureCount"]
        return lines


def folder_of(found):
    prefix = found["OutputS3Configuration"].get("S3KeyPrefix", "")
    return f"{prefix}/AWSDynamoDB/{found['BulkOperationArn'].rsplit('/', 1)[1]}/".lstrip("/")


def request(name, prefix=None, types=("ERROR", "CONDITION_CHECK_FAILURE"), bucket=BUCKET, output=BUCKET,
            input_format="DYNAMODB_JSON", compression=None, **more):
    source = {"S3Bucket": bucket, "S3KeyPrefix": prefix or f"{name}/", "InputFormat": input_format}
    if compression:
        source["InputCompressionType"] = compression
    return {"TableName": name, "InputS3Configuration": source,
            "OutputS3Configuration": {"S3Bucket": output, "S3KeyPrefix": "reports", "OutputType": list(types)}} | more


@pytest.fixture(scope="module", params=ENGINES)
def place(request, tmp_path_factory):
    root = tmp_path_factory.mktemp("bulk")
    folder = Folder(root / "objects")
    with server_with(folder, request.param, root / "server") as server:
        yield Place(server, folder)


def make(n, **more):
    return {"p": {"S": f"p{n % 7}"}, "r": {"N": str(n)}, "x": {"L": [{"BOOL": n % 2 == 0}, {"NULL": True}]}} | more


def lines(records):
    return "".join(json.dumps(one) + "\n" for one in records)


def items(some):
    return lines({"Item": one} for one in some)


def zstd(text):
    return subprocess.run(["zstd", "-c"], input=text, stdout=subprocess.PIPE, check=True).stdout


def counts(found):
    return found["ProcessedItemCount"], found["FailedItemCount"]


@pytest.mark.parametrize("compression", [None, "GZIP", "ZSTD"])
def test_dynamodb_json(place, compression):
    name = place.create(gsi={"by-g": ("g:S", None, "KEYS_ONLY")}, lsi={"by-l": ("l:S",)},
                        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"})
    arn = place.client.describe_table(TableName=name)["Table"]["LatestStreamArn"]
    place.client.put_item(TableName=name, Item=make(3, old={"S": "goes"}))
    place.client.put_item(TableName=name, Item=make(5000))
    put = [make(n, g={"S": f"g{n % 5}"}, l={"S": str(n)}) for n in range(2000)]
    press = {None: lambda text: text, "GZIP": gzip.compress, "ZSTD": zstd}[compression]
    objects = [press(items(put[part::3]).encode()) for part in range(3)]
    for part, body in enumerate(objects):
        place.objects.put(f"{name}/{part}", body)
    more = {"compression": compression} if compression else {}
    started = place.start(name, PerformanceTier="ACCELERATED", **more)
    assert started["BulkOperationArn"].startswith(
        f"arn:aws:dynamodb:us-east-1:{clients.ACCOUNT}:table/{name}/bulk-operation/")
    table = place.client.describe_table(TableName=name)["Table"]
    size = sum(map(len, objects))
    found = place.finish(started)
    usage = found.pop("BulkOperationUsage")
    assert found.pop("EndTime") >= found.pop("StartTime")
    assert found == {
        "BulkOperationArn": started["BulkOperationArn"], "BulkOperationStatus": "COMPLETED",
        "TableDetails": [{"TableName": name, "TableId": table["TableId"]}],
        "InputS3Configuration": {"S3Bucket": BUCKET, "S3KeyPrefix": f"{name}/", "InputFormat": "DYNAMODB_JSON",
                                 "InputCompressionType": compression or "NONE"},
        "OutputS3Configuration": {"S3Bucket": BUCKET, "S3KeyPrefix": "reports", "S3SseAlgorithm": "AES256",
                                  "OutputType": ["ERROR", "CONDITION_CHECK_FAILURE"]},
        "ProcessedItemCount": 2000, "FailedItemCount": 0, "ProcessedInputBytes": size, "TotalInputBytes": size,
        "PerformanceTier": "ACCELERATED"}
    assert place.contents(name) == put + [make(5000)]
    assert len(place.contents(name, IndexName="by-g")) == len(place.contents(name, IndexName="by-l")) == 2000
    table = place.client.describe_table(TableName=name)["Table"]
    last = len("p") + 2 + len("r") + 3 + len("x") + 3 + 2 * 2  # make(5000), as DynamoDB measures
    assert table["ItemCount"] == 2001
    assert usage == [{
        "TableName": name, "BulkPutBytes": usage[0]["BulkPutBytes"],
        "Table": {"BulkPutBytes": usage[0]["Table"]["BulkPutBytes"]},
        "LocalSecondaryIndexes": {"by-l": {"BulkPutBytes": table["LocalSecondaryIndexes"][0]["IndexSizeBytes"]}},
        "GlobalSecondaryIndexes": {"by-g": {"BulkPutBytes": table["GlobalSecondaryIndexes"][0]["IndexSizeBytes"]}}}]
    assert abs(table["TableSizeBytes"] - usage[0]["Table"]["BulkPutBytes"] - last) < 8
    records = [record for _, record in Consumer(streams_client(place.server.url), arn).poll()]
    assert [one["dynamodb"]["OldImage"] for one in records if one["eventName"] == "MODIFY"] == \
        [make(3, old={"S": "goes"})]
    assert place.reports(found) == {"ERROR": [], "CONDITION_CHECK_FAILURE": []}


def test_conditions(place):
    name = place.create()
    for n in range(4):
        place.client.put_item(TableName=name, Item=make(n, version={"N": "2"}))
    new = {"ConditionExpression": "attribute_not_exists(p)"}
    newer = {"ConditionExpression": "#v < :v", "ExpressionAttributeNames": {"#v": "version"},
             "ExpressionAttributeValues": {":v": {"N": "2"}}}
    newest = newer | {"ExpressionAttributeValues": {":v": {"N": "3"}}}
    place.objects.put(f"{name}/0", lines([
        {"Item": make(0)} | new, {"Item": make(10)} | new, {"Item": make(1)} | newer, {"Item": make(2)} | newest,
        {"Item": make(3)}, {"Item": make(11)} | newest]))
    found = place.run(name)
    assert (found["BulkOperationStatus"], counts(found)) == ("COMPLETED", (6, 0))
    old = [make(n, version={"N": "2"}) for n in range(4)]
    assert place.contents(name) == old[:2] + [make(2), make(3), make(10)]
    reports = place.reports(found)
    assert reports["ERROR"] == []
    unmet = {line["itemS3Pointer"]["itemIndex"]: line for line in reports["CONDITION_CHECK_FAILURE"]}
    assert sorted(unmet) == [0, 2, 5]
    assert unmet[0]["itemS3Pointer"] == {"bucket": BUCKET, "key": f"{name}/0", "itemIndex": 0}
    assert (unmet[0]["Item"], unmet[0]["ExistingItem"]) == (make(0), old[0])
    assert (unmet[2]["Item"], unmet[2]["ExistingItem"]) == (make(1), old[1])
    assert unmet[5]["Item"] == make(11) and "ExistingItem" not in unmet[5]
    found = place.run(name, types=["ERROR"])
    assert (found["BulkOperationStatus"], counts(found)) == ("COMPLETED", (6, 0))
    assert place.reports(found) == {"ERROR": [], "CONDITION_CHECK_FAILURE": []}


def test_ion(place):
    name = place.create()
    place.client.put_item(TableName=name, Item=make(1))
    place.objects.put(f"{name}/0", gzip.compress(
        b'$ion_1_0 {Item:{p:"p1",r:1.,s:$dynamodb_SS::["x","y"]},ConditionExpression:"attribute_exists(#p)",'
        b'ExpressionAttributeNames:{\'#p\':"p"}}\n'
        b'$ion_1_0 {Item:{p:"p2",r:2.},ConditionExpression:"r = :two",ExpressionAttributeValues:{\':two\':2.}}\n'
        b'$ion_1_0 {Item:{p:"p3",r:3.}}\n'
        b'$ion_1_0 {Item:{p:"p3",r:4.},Condition:"r = 1"}\n'))
    found = place.run(name, input_format="ION", compression="GZIP")
    assert (found["BulkOperationStatus"], counts(found)) == ("COMPLETED_WITH_ERRORS", (4, 1))
    assert place.contents(name) == [{"p": {"S": "p1"}, "r": {"N": "1"}, "s": {"SS": ["x", "y"]}},
                                    {"p": {"S": "p3"}, "r": {"N": "3"}}]
    reports = place.reports(found)
    assert [line["errorMessages"] for line in reports["ERROR"]] == \
        [["The data has a member that a put does not have: Condition"]]
    assert [line["itemS3Pointer"]["itemIndex"] for line in reports["CONDITION_CHECK_FAILURE"]] == [1]


def test_errors(place):
    name = place.create(gsi={"by-g": ("g:S", None)})
    good = make(1)
    bad = [{"Item": {"r": {"N": "1"}}}, {"Item": good | {"p": {"N": "1"}}}, {"Item": good | {"g": {"N": "1"}}},
           {"Item": good | {"x": {"S": "x" * 410_000}}}, {"Item": good | {"x": {"N": "1e200"}}}, {"Put": good},
           {"Item": good, "ConditionExpression": "p ="}, {"Item": good, "ConditionExpression": 1},
           {"Item": good, "ExpressionAttributeNames": {"#p": "p"}},
           {"Item": good, "ConditionExpression": "p = :p", "ExpressionAttributeValues": {":p": {"N": "x"}}},
           {"Item": good, "ConditionExpression": "attribute_exists(p)",
            "ExpressionAttributeValues": {":p": {"N": "1"}}},
           {"Item": good, "ReturnValues": "ALL_OLD"}]
    place.objects.put(f"{name}/0", lines([{"Item": good}] + bad) + "not JSON\n" + items([make(2)]))
    place.objects.put(f"{name}/1", lines([{"Item": make(3)}]))
    found = place.run(name)
    assert (found["BulkOperationStatus"], counts(found)) == ("COMPLETED_WITH_ERRORS", (16, 13))
    assert "FailureCode" not in found
    assert place.contents(name) == [good, make(2), make(3)]
    errors = sorted(place.reports(found)["ERROR"], key=lambda line: line["itemS3Pointer"]["itemIndex"])
    assert [line["itemS3Pointer"] for line in errors] == \
        [{"bucket": BUCKET, "key": f"{name}/0", "itemIndex": n} for n in range(1, 14)]
    assert [line["errorMessages"][0] for line in errors] == [
        "One or more parameter values were invalid: Missing the key p in the item",
        "One or more parameter values were invalid: Type mismatch for key p expected: S actual: N",
        "One or more parameter values were invalid: Type mismatch for Index Key g Expected: S Actual: N "
        "IndexName: by-g",
        "Item size has exceeded the maximum allowed size",
        "Number overflow. Attempting to store a number with magnitude larger than supported range",
        "The data has no member Item that is an object",
        'Invalid ConditionExpression: Syntax error; token: "<EOF>", near: "="',
        "The data's member ConditionExpression is no string",
        "ExpressionAttributeNames can only be specified when using expressions",
        "ExpressionAttributeValues contains invalid value: The parameter cannot be converted to a numeric value: x "
        "for key :p",
        "Value provided in ExpressionAttributeValues unused in expressions: keys: {:p}",
        "The data has a member that a put does not have: ReturnValues",
        "The data is not an item in DynamoDB JSON: it is no JSON object"]
    assert errors[0]["Item"] == bad[0]["Item"] and "Item" not in errors[5]


def test_equal_keys(place):
    name = place.create()
    place.objects.put(f"{name}/0", items(make(n % 3, version={"N": str(n)}) for n in range(60)))
    found = place.run(name)
    assert (found["BulkOperationStatus"], counts(found)) == ("COMPLETED", (60, 0))
    left = place.contents(name)
    assert [one["r"]["N"] for one in left] == ["0", "1", "2"]
    assert place.client.describe_table(TableName=name)["Table"]["ItemCount"] == 3


def test_broken_objects(place):
    name = place.create()
    place.objects.put(f"{name}/0", gzip.compress(items([make(1)]).encode()) + b"rubbish")
    place.objects.put(f"{name}/1", gzip.compress(items([make(2)]).encode()))
    place.objects.put(f"{name}/2", b"")
    found = place.run(name, compression="GZIP")
    assert (found["BulkOperationStatus"], counts(found)) == ("COMPLETED_WITH_ERRORS", (3, 1))
    assert place.contents(name) == [make(1), make(2)]
    found = place.run(name, "no-such-prefix")
    assert (found["BulkOperationStatus"], counts(found), found["TotalInputBytes"]) == ("COMPLETED", (0, 0), 0)


def test_buckets_that_are_not_there(place):
    name = place.create()
    place.objects.put(f"{name}/0", items([make(1)]))
    found = place.run(name, bucket="missing")
    assert (found["BulkOperationStatus"], found["FailureCode"]) == ("FAILED", "S3NoSuchBucket")
    assert "The specified bucket does not exist" in found["FailureMessage"]
    assert place.reports(found) == {"ERROR": [], "CONDITION_CHECK_FAILURE": []}
    found = place.run(name, output="missing")
    assert (found["BulkOperationStatus"], found["FailureCode"]) == ("FAILED", "S3NoSuchBucket")
    assert place.contents(name) == [], "nothing is put before the bucket of the reports is known to take them"


def test_what_is_refused(place):
    name = place.create()
    start = "StartBulkPutItems"
    assert place.refused(start, request("no-such-table")) == (
        "ResourceNotFoundException", "Requested resource not found: Table: no-such-table not found")
    for bad, text in (
            ({"MaxWriteRequestUnits": 1023}, "Value '1023' at 'maxWriteRequestUnits' failed to satisfy constraint: "
                                             "Member must have value greater than or equal to 1024"),
            ({"PerformanceTier": "FAST"}, "Value 'FAST' at 'performanceTier' failed to satisfy constraint: "
                                          "Member must satisfy enum value set: [STANDARD, ACCELERATED]"),
            ({"input_format": "CSV"}, "Value 'CSV' at 'inputS3Configuration.inputFormat' failed to satisfy "
                                      "constraint: Member must satisfy enum value set: [DYNAMODB_JSON, ION]")):
        kind, message = place.refused(start, request(name, **bad))
        assert kind == "ValidationException" and text in message
    assert place.refused(start, request(name, types=[])) == \
        ("ValidationException", "OutputS3Configuration needs an OutputType")
    body = request(name)
    del body["OutputS3Configuration"]["S3Bucket"]
    assert place.refused(start, body) == ("ValidationException", "OutputS3Configuration needs an S3Bucket")
    body = request(name)
    body["InputS3Configuration"]["S3BucketOwner"] = "111111111111"
    assert "S3BucketOwner is not supported" in place.refused(start, body)[1]
    arn = f"arn:aws:dynamodb:us-east-1:{clients.ACCOUNT}:table/{name}/bulk-operation/01658528578619-c4d4e311"
    for operation in ("DescribeBulkOperation", "CancelBulkOperation"):
        assert place.refused(operation, {"BulkOperationArn": arn}) == (
            "ResourceNotFoundException", f"Requested resource not found: BulkOperation: {arn} not found")
        assert place.refused(operation, {"BulkOperationArn": arn.replace("bulk-operation", "import")}) == \
            ("ValidationException", "Invalid BulkOperation ARN")
        assert "Member must have length greater than or equal to 37" in \
            place.refused(operation, {"BulkOperationArn": "arn"})[1]
    ended = place.run(name)
    assert place.refused("CancelBulkOperation", {"BulkOperationArn": ended["BulkOperationArn"]}) == (
        "ValidationException", f"The bulk operation has ended: {ended['BulkOperationArn']}")


def test_tokens(place):
    name = place.create()
    first = place.start(name, ClientToken="once-" + name)
    again = place.start(name, ClientToken="once-" + name)
    assert again["BulkOperationArn"] == first["BulkOperationArn"]
    assert first["ClientToken"] == "once-" + name
    assert place.refused("StartBulkPutItems", request(name, ClientToken="once-" + name,
                                                      PerformanceTier="ACCELERATED")) == (
        "IdempotentParameterMismatchException",
        "The provided client token is already in use with different request parameters")
    place.finish(first)
    assert place.start(name, ClientToken="once-" + name)["BulkOperationArn"] == first["BulkOperationArn"]


def test_lists(place):
    name = place.create()
    arns = [place.run(name, "no-such-prefix")["BulkOperationArn"] for _ in range(12)]
    assert len(place.ok("ListBulkOperations", {})["BulkOperationsSummaryList"]) == 10
    listed, token = [], {}
    while True:
        page = place.ok("ListBulkOperations", {"MaxResults": 5} | token)
        assert len(page["BulkOperationsSummaryList"]) <= 5
        listed += page["BulkOperationsSummaryList"]
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert [one["BulkOperationArn"] for one in listed][:12] == arns[::-1]
    assert listed[0] | {"StartTime": 0, "EndTime": 0} == {
        "BulkOperationArn": arns[-1], "BulkOperationStatus": "COMPLETED", "StartTime": 0, "EndTime": 0}
    for bad in ({"MaxResults": 0}, {"MaxResults": 26}, {"NextToken": "x"}, {"NextToken": "0123456789abcdef"}):
        assert place.refused("ListBulkOperations", bad)[0] == "ValidationException"


def test_the_rate_and_the_end_of_it(place):
    """Items of 4 units, half of them with an entry of an index that takes 1: 4.5 each on average."""
    name = place.create(gsi={"by-g": ("g:S", None, "KEYS_ONLY")})
    put = [make(n, x={"S": "x" * 3500}, **({"g": {"S": "g"}} if n % 2 else {})) for n in range(20_000)]
    place.objects.put(f"{name}/0", items(put[:600]))
    started = time.monotonic()
    found = place.run(name, MaxWriteRequestUnits=2048)
    passed = time.monotonic() - started
    assert (found["BulkOperationStatus"], found["MaxWriteRequestUnits"]) == ("COMPLETED", 2048)
    assert passed > 600 * 4.5 / 2048 - 0.3, "faster than it may be"
    place.objects.put(f"{name}/1", items(put[600:]))
    started = place.start(name, MaxWriteRequestUnits=2048)
    while not place.describe(started)["ProcessedItemCount"]:
        time.sleep(0.01)
    shown = place.describe(started)
    assert shown["BulkOperationStatus"] == "IN_PROGRESS" and "EndTime" not in shown
    assert 0 < shown["ProcessedItemCount"] < 20_000 and shown["ProcessedInputBytes"] <= shown["TotalInputBytes"]
    assert shown["BulkOperationUsage"][0]["Table"]["BulkPutBytes"] > 0
    answer = place.ok("CancelBulkOperation", {"BulkOperationArn": started["BulkOperationArn"]})
    assert answer == {"BulkOperationArn": started["BulkOperationArn"], "BulkOperationStatus": "CANCELLING"}
    assert place.describe(started)["BulkOperationStatus"] in ("CANCELLING", "CANCELLED")
    found = place.finish(started, seconds=60)
    assert found["BulkOperationStatus"] == "CANCELLED" and found["EndTime"] >= found["StartTime"]
    assert 0 < found["ProcessedItemCount"] < 20_000
    assert place.reports(found) == {"ERROR": [], "CONDITION_CHECK_FAILURE": []}
    assert len(place.contents(name, ProjectionExpression="r")) >= 600


def test_a_table_that_goes(place):
    name = place.create()
    place.objects.put(f"{name}/0", items(make(n) for n in range(20_000)))
    started = place.start(name, MaxWriteRequestUnits=1024)
    while not place.describe(started)["ProcessedItemCount"]:
        time.sleep(0.01)
    place.client.delete_table(TableName=name)
    found = place.finish(started, seconds=20)
    assert (found["BulkOperationStatus"], found["FailureCode"], found["FailureMessage"]) == \
        ("FAILED", "ResourceNotFoundException", "Requested resource not found")
    assert 0 < found["ProcessedItemCount"] < 20_000


def test_an_index_that_is_being_created(tmp_path):
    objects = Folder(tmp_path / "objects")
    with server_with(objects, MEMORY, tmp_path / "server", "--control-plane-delays", "service") as server:
        place = Place(server, objects)
        name = place.create()
        place.client.update_table(
            TableName=name, AttributeDefinitions=[{"AttributeName": "g", "AttributeType": "S"}],
            GlobalSecondaryIndexUpdates=[{"Create": {
                "IndexName": "by-g", "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"}}}])
        in_use = "Attempt to change a resource which is still in use: "
        assert place.refused("StartBulkPutItems", request(name)) == (
            "ResourceInUseException", f"{in_use}Index is being created. Table: {name} Index: by-g")
        other = unique_name()
        place.client.create_table(TableName=other, **definition())
        assert place.refused("StartBulkPutItems", request(other)) == (
            "ResourceInUseException", f"{in_use}Table is being created: {other}")


def test_no_object_storage(tmp_path):
    with server_with(Folder(tmp_path / "objects"), MEMORY, tmp_path / "server") as server:
        server.stop()
        server.extra = []
        server.start()
        assert "without --object-storage" in Place(server, None).refused("StartBulkPutItems", request("some-table"))[1]


def test_kills(tmp_path):
    """Each line is put in the end, and told of once, however often the server was killed; conditions that a put of
    its own has changed count as met."""
    objects = Folder(tmp_path / "objects")
    with server_with(objects, ROCKSDB, tmp_path / "server") as server:
        place = Place(server, objects)
        name = place.create()
        put = [make(n) for n in range(12_000)]
        place.client.put_item(TableName=name, Item=make(0, old={"S": "stays"}))
        new = {"ConditionExpression": "attribute_not_exists(p)"}
        for part in range(2):
            objects.put(f"{name}/{part}", lines([{"Item": one} | new for one in put[part::2]] + [{"Item": {}}]))
        started = place.start(name, MaxWriteRequestUnits=4096)
        for seconds in (0.3, 1.2, 0.5):
            time.sleep(seconds)
            server.kill()
            server.start()
        place = Place(server, objects)
        found = place.finish(started)
        assert (found["BulkOperationStatus"], counts(found)) == ("COMPLETED_WITH_ERRORS", (12_002, 2))
        assert found["ProcessedInputBytes"] == found["TotalInputBytes"]
        assert place.contents(name) == [make(0, old={"S": "stays"})] + put[1:]
        reports = place.reports(found)
        assert [line["Item"] for line in reports["CONDITION_CHECK_FAILURE"]] == [make(0)]
        assert sorted(line["itemS3Pointer"]["key"] for line in reports["ERROR"]) == [f"{name}/0", f"{name}/1"]
        # A cancellation is not forgotten.
        objects.put(f"{name}/0", items(make(n) for n in range(60_000)))
        started = place.start(name, MaxWriteRequestUnits=1024)
        place.ok("CancelBulkOperation", {"BulkOperationArn": started["BulkOperationArn"]})
        server.kill()
        server.start()
        place = Place(server, objects)
        assert place.finish(started)["BulkOperationStatus"] == "CANCELLED"


def test_an_s3_server(tmp_path):
    s3 = S3Server(tmp_path / "s3", (BUCKET,))
    try:
        objects = S3(s3)
        with server_with(objects, MEMORY, tmp_path / "server") as server:
            place = Place(server, objects)
            name = place.create()
            large = base64.b64encode(bytes(range(256)) * 1000).decode()
            put = [make(n, large={"B": large}) for n in range(30)]
            for part in range(2):
                objects.put(f"{name}/{part}", items(put[part::2]) + lines([{"Item": {}}]))
            found = place.run(name)
            assert (found["BulkOperationStatus"], counts(found)) == ("COMPLETED_WITH_ERRORS", (32, 2))
            assert len(place.contents(name, ProjectionExpression="r")) == 30
            assert len(place.reports(found)["ERROR"]) == 2
            found = place.run(name, bucket="missing")
            assert (found["BulkOperationStatus"], found["FailureCode"]) == ("FAILED", "S3NoSuchBucket")
    finally:
        s3.stop()
