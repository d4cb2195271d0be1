"""The load generator of bench/: every operation runs for two seconds without a wrong answer."""

import json
import pathlib
import subprocess

import pytest
from support.server import find_binary
from support.tables import unique_name

LOAD = pathlib.Path(find_binary()).parent / "bench" / "load"

pytestmark = pytest.mark.skipif(not LOAD.exists(), reason="this build has no load generator")


def load(server, table, *arguments):
    """The lines it prints: one for each operation, then the total."""
    process = subprocess.run(
        [LOAD, "--port", str(server.port), "--pid", str(server.pid), "--table", table, "--items", "2000",
         "--indexes", "2", "--warmup", "0.1", "--seconds", "2", "--json", *arguments],
        capture_output=True, text=True, timeout=120)
    assert process.returncode == 0, process.stdout + process.stderr
    return [json.loads(line) for line in process.stdout.splitlines()]


@pytest.fixture
def table(server, client):
    name = unique_name()
    [filled] = load(server, name, "--prepare")
    assert filled["items"] == 2000
    yield name
    client.delete_table(TableName=name)


def test_every_operation_is_answered_rightly(server, table, client):
    assert client.describe_table(TableName=table)["Table"]["ItemCount"] == 2000
    mixes = ["get", "put", "update", "query", "batch-get", "batch-write", "scan", "get:3,put:1 zipf=0.9",
             "get rate=200", "transact"]
    # A transaction beside other writes may be cancelled, and so is alone.
    lines = load(server, table, "--connections", "2",
                 *(word for mix in mixes[:-1] for word in ("--stream", mix)))
    assert [line["operation"] for line in lines[:-1]] == [
        "get", "put", "update", "query", "batch-get", "batch-write", "scan", "get", "put", "get"]
    lines[-1:] = load(server, table, "--stream", "transact connections=1")
    for line in lines[:-1]:
        assert line["answers"] > 0 and line["errors"] == {}, line
        assert 0 < line["p50_ms"] <= line["p99_ms"] <= line["p999_ms"] <= line["max_ms"], line
    assert lines[-1]["server_cpu_us"] >= 0 and lines[-1]["resident_mib"] > 0


def test_a_hot_counter_loses_no_update(server, table):
    load(server, table, "--stream", "update connections=64 count=1", "--verify-counter")


def test_wrong_answers_are_reported(server, table):
    process = subprocess.run([LOAD, "--port", str(server.port), "--table", table + ".none", "--seconds", "0.2",
                              "--warmup", "0", "--json"], capture_output=True, text=True, timeout=60)
    line = json.loads(process.stdout.splitlines()[0])
    assert process.returncode == 1
    assert line["answers"] == 0 and line["errors"]["400 ResourceNotFoundException"] > 0
