"""Fixtures for every test that talks to a server. What a test may ask for:

server       the shared server of the session, once for each engine
own_server   a server of the test's own, over RocksDB, that it may stop, kill and restart
client       boto3 client of `server`, without retries
resource     boto3 resource of `server`
raw          support.clients.RawClient of `server`
make_table   support.tables.TableFactory on `server`: unique names, dropped at the end
seed         the seed of a randomised test: STATOR_TEST_SEED, or a new one; printed when the test fails
"""

import os
import random

import pytest
from support import clients
from support.server import ENGINES, ROCKSDB, Server
from support.tables import TableFactory

_servers = []  # those that run now, for their logs


@pytest.fixture(scope="session", params=ENGINES)
def server(request, tmp_path_factory):
    server = Server(request.param, tmp_path_factory.mktemp(request.param))
    yield from _run(server)


@pytest.fixture
def own_server(tmp_path):
    yield from _run(Server(ROCKSDB, tmp_path))


def _run(server):
    server.start()
    _servers.append(server)
    try:
        yield server
        code = server.stop()
        assert code in (0, None), f"the server ended with {code}:\n{server.log_tail()}"
        assert not server.sanitizer_report(), server.sanitizer_report()
    finally:
        if server.alive():
            server.kill()
        _servers.remove(server)


@pytest.fixture(scope="session")
def client(server):
    return clients.client(server.url)


@pytest.fixture(scope="session")
def resource(server):
    return clients.resource(server.url)


@pytest.fixture
def raw(server):
    client = clients.RawClient(server.port)
    yield client
    client.close()


@pytest.fixture
def make_table(client):
    factory = TableFactory(client)
    yield factory
    factory.drop_all()


@pytest.fixture
def seed(record_property):
    value = int(os.environ.get("STATOR_TEST_SEED") or random.randrange(2**32))
    record_property("seed", value)
    print(f"seed {value}: make ... SEED={value} repeats this run")
    return value


def pytest_runtest_setup(item):
    item.log_starts = [(server, server.log_size()) for server in _servers]


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    if not report.failed:
        return
    known = {id(server): start for server, start in getattr(item, "log_starts", [])}
    for server in _servers:
        text = server.log_tail(since=known.get(id(server), 0))
        if not server.alive():
            text += "\n(the server is not running)"
        if text:
            report.sections.append((f"log of the {server.engine} server on port {server.port}", text))
