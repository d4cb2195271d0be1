"""Three readers of a table's changes, each of its own kind, and each with its picture of the table.

They are used in turn with the writes, and come and go at random: what they have seen in the end must be each change of
each item once, in order.
"""

import random
import threading

from model import key_of
from support import clients
from support.changes import Replay, from_json
from support.functions import Function
from support.kinesis import Consumer as KinesisConsumer
from support.kinesis import arn_of
from support.streams import Consumer as StreamConsumer
from support.streams import streams_client
from support.tables import wait_active
from support.waiting import wait_for

STREAM = "changes"  # of Kinesis


class StreamReader:
    """A consumer of the table's streams, one after the other, as the KCL does it. When it is killed, it goes on from
    its last checkpoint, and is shown again what it has seen since."""

    def __init__(self, arn):
        self.replay = Replay("the consumer of the stream", key_of)
        self.arns = [arn]  # oldest first; the first of them is read
        self.client, self.consumer = None, None
        self.saved = None

    def connect(self, url):
        self.client = streams_client(url)
        self.consumer = StreamConsumer(self.client, self.arns[0], self.saved)

    def save(self):
        self.saved = self.consumer.checkpoint()

    def kill(self):
        self.consumer = StreamConsumer(self.client, self.arns[0], self.saved)

    def poll(self, limit=1000):
        for _, record in self.consumer.poll(limit):
            self.replay.take(record)
        if self.consumer.ended and len(self.arns) > 1:
            del self.arns[0]
            self.saved = None
            self.kill()


class DestinationReader:
    """Reads the Kinesis stream that the table's destination is."""

    def __init__(self, table):
        self.replay = Replay("the consumer of the Kinesis stream", key_of)
        self.table, self.consumer = table, None
        self.dynamodb, self.kinesis = None, None

    def connect(self, url):
        self.dynamodb, self.kinesis = clients.client(url), clients.client(url, "kinesis")
        if self.consumer is None:
            self.kinesis.create_stream(StreamName=STREAM, ShardCount=2)
            self.enable()
            self.consumer = KinesisConsumer(self.kinesis, STREAM)
        self.consumer.kinesis = self.kinesis

    def status(self):
        answer = self.dynamodb.describe_kinesis_streaming_destination(TableName=self.table)
        return answer["KinesisDataStreamDestinations"][-1]

    def wait_active(self):
        wait_for(lambda: self.status()["DestinationStatus"] == "ACTIVE", what="the destination is active")

    def enable(self):
        self.dynamodb.enable_kinesis_streaming_destination(TableName=self.table, StreamArn=arn_of(STREAM))
        self.wait_active()

    def disable_and_enable(self, items):
        """While nothing is written, and once all that was written has come."""
        def same():
            self.poll()
            return self.replay.items == items
        wait_for(same, what="all changes are in the Kinesis stream")
        self.dynamodb.disable_kinesis_streaming_destination(TableName=self.table, StreamArn=arn_of(STREAM))
        wait_for(lambda: self.status()["DestinationStatus"] == "DISABLED", what="the destination is disabled")
        self.enable()

    def change_precision(self):
        self.wait_active()
        other = {"MILLISECOND": "MICROSECOND", "MICROSECOND": "MILLISECOND"}[
            self.status()["ApproximateCreationDateTimePrecision"]]
        self.dynamodb.update_kinesis_streaming_destination(
            TableName=self.table, StreamArn=arn_of(STREAM),
            UpdateKinesisStreamingConfiguration={"ApproximateCreationDateTimePrecision": other})

    def poll(self):
        for record in self.consumer.poll_json():
            self.replay.take({**record, "dynamodb": from_json(record["dynamodb"])})


