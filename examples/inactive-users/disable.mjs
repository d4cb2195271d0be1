// The function behind the stream: disables the accounts whose sign-ins have expired.
import {
  AdminDisableUserCommand,
  CognitoIdentityProviderClient,
} from "@aws-sdk/client-cognito-identity-provider";

const cognito = new CognitoIdentityProviderClient();

export async function handler(event) {
  const batchItemFailures = [];
  for (const { eventID, dynamodb } of event.Records) {
    // The item is gone: the stream has what it was.
    const { userpool_id, username } = dynamodb.OldImage;
    try {
      // To disable an account again changes nothing, so a record may come twice.
      await cognito.send(new AdminDisableUserCommand({ UserPoolId: userpool_id.S, Username: username.S }));
    } catch (error) {
      console.error(`record ${eventID}, ${username.S}: ${error.name}`);
      batchItemFailures.push({ itemIdentifier: dynamodb.SequenceNumber });
    }
  }
  return { batchItemFailures };
}
