"""kill -9 under load, at any moment, again and again; what was acknowledged is there afterwards, nothing by half, and
nothing that was refused. docs/testing.md has the method. SEED= repeats the choices of a run, if not its moments.
"""

import os
import random
import shutil
import signal
import threading
import time

import pytest
from record import check_atomic, check_table
from side_tables import SideTable
from support.actors import Actors, Connection
from support.server import ROCKSDB, STOP_SECONDS, Server
from writers import World

CI = os.environ.get("CI") == "true"
ROUNDS = int(os.environ.get("STATOR_CRASH_ROUNDS", 100 if CI else 32))
WRITERS = 20
SIDE_TABLES = 2
HANG_SECONDS = 60

# How a round ends, and how often.
ENDS = {"kill": 60, "kill early": 10, "stop, then kill": 8, "terminate": 10, "terminate, then kill": 12}

# What kill -9 leaves is the same in each: what the kernel was given is there. Only a failing machine tells them apart.
MODES = {"sync": 1.0, "interval:20": 0.3, "none": 0.3}


class Crasher(threading.Thread):
    """Ends the server at a moment of its own, not at one that the clients' loop has come to."""

    def __init__(self, server, world, how, rng):
        super().__init__()
        self.process, self.world, self.how = server.process, world, how
        self.delay = rng.uniform(0, 0.01) if how == "kill early" else rng.uniform(0.02, 0.5)
        self.pause = rng.uniform(0, 0.05)

    def run(self):
        time.sleep(self.delay)
        if self.how.startswith("terminate"):
            self.world.orderly = True
            self.process.send_signal(signal.SIGTERM)
        elif self.how.startswith("stop"):
            self.process.send_signal(signal.SIGSTOP)
        if self.how == "terminate":
            return
        time.sleep(self.pause)
        self.process.kill()


def load_until_crash(server, world, sides, how, rng):
    world.orderly = False
    actors = Actors(server.port)
    crasher = Crasher(server, world, how, rng)
    crasher.start()
    for writer in world.owned:
        actors.add(world.actor(writer, random.Random(rng.random())))
    for side in sides:
        actors.add(side.actor(random.Random(rng.random())))
    actors.run(HANG_SECONDS)
    crasher.join()
    hung = len(actors.clients)
    actors.close()
    assert not hung, f"{hung} requests were not answered for {HANG_SECONDS} s"
    if how == "terminate":
        assert server.process.wait(STOP_SECONDS) == 0, server.log_tail()
    else:
        server.kill()
    assert not world.failures, world.failures


def start(server, rng):
    """Often after starts that were killed in their turn: recovery is interrupted as well."""
    for _ in range(rng.choice((0, 0, 0, 1, 1, 2))):
        server.launch()
        time.sleep(rng.uniform(0, 0.04))
        server.kill()
    server.start()


def check(server, world, sides, rng):
    with Connection(server.port) as connection:
        verdicts = {}
        for table in world.tables:
            for write, verdict in check_table(connection, table).items():
                verdicts.setdefault(write, set()).update(verdict)
        check_atomic(verdicts)
        for side in sides:
            side.check(connection)
        send_again(connection, world, verdicts, rng)
        if rng.random() < 0.2:
            for table in world.tables:
                check_table(connection, table)


def send_again(connection, world, verdicts, rng):
    """Transactions with the tokens they had: what was applied before the crash is not applied again, what was not is
    applied now."""
    acknowledged = [sent for sent in world.transactions if sent.acknowledged]
    open_ones = [sent for sent in world.transactions if not sent.acknowledged]
    for sent in open_ones:
        connection.ok("TransactWriteItems", sent.body)
        applied = verdicts[sent.write]
        for key, image in sent.write.images.items():
            key.values = [image]
        if sent.counter:
            sent.counter.least += applied == {False}
            sent.counter.most += True not in applied
    some = rng.sample(acknowledged, min(10, len(acknowledged)))
    for sent in some:
        connection.ok("TransactWriteItems", sent.body)
    for sent in (some + open_ones)[:1]:
        other = {**sent.body, "TransactItems": sent.body["TransactItems"][::-1] + [{"Delete": {
            "TableName": "plain", "Key": {"p": {"S": "nobody"}}}}]}
        answer = connection("TransactWriteItems", other)
        assert answer.error == "IdempotentParameterMismatchException", answer
    world.transactions.clear()


@pytest.mark.parametrize("mode", MODES)
def test_kill_under_load(tmp_path, seed, mode):
    rng = random.Random(f"{seed}/{mode}")
    world = World(rng, WRITERS)
    sides = [SideTable(world, f"side{n}") for n in range(SIDE_TABLES)]
    server = Server(ROCKSDB, tmp_path, ["--durability", mode]).start()
    began = time.monotonic()
    rounds = max(1, round(ROUNDS * MODES[mode]))
    try:
        with Connection(server.port) as connection:
            world.create(connection)
        for number in range(rounds):
            how, = rng.choices(list(ENDS), ENDS.values())
            try:
                load_until_crash(server, world, sides, how, rng)
                start(server, rng)
                check(server, world, sides, rng)
            except Exception as failure:
                raise AssertionError(f"round {number} of {rounds}, ended by: {how}. The data: {server.data}") from failure
        assert world.acknowledged > rounds * 20, "too few requests were answered to show anything"
        print(f"{mode}: {rounds} rounds, {world.acknowledged} requests answered, {time.monotonic() - began:.0f} s")
    finally:
        if server.alive():
            server.kill()


def test_the_check_sees_a_loss(tmp_path, seed):
    """What was acknowledged in a round is taken away behind the server's back: the check must say so."""
    rng = random.Random(seed)
    world = World(rng, WRITERS)
    server = Server(ROCKSDB, tmp_path).start()
    try:
        with Connection(server.port) as connection:
            world.create(connection)
        server.restart()
        server.stop()
        shutil.copytree(server.data, tmp_path / "before")
        server.start()
        load_until_crash(server, world, [], "kill", rng)
        shutil.rmtree(server.data)
        (tmp_path / "before").rename(server.data)
        server.start()
        with pytest.raises(AssertionError, match="after the crash"):
            check(server, world, [], rng)
    finally:
        if server.alive():
            server.kill()