class MappingReader:
    """A function that the table's changes come to, by an event source mapping for each of its streams. Now and then
    it fails when its work was done, so that the batch comes again."""

    def __init__(self, rng):
        self.arns = []
        self.arrived = []
        self.lock, self.failing = threading.Lock(), random.Random(rng.random())
        self.function = Function(self.work)
        self.mappings = []
        self.client = None

    def work(self, records):
        with self.lock:
            self.arrived += records
            if self.failing.random() < 0.03:
                raise ValueError

    def connect(self, url):
        self.client = clients.client(url, "lambda")

    def follow(self, arn, rng):
        self.arns.append(arn)
        self.mappings.append(self.client.create_event_source_mapping(
            EventSourceArn=arn, FunctionName="work", StartingPosition="TRIM_HORIZON", BatchSize=rng.randrange(1, 100),
            ParallelizationFactor=rng.randrange(1, 4), BisectBatchOnFunctionError=rng.random() < 0.5)["UUID"])

    def change(self, rng):
        """Enables, disables, or changes the newest one."""
        change = rng.choice([{"Enabled": True}, {"Enabled": False}, {"BatchSize": rng.randrange(1, 100)}])
        try:
            self.client.update_event_source_mapping(UUID=self.mappings[-1], **change)
        except self.client.exceptions.ResourceInUseException:
            pass  # the change before is under way

    def enable_all(self):
        for uuid in self.mappings:
            wait_for(lambda uuid=uuid: self.state(uuid) in ("Enabled", "Disabled"), what=f"mapping {uuid} has a state")
            if self.state(uuid) == "Disabled":
                self.client.update_event_source_mapping(UUID=uuid, Enabled=True)

    def state(self, uuid):
        return self.client.get_event_source_mapping(UUID=uuid)["State"]

    def seen(self):
        with self.lock:
            return len({record["eventID"] for record in self.arrived})

    def replayed(self):
        """Once all has arrived: the mappings of two streams know nothing of each other."""
        replay = Replay("the function of the mapping", key_of)
        with self.lock:
            arrived = list(self.arrived)
        for arn in self.arns:
            for record in arrived:
                if record["eventSourceARN"] == arn:
                    replay.take({**record, "dynamodb": from_json(record["dynamodb"])})
        return replay


class Readers:
    """All three of them. `dynamodb` and others of this kind are made anew by connect(), when the server was."""

    def __init__(self, table, arn, mapping, rng):
        self.table, self.rng = table, rng
        self.stream, self.destination, self.mapping = StreamReader(arn), DestinationReader(table), mapping
        self.arn = arn
        self.dynamodb = None

    def connect(self, url):
        first = self.dynamodb is None
        self.dynamodb = clients.client(url)
        for reader in (self.stream, self.destination, self.mapping):
            reader.connect(url)
        if first:
            self.mapping.follow(self.arn, self.rng)

    def follow(self):
        choice = self.rng.random()
        if choice < 0.2:
            self.stream.kill()
        elif choice < 0.6:
            self.stream.save()
        self.stream.poll(limit=self.rng.choice([1, 7, 1000]))
        self.destination.poll()

    def change_stream(self):
        """A new stream, of which the readers learn that it follows the old one."""
        if len(self.mapping.arns) == 4:
            return
        for specification in ({"StreamEnabled": False},
                              {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}):
            self.dynamodb.update_table(TableName=self.table, StreamSpecification=specification)
            arn = wait_active(self.dynamodb, self.table)["LatestStreamArn"]
        assert arn not in self.mapping.arns
        self.stream.arns.append(arn)
        self.mapping.follow(arn, self.rng)

    def finish(self, items, history):
        """Lets them read to the end, and compares with what there is and with all that was done."""
        self.mapping.enable_all()

        def ended(reader):
            reader.poll()
            return reader.replay.items == items
        for reader in (self.stream, self.destination):
            wait_for(lambda reader=reader: ended(reader), what=f"{reader.replay.reader} has seen all changes")
        changes = sum(map(len, history.values()))
        wait_for(lambda: self.mapping.seen() >= changes, what="the function of the mapping has seen all changes")
        for _ in range(5):  # and nothing else comes
            self.stream.poll()
            self.destination.poll()
        replays = [self.stream.replay, self.destination.replay, self.mapping.replayed()]
        for replay in replays:
            assert replay.items == items, replay.reader
            assert replay.history == history, f"{replay.reader}: {self.differences(replay.history, history)}"
        # Put and position are one commit: nothing comes twice.
        assert self.destination.replay.repeated == 0
        expired = {key for key in history if key[0].startswith("expired") and history[key][-1] is None}
        assert all(replay.expired() == expired for replay in replays)
        print(f"{changes} changes in {len(self.mapping.arns)} streams; read again:",
              *(f"{replay.repeated} by {replay.reader}," for replay in replays))

    @staticmethod
    def differences(found, expected):
        return {key: (found.get(key), expected.get(key)) for key in found.keys() | expected.keys()
                if found.get(key) != expected.get(key)}
