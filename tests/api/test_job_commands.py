"""`stator backup`, `restore`, `import`, `export`: the real program against real servers, and what it shows meanwhile."""

import contextlib
import fcntl
import gzip
import http.server
import json
import os
import pty
import re
import struct
import subprocess
import termios
import threading
import time

import pytest
from command_line import command, contents, done, environment, refused, small, stator
from helpers import put_all
from support import clients
from support.server import ROCKSDB, Server
from support.tables import definition, unique_name, wait_active
from support.waiting import wait_for


@pytest.fixture
def table(make_table):
    return make_table("p:S", "r:N", gsi={"global": ("n:N", None, "KEYS_ONLY")}, lsi={"local": ("x:S",)})


def test_backup_and_restore(server, client, table):
    put_all(client, table, [small(n) for n in range(300)])
    before = contents(client, table)
    made = done(stator(server, "backup", table, "--name", "nightly"))
    arn = made.stdout.strip()
    assert arn.startswith("arn:aws:dynamodb:") and f"stator backup --watch {arn}" in made.stderr
    assert "AVAILABLE" in made.stderr
    assert done(stator(server, "backup", "--watch", arn)).stdout.strip() == arn
    put_all(client, table, [small(n) for n in range(300, 400)])
    target = unique_name("restored")
    try:
        restored = done(stator(server, "restore", arn, target))
        assert f"stator restore --watch {target}" in restored.stderr and "ACTIVE" in restored.stderr
        assert contents(client, target) == before
        done(stator(server, "restore", "--watch", target))
        refused(stator(server, "restore", arn, target), "TableAlreadyExistsException: ")
    finally:
        client.delete_table(TableName=target)
    listed = done(stator(server, "backup", "--list", table)).stdout
    assert listed.startswith("AVAILABLE") and "nightly" in listed and listed.endswith(arn + "\n")
    done(stator(server, "backup", "--delete", arn))
    assert done(stator(server, "backup", "--list", table)).stdout == ""
    refused(stator(server, "backup", "--delete", arn), "BackupNotFoundException: ")
    refused(stator(server, "restore", arn, target), "stator restore: BackupNotFoundException: ")
    refused(stator(server, "restore", target), "needs the ARN of a backup")
    refused(stator(server, "backup", table), "--name")
    refused(stator(server, "backup", "there-is-no-such-table", "--name", "nightly"), "TableNotFoundException: ")


def test_restore_to_a_point_in_time(server, client, table):
    refused(stator(server, "restore", "--from", table, "--to-time", "latest", "any"),
            "PointInTimeRecoveryUnavailableException: ")
    client.update_continuous_backups(
        TableName=table, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})
    put_all(client, table, [small(n) for n in range(50)])
    before = contents(client, table)
    now = client.describe_table(TableName=table)["Table"]  # the clock of a server is this machine's
    assert now["TableStatus"] == "ACTIVE"
    second = int(time.time()) + 1
    wait_for(lambda: time.time() > second + 1, what="the end of a second")
    put_all(client, table, [small(n) for n in range(50, 80)])
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(second))
    for time_text, expected in ((moment, before), ("latest", None)):
        target = unique_name("restored")
        done(stator(server, "restore", "--from", table, "--to-time", time_text, target))
        try:
            assert expected is None or contents(client, target) == expected
        finally:
            client.delete_table(TableName=target)
    refused(stator(server, "restore", "--from", table, "--to-time", "yesterday", "any"), "not yesterday")


@pytest.fixture(scope="module")
def importer(tmp_path_factory):
    root = tmp_path_factory.mktemp("importer")
    (root / "objects" / "bucket" / "music").mkdir(parents=True)
    with Server(ROCKSDB, root / "server", ["--object-storage", f"file://{root / 'objects'}"]) as server:
        server.folder = root / "objects" / "bucket"
        yield server


def table_request(path, name, **more):
    path.write_text(json.dumps({"TableName": name, **definition("p:S", "r:N"), **more}))
    return path


