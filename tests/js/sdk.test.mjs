// The AWS SDK for JavaScript, as Node programs use it: the plain client and the document client.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  ConditionalCheckFailedException,
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ResourceNotFoundException,
  TransactionCanceledException,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
  waitUntilTableNotExists,
} from "@aws-sdk/client-dynamodb";
import {
  BatchGetCommand,
  BatchWriteCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  TransactGetCommand,
  TransactWriteCommand,
  UpdateCommand,
  paginateQuery,
  paginateScan,
} from "@aws-sdk/lib-dynamodb";
import { credentials, startServer } from "./server.mjs";

const TableName = "Music";
let server, client, documents;

before(async () => {
  server = await startServer();
  client = new DynamoDBClient({ endpoint: server.url, region: "us-east-1", credentials, maxAttempts: 1 });
  documents = DynamoDBDocumentClient.from(client);
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [
        { AttributeName: "Artist", AttributeType: "S" },
        { AttributeName: "Song", AttributeType: "S" },
        { AttributeName: "Year", AttributeType: "N" },
      ],
      KeySchema: [
        { AttributeName: "Artist", KeyType: "HASH" },
        { AttributeName: "Song", KeyType: "RANGE" },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: "ByYear",
          KeySchema: [{ AttributeName: "Year", KeyType: "HASH" }],
          Projection: { ProjectionType: "ALL" },
        },
      ],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1, maxDelay: 1 }, { TableName });
});

after(async () => {
  client.destroy();
  await server.stop();
});

test("the table is described", async () => {
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  assert.equal(Table.TableStatus, "ACTIVE");
  assert.ok(Table.CreationDateTime instanceof Date);
  assert.ok(Math.abs(Table.CreationDateTime.getTime() - Date.now()) < 10 * 60_000);
  assert.equal(Table.GlobalSecondaryIndexes[0].IndexStatus, "ACTIVE");
});

test("every type comes back, binaries as Uint8Array", async () => {
  const Item = {
    Artist: { S: "types" }, Song: { S: "é漢😀" }, n: { N: "12345678901234567890.5" },
    b: { B: new Uint8Array([0, 255, 16]) }, bool: { BOOL: false }, nil: { NULL: true },
    ns: { NS: ["1", "2"] }, bs: { BS: [new Uint8Array([1])] }, l: { L: [{ S: "" }] }, m: { M: { k: { L: [] } } },
  };
  await client.send(new PutItemCommand({ TableName, Item }));
  const Key = { Artist: Item.Artist, Song: Item.Song };
  const got = await client.send(new GetItemCommand({ TableName, Key }));
  got.Item.ns.NS.sort();
  assert.deepEqual(got.Item, Item);
});

test("documents: put, get, update, delete", async () => {
  const Key = { Artist: "Ada", Song: "Loops" };
  await documents.send(
    new PutCommand({ TableName, Item: { ...Key, Year: 1843, tags: new Set(["a", "b"]), more: { list: [1, null] } } }),
  );
  const { Item } = await documents.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
  assert.deepEqual(Item, { ...Key, Year: 1843, tags: new Set(["a", "b"]), more: { list: [1, null] } });
  const updated = await documents.send(
    new UpdateCommand({
      TableName, Key,
      UpdateExpression: "SET more.#l[0] = more.#l[0] + :one ADD tags :tag",
      ExpressionAttributeNames: { "#l": "list" },
      ExpressionAttributeValues: { ":one": 1, ":tag": new Set(["c"]) },
      ReturnValues: "ALL_NEW",
    }),
  );
  assert.deepEqual(updated.Attributes.more, { list: [2, null] });
  assert.deepEqual(updated.Attributes.tags, new Set(["a", "b", "c"]));
  const old = await documents.send(new DeleteCommand({ TableName, Key, ReturnValues: "ALL_OLD" }));
  assert.equal(old.Attributes.Year, 1843);
  assert.equal((await documents.send(new GetCommand({ TableName, Key }))).Item, undefined);
});

test("a false condition is its own exception and carries the item", async () => {
  const Item = { Artist: "Bob", Song: "Only once" };
  const put = new PutCommand({
    TableName, Item, ConditionExpression: "attribute_not_exists(Artist)",
    ReturnValuesOnConditionCheckFailure: "ALL_OLD",
  });
  await documents.send(put);
  await assert.rejects(documents.send(put), (error) => {
    assert.ok(error instanceof ConditionalCheckFailedException);
    assert.equal(error.message, "The conditional request failed");
    assert.equal(error.$metadata.httpStatusCode, 400);
    assert.match(error.$metadata.requestId, /^[0-9A-Z]{52}$/);
    assert.deepEqual(error.Item, { Artist: { S: "Bob" }, Song: { S: "Only once" } });
    return true;
  });
});

