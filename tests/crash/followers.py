"""What reads the changes of tables while the server is killed, and what it must have been shown."""

import threading
import time

from record import ABSENT, number, text
from support import clients
from support.changes import Replay
from support.functions import Function
from support.kinesis import Consumer as KinesisConsumer
from support.kinesis import arn_of
from support.streams import Consumer, Trimmed, shards_of
from support.waiting import wait_for
from writers import StopWriter, ensure, guarded

STREAM = "changes"  # of Kinesis


def changes_of(values):
    """The values without those that change nothing."""
    return [value for before, value in zip(values, values[1:]) if value != before]


class Acknowledged:
    """What the record says of a round: to be made when the server has ended, before the record is settled."""

    def __init__(self, table):
        self.values = {identity: list(key.values) for identity, key in table.keys.items() if hasattr(key, "values")}

    def settled(self, table):
        """With what was found; of a write under way that is what became of it."""
        for identity, values in self.values.items():
            values.append(table.keys[identity].value)


class Follower:
    """A consumer of a table's stream, from when the table was empty. It goes on from its checkpoint each time."""

    def __init__(self, table):
        self.table = table
        self.replay = Replay(f"the stream of {table.name}", table.identity)
        self.arn, self.state = None, None

    def read(self, server):
        if self.arn is None:
            self.arn = latest_arn(server, self.table.name)
        consumer = Consumer(client_of(server, "dynamodbstreams"), self.arn, self.state)
        for record in consumer.read_all(quiet=2):
            self.replay.take(record)
        self.state = consumer.checkpoint()

    def check(self, server, acknowledged, items):
        """`items` are those of the table, which nobody writes now."""
        before = {identity: len(images) for identity, images in self.replay.history.items()}
        self.read(server)
        assert self.replay.repeated == 0, "what was read before the crash is shown again after it"
        assert self.replay.items == items, f"the stream of {self.table.name} does not tell what is in it"
        for identity, values in acknowledged.values.items():
            images = self.replay.history.get(identity, [])
            seen = before.get(identity, 0)
            last = images[seen - 1] if seen else ABSENT
            assert images[seen:] == changes_of([last, *values]), \
                f"{self.table.keys[identity]}: the stream has {images[seen:]}, acknowledged are {values}"


class LateReader:
    """Reads what the stream still has, when it has lost its beginning: it may begin anywhere, but then has no gap."""

    def __init__(self, table):
        self.table = table
        self.first = None  # shard

    def begin(self, server):
        self.first = self.shards(server)[0]

    def shards(self, server):
        arn = latest_arn(server, self.table.name)
        return [shard["ShardId"] for shard in shards_of(client_of(server, "dynamodbstreams"), arn)]

    def is_trimmed(self, server):
        return self.first not in self.shards(server)

    def check(self, server, acknowledged, items, complete_until):
        """Of what was done in the round all must be there, if it is read before `complete_until` (monotonic). Returns
        whether it was."""
        for _ in range(20):
            replay = Replay(f"what is left of the stream of {self.table.name}", self.table.identity, whole=False)
            try:
                consumer = Consumer(client_of(server, "dynamodbstreams"), latest_arn(server, self.table.name))
                for record in consumer.read_all(quiet=2):
                    replay.take(record)
                break
            except Trimmed:
                pass
        else:
            raise AssertionError("a reader never reaches the end of the stream")
        for identity, images in replay.history.items():
            assert images[-1] == items.get(identity), f"{identity}: the stream ends with {images[-1]}"
        if time.monotonic() > complete_until:
            return False
        for identity, values in acknowledged.values.items():
            written = changes_of(values)
            images = replay.history.get(identity, [])
            assert not written or images[-len(written):] == written, \
                f"{self.table.keys[identity]}: the stream has {images}, acknowledged are {written}"
        return True


class Destination:
    """The Kinesis stream that a table's changes go to: of the server that is killed, into which each comes once, or,
    over the wire, of `other`, to which one may come again."""

    def __init__(self, table, other=None):
        self.table, self.other = table, other
        self.replay = Replay(f"the Kinesis stream of {table.name}", table.identity)
        self.consumer = None

    def create(self, server):
        kinesis = client_of(self.other or server, "kinesis")
        kinesis.create_stream(StreamName=STREAM, ShardCount=2)
        self.consumer = KinesisConsumer(kinesis, STREAM)
        client_of(server).enable_kinesis_streaming_destination(
            TableName=self.table.name, StreamArn=arn_of(STREAM))
        wait_for(lambda: self.status(server) == "ACTIVE", what="the destination is active")

    def status(self, server):
        answer = client_of(server).describe_kinesis_streaming_destination(TableName=self.table.name)
        return answer["KinesisDataStreamDestinations"][0]["DestinationStatus"]

    def check(self, server, items):
        def same():
            for record in self.consumer.poll_json():
                self.replay.take(record)
            return self.replay.items == items
        wait_for(same, what=f"{self.replay.reader} tells what is in it")
        assert self.other or self.replay.repeated == 0, "put and position are one commit, and something came twice"
        assert self.status(server) == "ACTIVE"


