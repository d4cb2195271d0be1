"""Reads DynamoDB streams as a KCL-like consumer does: parents before children, each shard to its end."""

from . import clients


def streams_client(url):
    return clients.client(url, "dynamodbstreams")


def shards_of(client, arn, **more):
    """All of them, page by page."""
    shards, start = [], {}
    while True:
        page = client.describe_stream(StreamArn=arn, **start, **more)["StreamDescription"]
        shards += page["Shards"]
        if "LastEvaluatedShardId" not in page:
            return shards
        start = {"ExclusiveStartShardId": page["LastEvaluatedShardId"]}


class Trimmed(Exception):
    """The consumer is too slow: records that it was to read have gone."""


class Consumer:
    """Follows a stream from its beginning. Its state is plain data: checkpoint() and Consumer(..., state) continue."""

    def __init__(self, client, arn, state=None):
        self.client, self.arn = client, arn
        # shard id -> sequence number of the last record processed, "" for none; done: read to their ends
        self.positions, self.done = (dict(state[0]), set(state[1])) if state else ({}, set())
        self.iterators = {}
        self.ended = False  # the stream was disabled, and is read to its end

    def checkpoint(self):
        return dict(self.positions), set(self.done)

    def poll(self, limit=1000):
        """What is new in every shard that may be read now, as (shard id, record) in the order read."""
        shards = shards_of(self.client, self.arn)
        known = {shard["ShardId"] for shard in shards}
        self.ended = known <= self.done  # who reads one shard to its end is shown its children
        begun = self.positions.keys() | self.iterators.keys() | self.done
        if begun - self.done - known:
            raise Trimmed(f"gone before their ends were read: {begun - self.done - known}")
        found = []
        for shard in shards:
            name, parent = shard["ShardId"], shard.get("ParentShardId")
            if begun and name not in begun and parent and parent not in known | self.done:
                raise Trimmed(f"gone before it was read: {parent}, parent of {name}")
            if name in self.done or (parent in known and parent not in self.done):
                continue
            found += [(name, record) for record in self._read(shard, limit)]
        return found

    def _read(self, description, limit):
        shard = description["ShardId"]
        gone = self.client.exceptions.ResourceNotFoundException, self.client.exceptions.TrimmedDataAccessException
        try:
            iterator = self.iterators.get(shard) or self._iterator(description)
            answer = self.client.get_records(ShardIterator=iterator, Limit=limit)
        except gone as answer:  # since the stream was described, or the page before was read
            raise Trimmed(f"gone before it was read: {shard}") from answer
        records = answer["Records"]
        if records:
            self.positions[shard] = records[-1]["dynamodb"]["SequenceNumber"]
        self.iterators[shard] = answer.get("NextShardIterator")
        if self.iterators[shard] is None:
            self.done.add(shard)
        return records

    def _iterator(self, description):
        shard = description["ShardId"]
        if position := self.positions.get(shard):
            where = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": position}
        elif description.get("ParentShardId") in self.done:
            # After its parent's end, all of it: from the horizon, what has just gone would be missed.
            where = {"ShardIteratorType": "AT_SEQUENCE_NUMBER",
                     "SequenceNumber": description["SequenceNumberRange"]["StartingSequenceNumber"]}
        else:
            where = {"ShardIteratorType": "TRIM_HORIZON"}
        return self.client.get_shard_iterator(StreamArn=self.arn, ShardId=shard, **where)["ShardIterator"]

    def read_all(self, quiet=3):
        """Until that many polls in a row brought nothing."""
        records, empty = [], 0
        while empty < quiet:
            new = self.poll()
            empty = 0 if new else empty + 1
            records += [record for _, record in new]
        return records
