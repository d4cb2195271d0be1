"""`stator check`, `compact` and `stats` on directories that a real server has written."""

import os

import pytest
from support import clients, offline
from support.tables import definition, wait_active, wait_gone

TABLE = "music"
DEFINITION = definition("p:S", "r:N", lsi={"local": ("n:N", ["x"])},
                        gsi={"all": ("g:S", "n:N"), "keys": ("n:N", None, "KEYS_ONLY")})


def write_all(server):
    """Tables of every kind, with overwritten and deleted items, a transaction, and one that is gone."""
    client = clients.client(server.url)
    for name in (TABLE, "gone"):
        client.create_table(TableName=name, **DEFINITION)
        wait_active(client, name)
    for start in range(0, 300, 25):
        client.batch_write_item(RequestItems={TABLE: [{"PutRequest": {"Item": item(n)}}
                                                      for n in range(start, start + 25)]})
    client.put_item(TableName="gone", Item=item(1))
    for n in range(0, 300, 7):
        client.delete_item(TableName=TABLE, Key={"p": {"S": f"p{n % 5}"}, "r": {"N": str(n)}})
    for n in range(1, 300, 10):
        client.update_item(TableName=TABLE, Key={"p": {"S": f"p{n % 5}"}, "r": {"N": str(n)}},
                           UpdateExpression="REMOVE g SET n = :n", ExpressionAttributeValues={":n": {"N": str(-n)}})
    client.transact_write_items(TransactItems=[{"Put": {"TableName": TABLE, "Item": item(n)}} for n in (1000, 1001)])
    client.delete_table(TableName="gone")
    wait_gone(client, "gone")
    return client


def item(n):
    return {"p": {"S": f"p{n % 5}"}, "r": {"N": str(n)}, "n": {"N": str(n % 17)}, "g": {"S": f"g{n % 3}"},
            "x": {"S": "x" * (n % 40)}, "y": {"M": {"z": {"L": [{"N": str(n)}]}}}}


def fingerprint(data):
    return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in sorted(data.rglob("*")) if path.is_file()}


@pytest.fixture
def data(own_server):
    write_all(own_server)
    own_server.stop()
    return own_server.data


def test_sound_after_a_stop_and_after_a_kill(own_server):
    write_all(own_server)
    own_server.stop()
    before = fingerprint(own_server.data)
    offline.assert_sound(own_server.data)
    assert fingerprint(own_server.data) == before, "a check must not change anything"

    own_server.start()
    clients.client(own_server.url).put_item(TableName=TABLE, Item=item(5000))
    own_server.kill()
    offline.assert_sound(own_server.data)


def test_an_index_built_later_is_sound(own_server):
    client = write_all(own_server)
    client.update_table(TableName=TABLE, AttributeDefinitions=[{"AttributeName": "x", "AttributeType": "S"}],
                        GlobalSecondaryIndexUpdates=[{"Create": {
                            "IndexName": "late", "KeySchema": [{"AttributeName": "x", "KeyType": "HASH"}],
                            "Projection": {"ProjectionType": "KEYS_ONLY"}}}])
    wait_active(client, TABLE)
    client.update_table(TableName=TABLE, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "all"}}])
    wait_active(client, TABLE)
    own_server.stop()
    offline.assert_sound(own_server.data)
    names = [index["name"] for index in offline.stats(own_server.data)["tables"][0]["indexes"]]
    assert names == ["local", "keys", "late"]


def test_refused_while_a_server_runs(own_server):
    for command, code in (("check", offline.NOT_CHECKED), ("stats", 1), ("compact", 1)):
        done = offline.run(command, own_server.data)
        assert done.returncode == code and "in use by" in done.stderr, done


