// DynamoDB Streams with the AWS SDK for JavaScript: what is written to a table, read as a consumer reads it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteItemCommand,
  DescribeTableCommand,
  DynamoDBClient,
  PutItemCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
  ResourceNotFoundException,
} from "@aws-sdk/client-dynamodb-streams";
import { credentials, startServer } from "./server.mjs";

const BOTH = "NEW_AND_OLD_IMAGES";
let server, dynamodb, streams;

before(async () => {
  server = await startServer(["--stream-shard-s", "1", "--stream-split-rate", "20", "--stream-shards", "4"]);
  const options = { endpoint: server.url, region: "us-east-1", credentials, maxAttempts: 1 };
  dynamodb = new DynamoDBClient(options);
  streams = new DynamoDBStreamsClient(options);
});

after(async () => {
  dynamodb.destroy();
  streams.destroy();
  await server.stop();
});

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function active(TableName) {
  for (;;) {
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName }));
    if (Table.TableStatus === "ACTIVE") return Table;
    await pause(10);
  }
}

async function createTable(TableName, StreamViewType) {
  await dynamodb.send(new CreateTableCommand({
    TableName, BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    StreamSpecification: StreamViewType ? { StreamEnabled: true, StreamViewType } : undefined,
  }));
  return active(TableName);
}

const item = (id, n) => ({ id: { S: id }, ...(n === undefined ? {} : { n: { N: String(n) } }) });

// Reads a stream as the KCL does: a shard only when its parent was read to its end, each shard once.
class Consumer {
  constructor(StreamArn) {
    Object.assign(this, { StreamArn, records: [], iterators: new Map(), done: new Set() });
  }

  async shards() {
    const shards = [];
    let ExclusiveStartShardId;
    do {
      const { StreamDescription } = await streams.send(
        new DescribeStreamCommand({ StreamArn: this.StreamArn, ExclusiveStartShardId, Limit: 3 }));
      shards.push(...StreamDescription.Shards);
      ExclusiveStartShardId = StreamDescription.LastEvaluatedShardId;
    } while (ExclusiveStartShardId);
    return shards;
  }

  async poll() {
    const shards = await this.shards();
    const known = new Set(shards.map(({ ShardId }) => ShardId));
    for (const { ShardId, ParentShardId } of shards) {
      if (this.done.has(ShardId) || (known.has(ParentShardId) && !this.done.has(ParentShardId))) continue;
      if (!this.iterators.has(ShardId)) {
        const { ShardIterator } = await streams.send(new GetShardIteratorCommand(
          { StreamArn: this.StreamArn, ShardId, ShardIteratorType: "TRIM_HORIZON" }));
        this.iterators.set(ShardId, ShardIterator);
      }
      const { Records, NextShardIterator } = await streams.send(
        new GetRecordsCommand({ ShardIterator: this.iterators.get(ShardId), Limit: 7 }));
      this.records.push(...Records);
      this.iterators.set(ShardId, NextShardIterator);
      if (!NextShardIterator) this.done.add(ShardId);
    }
  }

  async wait(count) {
    const deadline = Date.now() + 30_000;
    while (this.records.length < count && Date.now() < deadline) await this.poll();
    assert.equal(this.records.length, count);
    return this.records;
  }
}

for (const view of ["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", BOTH]) {
  test(`records of a stream of ${view}`, async () => {
    const TableName = `view-${view}`;
    const { LatestStreamArn, LatestStreamLabel } = await createTable(TableName, view);
    const first = { ...item("a", 1), bytes: { B: new Uint8Array([0, 1, 255]) } };
    await dynamodb.send(new PutItemCommand({ TableName, Item: first }));
    await dynamodb.send(new PutItemCommand({ TableName, Item: first })); // changes nothing
    await dynamodb.send(new UpdateItemCommand({
      TableName, Key: item("a"), UpdateExpression: "SET n = :two", ExpressionAttributeValues: { ":two": { N: "2" } },
    }));
    await dynamodb.send(new DeleteItemCommand({ TableName, Key: item("a") }));
    const records = await new Consumer(LatestStreamArn).wait(3);
    const images = [undefined, first, { ...first, n: { N: "2" } }, undefined];
    records.forEach(({ dynamodb: change, ...record }, i) => {
      assert.equal(record.eventName, ["INSERT", "MODIFY", "REMOVE"][i]);
      assert.match(record.eventID, /^[0-9a-f]{32}$/);
      assert.equal(record.eventSource, "aws:dynamodb");
      assert.equal(record.userIdentity, undefined);
      assert.deepEqual(change.Keys, item("a"));
      assert.equal(change.StreamViewType, view);
      assert.ok(change.ApproximateCreationDateTime instanceof Date);
      assert.ok(change.SizeBytes >= 3);
      assert.deepEqual(change.OldImage, view === "OLD_IMAGE" || view === BOTH ? images[i] : undefined);
      assert.deepEqual(change.NewImage, view === "NEW_IMAGE" || view === BOTH ? images[i + 1] : undefined);
    });
    const { Streams } = await streams.send(new ListStreamsCommand({ TableName }));
    assert.deepEqual(Streams, [{ StreamArn: LatestStreamArn, TableName, StreamLabel: LatestStreamLabel }]);
  });
}

