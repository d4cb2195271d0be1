"""kill -9 under load, at any moment, again and again; what was acknowledged is there afterwards, nothing by half, and
nothing that was refused. docs/testing.md has the method. SEED= repeats the choices of a run, if not its moments.
"""

import os
import random
import shutil
import time

import pytest
from rounds import ENDS, check, load_until_crash, send_again, start
from side_tables import SideTable
from support.actors import Connection
from support.server import ROCKSDB, Server
from writers import World

CI = os.environ.get("CI") == "true"
ROUNDS = int(os.environ.get("STATOR_CRASH_ROUNDS", 100 if CI else 32))
WRITERS = 20
SIDE_TABLES = 2

# What kill -9 leaves is the same in each: what the kernel was given is there. Only a failing machine tells them apart.
MODES = {"sync": 1.0, "interval:20": 0.3, "none": 0.3}


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
                with Connection(server.port) as connection:
                    send_again(connection, world, check(connection, world, sides), rng)
                    if rng.random() < 0.2:
                        check(connection, world, ())
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
        load_until_crash(server, world, [], "kill", rng, least_seconds=1, most_seconds=2)
        shutil.rmtree(server.data)
        (tmp_path / "before").rename(server.data)
        server.start()
        with Connection(server.port) as connection, pytest.raises(AssertionError, match="after the crash"):
            check(connection, world, ())
    finally:
        if server.alive():
            server.kill()
