"""Tables imported from object storage (facts 9.5, 14.5): a folder, and a real S3 server."""

import base64
import gzip
import json
import subprocess
import time

import pytest
from botocore.exceptions import ClientError
from helpers import all_items, validation
from support import clients
from support.objects import S3, Folder, server_with
from support.s3 import S3Server
from support.server import ENGINES, MEMORY, ROCKSDB, Server
from support.tables import unique_name

ITEM_ERROR = ("Some of the items failed validation checks and were not imported. Please check CloudWatch error logs "
              "for more details.")


@pytest.fixture(scope="module", params=ENGINES)
def place(request, tmp_path_factory):
    """A server and the folder that it imports from."""
    root = tmp_path_factory.mktemp("imports")
    folder = Folder(root / "objects")
    with server_with(folder, request.param, root / "server") as server:
        yield server, folder


def parameters(name, keys="p:S r:N", **more):
    attributes = [part.split(":") for part in keys.split()]
    return {"TableName": name, "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": a, "AttributeType": t} for a, t in attributes],
            "KeySchema": [{"AttributeName": a, "KeyType": kind}
                          for (a, _), kind in zip(attributes[:2], ("HASH", "RANGE"))]} | more


def start(client, name, prefix, input_format="DYNAMODB_JSON", compression="NONE", bucket="bucket", table=None, **more):
    return client.import_table(S3BucketSource={"S3Bucket": bucket, "S3KeyPrefix": prefix}, InputFormat=input_format,
                               InputCompressionType=compression,
                               TableCreationParameters=table or parameters(name), **more)["ImportTableDescription"]


def finish(client, started):
    deadline = time.monotonic() + 120
    while True:
        found = client.describe_import(ImportArn=started["ImportArn"])["ImportTableDescription"]
        if found["ImportStatus"] != "IN_PROGRESS":
            return found
        assert time.monotonic() < deadline, found
        time.sleep(0.02)


def run(client, name, prefix, *arguments, **more):
    return finish(client, start(client, name, prefix, *arguments, **more))


def counts(found):
    return found["ProcessedItemCount"], found["ImportedItemCount"], found["ErrorCount"]


def contents(client, name, **more):
    return sorted(all_items(client.scan, TableName=name, **more), key=lambda one: float(one["r"]["N"]))


def make(n):
    return {"p": {"S": f"p{n % 7}"}, "r": {"N": str(n)}, "x": {"L": [{"BOOL": n % 2 == 0}, {"NULL": True}]},
            "b": {"B": base64.b64encode(bytes([n % 256])).decode()}, "s": {"NS": ["1", str(n + 2)]}}


def lines(items):
    return "".join(json.dumps({"Item": one}) + "\n" for one in items)


def as_boto(one):
    return json.loads(json.dumps(one)) | {"b": {"B": base64.b64decode(one["b"]["B"])}}


def zstd(text):
    return subprocess.run(["zstd", "-c"], input=text, stdout=subprocess.PIPE, check=True).stdout