def test_import(importer, tmp_path):
    client, name = clients.client(importer.url), unique_name("imported")
    items = [small(n, x={"S": "x"}) for n in range(1000)]
    for part in range(2):
        text = "".join(json.dumps({"Item": one}) + "\n" for one in items[part::2])
        (importer.folder / "music" / f"{part}.gz").write_bytes(gzip.compress(text.encode()))
    arguments = ["--bucket", "bucket", "--prefix", "music/", "--compression", "GZIP", "--table-request",
                 table_request(tmp_path / "table.json", name)]
    first = done(stator(importer, "import", *arguments))
    arn = first.stdout.strip()
    assert f"stator import --watch {arn}" in first.stderr
    assert "1000 items, " in first.stderr and " read, 1000 imported, 0 errors" in first.stderr
    assert len(contents(client, name)) == 1000
    assert done(stator(importer, "import", "--watch", arn)).stdout.strip() == arn
    refused(stator(importer, "import", *arguments), "ResourceInUseException: ")


def test_an_import_whose_command_was_killed_goes_on(importer, tmp_path):
    client, name = clients.client(importer.url), unique_name("imported")
    (importer.folder / "large").mkdir()
    with open(importer.folder / "large" / "items", "w") as lines:
        lines.writelines(json.dumps({"Item": small(n)}) + "\n" for n in range(60_000))
    arguments = ["--bucket", "bucket", "--prefix", "large/", "--table-request",
                 table_request(tmp_path / "table.json", name)]
    with subprocess.Popen(command(importer, "import", *arguments), stderr=subprocess.PIPE, text=True,
                          stdout=subprocess.DEVNULL, env=environment()) as process:
        hint = process.stderr.readline()
        process.kill()
    arn = hint.split()[-1]
    assert hint.endswith(f"stator import --watch {arn}\n")
    # The same command again is the same import, unless that has ended by now.
    again = stator(importer, "import", *arguments)
    assert again.stdout.strip() == arn or "ResourceInUseException: " in again.stderr
    assert " 60000 imported, 0 errors" in done(stator(importer, "import", "--watch", arn)).stderr
    assert client.describe_table(TableName=name)["Table"]["ItemCount"] == 60_000


def test_import_of_csv(importer, tmp_path):
    client, name = clients.client(importer.url), unique_name("imported")
    (importer.folder / "csv").mkdir()
    (importer.folder / "csv" / "rows").write_text("a;1;x\nb;2;y\n")
    done(stator(importer, "import", "--bucket", "bucket", "--prefix", "csv/", "--format", "CSV", "--delimiter", ";",
                "--header", "p,r,x", "--table-request", table_request(tmp_path / "table.json", name)))
    assert contents(client, name) == [{"p": {"S": "a"}, "r": {"N": "1"}, "x": {"S": "x"}},
                                      {"p": {"S": "b"}, "r": {"N": "2"}, "x": {"S": "y"}}]


def test_refused_imports(importer, tmp_path):
    name = unique_name("imported")
    request = table_request(tmp_path / "table.json", name)
    refused(stator(importer, "import", "--bucket", "no-such-bucket", "--table-request", request),
            "FAILED: S3NoSuchBucket: ")
    refused(stator(importer, "import", "--bucket", "bucket"), "--table-request")
    refused(stator(importer, "import", "--bucket", "bucket", "--table-request", tmp_path / "missing"), "missing")
    local = table_request(tmp_path / "local.json", name, LocalSecondaryIndexes=[])
    refused(stator(importer, "import", "--bucket", "bucket", "--table-request", local), "LocalSecondaryIndexes")
    (importer.folder / "bad").mkdir(exist_ok=True)
    (importer.folder / "bad" / "items").write_text('{"Item": {"p": {"S": "a"}, "r": {"N": "1"}}}\n{"Item": {}}\n')
    refused(stator(importer, "import", "--bucket", "bucket", "--prefix", "bad/", "--table-request",
                   table_request(tmp_path / "bad.json", unique_name("imported"))),
            "FAILED: ItemValidationError: ", "2 items, ", "1 imported, 1 error")


