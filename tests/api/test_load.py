"""`stator load`: the real program against a real server."""

import http.server
import json
import os
import subprocess
import threading

import pytest
from support import clients
from support.server import ROOT, find_binary, free_port

FOLDER = ROOT / "examples" / "product-catalog"


def load(server, *arguments, stdin=None):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return subprocess.run([find_binary(), "load", "--endpoint", server.url, *map(str, arguments)], input=stdin,
                          capture_output=True, text=True, env=environment, timeout=120)


def items_of(client, table):
    pages = client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    return sorted((item for page in pages for item in page["Items"]), key=lambda item: json.dumps(item["Id"]))


@pytest.fixture
def catalog(client):
    """The name of the example's table, which is not there yet."""
    yield "ProductCatalog"
    if "ProductCatalog" in client.list_tables()["TableNames"]:
        client.delete_table(TableName="ProductCatalog")
        client.get_waiter("table_not_exists").wait(TableName="ProductCatalog", WaiterConfig={"Delay": 1})


def test_both_forms_load_the_same(server, client, catalog):
    first = load(server, FOLDER / "items.jsonl", "--create", FOLDER / "table.json")
    assert first.returncode == 0, first.stderr
    assert first.stdout.startswith("20 items written in ") and first.stderr == ""
    lines = items_of(client, catalog)
    assert len(lines) == 20

    client.delete_table(TableName=catalog)
    second = load(server, FOLDER / "batch-write-item.json", "--create", FOLDER / "table.json")
    assert second.returncode == 0, second.stderr
    assert second.stdout.startswith("20 items written in ")
    assert items_of(client, catalog) == lines

    again = load(server, FOLDER / "items.jsonl", "--create", FOLDER / "table.json")
    assert again.returncode == 0, again.stderr
    assert items_of(client, catalog) == lines


def test_standard_input_many_items(server, client, catalog):
    client.create_table(**json.loads((FOLDER / "table.json").read_text()))
    text = "".join(json.dumps({"Id": {"N": str(number)}, "Pad": {"S": "x" * 300}}) + "\n" for number in range(1003))
    for parallel in (1, 4):
        run = load(server, "-", "--table", catalog, "--parallel", parallel, stdin=text)
        assert run.returncode == 0, run.stderr
        assert run.stdout.startswith("1003 items written in ")
        assert len(items_of(client, catalog)) == 1003


def test_of_items_with_one_key_the_last_stays(server, client, catalog):
    """Whatever its number looks like, and with several connections."""
    text = "".join(json.dumps({"Id": {"N": f"{number % 7}{'.0' * (number % 2)}"}, "Version": {"N": str(number)}}) + "\n"
                   for number in range(210))
    run = load(server, "-", "--create", FOLDER / "table.json", stdin=text)
    assert run.returncode == 0, run.stderr
    assert items_of(client, catalog) == [
        {"Id": {"N": str(number)}, "Version": {"N": str(203 + number)}} for number in range(7)]


def test_bad_lines(server, client, catalog, tmp_path):
    file = tmp_path / "items.jsonl"
    good = '{"Id": {"N": "%d"}}\n'
    file.write_text(good % 1 + good % 2 + '{"Id": {"N": "3"}\n' + good % 4)
    run = load(server, file, "--create", FOLDER / "table.json")
    assert run.returncode == 1 and f"{file}:3: not JSON" in run.stderr
    assert [item["Id"]["N"] for item in items_of(client, catalog)] == ["1", "2"]

    # What only the server can see is put down to its line, too.
    file.write_text(good % 5 + '{"Id": {"S": "six"}}\n' + good % 7)
    run = load(server, file, "--table", catalog)
    assert run.returncode == 1 and f"{file}:2: ValidationException: " in run.stderr

    # A batch of both kinds of faults.
    entries = [{"PutRequest": {"Item": item}} for item in
               ({"Id": {"N": "8"}}, {"Id": {"N": "eight"}}, {"Id": {"S": "eight"}}, {"Id": {"N": "9"}})]
    file.write_text(json.dumps({"RequestItems": {catalog: entries}}, indent=1))
    run = load(server, file)
    assert run.returncode == 1 and f"{catalog}[1]: not an item in DynamoDB JSON: " in run.stderr


def test_skipped_errors(server, client, catalog, tmp_path):
    file = tmp_path / "items.jsonl"
    lines = ['{"Id": {"N": "%d"}}' % number for number in range(100)]
    lines[10], lines[20], lines[30] = "{", '{"Id": {"S": "x"}}', '{"Title": {"S": "x"}}'
    file.write_text("\n".join(lines))
    run = load(server, file, "--create", FOLDER / "table.json", "--skip-errors")
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("97 items written in ") and run.stdout.endswith(", 3 skipped\n")
    reports = sorted(run.stderr.splitlines())
    assert len(reports) == 3
    for report, line in zip(reports, (11, 21, 31)):
        assert report.startswith(f"stator load: skipped: {file}:{line}: ")
    assert {int(item["Id"]["N"]) for item in items_of(client, catalog)} == set(range(100)) - {10, 20, 30}

    # What concerns more than an item is not gone on after.
    run = load(server, file, "--table", "there-is-no-such-table", "--skip-errors")
    assert run.returncode == 1 and "ResourceNotFoundException: " in run.stderr


