"""`stator repair`: what it says, and that it changes nothing unless it is told to."""

import pytest
from support import clients, offline
from support.tables import definition, wait_active


@pytest.fixture
def data(own_server):
    client = clients.client(own_server.url)
    client.create_table(TableName="tab", **definition("p:S"))
    wait_active(client, "tab")
    for n in range(100):
        client.put_item(TableName="tab", Item={"p": {"S": str(n)}, "x": {"S": "x" * 500}})
    own_server.stop()
    return own_server.data


def contents(data):
    return {path: path.read_bytes() for path in sorted(data.rglob("*")) if path.is_file()}


def flip(path, place):
    good = path.read_bytes()
    path.write_bytes(good[:place] + bytes([good[place] ^ 0x10]) + good[place + 1:])


def log_of(data):
    (path,) = [log for log in (data / "db").glob("*.log") if log.stat().st_size > 0]
    return path


def test_nothing_to_repair(data):
    (data / "ingest").mkdir()
    (data / "ingest" / "1.sst").write_text("of a bulk load")
    log_of(data).open("ab").write(b"half a record")
    before = contents(data)
    done = offline.run("repair", data)
    assert done.returncode == 0 and "never synced" in done.stdout and "was opened, for reading" in done.stdout, done
    assert contents(data) == before


def test_what_the_logs_do_not_show_keeps_it_from_opening_too(data):
    offline.run("compact", data)
    (table,) = (data / "db").glob("*.sst")
    flip(table, table.stat().st_size - 1)  # of the number that every table ends with
    before = contents(data)
    for flags in ([], ["--accept-lost-writes"]):
        done = offline.run("repair", data, *flags)
        assert done.returncode == 1 and "cannot be opened" in done.stdout and table.name in done.stdout, done
        assert contents(data) == before


def test_lost_writes_are_given_up_only_if_told_so(own_server, data):
    log = log_of(data)
    flip(log, log.stat().st_size // 2)
    before = contents(data)
    done = offline.run("repair", data)
    assert done.returncode == 1 and "lost writes: " in done.stdout and "Nothing was changed" in done.stdout, done
    assert contents(data) == before
    done = offline.run("repair", data, "--accept-lost-writes")
    assert done.returncode == 0 and "Given up" in done.stdout and "was opened, for reading" in done.stdout, done
    own_server.start()
    count = clients.client(own_server.url).scan(TableName="tab", Select="COUNT")["Count"]
    assert 0 < count < 100
    own_server.stop()
    offline.assert_sound(data)


def test_refused_while_a_server_runs(own_server):
    for flags in ([], ["--accept-lost-writes"]):
        done = offline.run("repair", own_server.data, *flags)
        assert done.returncode == 1 and "in use by" in done.stderr, done