test("an unknown table is its own exception", async () => {
  await assert.rejects(
    documents.send(new GetCommand({ TableName: "NoSuchTable", Key: { p: "a" } })), ResourceNotFoundException);
});

test("batches and pages", async () => {
  const songs = Array.from({ length: 25 }, (_, n) => ({ Artist: "Pages", Song: String(n).padStart(2, "0"), Year: 2000 }));
  await documents.send(
    new BatchWriteCommand({ RequestItems: { [TableName]: songs.map((Item) => ({ PutRequest: { Item } })) } }));
  const got = await documents.send(
    new BatchGetCommand({
      RequestItems: { [TableName]: { Keys: songs.slice(0, 3).map(({ Artist, Song }) => ({ Artist, Song })) } },
    }),
  );
  assert.equal(got.Responses[TableName].length, 3);
  const query = {
    TableName, KeyConditionExpression: "Artist = :a AND Song BETWEEN :from AND :to",
    ExpressionAttributeValues: { ":a": "Pages", ":from": "03", ":to": "19" },
  };
  const read = [];
  for await (const page of paginateQuery({ client: documents, pageSize: 4 }, query)) read.push(...page.Items);
  assert.deepEqual(read, songs.slice(3, 20));
  const index = await documents.send(
    new QueryCommand({
      TableName, IndexName: "ByYear", KeyConditionExpression: "#y = :y", Select: "COUNT",
      ExpressionAttributeNames: { "#y": "Year" }, ExpressionAttributeValues: { ":y": 2000 },
    }),
  );
  assert.equal(index.Count, 25);
  let scanned = 0;
  for await (const page of paginateScan({ client: documents, pageSize: 7 }, {
    TableName, FilterExpression: "Artist = :a", ExpressionAttributeValues: { ":a": "Pages" },
  })) scanned += page.Count;
  assert.equal(scanned, 25);
});

test("transactions", async () => {
  const key = (Song) => ({ Artist: "Tx", Song });
  const put = (Song) => ({ Put: { TableName, Item: key(Song), ConditionExpression: "attribute_not_exists(Artist)" } });
  await documents.send(new TransactWriteCommand({ TransactItems: [put("1"), put("2")] }));
  await assert.rejects(documents.send(new TransactWriteCommand({ TransactItems: [put("3"), put("2")] })), (error) => {
    assert.ok(error instanceof TransactionCanceledException);
    assert.deepEqual(error.CancellationReasons.map((reason) => reason.Code), ["None", "ConditionalCheckFailed"]);
    return true;
  });
  const { Responses } = await documents.send(
    new TransactGetCommand({ TransactItems: ["1", "2", "3"].map((song) => ({ Get: { TableName, Key: key(song) } })) }));
  assert.deepEqual(Responses.map((response) => response.Item), [key("1"), key("2"), undefined]);
});

test("items expire", async () => {
  const TableName = "Sessions";
  await client.send(
    new CreateTableCommand({
      TableName, BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1, maxDelay: 1 }, { TableName });
  const TimeToLiveSpecification = { Enabled: true, AttributeName: "expires" };
  const updated = await client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
  assert.deepEqual(updated.TimeToLiveSpecification, TimeToLiveSpecification);
  const described = await client.send(new DescribeTimeToLiveCommand({ TableName }));
  assert.deepEqual(described.TimeToLiveDescription, { TimeToLiveStatus: "ENABLED", AttributeName: "expires" });
  const now = Math.floor(Date.now() / 1000);
  await documents.send(new PutCommand({ TableName, Item: { id: "old", expires: now - 1 } }));
  await documents.send(new PutCommand({ TableName, Item: { id: "new", expires: now + 3600 } }));
  for (let tries = 0; ; ++tries) {
    const { Items } = await documents.send(new ScanCommand({ TableName }));
    if (Items.length === 1) {
      assert.equal(Items[0].id, "new");
      break;
    }
    assert.ok(tries < 600, "the session is still there after a minute");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
});

test("a table is deleted", async () => {
  const name = "ShortLived";
  await client.send(
    new CreateTableCommand({
      TableName: name, BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "p", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "p", KeyType: "HASH" }],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1, maxDelay: 1 }, { TableName: name });
  await client.send(new DeleteTableCommand({ TableName: name }));
  await waitUntilTableNotExists({ client, maxWaitTime: 30, minDelay: 1, maxDelay: 1 }, { TableName: name });
});