class Service(http.server.BaseHTTPRequestHandler):
    """Says what a test wants to hear."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        operation = self.headers["X-Amz-Target"].partition(".")[2]
        self.server.requests.append((operation, body))
        answer = self.server.answers[operation]
        answer = answer(body) if callable(answer) else answer
        data = json.dumps(answer).encode()
        self.send_response(400 if "__type" in answer else 200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


@pytest.fixture
def service():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        server.requests, server.answers, server.url = [], {}, f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def exporter(service):
    """What DynamoDB says to an export."""
    def start(body):
        if body["S3Bucket"] == "none":
            return {"__type": "com.amazonaws.dynamodb.v20120810#PointInTimeRecoveryUnavailableException",
                    "message": "Point in time recovery is not enabled for table 'T'"}
        return {"ExportDescription": {"ExportArn": "arn:export", "ExportStatus": "IN_PROGRESS"}}

    service.answers = {
        "DescribeTable": {"Table": {"TableArn": "arn:aws:dynamodb:us-east-1:1:table/T", "TableSizeBytes": 4096}},
        "ExportTableToPointInTime": start,
        "DescribeExport": lambda _: {"ExportDescription": service.states.pop(0)}}
    return service


EXPORTED = {"ExportStatus": "COMPLETED", "ItemCount": 7, "BilledSizeBytes": 2048, "S3Bucket": "b",
            "ExportManifest": "p/AWSDynamoDB/1-2/manifest-summary.json"}


def test_export_requests(exporter):
    exporter.states = [{"ExportStatus": "IN_PROGRESS"}, EXPORTED, EXPORTED, EXPORTED]
    run = done(stator(exporter, "export", "T", "--bucket", "b", "--prefix", "p", "--time", "2026-01-31T10:00:00+01:00"))
    assert run.stdout == "arn:export\n" and "stator export --watch arn:export" in run.stderr
    assert "7 items, 2.0 KiB, s3://b/p/AWSDynamoDB/1-2/manifest-summary.json" in run.stderr
    assert [operation for operation, _ in exporter.requests] == [
        "DescribeTable", "ExportTableToPointInTime", "DescribeExport", "DescribeExport"]
    body = exporter.requests[1][1]
    assert len(body.pop("ClientToken")) == 36
    assert body == {"TableArn": "arn:aws:dynamodb:us-east-1:1:table/T", "S3Bucket": "b", "S3Prefix": "p",
                    "ExportFormat": "DYNAMODB_JSON", "ExportTime": 1769850000}
    assert exporter.requests[2][1] == {"ExportArn": "arn:export"}

    done(stator(exporter, "export", "T", "--bucket", "b", "--format", "ION", "--from", "2026-01-31T10:00:00Z", "--to",
                "2026-01-31T11:00:00Z", "--view", "NEW_IMAGE"))
    body = exporter.requests[5][1]
    assert body["ExportType"] == "INCREMENTAL_EXPORT" and body["ExportFormat"] == "ION" and "ExportTime" not in body
    assert body["IncrementalExportSpecification"] == {
        "ExportFromTime": 1769853600, "ExportToTime": 1769857200, "ExportViewType": "NEW_IMAGE"}
    done(stator(exporter, "export", "--watch", "arn:export"))


def on_terminal(server, *arguments, columns=200):
    """What the command shows on one."""
    ours, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    with subprocess.Popen(command(server, *arguments), stdout=subprocess.DEVNULL, stderr=terminal,
                          env=environment()) as run:
        os.close(terminal)
        shown = b""
        with contextlib.suppress(OSError):  # the end
            while part := os.read(ours, 4096):
                shown += part
    os.close(ours)
    assert run.returncode == 0, shown
    return shown.decode()


def bar(percent):
    return f"[{'#' * (30 * percent // 100):.<30}] {percent:3}%"


def shows(text, shown):
    """Whether it shows that, and the seconds behind it."""
    return re.search(re.escape(text) + r"  \d+ s", shown)


def under_way(answers):
    """One answer after the other, the last again and again."""
    answers = list(answers)
    return lambda _: answers.pop(0) if len(answers) > 1 else answers[0]


def test_bars_of_exports(exporter):
    states = [{"ExportStatus": "IN_PROGRESS", "TableArn": "arn:aws:dynamodb:us-east-1:1:table/T", "ItemCount": 3,
               "BilledSizeBytes": 1024}, EXPORTED]
    exporter.states = list(states)
    assert shows(f"export     {bar(25)}  3 items, 1.0 KiB", on_terminal(exporter, "export", "--watch", "arn:export"))
    exporter.states = list(states)
    assert f"export     {bar(25)[:28]}\r" in on_terminal(exporter, "export", "--watch", "arn:export", columns=40)
    # Of what has changed no one knows how much it is.
    exporter.states = [states[0] | {"ExportType": "INCREMENTAL_EXPORT"}, EXPORTED]
    shown = on_terminal(exporter, "export", "--watch", "arn:export")
    assert shows("export     3 items, 1.0 KiB", shown) and "%" not in shown
    exporter.states = list(states)
    run = done(stator(exporter, "export", "--watch", "arn:export"))
    assert "%" not in run.stderr and len(run.stderr.splitlines()) == 2


def test_bars_of_backups(service):
    service.answers["DescribeBackup"] = under_way(
        {"BackupDescription": {"BackupDetails": {"BackupStatus": status, "BackupSizeBytes": size},
                               "SourceTableDetails": {"TableSizeBytes": 2048}}}
        for status, size in (("CREATING", 1024), ("AVAILABLE", 2048)))
    assert shows(f"backup     {bar(50)}  1.0 KiB", on_terminal(service, "backup", "--watch", "arn:backup"))


@pytest.mark.parametrize("source", ["SourceBackupArn", "SourceTableArn"])
def test_bars_of_restores(service, source):
    def describe(body):
        if body["TableName"] == "arn:source":
            return {"Table": {"TableStatus": "ACTIVE", "ItemCount": 40}}
        return next_state(body)

    summary = {"SourceTableArn": "arn:source", source: "arn:source"}
    next_state = under_way([{"Table": {"TableStatus": "CREATING", "ItemCount": 30, "RestoreSummary": summary}},
                            {"Table": {"TableStatus": "ACTIVE"}}])
    service.answers = {"DescribeTable": describe, "DescribeBackup": lambda _: {
        "BackupDescription": {"SourceTableDetails": {"ItemCount": 40}}}}
    assert shows(f"restore    {bar(75)}  30 items", on_terminal(service, "restore", "--watch", "T"))


def test_bars_of_imports(service):
    """The server alone knows how much there is to be read, but then how many items are to go into the table."""
    service.answers["DescribeImport"] = under_way(
        {"ImportTableDescription": {"ImportStatus": status, "ProcessedItemCount": 10, "ProcessedSizeBytes": 100,
                                    "ImportedItemCount": 10}}
        for status in ("IN_PROGRESS", "IN_PROGRESS", "IN_PROGRESS", "IN_PROGRESS", "COMPLETED"))
    service.answers["DescribeTable"] = under_way({"Table": {"ItemCount": count}} for count in (0, 9))
    shown = on_terminal(service, "import", "--watch", "arn:import")
    assert shows("import     10 items, 100 bytes read", shown)
    assert f"import     {bar(90)}  10 items, 100 bytes read  " in shown


def test_exports_that_fail(exporter):
    exporter.states = [{"ExportStatus": "FAILED", "FailureCode": "S3NoSuchBucket", "FailureMessage": "no such bucket"}]
    refused(stator(exporter, "export", "T", "--bucket", "b"), "FAILED: S3NoSuchBucket: no such bucket")
    refused(stator(exporter, "export", "T", "--bucket", "none"), "PointInTimeRecoveryUnavailableException: ")
    refused(stator(exporter, "export", "T"), "--bucket")
    refused(stator(exporter, "export", "T", "--bucket", "b", "--time", "now"), "not a time")
    assert stator(exporter, "export", "T", "--bucket", "b", "--from", "2026-01-31T10:00:00Z").returncode not in (0, 1)


def test_wrong_credentials(own_server, tmp_path):
    own_server.stop()
    own_server.extra = ["--config", str(clients.identities(tmp_path))]
    own_server.start()
    client = clients.client(own_server.url)
    client.create_table(TableName="T-1", **definition("p:S", "r:N"))
    wait_active(client, "T-1")
    request = table_request(tmp_path / "table.json", "T-2")
    for arguments in (["dump", "T-1", "--output", tmp_path / "wrong"], ["backup", "T-1", "--name", "nightly"],
                      ["restore", "--from", "T-1", "--to-time", "latest", "T-2"],
                      ["import", "--bucket", "bucket", "--table-request", request]):
        refused(stator(own_server, *arguments), f"stator {arguments[0]}: UnrecognizedClientException: ")
    assert not (tmp_path / "wrong").exists()
    right = {"AWS_ACCESS_KEY_ID": clients.ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": clients.SECRET_KEY}
    done(stator(own_server, "dump", "T-1", "--output", tmp_path / "right", **right))