@pytest.mark.parametrize("compression", ["NONE", "GZIP", "ZSTD"])
def test_dynamodb_json(place, compression):
    server, objects = place
    client = clients.client(server.url)
    name = unique_name()
    items = [make(n) for n in range(3000)]
    press = {"NONE": lambda text: text, "GZIP": gzip.compress, "ZSTD": zstd}[compression]
    for part in range(3):
        objects.put(f"{name}/data/{part}", press(lines(items[part::3]).encode()))
    objects.put(f"other-{name}", b"not part of it")
    gsi = [{"IndexName": "by-number", "KeySchema": [{"AttributeName": "r", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "KEYS_ONLY"}}]
    started = start(client, name, f"{name}/da", compression=compression,
                    table=parameters(name, GlobalSecondaryIndexes=gsi))
    assert started["ImportStatus"] == "IN_PROGRESS" and started["ImportArn"].startswith(
        f"arn:aws:dynamodb:us-east-1:{clients.ACCOUNT}:table/{name}/import/")
    found = finish(client, started)
    assert found["ImportStatus"] == "COMPLETED" and "FailureCode" not in found
    assert counts(found) == (3000, 3000, 0)
    assert found["ProcessedSizeBytes"] == len(lines(items))
    assert found["TableCreationParameters"]["GlobalSecondaryIndexes"][0]["IndexName"] == "by-number"
    assert found["EndTime"] >= found["StartTime"]
    table = client.describe_table(TableName=name)["Table"]
    assert (table["TableStatus"], table["ItemCount"], table["TableId"]) == ("ACTIVE", 3000, found["TableId"])
    assert table["GlobalSecondaryIndexes"][0]["IndexStatus"] == "ACTIVE"
    assert table["GlobalSecondaryIndexes"][0]["ItemCount"] == 3000
    assert contents(client, name) == [as_boto(one) for one in items]
    assert len(contents(client, name, IndexName="by-number")) == 3000
    client.put_item(TableName=name, Item=as_boto(make(0)))


def test_csv(place):
    server, objects = place
    client = clients.client(server.url)
    name = unique_name()
    objects.put(f"{name}.csv", 'p;r;text\na;1;"one; ""two"""\nb;2;\n')
    found = run(client, name, name, "CSV", InputFormatOptions={"Csv": {"Delimiter": ";"}})
    assert (found["ImportStatus"], counts(found)) == ("COMPLETED", (2, 2, 0))
    assert found["InputFormatOptions"] == {"Csv": {"Delimiter": ";"}}
    assert contents(client, name) == [{"p": {"S": "a"}, "r": {"N": "1"}, "text": {"S": 'one; "two"'}},
                                      {"p": {"S": "b"}, "r": {"N": "2"}, "text": {"S": ""}}]
    other = unique_name()
    objects.put(f"{other}.csv", "a,1\nb,two\n")
    found = run(client, other, other, "CSV", InputFormatOptions={"Csv": {"HeaderList": ["p", "r"]}})
    assert (found["ImportStatus"], counts(found)) == ("FAILED", (2, 1, 1))


def test_ion(place):
    server, objects = place
    client = clients.client(server.url)
    name = unique_name()
    objects.put(f"{name}.ion.gz", gzip.compress(b'$ion_1_0 {Item:{p:"a",r:1.,s:$dynamodb_SS::["x","y"],b:{{YQ==}}}}\n'
                                                b'$ion_1_0 {Item:{p:"a",r:2d1,m:{yes:true,no:null}}}\n'))
    found = run(client, name, name, "ION", "GZIP")
    assert (found["ImportStatus"], counts(found)) == ("COMPLETED", (2, 2, 0))
    assert contents(client, name) == [
        {"p": {"S": "a"}, "r": {"N": "1"}, "s": {"SS": ["x", "y"]}, "b": {"B": b"a"}},
        {"p": {"S": "a"}, "r": {"N": "20"}, "m": {"M": {"yes": {"BOOL": True}, "no": {"NULL": True}}}}]


def test_bad_items_are_left_out_and_reported(place):
    server, objects = place
    client = clients.client(server.url)
    name = unique_name()
    good = {"p": {"S": "a"}, "r": {"N": "1"}}
    bad = [{"r": {"N": "1"}}, good | {"p": {"N": "1"}}, good | {"p": {"S": ""}}, good | {"x": {"S": "x" * 410_000}},
           good | {"x": {"N": "1e200"}}]
    objects.put(f"{name}/0", lines([good]) + lines(bad) + '{"no": "item"}\nnot JSON\n')
    found = run(client, name, name)
    assert (found["ImportStatus"], found["FailureCode"], found["FailureMessage"]) == \
        ("FAILED", "ItemValidationError", ITEM_ERROR)
    assert counts(found) == (8, 1, 7)
    assert contents(client, name) == [good]
    if server.engine == MEMORY:
        return
    report = server.data / "imports" / found["ImportArn"].rsplit("/", 1)[1] / "error-0.jsonl"
    entries = [json.loads(line) for line in report.read_text().splitlines()]
    assert [entry["itemS3Pointer"] for entry in entries] == \
        [{"bucket": "bucket", "key": f"{name}/0", "itemIndex": n} for n in range(1, 8)]
    assert all(entry["importArn"] == found["ImportArn"] for entry in entries)
    assert entries[0]["errorMessages"] == ["One or more parameter values were invalid: Missing the key p in the item"]
    assert entries[3]["errorMessages"] == ["Item size has exceeded the maximum allowed size"]


def test_later_duplicates_count(place):
    server, objects = place
    client = clients.client(server.url)
    name = unique_name()
    objects.put(f"{name}/0", lines({"p": {"S": "a"}, "r": {"N": "1"}, "n": {"N": str(n)}} for n in range(5)))
    assert counts(run(client, name, name)) == (5, 5, 0)
    assert contents(client, name) == [{"p": {"S": "a"}, "r": {"N": "1"}, "n": {"N": "4"}}]
    assert client.describe_table(TableName=name)["Table"]["ItemCount"] == 1


def test_broken_objects(place):
    server, objects = place
    client = clients.client(server.url)
    name = unique_name()
    objects.put(f"{name}/0", gzip.compress(lines([make(1)]).encode()) + b"rubbish")
    objects.put(f"{name}/1", gzip.compress(lines([make(2)]).encode()))
    found = run(client, name, name, compression="GZIP")
    assert (found["ImportStatus"], counts(found)) == ("FAILED", (3, 2, 1))


def test_nothing_to_import(place):
    server, _ = place
    client = clients.client(server.url)
    name = unique_name()
    found = run(client, name, "no-such-prefix")
    assert (found["ImportStatus"], counts(found), found["ProcessedSizeBytes"]) == ("COMPLETED", (0, 0, 0), 0)
    assert contents(client, name) == []


def test_no_bucket(place):
    server, _ = place
    client = clients.client(server.url)
    name = unique_name()
    found = run(client, name, "x", bucket="missing")
    assert (found["ImportStatus"], found["FailureCode"]) == ("FAILED", "S3NoSuchBucket")
    assert "The specified bucket does not exist" in found["FailureMessage"]
    assert name not in client.list_tables()["TableNames"]


def test_what_is_refused(place):
    server, _ = place
    client = clients.client(server.url)
    name = unique_name()
    provisioned = parameters(name) | {"BillingMode": "PROVISIONED"}
    with validation("One or more parameter values were invalid: ReadCapacityUnits and WriteCapacityUnits must both be "
                    "specified when BillingMode is PROVISIONED"):
        start(client, name, "x", table=provisioned)
    assert name not in client.list_tables()["TableNames"]
    finish(client, start(client, name, "no-such-prefix"))
    with pytest.raises(ClientError, match=f"Table already exists: {name}") as refused:
        start(client, name, "no-such-prefix")
    assert refused.value.response["Error"]["Code"] == "ResourceInUseException"
    arn = f"arn:aws:dynamodb:us-east-1:{clients.ACCOUNT}:table/{name}/import/01658528578619-c4d4e311"
    with pytest.raises(client.exceptions.ImportNotFoundException):
        client.describe_import(ImportArn=arn)
    with validation("Invalid Import ARN"):
        client.describe_import(ImportArn=arn.replace("import", "export"))


def test_lists(place):
    server, _ = place
    client = clients.client(server.url)
    names = [unique_name() for _ in range(3)]
    arns = [run(client, name, "no-such-prefix")["ImportArn"] for name in names]
    listed, token = [], {}
    while True:
        page = client.list_imports(PageSize=2, **token)
        assert len(page["ImportSummaryList"]) <= 2
        listed += page["ImportSummaryList"]
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert [one["ImportArn"] for one in listed][-3:] == arns
    assert listed[-1] | {"StartTime": 0, "EndTime": 0} == {
        "ImportArn": arns[2], "ImportStatus": "COMPLETED", "InputFormat": "DYNAMODB_JSON", "StartTime": 0, "EndTime": 0,
        "S3BucketSource": {"S3Bucket": "bucket", "S3KeyPrefix": "no-such-prefix"},
        "TableArn": arns[2].rsplit("/import/", 1)[0],
        "CloudWatchLogGroupArn": f"arn:aws:logs:us-east-1:{clients.ACCOUNT}:log-group:/aws-dynamodb/imports:*"}
    own = client.list_imports(TableArn=arns[1].rsplit("/import/", 1)[0])["ImportSummaryList"]
    assert [one["ImportArn"] for one in own] == [arns[1]]


def test_tokens_and_kills(tmp_path):
    """A token is good while its import is under way; that begins anew after each kill, and ends whole."""
    objects = Folder(tmp_path / "objects")
    items = [make(n) for n in range(120_000)]
    objects.put("data/0", lines(items))
    with server_with(objects, ROCKSDB, tmp_path / "server") as server:
        client = clients.client(server.url)
        name = unique_name()
        started = start(client, name, "data/", ClientToken="once")
        again = start(client, name, "data/", ClientToken="once")
        assert again["ImportArn"] == started["ImportArn"]
        with pytest.raises(client.exceptions.ImportConflictException):
            start(client, unique_name(), "data/", ClientToken="once")
        for seconds in (0.1, 0.4, 0.8):
            time.sleep(seconds)
            server.kill()
            server.start()
        client = clients.client(server.url)  # somebody else may have taken its port
        found = finish(client, started)
        assert (found["ImportStatus"], counts(found)) == ("COMPLETED", (120_000, 120_000, 0))
        assert len(contents(client, name)) == 120_000
        assert client.describe_table(TableName=name)["Table"]["ItemCount"] == 120_000
        assert not list((server.data / "imports").glob("*-*-*")), "what the import worked with is gone"
        server.stop()
        server.start()
        client = clients.client(server.url)
        assert client.describe_import(ImportArn=started["ImportArn"])["ImportTableDescription"] == found


def test_without_object_storage(tmp_path):
    server = Server(MEMORY, tmp_path)
    server.start()
    try:
        with validation("There is no object storage to import from: this server was started without --object-storage"):
            start(clients.client(server.url), "table", "x")
    finally:
        server.stop()


def test_an_s3_server(tmp_path):
    s3 = S3Server(tmp_path / "s3", ("bucket",))
    try:
        objects = S3(s3)
        for part in range(3):
            objects.put(f"data/{part}.json.gz", gzip.compress(lines(make(n) for n in range(part, 3000, 3)).encode()))
        with server_with(objects, MEMORY, tmp_path / "server") as server:
            client = clients.client(server.url)
            found = run(client, "table", "data/", compression="GZIP")
            assert (found["ImportStatus"], counts(found)) == ("COMPLETED", (3000, 3000, 0))
            assert contents(client, "table") == [as_boto(make(n)) for n in range(3000)]
            found = run(client, "other", "data/", bucket="missing")
            assert (found["ImportStatus"], found["FailureCode"]) == ("FAILED", "S3NoSuchBucket")
    finally:
        s3.stop()
