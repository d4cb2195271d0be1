"""kill -9 in the middle of backups, restores, recoveries to a second, bases, trims of the log, imports, bulk puts,
exports and deletions, beside writers: what was begun is done in the end, right, and leaves nothing. docs/testing.md has the method.
"""

import os
import random
import time

import pytest
from jobs import JOBS, RecoverJob, RestoreJob, Shop, imports, is_there, wait_active, wait_available
from moments import Ledger, TimedKey, end_of
from record import ABSENT
from rounds import ENDS, load_until_crash, start
from support import offline
from support.actors import Connection
from support.metrics import metrics_at
from support.server import ROCKSDB, Server, free_port
from support.waiting import wait_for

CI = os.environ.get("CI") == "true"
ROUNDS = int(os.environ.get("STATOR_CRASH_ROUNDS", 100 if CI else 32)) // 8
# So that there are bases and trims in most rounds.
LOGS = ["--log-limit", "3MiB", "--stream-shard-s", "1", "--stream-retention-s", "1"]
LOAD_SECONDS = 1.5


def test_a_copy_of_no_moment_is_seen():
    ledger = Ledger(random.Random(1))
    ledger.keys = {(name,): TimedKey({"p": name}) for name in "ab"}
    a, b = ledger.keys.values()
    a.versions += [("a1", 10, 11), ("a2", 20, 21)]
    b.versions += [("b1", 14, 15), (ABSENT, 30, 31)]

    def check(first, last, **images):
        ledger.check_moment({(name,): image for name, image in images.items()}, first, last, "a copy")

    check(12, 40, a="a1", b="b1")
    check(12, 40, a="a2")
    check(0, 40)
    check(end_of(20), end_of(20), a="a1", b="b1")
    check(end_of(20), end_of(20), a="a2", b="b1")
    for first, last, images in ((0, 40, {"b": "b1"}), (22, 40, {"a": "a1", "b": "b1"}), (16, 29, {"a": "a2"}),
                                (0, 40, {"a": "a3"}), (0, 13, {"a": "a1", "b": "b1"})):
        with pytest.raises(AssertionError, match="a copy"):
            check(first, last, **images)


def crash(server, world, jobs, rng):
    """A round: whatever was begun has been found, but is perhaps not done."""
    how, = rng.choices(list(ENDS), ENDS.values())
    load_until_crash(server, world, jobs, how, rng, LOAD_SECONDS)
    ended = time.time()
    if rng.random() < 0.3:
        offline.assert_sound(server.data)
    start(server, rng)
    with Connection(server.port) as connection:
        for job in jobs:
            job.settle(connection)
        world.settle(connection, ended)


def finish(server, jobs, rng):
    with Connection(server.port) as connection:
        for job in jobs:
            job.finish(connection)
    if rng.random() < 0.5:
        wait_for(lambda: not log_alarm(server), what="bases have been made, and the logs trimmed")


def log_alarm(server):
    return "\nstator_storage_log_alarm 1" in metrics_at(server.admin_port)


def folders(server, name):
    path = server.data / name
    return {folder.name for folder in path.iterdir()} if path.exists() else set()


def at_once(connection, actor):
    answer = None
    try:
        while True:
            answer = connection(*actor.send(answer))
    except StopIteration:
        pass


def check_what_is_kept(connection, world, shop, restore, recover, rng):
    """All backups, and some seconds."""
    for backup in shop.backups:
        at_once(connection, restore.restore(backup))
        restore.finish(connection)
    for _ in range(2):
        at_once(connection, recover.begin(rng))
        recover.finish(connection)


def delete_everything(connection, world, shop):
    """But the last backups of tables that had point-in-time recovery."""
    source = world.table.name
    shop.garbage += [("DeleteBackup", {"BackupArn": arn}) for arn, *_ in shop.backups]
    for name in (*shop.copies, source):
        shop.drop(name)
    for operation, body in shop.garbage:
        connection.ok(operation, body)
    wait_for(lambda: not connection.ok("ListTables", {})["TableNames"], what="all tables are gone")
    last = connection.ok("ListBackups", {"BackupType": "ALL"})["BackupSummaries"]
    assert {one["TableName"] for one in last} == {source, *shop.last_backups}
    assert all(one["BackupType"] == "SYSTEM" for one in last), last
    arn = next(one["BackupArn"] for one in last if one["TableName"] == source)
    wait_available(connection, arn, "the last backup")
    connection.ok("RestoreTableFromBackup", {"TargetTableName": "last", "BackupArn": arn})
    wait_active(connection, "last")
    assert world.items_of(connection, "last") == world.now()
    connection.ok("DeleteTable", {"TableName": "last"})
    wait_for(lambda: not is_there(connection, "last"), what="the last table is gone")
    return {one["BackupArn"].rpartition("/")[2] for one in last}


def check_nothing_is_left(server, backups):
    with Connection(server.port) as connection:
        reports = {one["ImportArn"].rpartition("/")[2] for one in imports(connection) if one["ImportStatus"] == "FAILED"}
    wait_for(lambda: folders(server, "backups") == backups, what=f"of the backups only {backups} are left")
    assert folders(server, "imports") <= reports
    assert not folders(server, "exports")
    assert not folders(server, "ingest")


def test_jobs_survive_kills(tmp_path, seed):
    rng = random.Random(seed)
    world, shop = Ledger(rng), Shop(tmp_path / "objects")
    jobs = [kind(world, shop) for kind in JOBS]
    server = Server(ROCKSDB, tmp_path, [*LOGS, "--object-storage", f"file://{shop.folder}"])
    server.admin_port = free_port()
    server.extra += ["--admin-port", str(server.admin_port)]
    with server:
        with Connection(server.port) as connection:
            world.create(connection)
            connection.ok("UpdateContinuousBackups", {
                "TableName": world.table.name,
                "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True}})
        wait_for(lambda: any(name.startswith("base-") for name in folders(server, "backups")), what="the first base")
        for number in range(max(4, ROUNDS)):
            try:
                crash(server, world, jobs, rng)
                if rng.random() < 0.6:
                    finish(server, jobs, rng)
            except Exception as failure:
                raise AssertionError(f"round {number}. The data: {server.data}") from failure
        finish(server, jobs, rng)
        moves = server.log_tail(limit=10_000_000).count("no more be restored to its earliest times")
        print(*(f"{type(job).__name__}: {job.done} done, {job.resumed} times under way in a crash;" for job in jobs),
              f"{world.acknowledged} writes, {world.refused} refused; {moves} bases dropped for the limit of logs")
        with Connection(server.port) as connection:
            check_what_is_kept(connection, world, shop, RestoreJob(world, shop), RecoverJob(world, shop), rng)
            kept = delete_everything(connection, world, shop)
        check_nothing_is_left(server, kept)
        server.kill()
        offline.assert_sound(server.data)
        server.start()
        check_nothing_is_left(server, kept)
