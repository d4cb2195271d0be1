"""kill -9 at moments of writes, rolls, trims, deletions of what has expired, and deliveries: no change is lost, none
out of its order, and what is delivered twice is recognised. docs/testing.md has the method.
"""

import contextlib
import os
import random
import time

import pytest
from followers import Acknowledged, Destination, Expiring, Follower, LateReader, Mapping
from record import scan, schema
from rounds import ENDS, check, load_until_crash, send_again, start
from support import offline
from support.actors import Connection
from support.changes import Replay
from support.server import MEMORY, ROCKSDB, Server
from support.waiting import wait_for
from writers import World

CI = os.environ.get("CI") == "true"
ROUNDS = int(os.environ.get("STATOR_CRASH_ROUNDS", 100 if CI else 32)) // 6
WRITERS = 8
SIZES = (0, 5, 60, 400)
STREAMED = {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}}
SHARDS = ["--stream-shard-s", "1", "--stream-shards", "4", "--stream-split-rate", "200"]
RETENTION_SECONDS = 3
MODES = ["sync", "sync", "interval:20", "none"]


def test_a_replay_sees_what_is_lost_doubled_or_out_of_its_place():
    images = [None, "a", "b", None, "c"]

    def record(n):
        old, new = ({"p": {"S": image}} if image else None for image in images[n:n + 2])
        shown = {name: image for name, image in (("OldImage", old), ("NewImage", new)) if image}
        return {"eventID": str(n), "eventName": "INSERT" if not old else "MODIFY" if new else "REMOVE",
                "dynamodb": {"Keys": {"p": {"S": "key"}}, **shown}}

    def replay(*numbers, whole=True, **more):
        reader = Replay("the test", lambda keys: keys["p"]["S"], whole=whole)
        for n in numbers:
            reader.take({**record(n), **more})
        return reader

    assert replay(0, 1, 2, 3).history["key"] == [record(n)["dynamodb"].get("NewImage") for n in range(4)]
    assert replay(0, 1, 0, 1, 2, 3).repeated == 2
    assert replay(2, 3, whole=False).items == {"key": {"p": {"S": "c"}}}
    for wrong in ((0, 2), (1, 2), (1, 0), (0, 1, 3)):
        with pytest.raises(AssertionError, match="does not follow"):
            replay(*wrong)
    with pytest.raises(AssertionError, match="does not follow"):
        replay(1, 3, whole=False)
    with pytest.raises(AssertionError, match="have the id"):
        replay(0, 1, eventID="the same")


def create(connection, world):
    world.create(connection)
    connection.ok("CreateTable", {
        "TableName": Expiring.name, "BillingMode": "PAY_PER_REQUEST", **STREAMED, "KeySchema": schema("p"),
        "AttributeDefinitions": [{"AttributeName": "p", "AttributeType": "S"}]})
    while connection.ok("DescribeTable", {"TableName": Expiring.name})["Table"]["TableStatus"] != "ACTIVE":
        pass
    connection.ok("UpdateTimeToLive", {"TableName": Expiring.name,
                                       "TimeToLiveSpecification": {"Enabled": True, "AttributeName": "t"}})


def items_of(connection, table):
    return {table.identity(item): item for item in scan(connection, table.name)}


def crash_and_check(server, world, sides, rng):
    """A round. Returns what the record said, for each table, and what was found."""
    how, = rng.choices(list(ENDS), ENDS.values())
    load_until_crash(server, world, sides, how, rng)
    start(server, rng)
    acknowledged = {table.name: Acknowledged(table) for table in world.tables}
    with Connection(server.port) as connection:
        verdicts = check(connection, world, ())
        for table in world.tables:
            acknowledged[table.name].settled(table)
        return acknowledged, {table.name: items_of(connection, table) for table in world.tables}, verdicts


def resend(server, world, verdicts, rng):
    with Connection(server.port) as connection:
        send_again(connection, world, verdicts, rng)


@pytest.mark.parametrize("over_the_wire", [False, True])
def test_no_change_is_lost_by_kills(tmp_path, seed, over_the_wire):
    rng = random.Random(f"{seed}/{over_the_wire}")
    world = World(rng, WRITERS, SIZES, **STREAMED)
    expiring = Expiring(world)
    other = Server(MEMORY, tmp_path / "other") if over_the_wire else None
    destination, mapping = Destination(world.main, other), Mapping(world.plain)
    followers = {table.name: Follower(table) for table in (*world.tables, expiring)}
    mode = rng.choice(MODES)
    server = Server(ROCKSDB, tmp_path, ["--durability", mode, *SHARDS, "--functions", f"work={mapping.function.url}"])
    with contextlib.ExitStack() as stack:
        stack.callback(mapping.function.close)
        if other:
            stack.enter_context(other)
            server.extra += ["--kinesis-endpoint", other.url]
        stack.enter_context(server)
        with Connection(server.port) as connection:
            create(connection, world)
        destination.create(server)
        mapping.create(server)
        for number in range(max(3, ROUNDS)):
            try:
                acknowledged, items, verdicts = crash_and_check(server, world, [expiring], rng)
                for table in world.tables:
                    followers[table.name].check(server, acknowledged[table.name], items[table.name])
                if rng.random() < 0.3:
                    destination.check(server, items["main"])
                followers[expiring.name].read(server)
                expiring.check(followers[expiring.name])
                resend(server, world, verdicts, rng)
            except Exception as failure:
                raise AssertionError(f"round {number}, {mode}. The data: {server.data}") from failure
        while not expiring.all_gone(followers[expiring.name], server):
            time.sleep(0.1)
        expiring.check(followers[expiring.name])
        with Connection(server.port) as connection:
            for table in (*world.tables, expiring):
                followers[table.name].read(server)
                assert followers[table.name].replay.items == items_of(connection, table), table.name
            destination.check(server, items_of(connection, world.main))
        again = mapping.check(followers["plain"])
        assert followers["main"].replay.history == destination.replay.history
        server.kill()
        offline.assert_sound(server.data)
        changes = {name: len(follower.replay.events) for name, follower in followers.items()}
        print(f"{mode}: {changes} changes, {len(followers[expiring.name].replay.expired())} by the time to live; "
              f"again came {again} to the function, {destination.replay.repeated} to the Kinesis stream")
        assert len(followers[expiring.name].replay.expired()) > 0
        server.start()


def test_what_is_left_of_a_stream_has_no_gaps(tmp_path, seed):
    """Records are kept for a few seconds only."""
    rng = random.Random(f"{seed}/trims")
    world = World(rng, WRITERS, SIZES, **STREAMED)
    readers = [LateReader(table) for table in world.tables]
    server = Server(ROCKSDB, tmp_path, [*SHARDS, "--stream-retention-s", str(RETENTION_SECONDS)])
    complete = 0
    with server:
        with Connection(server.port) as connection:
            world.create(connection)
        for reader in readers:
            reader.begin(server)
        for number in range(max(3, ROUNDS // 2)):
            try:
                until = time.monotonic() + 0.9 * RETENTION_SECONDS
                acknowledged, items, verdicts = crash_and_check(server, world, [], rng)
                for reader in readers:
                    name = reader.table.name
                    complete += reader.check(server, acknowledged[name], items[name], until)
                resend(server, world, verdicts, rng)
            except Exception as failure:
                raise AssertionError(f"round {number}. The data: {server.data}") from failure
        print(f"read in time: {complete} of {(number + 1) * len(readers)}")
        wait_for(lambda: all(reader.is_trimmed(server) for reader in readers), what="old shards are gone")
        server.kill()
        offline.assert_sound(server.data)
        server.start()