def test_refusals(server, tmp_path):
    file = FOLDER / "items.jsonl"
    no_table = load(server, file)
    assert no_table.returncode == 1 and f"{file}:1: names no table" in no_table.stderr
    unknown = load(server, file, "--table", "there-is-no-such-table")
    assert unknown.returncode == 1 and "ResourceNotFoundException: " in unknown.stderr
    missing = load(server, tmp_path / "missing", "--table", "any")
    assert missing.returncode == 1 and "cannot be opened" in missing.stderr
    bad_url = load(server, file, "--table", "any", "--endpoint", "localhost:8000")
    assert bad_url.returncode != 0


def test_credentials_and_a_server_that_verifies(own_server, tmp_path):
    own_server.stop()
    own_server.extra = ["--config", str(clients.identities(tmp_path))]
    own_server.start()
    arguments = [FOLDER / "items.jsonl", "--create", FOLDER / "table.json"]
    wrong = load(own_server, *arguments)
    assert wrong.returncode == 1 and "UnrecognizedClientException" in wrong.stderr
    right = load(own_server, *arguments, "--access-key", clients.ACCESS_KEY, "--secret-key", clients.SECRET_KEY)
    assert right.returncode == 0, right.stderr
    assert right.stdout.startswith("20 items written in ")


class Moody(http.server.BaseHTTPRequestHandler):
    """Takes two items of a batch and leaves the others; between such answers fails in every way that may pass. It
    does not tell what the key is, so that everything comes over one connection."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers["X-Amz-Target"].endswith(".DescribeTable"):
            self.answer(400, {"__type": "com.amazon.coral.service#AccessDeniedException", "Message": "no"})
            return
        self.server.calls += 1
        mood = self.server.calls % 4
        if mood == 1:
            self.close_connection = True
        elif mood == 2:
            self.answer(500, {"__type": "com.amazonaws.dynamodb.v20120810#InternalServerError"})
        elif mood == 3:
            self.answer(400, {"__type": "com.amazonaws.dynamodb.v20120810#ThrottlingException", "message": "slow"})
        else:
            requests = json.loads(body)["RequestItems"]["T"]
            self.server.taken += [request["PutRequest"]["Item"]["Id"]["N"] for request in requests[:2]]
            self.answer(200, {"UnprocessedItems": {"T": requests[2:]} if requests[2:] else {}})

    def answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


def test_what_may_pass_is_tried_again():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Moody) as moody:
        moody.calls, moody.taken, moody.url = 0, [], f"http://127.0.0.1:{moody.server_port}"
        threading.Thread(target=moody.serve_forever, daemon=True).start()
        text = "".join(f'{{"Id": {{"N": "{number}"}}}}\n' for number in range(5))
        run = load(moody, "-", "--table", "T", stdin=text)
        moody.shutdown()
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("5 items written in ")
    assert moody.taken == ["0", "1", "2", "3", "4"] and moody.calls == 12


def test_https(tmp_path):
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate],
                   check=True, capture_output=True)
    port = free_port()
    command = [find_binary(), "serve", "--in-memory", "--port", str(port), "--tls-certificate", str(certificate),
               "--tls-key", str(key)]
    arguments = [find_binary(), "load", FOLDER / "items.jsonl", "--create", FOLDER / "table.json", "--endpoint"]

    def run(host, *more, trust=None):
        environment = {**os.environ, **({"SSL_CERT_FILE": str(trust)} if trust else {})}
        return subprocess.run([*arguments, f"https://{host}:{port}", *more], capture_output=True, text=True,
                              env=environment, timeout=120)

    with open(tmp_path / "tls.log", "wb") as log:
        with subprocess.Popen(command, stdout=log, stderr=log, cwd=tmp_path) as process:
            try:
                # It waits for the server to come up: a refused connection is tried again.
                trusted = run("localhost", trust=certificate)
                assert trusted.returncode == 0, trusted.stderr
                unknown = run("localhost")
                assert unknown.returncode == 1 and "certificate verify failed" in unknown.stderr
                other_name = run("127.0.0.1", trust=certificate)
                assert other_name.returncode == 1 and "certificate verify failed" in other_name.stderr
                insecure = run("127.0.0.1", "--insecure")
                assert insecure.returncode == 0, insecure.stderr
            finally:
                process.terminate()