class Mapping:
    """A function that a table's changes come to: at least once, and what comes again is recognised."""

    def __init__(self, table):
        self.table = table
        self.arrived, self.lock = [], threading.Lock()
        self.function = Function(self.work)

    def work(self, records):
        with self.lock:
            self.arrived += records

    def create(self, server):
        client_of(server, "lambda").create_event_source_mapping(
            EventSourceArn=latest_arn(server, self.table.name), FunctionName="work", StartingPosition="TRIM_HORIZON",
            BatchSize=20, ParallelizationFactor=2)

    def check(self, follower):
        """`follower` has read the whole stream."""
        def seen():
            with self.lock:
                return follower.replay.events.keys() <= {record["eventID"] for record in self.arrived}
        wait_for(seen, what=f"the function has got all changes of {self.table.name}")
        replay = Replay(f"the function of {self.table.name}", self.table.identity)
        for record in self.arrived:
            replay.take(record)
        assert replay.history == follower.replay.history
        return replay.repeated


class Expiring:
    """A table of items that expire while they are written, some of which somebody keeps in time. Each key is written
    by one client, put once, and never deleted but by the server."""

    name = "expiring"
    key_names = ("p",)

    def __init__(self, world):
        self.world = world
        self.put, self.open_puts = {}, {}    # key -> item: acknowledged, under way
        self.kept, self.open_keeps = {}, {}  # the same of those that were given more time

    @staticmethod
    def identity(item):
        return (item["p"]["S"],)

    def actor(self, rng):
        return guarded(self.world, self.run(rng))

    def run(self, rng):
        while True:
            items = {}
            for _ in range(rng.randint(1, 8)):
                time_to_live = rng.choice((-100, -1, 0, 1, 2, 100_000))
                item = {"p": text(f"e{next(self.world.numbers)}"), "t": number(int(time.time()) + time_to_live)}
                items[self.identity(item)] = item
            self.open_puts.update(items)
            yield from self.send("BatchWriteItem", {"RequestItems": {
                self.name: [{"PutRequest": {"Item": item}} for item in items.values()]}})
            for key in items:
                self.put[key] = self.open_puts.pop(key)
            if rng.random() < 0.5:
                yield from self.keep(rng.choice(list(items)))

    def keep(self, key):
        """Unless it has gone."""
        image = {"p": text(key[0]), "t": number(4_000_000_000)}
        self.open_keeps[key] = image
        answer = yield from self.send("UpdateItem", {
            "TableName": self.name, "Key": {"p": image["p"]}, "UpdateExpression": "SET t = :t",
            "ConditionExpression": "attribute_exists(p)", "ExpressionAttributeValues": {":t": image["t"]}})
        del self.open_keeps[key]
        if answer.status == 200:
            self.kept[key] = image

    def send(self, operation, body):
        answer = yield operation, body
        if answer.status >= 500:
            ensure(self.world.orderly, answer)
            raise StopWriter
        ensure(answer.status == 200 or answer.error == "ConditionalCheckFailedException", answer)
        return answer

    def check(self, follower):
        """What `follower` has read of the stream, while items go."""
        now, replay = time.time(), follower.replay
        history = replay.history
        gone = set()
        for key, images in history.items():
            put = self.put.get(key) or self.open_puts.get(key)
            assert put, f"nobody wrote {key}: {images}"
            kept = self.kept.get(key) or self.open_keeps.get(key)
            assert images in ([put], [put, ABSENT], [put, kept]), \
                f"{key} was {put}, {kept}, and the stream has {images}"
            if images[-1] is ABSENT:
                assert key not in self.kept, f"{key} was given more time, and is gone"
                assert int(put["t"]["N"]) <= now, f"{key} is gone too early: {images}"
                gone.add(key)
        assert replay.expired() == gone
        for key, image in self.put.items():
            assert key in history, f"{image} is not in the stream"
        for key, image in self.kept.items():
            assert history[key][1:] == [image], f"{key}: {history[key]}"
        self.open_puts.clear()
        self.open_keeps.clear()
        for key, images in history.items():  # those that were under way, and were made
            self.put.setdefault(key, images[0])
            if images[1:] and images[1] is not ABSENT:
                self.kept.setdefault(key, images[1])

    def all_gone(self, follower, server):
        """Whether all has gone that is to go."""
        follower.read(server)
        now = time.time()
        return all(int(item["t"]["N"]) > now for item in follower.replay.items.values())


_clients = {}


def client_of(server, service="dynamodb"):
    """Kept, as making one takes longer than most rounds; so it has to try again after each start of the server."""
    key = server.url, service
    if key not in _clients:
        _clients[key] = clients.client(server.url, service, retries={"total_max_attempts": 5})
    return _clients[key]


def latest_arn(server, table):
    return client_of(server).describe_table(TableName=table)["Table"]["LatestStreamArn"]
