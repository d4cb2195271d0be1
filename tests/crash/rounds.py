"""A round of a crash test: load until the server ends, its start, and what must be there then."""

import random
import signal
import threading
import time

from record import check_atomic, check_table
from support.actors import Actors
from support.server import STOP_SECONDS

HANG_SECONDS = 60

# How a round ends, and how often.
ENDS = {"kill": 60, "kill early": 10, "stop, then kill": 8, "terminate": 10, "terminate, then kill": 12}


class Crasher(threading.Thread):
    """Ends the server at a moment of its own, not at one that the clients' loop has come to."""

    def __init__(self, server, world, how, rng, least_seconds, most_seconds):
        super().__init__()
        self.process, self.world, self.how = server.process, world, how
        self.delay = rng.uniform(0, 0.01) if how == "kill early" else rng.uniform(least_seconds, most_seconds)
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


def load_until_crash(server, world, sides, how, rng, least_seconds=0.02, most_seconds=0.5):
    world.orderly = False
    actors = Actors(server.port)
    crasher = Crasher(server, world, how, rng, least_seconds, most_seconds)
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


def check(connection, world, sides):
    """Returns which of the writes under way were applied: {write: {True, False, None}}."""
    verdicts = {}
    for table in world.tables:
        for write, verdict in check_table(connection, table).items():
            verdicts.setdefault(write, set()).update(verdict)
    check_atomic(verdicts)
    for side in sides:
        side.check(connection)
    return verdicts


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
