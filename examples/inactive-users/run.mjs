// Inactive accounts are disabled: the whole of it on this machine, and a look whether it came out right.
// README.md says what happens.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import {
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  InitiateAuthCommand,
  ListUsersCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import {
  CreateTableCommand,
  DeleteItemCommand,
  DynamoDBClient,
  ScanCommand,
  UpdateItemCommand,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import {
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from "@aws-sdk/client-dynamodb-streams";
import {
  CreateEventSourceMappingCommand,
  GetEventSourceMappingCommand,
  LambdaClient,
} from "@aws-sdk/client-lambda";

import { Parts, REGION, credentials, freePorts, waitFor } from "./parts.mjs";

const TABLE = "sign-ins";
const DEAD_LETTERS = "accounts-not-disabled";
const DEAD_LETTER_ARN = "arn:aws:sqs:us-east-1:000000000000:accounts-not-disabled";
const BATCH_SIZE = 25;
const INACTIVE = 60;
const PASSWORD = "Correct-horse-1";

const numbered = (name, count) => Array.from({ length: count }, (_, i) => `${name}-${String(i).padStart(2, "0")}`);
const INACTIVE_NAMES = numbered("inactive", INACTIVE);
const ACTIVE_NAMES = numbered("active", 5);
const FORGOTTEN = "forgotten"; // an operator deletes its sign-in: no reason to disable it
const REMOVED = INACTIVE_NAMES[33]; // deleted from the pool: it cannot be disabled

const folder = mkdtempSync(join(tmpdir(), "inactive-users-"));
const parts = new Parts(folder);
const batches = []; // what the function was called with: {records, failures}
const say = (text) => console.log(text);

async function createTables(table) {
  const definition = (name, key) => ({
    TableName: name,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [{ AttributeName: key, AttributeType: "S" }],
    KeySchema: [{ AttributeName: key, KeyType: "HASH" }],
  });
  await table.send(new CreateTableCommand(definition(DEAD_LETTERS, "id")));
  const created = await table.send(new CreateTableCommand({
    ...definition(TABLE, "sub"),
    StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
  }));
  for (const TableName of [DEAD_LETTERS, TABLE]) {
    await waitUntilTableExists({ client: table, maxWaitTime: 60, minDelay: 1, maxDelay: 1 }, { TableName });
  }
  await table.send(new UpdateTimeToLiveCommand({
    TableName: TABLE,
    TimeToLiveSpecification: { Enabled: true, AttributeName: "ttl" },
  }));
  return created.TableDescription.LatestStreamArn;
}

async function createMapping(lambda, stream) {
  // Deletions of the TTL service, and no others.
  const pattern = {
    eventName: ["REMOVE"],
    userIdentity: { type: ["Service"], principalId: ["dynamodb.amazonaws.com"] },
  };
  const { UUID } = await lambda.send(new CreateEventSourceMappingCommand({
    EventSourceArn: stream,
    FunctionName: "disable",
    StartingPosition: "TRIM_HORIZON",
    FilterCriteria: { Filters: [{ Pattern: JSON.stringify(pattern) }] },
    BatchSize: BATCH_SIZE,
    MaximumBatchingWindowInSeconds: 2,
    FunctionResponseTypes: ["ReportBatchItemFailures"],
    BisectBatchOnFunctionError: true,
    MaximumRetryAttempts: 2,
    DestinationConfig: { OnFailure: { Destination: DEAD_LETTER_ARN } },
  }));
  await waitFor("the mapping is enabled", async () =>
    (await lambda.send(new GetEventSourceMappingCommand({ UUID }))).State === "Enabled");
}

async function signIn(cognito, names) {
  const { UserPool } = await cognito.send(new CreateUserPoolCommand({ PoolName: "shop" }));
  const { UserPoolClient } = await cognito.send(new CreateUserPoolClientCommand({
    UserPoolId: UserPool.Id,
    ClientName: "web",
  }));
  for (const name of names) {
    const user = { UserPoolId: UserPool.Id, Username: name };
    await cognito.send(new AdminCreateUserCommand({ ...user, MessageAction: "SUPPRESS" }));
    await cognito.send(new AdminSetUserPasswordCommand({ ...user, Password: PASSWORD, Permanent: true }));
    await cognito.send(new InitiateAuthCommand({
      ClientId: UserPoolClient.ClientId,
      AuthFlow: "USER_PASSWORD_AUTH",
      AuthParameters: { USERNAME: name, PASSWORD },
    }));
  }
  return UserPool.Id;
}

async function enabledAccounts(cognito, pool) {
  const { Users } = await cognito.send(new ListUsersCommand({ UserPoolId: pool }));
  return Users.filter((user) => user.Enabled).map((user) => user.Username).sort();
}

async function items(table, name) {
  return (await table.send(new ScanCommand({ TableName: name, ConsistentRead: true }))).Items;
}

// Whose records the function was called with, by eventID: some came more than once.
function namesByRecord() {
  const records = batches.flatMap((batch) => batch.records);
  return new Map(records.map(({ eventID, dynamodb }) => [eventID, dynamodb.OldImage.username.S]));
}

// A dead letter says where the record is: the stream still has it.
async function recordOf(letter, streams) {
  const where = letter.DDBStreamBatchInfo.M;
  const { ShardIterator } = await streams.send(new GetShardIteratorCommand({
    StreamArn: where.streamArn.S,
    ShardId: where.shardId.S,
    ShardIteratorType: "AT_SEQUENCE_NUMBER",
    SequenceNumber: where.startSequenceNumber.S,
  }));
  const { Records } = await streams.send(new GetRecordsCommand({ ShardIterator, Limit: 1 }));
  return Records[0];
}

async function main() {
  const ports = await freePorts("stator", "cognito", "functions");
  const urlOf = (part) => `http://127.0.0.1:${ports[part]}`;
  await Promise.all([
    parts.stator(ports.stator, [
      "--functions", `disable=${urlOf("functions")}/disable`,
      "--destinations", `${DEAD_LETTER_ARN}=table:${DEAD_LETTERS}`,
    ]),
    parts.cognito(ports.cognito, urlOf("functions")),
    parts.functions(ports.functions, {
      TABLE,
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_ENDPOINT_URL_DYNAMODB: urlOf("stator"),
      AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: urlOf("cognito"),
    }, (batch) => batches.push(batch)),
  ]);
  const client = (Client, part) => new Client({ endpoint: urlOf(part), region: REGION, credentials });
  const table = client(DynamoDBClient, "stator");
  const streams = client(DynamoDBStreamsClient, "stator");
  const cognito = client(CognitoIdentityProviderClient, "cognito");
  const stream = await createTables(table);
  await createMapping(client(LambdaClient, "stator"), stream);

  const everybody = [...INACTIVE_NAMES, ...ACTIVE_NAMES, FORGOTTEN].sort();
  const pool = await signIn(cognito, everybody);
  const signIns = new Map((await items(table, TABLE)).map((item) => [item.username.S, item]));
  assert.deepEqual([...signIns.keys()].sort(), everybody, "every sign-in has put an item");
  say(`${signIns.size} accounts have signed in; the table remembers each for 90 days`);

  await cognito.send(new AdminDeleteUserCommand({ UserPoolId: pool, Username: REMOVED }));
  await table.send(new DeleteItemCommand({ TableName: TABLE, Key: { sub: signIns.get(FORGOTTEN).sub } }));
  // Ninety days go by for some.
  const past = String(Math.floor(Date.now() / 1000) - 60);
  await Promise.all(INACTIVE_NAMES.map((name) => table.send(new UpdateItemCommand({
    TableName: TABLE,
    Key: { sub: signIns.get(name).sub },
    UpdateExpression: "SET #ttl = :past",
    ExpressionAttributeNames: { "#ttl": "ttl" },
    ExpressionAttributeValues: { ":past": { N: past } },
  }))));

  const stay = [...ACTIVE_NAMES, FORGOTTEN].sort();
  await waitFor("TTL has removed the sign-ins", async () => (await items(table, TABLE)).length === ACTIVE_NAMES.length);
  say(`${INACTIVE} sign-ins have expired and are gone`);
  await waitFor("the accounts are disabled", async () => (await enabledAccounts(cognito, pool)).length <= stay.length);
  const letters = await waitFor("one is a dead letter", async () => {
    const found = await items(table, DEAD_LETTERS);
    return found.length > 0 && found;
  });

  await waitFor("the function has answered for all", () => namesByRecord().size >= INACTIVE);

  assert.deepEqual(await enabledAccounts(cognito, pool), stay, "the others are enabled still");
  assert.deepEqual([...namesByRecord().values()].sort(), INACTIVE_NAMES, "a record for each, and for nobody else");
  assert.equal(Math.max(...batches.map(({ records }) => records.length)), BATCH_SIZE);
  say(`${INACTIVE - 1} accounts are disabled, in batches of ${batches.map((b) => b.records.length).join(", ")}`);

  assert.equal(letters.length, 1, "only one is a dead letter");
  const record = await recordOf(letters[0], streams);
  assert.equal(letters[0].DDBStreamBatchInfo.M.batchSize.N, "1", "and it is alone in it");
  assert.equal(letters[0].requestContext.M.condition.S, "RetryAttemptsExhausted");
  assert.equal(record.dynamodb.OldImage.username.S, REMOVED, "the dead letter leads to the record");
  assert.equal(record.userIdentity.PrincipalId, "dynamodb.amazonaws.com");
  say(`${REMOVED} could not be disabled; its dead letter leads to record ${record.eventID} of the stream`);
}

const stopParts = () => parts.stop();
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => stopParts().finally(() => process.exit(1)));
let code = 0;
try {
  await main();
  say("All is as it should be.");
} catch (error) {
  console.error(error);
  code = 1;
}
await stopParts();
if (code === 0) rmSync(folder, { recursive: true });
else console.error(`The logs are in ${folder}`);
process.exit(code);
