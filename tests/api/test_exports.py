"""Tables exported to object storage (facts 9.4, 14.5, 15.3): to a folder, and to a real S3 server."""

import base64
import datetime
import hashlib
import http.server
import json
import subprocess
import threading
import time

import duckdb
import pytest
from amazon.ion import simpleion
from exported import by_key, changes_of, items_of, key_of, lines_of, normal
from helpers import all_items, error, put_all, validation
from support import clients
from support.objects import BUCKET, S3, Folder, server_with
from support.s3 import S3Server
from support.server import ENGINES, MEMORY, ROCKSDB, Server, find_binary
from support.tables import definition, unique_name, wait_active
from support.waiting import wait_for

CONFLICT = "Export conflict: Duplicate request detected with conflicting parameters"


@pytest.fixture(scope="module", params=ENGINES)
def place(request, tmp_path_factory):
    """A server and the folder that it exports to."""
    root = tmp_path_factory.mktemp("exports")
    folder = Folder(root / "objects")
    with server_with(folder, request.param, root / "server") as server:
        yield server, folder


def make(n, size=5):
    return {"p": {"S": f"p{n % 7}"}, "r": {"N": str(n)}, "x": {"L": [{"BOOL": n % 2 == 0}, {"NULL": True}]},
            "b": {"B": bytes([n % 256])}, "s": {"SS": ["ä", f"{n} \"quoted\"\n"]}, "n": {"NS": ["-0.5", str(n + 2)]},
            "m": {"M": {"null": {"N": "1.50e-30"}, "a b": {"M": {}}}}, "text": {"S": "x" * (n % size)}}