test("parents before children: each change once and in order, while shards roll and split", async () => {
  const TableName = "rolls";
  const { LatestStreamArn } = await createTable(TableName, BOTH);
  const consumer = new Consumer(LatestStreamArn);
  const last = new Map();
  const end = Date.now() + 4000;
  for (let n = 1; Date.now() < end; ++n) {
    const put = (id) => ({ PutRequest: { Item: item(id, n) } });
    await dynamodb.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: ["a", "b", "c"].map(put) } }));
    await dynamodb.send(new TransactWriteItemsCommand({
      TransactItems: ["d", "e"].map((id) => ({ Put: { TableName, Item: item(id, n) } })),
    }));
    for (const id of "abcde") last.set(id, n);
    if (n % 5 === 0) await consumer.poll();
  }
  const records = await consumer.wait([...last.values()].reduce((sum, n) => sum + n));
  const seen = new Map();
  for (const { dynamodb: { Keys, NewImage, OldImage } } of records) {
    assert.deepEqual(OldImage, seen.get(Keys.id.S));
    assert.equal(Number(NewImage.n.N), Number(OldImage?.n.N ?? 0) + 1);
    seen.set(Keys.id.S, NewImage);
  }
  const shards = await consumer.shards();
  assert.ok(shards.length > 3, `${shards.length} shards`);
  // Children of a shard are found without its whole stream.
  const [{ ShardId }] = shards;
  const { StreamDescription: { Shards: children } } = await streams.send(new DescribeStreamCommand(
    { StreamArn: LatestStreamArn, ShardFilter: { Type: "CHILD_SHARDS", ShardId } }));
  assert.deepEqual(children, shards.filter(({ ParentShardId }) => ParentShardId === ShardId));
  assert.ok(children.length > 0);
});

test("what the time to live deletes is marked", async () => {
  const TableName = "expiring";
  const { LatestStreamArn } = await createTable(TableName, BOTH);
  await dynamodb.send(new UpdateTimeToLiveCommand(
    { TableName, TimeToLiveSpecification: { Enabled: true, AttributeName: "n" } }));
  const old = item("old", Math.floor(Date.now() / 1000) - 60);
  await dynamodb.send(new PutItemCommand({ TableName, Item: old }));
  await dynamodb.send(new PutItemCommand({ TableName, Item: item("young", Math.floor(Date.now() / 1000) + 3600) }));
  const consumer = new Consumer(LatestStreamArn);
  const records = await consumer.wait(3);
  const removed = records.filter(({ eventName }) => eventName === "REMOVE");
  assert.equal(removed.length, 1);
  assert.deepEqual(removed[0].dynamodb.OldImage, old);
  assert.deepEqual(removed[0].userIdentity, { PrincipalId: "dynamodb.amazonaws.com", Type: "Service" });
  await dynamodb.send(new DeleteItemCommand({ TableName, Key: item("young") }));
  assert.equal((await consumer.wait(4))[3].userIdentity, undefined);
});

test("a stream is switched on and off; a disabled one stays readable", async () => {
  const TableName = "switched";
  const change = async (StreamSpecification) => {
    await dynamodb.send(new UpdateTableCommand({ TableName, StreamSpecification }));
    return (await active(TableName)).LatestStreamArn;
  };
  const put = (id) => dynamodb.send(new PutItemCommand({ TableName, Item: item(id) }));
  await createTable(TableName);
  await put("before");
  const first = await change({ StreamEnabled: true, StreamViewType: "KEYS_ONLY" });
  await put("first");
  assert.equal(await change({ StreamEnabled: false }), first);
  await put("unseen");
  const second = await change({ StreamEnabled: true, StreamViewType: BOTH });
  assert.notEqual(second, first);
  await put("second");
  const keys = (records) => records.map(({ dynamodb: { Keys } }) => Keys.id.S);
  const consumer = new Consumer(first);
  assert.deepEqual(keys(await consumer.wait(1)), ["first"]);
  while ((await consumer.shards()).some(({ ShardId }) => !consumer.done.has(ShardId))) await consumer.poll();
  assert.deepEqual(keys(consumer.records), ["first"]);
  const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn: first }));
  assert.equal(StreamDescription.StreamStatus, "DISABLED");
  assert.ok(StreamDescription.Shards.every(({ SequenceNumberRange }) => SequenceNumberRange.EndingSequenceNumber));
  assert.deepEqual(keys(await new Consumer(second).wait(1)), ["second"]);
  const { Streams } = await streams.send(new ListStreamsCommand({ TableName }));
  assert.deepEqual(Streams.map(({ StreamArn }) => StreamArn), [first, second]);
});

test("errors have their classes", async () => {
  const StreamArn = "arn:aws:dynamodb:us-east-1:000000000000:table/nowhere/stream/2015-05-11T21:21:33.291";
  await assert.rejects(
    streams.send(new DescribeStreamCommand({ StreamArn })),
    (error) => error instanceof ResourceNotFoundException &&
      error.message === `Requested resource not found: Stream: ${StreamArn} not found`);
  await assert.rejects(
    streams.send(new GetRecordsCommand({ ShardIterator: "nonsense" })), { name: "ValidationException" });
});
