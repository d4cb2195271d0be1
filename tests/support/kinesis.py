"""Reads streams of the Kinesis API."""

import json
import time

from . import clients


def arn_of(stream):
    return f"arn:aws:kinesis:us-east-1:{clients.ACCOUNT}:stream/{stream}"


class Consumer:
    """Reads all shards of a stream."""

    def __init__(self, kinesis, stream):
        self.kinesis = kinesis
        self.records = []
        self.iterators = [
            kinesis.get_shard_iterator(StreamName=stream, ShardId=shard["ShardId"],
                                       ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
            for shard in kinesis.list_shards(StreamName=stream)["Shards"]]

    def poll(self):
        new = []
        for i, at in enumerate(self.iterators):
            page = self.kinesis.get_records(ShardIterator=at)
            self.iterators[i] = page["NextShardIterator"]
            new += page["Records"]
        self.records += new
        return new

    def poll_json(self):
        return [json.loads(record["Data"]) for record in self.poll()]

    def wait(self, count, seconds=60):
        deadline = time.monotonic() + seconds
        while len(self.records) < count and time.monotonic() < deadline:
            self.poll()
        assert len(self.records) >= count, f"{len(self.records)} of {count} records came"
        return [json.loads(record["Data"]) for record in self.records]
