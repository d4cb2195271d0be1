// Kinesis with the AWS SDK for JavaScript, and the changes of a table that go there.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  CreateTableCommand,
  DescribeKinesisStreamingDestinationCommand,
  DynamoDBClient,
  EnableKinesisStreamingDestinationCommand,
  PutItemCommand,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import {
  CreateStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
  PutRecordsCommand,
  ResourceNotFoundException,
  DescribeStreamSummaryCommand,
  paginateListStreams,
  waitUntilStreamExists,
} from "@aws-sdk/client-kinesis";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { credentials, startServer } from "./server.mjs";

const StreamName = "js";
let server, kinesis;

before(async () => {
  server = await startServer();
  kinesis = new KinesisClient({
    endpoint: server.url, region: "us-east-1", credentials, maxAttempts: 1,
    requestHandler: new NodeHttpHandler(), // HTTP/1.1: this client's own choice is HTTP/2
  });
  await kinesis.send(new CreateStreamCommand({ StreamName, ShardCount: 2 }));
  await waitUntilStreamExists({ client: kinesis, maxWaitTime: 30, minDelay: 1, maxDelay: 1 }, { StreamName });
});

after(async () => {
  kinesis.destroy();
  await server.stop();
});

async function readAll() {
  const records = [];
  const { Shards } = await kinesis.send(new ListShardsCommand({ StreamName }));
  for (const { ShardId } of Shards) {
    const { ShardIterator } = await kinesis.send(
      new GetShardIteratorCommand({ StreamName, ShardId, ShardIteratorType: "TRIM_HORIZON" }));
    records.push(...(await kinesis.send(new GetRecordsCommand({ ShardIterator }))).Records);
  }
  return records;
}

test("records are put and read", async () => {
  const Records = [...Array(100).keys()].map((n) => ({ Data: new Uint8Array([0, n]), PartitionKey: `key ${n % 7}` }));
  const put = await kinesis.send(new PutRecordsCommand({ StreamName, Records }));
  assert.equal(put.FailedRecordCount, 0);
  const records = await readAll();
  assert.equal(records.length, 100);
  assert.deepEqual(new Set(records.map(({ Data }) => Data[1])), new Set(Array(100).keys()));
  assert.ok(records.every((record) => record.ApproximateArrivalTimestamp instanceof Date));
});

test("errors have their classes", async () => {
  await assert.rejects(
    kinesis.send(new DescribeStreamSummaryCommand({ StreamName: "nowhere" })),
    (error) => error instanceof ResourceNotFoundException &&
      error.message === "Stream nowhere under account 000000000000 not found.");
  const names = [];
  for await (const page of paginateListStreams({ client: kinesis }, {})) names.push(...page.StreamNames);
  assert.deepEqual(names, [StreamName]);
});

test("the changes of a table come as records", async () => {
  const dynamodb = new DynamoDBClient({ endpoint: server.url, region: "us-east-1", credentials, maxAttempts: 1 });
  const TableName = "Orders";
  await dynamodb.send(new CreateTableCommand({
    TableName, BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
  }));
  await waitUntilTableExists({ client: dynamodb, maxWaitTime: 30, minDelay: 1, maxDelay: 1 }, { TableName });
  const StreamArn = `arn:aws:kinesis:us-east-1:000000000000:stream/${StreamName}`;
  await dynamodb.send(new EnableKinesisStreamingDestinationCommand({ TableName, StreamArn }));
  await dynamodb.send(new PutItemCommand({ TableName, Item: { id: { S: "1" }, total: { N: "12.5" } } }));
  const deadline = Date.now() + 30_000;
  let change;
  while (!change && Date.now() < deadline) {
    const texts = (await readAll()).map(({ Data }) => Buffer.from(Data).toString("utf8"));
    change = texts.filter((text) => text.startsWith("{")).map((text) => JSON.parse(text))[0];
  }
  assert.equal(change.eventName, "INSERT");
  assert.deepEqual(change.dynamodb.NewImage, { id: { S: "1" }, total: { N: "12.5" } });
  const { KinesisDataStreamDestinations: [destination] } = await dynamodb.send(
    new DescribeKinesisStreamingDestinationCommand({ TableName }));
  assert.equal(destination.DestinationStatus, "ACTIVE");
  dynamodb.destroy();
});
