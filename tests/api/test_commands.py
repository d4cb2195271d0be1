"""`stator dump`, `load --resume`, `backup`, `restore`, `import`, `export`: the real program against real servers."""

import contextlib
import fcntl
import gzip
import http.client
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
from helpers import all_items
from support import clients
from support.server import MEMORY, ROCKSDB, Server, find_binary, free_port
from support.tables import definition, unique_name, wait_active
from support.waiting import wait_for

EVERY_TYPE = {
    "s": {"S": "quote \" backslash \\ tab \t newline \n é 😀"}, "empty": {"S": ""}, "n": {"N": "-1.5E-100"},
    "digits": {"N": "12345678901234567890123456789012345678"}, "b": {"B": b"\x00\xff"}, "yes": {"BOOL": True},
    "null": {"NULL": True}, "ss": {"SS": ["a", "b"]}, "ns": {"NS": ["1", "2.5"]}, "bs": {"BS": [b"a", b"\x80"]},
    "l": {"L": [{"S": "x"}, {"L": []}, {"M": {}}]}, "m": {"M": {"Item": {"S": "x"}, "ü": {"N": "0"}}}}


def environment(**more):
    return {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | more


def command(server, name, *arguments):
    endpoint = [] if "--endpoint" in arguments else ["--endpoint", server.url]
    return [find_binary(), name, *map(str, arguments), *endpoint]


def stator(server, name, *arguments, stdin=None, **more):
    return subprocess.run(command(server, name, *arguments), input=stdin, capture_output=True, text=True,
                          env=environment(**more), timeout=120)


def done(run):
    assert run.returncode == 0, run.stderr
    return run


def refused(run, *texts):
    assert run.returncode == 1, (run.returncode, run.stderr)
    for text in texts:
        assert text in run.stderr, run.stderr


def put_all(client, name, items):
    items = list(items)
    for start in range(0, len(items), 25):
        requests = [{"PutRequest": {"Item": one}} for one in items[start:start + 25]]
        assert not client.batch_write_item(RequestItems={name: requests})["UnprocessedItems"]


def contents(client, name):
    items = all_items(client.scan, TableName=name, ConsistentRead=True)
    return sorted(items, key=lambda one: (one["p"]["S"], float(one["r"]["N"])))


def keys_in(file):
    """Of the lines of a dump, in order."""
    opened = gzip.open(file, "rt") if str(file).endswith(".gz") else open(file)
    with opened as lines:
        items = [json.loads(line)["Item"] for line in lines]
    return sorted((one["p"]["S"], int(one["r"]["N"])) for one in items)


def small(number, **more):
    return {"p": {"S": f"p{number % 7}"}, "r": {"N": str(number)}, **more}


@pytest.fixture
def table(make_table):
    return make_table("p:S", "r:N", gsi={"global": ("n:N", None, "KEYS_ONLY")}, lsi={"local": ("x:S",)})


@pytest.fixture
def other(tmp_path):
    """A second server."""
    with Server(MEMORY, tmp_path / "other") as server:
        yield server


@contextlib.contextmanager
def slow(server, operation, seconds):
    """A way to the server on which this operation's requests take some time."""

    class Forward(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers["X-Amz-Target"].endswith("." + operation):
                time.sleep(seconds)
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
            with contextlib.closing(connection):
                connection.request("POST", "/", body, dict(self.headers))
                answer = connection.getresponse()
                data = answer.read()
            with contextlib.suppress(OSError):  # who asked may be gone
                self.send_response(answer.status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Forward) as way:
        way.url = f"http://127.0.0.1:{way.server_port}"
        threading.Thread(target=way.serve_forever, daemon=True).start()
        try:
            yield way
        finally:
            way.shutdown()


def state_of(path):
    return json.loads(path.read_text()) if path.exists() else {}


def kill_when(arguments, condition):
    """Runs a command and kills it as soon as the condition holds."""
    with subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                          env=environment()) as process:
        try:
            wait_for(lambda: process.poll() is not None or condition(), what="the moment to kill it")
            assert process.poll() is None, process.stderr.read()
        finally:
            process.kill()


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.gz"])
def test_a_table_moves_to_another_server(server, client, table, other, tmp_path, name):
    put_all(client, table, [small(n, n={"N": str(n)}, x={"S": "x" * (n % 50 + 1)}) for n in range(500)])
    client.put_item(TableName=table, Item=small(1000, **{k: v for k, v in EVERY_TYPE.items() if k != "n"}))
    out, schema = tmp_path / name, tmp_path / "table.json"
    dump = done(stator(server, "dump", table, "--output", out, "--schema", schema, "--consistent"))
    assert dump.stdout.startswith("501 items written in ") and dump.stderr == ""
    assert not (tmp_path / (name + ".state")).exists()
    load = done(stator(other, "load", out, "--create", schema))
    assert load.stdout.startswith("501 items written in ")
    there = clients.client(other.url)
    assert contents(there, table) == contents(client, table)
    mine, its = (c.describe_table(TableName=table)["Table"] for c in (client, there))
    for member in ("KeySchema", "AttributeDefinitions"):
        assert its[member] == mine[member]
    assert its["BillingModeSummary"]["BillingMode"] == mine["BillingModeSummary"]["BillingMode"]
    for member in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
        assert [(i["IndexName"], i["KeySchema"], i["Projection"]) for i in its[member]] == \
            [(i["IndexName"], i["KeySchema"], i["Projection"]) for i in mine[member]]


def test_from_one_endpoint_to_another_through_a_pipe(server, client, table, other):
    put_all(client, table, [small(n) for n in range(100)])
    clients.client(other.url).create_table(TableName=table, **definition("p:S", "r:N"))
    dump = done(stator(server, "dump", table, "--segments", 1))
    assert dump.stderr.startswith("100 items written in ")
    done(stator(other, "load", "-", "--table", table, stdin=dump.stdout))
    assert contents(clients.client(other.url), table) == contents(client, table)


def test_an_empty_table(server, table, tmp_path):
    for name in ("out", "out.gz"):
        dump = done(stator(server, "dump", table, "--output", tmp_path / name))
        assert dump.stdout.startswith("0 items written in ")
        assert keys_in(tmp_path / name) == []
        done(stator(server, "load", tmp_path / name, "--table", table))


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.gz"])
def test_a_dump_that_is_killed_goes_on(server, client, make_table, tmp_path, name):
    table = make_table("p:S", "r:N")
    put_all(client, table, [small(n, pad={"S": os.urandom(15_000).hex()}) for n in range(400)])
    out, state = tmp_path / name, tmp_path / (name + ".state")
    with slow(server, "Scan", 0.35) as way:
        for _ in range(2):
            before = state_of(state).get("items", 0)
            kill_when(command(way, "dump", table, "--output", out, "--segments", 2, "--resume"),
                      lambda: state_of(state).get("items", 0) > before)
            assert 0 < state_of(state)["items"] < 400
            with open(out, "ab") as torn:
                torn.write(b'{"Item":')
    refused(stator(server, "dump", table, "--output", out), "is there already", "--resume")
    kept = state_of(state)["items"]
    run = done(stator(server, "dump", table, "--output", out, "--resume"))
    assert run.stdout.startswith(f"{400 - kept} items written in ")
    assert run.stdout.endswith(f", after {kept} of an earlier run\n")
    assert keys_in(out) == sorted((f"p{n % 7}", n) for n in range(400))
    refused(stator(server, "dump", table, "--output", out, "--resume"), "it is complete")


def test_a_dump_of_another_table_is_not_gone_on_with(server, client, make_table, tmp_path):
    name, out = make_table("p:S", "r:N"), tmp_path / "out"
    put_all(client, name, [small(n, pad={"S": "x" * 50_000}) for n in range(100)])
    with slow(server, "Scan", 0.5) as way:
        kill_when(command(way, "dump", name, "--output", out, "--segments", 1),
                  lambda: state_of(tmp_path / "out.state").get("items", 0) > 0)
    client.delete_table(TableName=name)
    client.get_waiter("table_not_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
    make_table("p:S", "r:N", name=name)
    refused(stator(server, "dump", name, "--output", out, "--resume"), "is a dump of another table")
    done(stator(server, "dump", name, "--output", out, "--force"))
    assert keys_in(out) == []


def test_refused_dumps(server, table, tmp_path):
    out = tmp_path / "out"
    missing = stator(server, "dump", "there-is-no-such-table", "--output", out)
    refused(missing, "stator dump: ResourceNotFoundException: ")
    assert not out.exists()
    out.write_text("precious")
    refused(stator(server, "dump", table, "--output", out), "is there already")
    refused(stator(server, "dump", table, "--output", tmp_path / "new", "--schema", out), "is there already")
    assert out.read_text() == "precious"
    refused(stator(server, "dump", table, "--output", tmp_path / "out.zst"), "gzip")
    refused(stator(server, "dump", table, "--resume"), "--output")
    refused(stator(server, "dump", table, "--endpoint", "aws"), "no credentials")
    assert stator(server, "dump", table, "--output", out, "--resume", "--force").returncode not in (0, 1)
    assert stator(server, "dump").returncode not in (0, 1)


@pytest.mark.parametrize("form", ["lines", "compressed", "document"])
def test_a_load_that_is_killed_goes_on(server, client, make_table, tmp_path, form):
    table, state = make_table("p:S", "r:N"), tmp_path / "state"
    items = [small(n, pad={"S": "x" * 200}) for n in range(3000)]
    first, second = tmp_path / "first.jsonl", tmp_path / ("second.gz" if form == "compressed" else "second")
    first.write_text("".join(json.dumps(one) + "\n" for one in items[:100]))
    if form == "document":
        text = json.dumps({table: [{"PutRequest": {"Item": one}} for one in items[100:]]}, indent=1)
    else:
        text = "".join(json.dumps({"Item": one}) + "\n" for one in items[100:])
    second.write_bytes(gzip.compress(text.encode()) if form == "compressed" else text.encode())
    arguments = [first, second, "--table", table, "--parallel", 2, "--resume", state]
    with slow(server, "BatchWriteItem", 0.05) as way:
        kill_when(command(way, "load", *arguments), lambda: state_of(state).get("file") == 1 and (
            state_of(state)["offset"] + state_of(state)["taken"] > 0))
        kept = contents(client, table)
        assert 100 <= len(kept) < 3000
        # The state is of this server's other address.
        refused(stator(server, "load", *arguments), "another load")
    state.write_text(state.read_text().replace(way.url.removeprefix("http://"), server.url.removeprefix("http://")))
    run = done(stator(server, "load", *arguments))
    written = int(run.stdout.split()[0])
    assert 3000 - len(kept) <= written < 3000 - 100
    assert contents(client, table) == sorted(items, key=lambda one: (one["p"]["S"], float(one["r"]["N"])))
    assert not state.exists()


def test_a_load_goes_on_after_its_fault_was_mended(server, client, table, tmp_path):
    file, state = tmp_path / "items", tmp_path / "state"
    lines = [json.dumps(small(n)) + "\n" for n in range(200)]
    file.write_text("".join(lines[:150] + ['{"p": {"S": "no"}}\n'] + lines[150:]))
    arguments = [file, "--table", table, "--resume", state]
    refused(stator(server, "load", *arguments), f"{file}:151: ", "the same command goes on")
    file.write_text("".join(lines))
    run = done(stator(server, "load", *arguments))
    assert int(run.stdout.split()[0]) <= 150
    assert len(contents(client, table)) == 200
    refused(stator(server, "load", "-", "--table", table, "--resume", state, stdin=""), "standard input")


def test_broken_compressed_input(server, client, table, tmp_path):
    file = tmp_path / "items.gz"
    whole = gzip.compress("".join(json.dumps(small(n)) + "\n" for n in range(200)).encode())
    file.write_bytes(whole[:-20])
    refused(stator(server, "load", file, "--table", table, "--skip-errors"), str(file), "gzip")
    file.write_bytes(whole)
    done(stator(server, "load", file, "--table", table))
    assert len(contents(client, table)) == 200


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
    config = tmp_path / "stator.toml"
    config.write_text(f'[[identities]]\naccess_key_id = "{clients.ACCESS_KEY}"\n'
                      f'secret_access_key = "{clients.SECRET_KEY}"\naccount_id = "{clients.ACCOUNT}"\n')
    own_server.extra = ["--config", str(config)]
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


def test_between_servers_with_tls(server, client, table, tmp_path):
    put_all(client, table, [small(n) for n in range(100)])
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate],
                   check=True, capture_output=True)
    port = free_port()
    serve = [find_binary(), "serve", "--in-memory", "--port", str(port), "--tls-certificate", str(certificate),
             "--tls-key", str(key)]

    def run(name, *arguments, **more):
        return subprocess.run([find_binary(), name, *map(str, arguments), "--endpoint", f"https://localhost:{port}"],
                              capture_output=True, text=True, env=environment(**more), timeout=120)

    first, again, schema = tmp_path / "first", tmp_path / "again", tmp_path / "table.json"
    done(stator(server, "dump", table, "--output", first, "--schema", schema))
    with open(tmp_path / "tls.log", "wb") as log:
        with subprocess.Popen(serve, stdout=log, stderr=log, cwd=tmp_path) as process:
            try:
                done(run("load", first, "--create", schema, SSL_CERT_FILE=str(certificate)))
                done(run("dump", table, "--output", again, SSL_CERT_FILE=str(certificate)))
                refused(run("dump", table), "certificate verify failed")
            finally:
                process.terminate()
    assert keys_in(first) == keys_in(again)