def test_what_is_no_data_directory(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.txt").write_text("dear")
    for name, why in (("nothing", "is not a directory"), ("empty", "there is no FORMAT"), ("other", "letter.txt")):
        for command, code in (("check", offline.NOT_CHECKED), ("stats", 1), ("compact", 1)):
            done = offline.run(command, tmp_path / name)
            assert done.returncode == code and why in done.stderr, done
    assert not (tmp_path / "nothing").exists() and not list((tmp_path / "empty").iterdir())


def test_stats_compact_and_the_counts(own_server, data):
    counted, exact = offline.stats(data), offline.stats(data, "--exact")
    assert counted["tables"] == exact["tables"], "the counters must say what a count comes to"
    (table,) = exact["tables"]
    indexes = {index["name"]: index["entries"] for index in table["indexes"]}
    items = 300 - len(range(0, 300, 7)) + 2 + len([n for n in range(1, 300, 10) if n % 7 == 0])
    assert table["name"] == TABLE and table["items"] == items and table["status"] == "ACTIVE"
    without_group = len(range(1, 300, 10))
    assert indexes["all"] == items - without_group, indexes
    assert counted["format"] == 5 and counted["log"]["bytes"] > 0

    done = offline.run("compact", data)
    assert done.returncode == 0 and " before, " in done.stdout and " after" in done.stdout, done
    compacted = offline.stats(data)
    assert compacted["table_files"]["files"] == 1 and compacted["log"]["bytes"] < counted["log"]["bytes"]
    assert [t["items"] for t in compacted["tables"]] == [items]
    assert compacted["tables"][0]["disk_bytes"] > 0
    offline.assert_sound(data)
    text = offline.run("stats", data)
    assert text.returncode == 0 and TABLE in text.stdout and "format 5" in text.stdout
    own_server.start()
    assert clients.client(own_server.url).scan(TableName=TABLE, Select="COUNT")["Count"] == items


def table_file(data):
    offline.run("compact", data)
    (path,) = (data / "db").glob("*.sst")
    return path


def test_flipped_bytes_in_a_table_file(data, seed):
    path = table_file(data)
    good = path.read_bytes()
    for place in {seed % (len(good) - 53), len(good) // 3, 10}:  # the last 53 bytes are mostly padding
        path.write_bytes(good[:place] + bytes([good[place] ^ 0x10]) + good[place + 1:])
        code, text = offline.check(data)
        assert code == offline.DAMAGED, f"byte {place}: {text}"
        assert f"file: in {path.name}: " in text, f"byte {place}: {text}"
    path.write_bytes(good)
    offline.assert_sound(data)


def test_files_that_are_cut_or_missing(data):
    path = table_file(data)
    good = path.read_bytes()
    path.write_bytes(good[:-200])
    code, text = offline.check(data)
    assert code == offline.DAMAGED and path.name in text and "a server would refuse to open it" in text, text
    path.unlink()
    code, text = offline.check(data)
    assert code == offline.DAMAGED and path.name in text, text
    path.write_bytes(good)
    offline.assert_sound(data)
    for name in ("CURRENT", next((data / "db").glob("MANIFEST-*")).name):
        moved = data / "db" / name
        away = data.parent / name
        os.rename(moved, away)
        code, text = offline.check(data)
        assert code == offline.DAMAGED and name in text, text
        os.rename(away, moved)
    offline.assert_sound(data)


def test_damaged_logs(data):
    (path,) = [log for log in (data / "db").glob("*.log") if log.stat().st_size > 0]
    good = path.read_bytes()
    path.write_bytes(good + good[:100])
    code, text = offline.check(data)
    assert code == offline.SOUND and "never synced" in text and path.name in text, text

    middle = len(good) // 2
    path.write_bytes(good[:middle] + bytes([good[middle] ^ 1]) + good[middle + 1:])
    code, text = offline.check(data)
    assert code == offline.DAMAGED and f"log: in {path.name}: " in text, text
    path.unlink()
    code, text = offline.check(data)
    assert code == offline.DAMAGED and f"log: in {path.name}: " in text and "missing" in text, text
    path.write_bytes(good)
    offline.assert_sound(data)


def test_compact_says_what_it_drops_and_keeps_the_reserve(data):
    reserve = data / "RESERVE"
    size = reserve.stat().st_size
    (path,) = [log for log in (data / "db").glob("*.log") if log.stat().st_size > 0]
    with path.open("ab") as log:
        log.write(b"half a record")
    done = offline.run("compact", data)
    assert done.returncode == 0 and "never synced, 13 bytes of " in done.stderr and path.name in done.stderr, done
    assert reserve.stat().st_size == size > 0


def test_the_format_file(data):
    path = data / "FORMAT"
    good = path.read_text()
    path.write_text("stator data\nformat 999\n")
    code, text = offline.check(data)
    assert code == offline.NOT_CHECKED and "newer" in text, text
    path.write_text("garbage")
    code, text = offline.check(data)
    assert code == offline.DAMAGED and "FORMAT" in text, text
    path.write_text(good)
    offline.assert_sound(data)


def test_stray_files_are_no_damage(data):
    (data / "db" / "987654.sst").write_text("half")
    (data / "notes.txt").write_text("mine")
    code, text = offline.check(data)
    assert code == offline.SOUND and "987654.sst" in text and "notes.txt" in text, text
