// The identity provider's trigger after a sign-in: remembers it for 90 days.
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";

const table = new DynamoDBClient();
const REMEMBERED_SECONDS = 90 * 24 * 3600;

export async function handler(event) {
  const now = new Date();
  await table.send(new PutItemCommand({
    TableName: process.env.TABLE,
    Item: {
      sub: { S: event.request.userAttributes.sub },
      username: { S: event.userName },
      userpool_id: { S: event.userPoolId },
      timestamp: { S: now.toISOString() },
      ttl: { N: String(Math.floor(now / 1000) + REMEMBERED_SECONDS) },
    },
  }));
  return event;
}
