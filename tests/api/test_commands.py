"""`stator dump` and `load --resume`: the real program against real servers."""

import contextlib
import gzip
import http.client
import http.server
import json
import os
import subprocess
import threading
import time

import pytest
from command_line import command, contents, done, environment, keys_in, refused, small, stator
from helpers import put_all
from support import clients
from support.server import MEMORY, Server, find_binary, free_port
from support.tables import definition
from support.waiting import wait_for

EVERY_TYPE = {
    "s": {"S": "quote \" backslash \\ tab \t newline \n é 😀"}, "empty": {"S": ""}, "n": {"N": "-1.5E-100"},
    "digits": {"N": "12345678901234567890123456789012345678"}, "b": {"B": b"\x00\xff"}, "yes": {"BOOL": True},
    "null": {"NULL": True}, "ss": {"SS": ["a", "b"]}, "ns": {"NS": ["1", "2.5"]}, "bs": {"BS": [b"a", b"\x80"]},
    "l": {"L": [{"S": "x"}, {"L": []}, {"M": {}}]}, "m": {"M": {"Item": {"S": "x"}, "ü": {"N": "0"}}}}


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