def turn_on(client, name, on=True):
    client.update_continuous_backups(TableName=name,
                                     PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": on})


def create(client, items=(), recovery=True):
    name = unique_name()
    client.create_table(TableName=name, **definition("p:S", "r:N"))
    wait_active(client, name)
    if recovery:
        turn_on(client, name)
    put_all(client, name, items)
    return name


def arn_of(name):
    return f"arn:aws:dynamodb:us-east-1:{clients.ACCOUNT}:table/{name}"


def start(client, name, bucket=BUCKET, **more):
    return client.export_table_to_point_in_time(TableArn=arn_of(name), S3Bucket=bucket, **more)["ExportDescription"]


def finish(client, started):
    def look():
        return client.describe_export(ExportArn=started["ExportArn"])["ExportDescription"]
    wait_for(lambda: look()["ExportStatus"] != "IN_PROGRESS", 120, "the end of the export")
    return look()


def export(client, name, **more):
    found = finish(client, start(client, name, **more))
    assert found["ExportStatus"] == "COMPLETED", found
    return found


def window(begin, end, view=None):
    times = {"ExportFromTime": moment(begin), "ExportToTime": moment(end)}
    return {"ExportType": "INCREMENTAL_EXPORT",
            "IncrementalExportSpecification": times | ({"ExportViewType": view} if view else {})}


def moment(second):
    return datetime.datetime.fromtimestamp(second, datetime.timezone.utc)


def end_second():
    """The second that is ending; returns when it is over."""
    second = int(time.time())
    wait_for(lambda: time.time() >= second + 1, what="a second")
    return second


@pytest.mark.parametrize("form", ["DYNAMODB_JSON", "ION"])
def test_an_export_is_imported_as_it_was(place, form):
    server, objects = place
    client = clients.client(server.url)
    items = [make(n) for n in range(600)]
    name = create(client, items)
    started = start(client, name, ExportFormat=form, S3Prefix="some/prefix")
    assert started["ExportStatus"] == "IN_PROGRESS" and started["ExportArn"].startswith(arn_of(name) + "/export/")
    assert "ExportManifest" not in started and "ItemCount" not in started
    found = finish(client, started)
    assert found["ExportStatus"] == "COMPLETED"
    table = client.describe_table(TableName=name)["Table"]
    assert found["TableId"] == table["TableId"] and found["TableArn"] == table["TableArn"]
    assert (found["ExportFormat"], found["S3SseAlgorithm"]) == (form, "AES256") and "ExportType" not in found
    assert found["EndTime"] >= found["StartTime"] and found["BilledSizeBytes"] == table["TableSizeBytes"]
    assert len(lines_of(objects, found)) == 600
    target = unique_name()
    imported = client.import_table(
        S3BucketSource={"S3Bucket": BUCKET, "S3KeyPrefix": found["ExportManifest"].rsplit("/", 1)[0] + "/data/"},
        InputFormat=form, InputCompressionType="GZIP",
        TableCreationParameters={"TableName": target, **definition("p:S", "r:N")})["ImportTableDescription"]
    wait_for(lambda: client.describe_import(ImportArn=imported["ImportArn"])["ImportTableDescription"]["ImportStatus"]
             != "IN_PROGRESS", 120)
    assert by_key(all_items(client.scan, TableName=target)) == by_key(items)


def from_ion(value):
    """What amazon.ion made of a value, as boto3 would have it."""
    annotations = [annotation.text for annotation in getattr(value, "ion_annotations", ())]
    if annotations:
        kind = annotations[0].removeprefix("$dynamodb_")
        return {kind: [member if kind == "BS" else str(member) for member in value]}
    if simpleion.is_null(value) if hasattr(simpleion, "is_null") else value.ion_type.name == "NULL":
        return {"NULL": True}
    name = value.ion_type.name
    if name == "STRUCT":
        return {"M": {field: from_ion(content) for field, content in value.items()}}
    if name == "LIST":
        return {"L": [from_ion(member) for member in value]}
    return {{"STRING": "S", "DECIMAL": "N", "BLOB": "B", "BOOL": "BOOL"}[name]:
            bool(value) if name == "BOOL" else bytes(value) if name == "BLOB" else str(value)}


def test_amazons_reader_of_ion_reads_exports(place):
    server, objects = place
    client = clients.client(server.url)
    items = [make(n) for n in range(60)]
    name = create(client, items)
    text = "\n".join(lines_of(objects, export(client, name, ExportFormat="ION")))
    read = [from_ion(value["Item"])["M"] for value in simpleion.loads(text, single_value=False)]
    assert by_key(read) == by_key(items)
    second = end_second()
    client.delete_item(TableName=name, Key={"p": items[0]["p"], "r": items[0]["r"]})
    last = end_second()
    found = export(client, name, ExportFormat="ION", **window(second + 1, last + 1))
    [record] = [value["Record"] for value in simpleion.loads("\n".join(lines_of(objects, found)), single_value=False)]
    assert normal(from_ion(record["OldImage"])["M"]) == normal(items[0])
    assert set(record) == {"Keys", "Metadata", "OldImage"} and set(record["Keys"]) == {"p", "r"}
    assert second + 1 <= record["Metadata"]["WriteTimestampMicros"] / 1_000_000 < last + 1


def test_duckdb_reads_exports_by_their_manifest(tmp_path):
    objects = Folder(tmp_path / "objects")
    with server_with(objects, MEMORY, tmp_path / "server") as server:
        client = clients.client(server.url)
        name = create(client, [make(n) for n in range(200)])
        found = export(client, name)
        bucket = objects.root / BUCKET
        manifest = (bucket / found["ExportManifest"]).with_name("manifest-files.json")
        files = duckdb.sql(f"SELECT dataFileS3Key FROM read_json('{manifest}', format='newline_delimited')").fetchall()
        paths = [str(bucket / key) for key, in files]
        rows = duckdb.sql(f"SELECT Item.p.S, count(*), sum(Item.r.N::INT) FROM read_json({paths}) "
                          "GROUP BY 1 ORDER BY 1").fetchall()
        assert rows == [(f"p{p}", len(range(p, 200, 7)), sum(range(p, 200, 7))) for p in range(7)]


def test_the_table_as_it_was(place):
    server, objects = place
    client = clients.client(server.url)
    name = create(client, [make(n) for n in range(50)])
    before = by_key(all_items(client.scan, TableName=name))
    end_second()
    second = end_second()
    put_all(client, name, [make(n) | {"new": {"BOOL": True}} for n in range(40, 70)])
    client.delete_item(TableName=name, Key={"p": {"S": "p0"}, "r": {"N": "0"}})
    found = export(client, name, ExportTime=moment(second))
    assert found["ExportTime"] == moment(second)
    assert by_key(items_of(objects, found)) == before
    assert by_key(items_of(objects, export(client, name, ExportType="FULL_EXPORT"))) == \
        by_key(all_items(client.scan, TableName=name))


def test_increments_make_the_table_of_a_full_export(place):
    server, objects = place
    client = clients.client(server.url)
    name = create(client, [make(n) for n in range(30)])
    first = end_second()
    states = {first: by_key(all_items(client.scan, TableName=name))}
    for round in range(3):
        put_all(client, name, [make(n) | {"round": {"N": str(round)}} for n in range(round * 5, round * 5 + 20, 2)])
        for n in range(round, 40, 6):
            client.delete_item(TableName=name, Key={"p": make(n)["p"], "r": make(n)["r"]})
        put_all(client, name, [make(round) | {"again": {"BOOL": True}}])
        states[end_second()] = by_key(all_items(client.scan, TableName=name))
    replayed = by_key(items_of(objects, export(client, name, ExportTime=moment(first))))
    assert replayed == states[first]
    seconds = list(states)
    for begin, end in zip(seconds, seconds[1:]):
        found = export(client, name, **window(begin + 1, end + 1))
        assert found["ExportType"] == "INCREMENTAL_EXPORT" and "ExportTime" not in found
        seen = set()
        for change in changes_of(objects, found):
            key = key_of(change["Keys"])
            assert key not in seen and set(change["Keys"]) == {"p", "r"}
            seen.add(key)
            assert normal(change.get("OldImage")) == states[begin].get(key)
            assert begin + 1 <= int(change["Metadata"]["WriteTimestampMicros"]["N"]) / 1_000_000 < end + 1
            replayed.pop(key, None)
            if "NewImage" in change:
                replayed[key] = normal(change["NewImage"])
        assert replayed == states[end]
        changed = {key for key in states[begin] | states[end] if states[begin].get(key) != states[end].get(key)}
        assert changed <= seen


def test_what_an_increment_says_of_a_change(place):
    server, objects = place
    client = clients.client(server.url)
    name = create(client, [make(1), make(2)])
    before = end_second()
    client.delete_item(TableName=name, Key={"p": make(1)["p"], "r": make(1)["r"]})
    put_all(client, name, [make(2) | {"v": {"N": "2"}}])
    put_all(client, name, [make(3), make(4)])
    client.delete_item(TableName=name, Key={"p": make(4)["p"], "r": make(4)["r"]})
    after = end_second()
    times = before + 1, after + 1
    both = {change["Keys"]["r"]["N"]: change for change in changes_of(objects, export(client, name, **window(*times)))}
    assert {n: set(change) - {"Metadata", "Keys"} for n, change in both.items()} == \
        {"1": {"OldImage"}, "2": {"OldImage", "NewImage"}, "3": {"NewImage"}}
    assert list(both["2"]) == ["Metadata", "Keys", "OldImage", "NewImage"]
    found = export(client, name, **window(*times, "NEW_IMAGE"))
    new = {change["Keys"]["r"]["N"]: change for change in changes_of(objects, found)}
    assert {n: set(change) - {"Metadata", "Keys"} for n, change in new.items()} == \
        {"1": set(), "2": {"NewImage"}, "3": {"NewImage"}}
    nothing = export(client, name, **window(after + 1, after + 2)) if end_second() else None
    assert lines_of(objects, nothing) == []


def test_filters(place):
    server, objects = place
    client = clients.client(server.url)
    items = [make(n) for n in range(100)]
    name = create(client, items)
    specification = {"KeyConditionExpression": "p = :p AND r < :r", "FilterExpression": "size(#t) > :s",
                     "ProjectionExpression": "r, #t", "ExpressionAttributeNames": {"#t": "text"},
                     "ExpressionAttributeValues": {":p": {"S": "p3"}, ":r": {"N": "50"}, ":s": {"N": "2"}}}

    def export_filtered(wanted=None, **more):
        # botocore does not know the member yet.
        def add(params, **_):
            body = json.loads(params["body"])
            body["FilterSpecification"] = wanted or specification
            params["body"] = json.dumps(body).encode()
        client.meta.events.register_first("before-call.dynamodb.ExportTableToPointInTime", add)
        try:
            return start(client, name, **more)
        finally:
            client.meta.events.unregister("before-call.dynamodb.ExportTableToPointInTime", add)

    found = finish(client, export_filtered())
    assert found["ExportStatus"] == "COMPLETED"
    expected = {n: {"r": {"N": str(n)}, "text": make(n)["text"]} for n in range(3, 50, 7) if n % 5 > 2}
    assert {int(i["r"]["N"]): i for i in items_of(objects, found)} == expected
    second = end_second()
    put_all(client, name, [make(n) | {"text": {"S": "long enough" if n == 3 else "x"}} for n in (3, 10, 17, 24, 4)])
    client.delete_item(TableName=name, Key={"p": make(38)["p"], "r": make(38)["r"]})
    client.delete_item(TableName=name, Key={"p": make(45)["p"], "r": make(45)["r"]})
    last = end_second()
    changes = changes_of(objects, finish(client, export_filtered(**window(second + 1, last + 1))))
    assert {change["Keys"]["r"]["N"]: (change.get("OldImage"), change.get("NewImage")) for change in changes} == {
        "3": ({"r": {"N": "3"}, "text": make(3)["text"]}, {"r": {"N": "3"}, "text": {"S": "long enough"}}),
        "38": ({"r": {"N": "38"}, "text": make(38)["text"]}, None)}
    with validation("Filter Expression can only contain non-primary key attributes: Primary key attribute: r"):
        export_filtered({"KeyConditionExpression": "p = :p", "FilterExpression": "r = :p",
                         "ExpressionAttributeValues": {":p": {"S": "a"}}})
    with validation("Query condition missed key schema element: p"):
        export_filtered({"KeyConditionExpression": "r = :r", "ExpressionAttributeValues": {":r": {"N": "1"}}})
    with validation("Value provided in ExpressionAttributeValues unused in expressions: keys: {:q}"):
        export_filtered({"FilterExpression": "r = :r",
                         "ExpressionAttributeValues": {":r": {"N": "1"}, ":q": {"N": "1"}}})


def test_tokens(place):
    server, _ = place
    client = clients.client(server.url)
    name = create(client, [make(1)])
    token = unique_name("token")
    started = start(client, name, ClientToken=token)
    assert start(client, name, ClientToken=token)["ExportArn"] == started["ExportArn"]
    found = finish(client, started)
    assert found["ClientToken"] == token
    assert start(client, name, ClientToken=token) == found
    with error("ExportConflictException", CONFLICT):
        start(client, name, ClientToken=token, S3Prefix="another")
    assert start(client, name, ClientToken=token + "2")["ExportArn"] != started["ExportArn"]


def test_what_is_refused(place):
    server, _ = place
    client = clients.client(server.url)
    without = create(client, recovery=False)
    with error("PointInTimeRecoveryUnavailableException",
               f"Point in time recovery is not enabled for table '{without}'"):
        start(client, without)
    with error("TableNotFoundException", "Table not found: no-such-table"):
        start(client, "no-such-table")
    name = create(client)
    now = int(time.time())
    outside = "The export time is not within the point in time recovery window"
    for second in (now - 3600, now + 3600):
        with error("InvalidExportTimeException", outside):
            start(client, name, ExportTime=moment(second))
    with error("InvalidExportTimeException", outside):
        start(client, name, **window(now - 3600, now))
    with error("InvalidExportTimeException", outside):
        start(client, name, **window(now, now + 3600))
    with error("InvalidExportTimeException", "ExportFromTime must be before ExportToTime"):
        start(client, name, **window(now, now))
    with validation("The ExportType INCREMENTAL_EXPORT needs an ExportFromTime"):
        start(client, name, ExportType="INCREMENTAL_EXPORT")
    with validation("IncrementalExportSpecification needs the ExportType INCREMENTAL_EXPORT"):
        start(client, name, **(window(now - 1, now) | {"ExportType": "FULL_EXPORT"}))
    with validation("ExportTime is not for the ExportType INCREMENTAL_EXPORT"):
        start(client, name, ExportTime=moment(now), **window(now - 1, now))
    for member, value in (("S3BucketOwner", "111111111111"), ("S3SseAlgorithm", "AES256")):
        with validation(f"{member} is not supported: this server exports to a folder"):
            start(client, name, **{member: value})
    with validation("S3SseKmsKeyId needs the S3SseAlgorithm KMS"):
        start(client, name, S3SseKmsKeyId="key")
    arn = f"{arn_of(name)}/export/01695353076000-a1b2c3d4"
    with error("ExportNotFoundException", f"Export not found: {arn}"):
        client.describe_export(ExportArn=arn)
    with validation("Invalid Export ARN"):
        client.describe_export(ExportArn=arn.replace("export", "import"))


def test_bucket_faults_end_it(place):
    server, _ = place
    client = clients.client(server.url)
    name = create(client)
    started = start(client, name, bucket="missing")
    assert started["ExportStatus"] == "IN_PROGRESS"
    found = finish(client, started)
    assert (found["ExportStatus"], found["FailureCode"]) == ("FAILED", "S3NoSuchBucket")
    assert found["FailureMessage"].startswith("The specified bucket does not exist")
    assert "EndTime" in found and "ExportManifest" not in found and "ItemCount" not in found


def test_lists_and_tables_that_go(place):
    server, objects = place
    client = clients.client(server.url)
    name = create(client, [make(n) for n in range(30)])
    arns = [export(client, name, **more)["ExportArn"] for more in ({}, {"ExportType": "FULL_EXPORT"}, {})]

    def listed(size=2, **more):
        summaries, token = [], {}
        while True:
            page = client.list_exports(MaxResults=size, **more, **token)
            assert len(page["ExportSummaries"]) <= size
            summaries += page["ExportSummaries"]
            if "NextToken" not in page:
                return summaries
            token = {"NextToken": page["NextToken"]}

    assert listed(TableArn=arn_of(name)) == [
        {"ExportArn": arns[0], "ExportStatus": "COMPLETED"},
        {"ExportArn": arns[1], "ExportStatus": "COMPLETED", "ExportType": "FULL_EXPORT"},
        {"ExportArn": arns[2], "ExportStatus": "COMPLETED"}]
    last = start(client, name)
    client.delete_table(TableName=name)
    found = finish(client, last)
    assert found["ExportStatus"] == "COMPLETED" and len(items_of(objects, found)) == 30
    wait_for(lambda: name not in client.list_tables()["TableNames"], what="the table to go")
    assert listed(TableArn=arn_of(name)) == []
    assert [one["ExportArn"] for one in listed()][-4:] == [*arns, last["ExportArn"]]
    assert client.describe_export(ExportArn=arns[0])["ExportDescription"]["ExportStatus"] == "COMPLETED"


def test_recovery_is_disabled_meanwhile(place):
    server, objects = place
    client = clients.client(server.url)
    name = create(client)
    wait_for(lambda: finish(client, start(client, name))["ExportStatus"] == "COMPLETED")
    put_all(client, name, [make(n) for n in range(50)])
    started = start(client, name)
    turn_on(client, name, False)
    found = finish(client, started)
    assert found["ExportStatus"] == "COMPLETED" and len(items_of(objects, found)) == 50


def test_kills(tmp_path):
    """What was begun is done in the end, and writes the same objects, each once."""
    objects = Folder(tmp_path / "objects")
    with server_with(objects, ROCKSDB, tmp_path / "server") as server:
        client = clients.client(server.url)
        items = [make(n) | {"random": {"S": hashlib.sha256(b"%d" % n).hexdigest() * 20}} for n in range(4000)]
        name = create(client)
        wait_for(lambda: finish(client, start(client, name))["ExportStatus"] == "COMPLETED")
        first = end_second()
        put_all(client, name, items)
        last = end_second()
        increment = {"ClientToken": "once", **window(first + 1, last + 1)}
        begun = [start(client, name), start(client, name, **increment)]
        for seconds in (0.02, 0.1, 0.3):
            time.sleep(seconds)
            server.kill()
            server.start()
            client = clients.client(server.url)
        assert start(client, name, **increment)["ExportArn"] == begun[1]["ExportArn"]
        for started in begun:
            found = finish(client, started)
            assert found["ExportStatus"] == "COMPLETED"
            written = [line["NewImage"] for line in changes_of(objects, found)] if started is begun[1] else \
                items_of(objects, found)
            assert by_key(written) == by_key(items)
        assert not [key for key in objects.keys("") if "unfinished" in key]
        assert not list((server.data / "exports").iterdir()), "what the exports worked with is gone"
        server.restart()
        assert client.describe_export(ExportArn=begun[0]["ExportArn"])["ExportDescription"] == \
            finish(client, begun[0])
        client.delete_table(TableName=name)
        wait_for(lambda: name not in client.list_tables()["TableNames"], what="the table to go")


def test_the_command(place):
    server, objects = place
    client = clients.client(server.url)
    name = create(client, [make(n) for n in range(20)])
    before = end_second()
    put_all(client, name, [make(3) | {"new": {"BOOL": True}}])
    after = end_second()

    def run(*arguments):
        ran = subprocess.run([find_binary(), "export", name, "--bucket", BUCKET, *arguments, "--endpoint", server.url],
                             capture_output=True, text=True, timeout=120)
        assert ran.returncode == 0, ran.stderr
        return client.describe_export(ExportArn=ran.stdout.strip())["ExportDescription"]

    assert len(items_of(objects, run("--prefix", "by-command"))) == 20
    text = [moment(second + 1).strftime("%Y-%m-%dT%H:%M:%SZ") for second in (before, after)]
    [change] = changes_of(objects, run("--from", text[0], "--to", text[1]))
    assert change["NewImage"]["new"] == {"BOOL": True}


def test_without_object_storage(tmp_path):
    server = Server(MEMORY, tmp_path)
    server.start()
    try:
        client = clients.client(server.url)
        name = create(client)
        with validation("There is no object storage to export to: this server was started without --object-storage"):
            start(client, name)
    finally:
        server.stop()


def test_the_services_limits(tmp_path):
    objects = Folder(tmp_path / "objects")
    with server_with(objects, MEMORY, tmp_path / "server", "--service-quotas") as server:
        client = clients.client(server.url)
        name = create(client)
        begin = end_second()
        end_second()
        with error("InvalidExportTimeException", "An incremental export must be of at least 15 minutes"):
            start(client, name, **window(begin, begin + 1))


def test_an_s3_server(tmp_path):
    s3 = S3Server(tmp_path / "s3", (BUCKET,))
    try:
        objects = S3(s3)
        with server_with(objects, MEMORY, tmp_path / "server") as server:
            client = clients.client(server.url)
            items = [make(n) | {"large": {"S": base64.b64encode(hashlib.shake_256(b"%d" % n).digest(250_000)).decode()}}
                     for n in range(90)]
            name = create(client)
            for item in items:
                client.put_item(TableName=name, Item=item)
            found = export(client, name, S3Prefix="a prefix")
            assert by_key(items_of(objects, found)) == by_key(items)
            [data] = objects.keys(found["ExportManifest"].replace("manifest-summary.json", "data/"))
            assert len(objects.get(data)) > 16 << 20, "it went in parts"
            found = finish(client, start(client, name, bucket="missing"))
            assert (found["ExportStatus"], found["FailureCode"]) == ("FAILED", "S3NoSuchBucket")
    finally:
        s3.stop()


class Recorder(http.server.BaseHTTPRequestHandler):
    """Takes every object, and remembers the headers of each."""

    def do_PUT(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append(dict(self.headers))
        refused = self.headers.get("x-amz-expected-bucket-owner") == "222222222222"
        body = b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>" if refused else b""
        self.send_response(403 if refused else 200)
        self.send_header("ETag", '"tag"')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def test_what_is_asked_of_the_bucket(tmp_path):
    recorder = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
    recorder.seen = []
    recorder.url = f"http://127.0.0.1:{recorder.server_port}"
    threading.Thread(target=recorder.serve_forever, daemon=True).start()
    names = ("x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id",
             "x-amz-expected-bucket-owner")
    try:
        with server_with(recorder, MEMORY, tmp_path / "server") as server:
            client = clients.client(server.url)
            name = create(client, [make(1)])

            def sent():
                return [tuple(headers.get(name) for name in names) for headers in recorder.seen]

            export(client, name)
            assert set(sent()) == {(None, None, None)} and len(sent()) == 6
            recorder.seen.clear()
            export(client, name, S3SseAlgorithm="AES256")
            assert set(sent()) == {("AES256", None, None)}
            recorder.seen.clear()
            found = export(client, name, S3SseAlgorithm="KMS", S3SseKmsKeyId="key", S3BucketOwner="111111111111")
            assert set(sent()) == {("aws:kms", "key", "111111111111")}
            assert (found["S3SseAlgorithm"], found["S3SseKmsKeyId"], found["S3BucketOwner"]) == \
                ("KMS", "key", "111111111111")
            found = finish(client, start(client, name, S3BucketOwner="222222222222"))
            assert (found["ExportStatus"], found["FailureCode"]) == ("FAILED", "S3AccessDenied")
    finally:
        recorder.shutdown()
