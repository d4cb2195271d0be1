// Runs the two functions behind HTTP: what Lambda is to them. Tells its parent of each batch.
import { createServer } from "node:http";

import * as disable from "./disable.mjs";
import * as signedIn from "./signed-in.mjs";

const functions = new Map([
  ["/disable", disable], // Stator posts the event
  ["/2015-03-31/functions/signed-in/invocations", signedIn], // Lambda's Invoke, from the identity provider
]);

async function call(path, body) {
  const event = JSON.parse(body);
  const answer = await functions.get(path).handler(event);
  if (event.Records) {
    process.send({ records: event.Records, failures: answer.batchItemFailures.map((f) => f.itemIdentifier) });
  }
  return answer;
}

const server = createServer(async (request, response) => {
  const path = new URL(request.url, "http://localhost").pathname;
  let body = "";
  for await (const piece of request.setEncoding("utf8")) body += piece;
  let status = 200;
  let answer = {};
  if (!functions.has(path)) {
    status = 404;
  } else {
    try {
      answer = await call(path, body);
    } catch (error) {
      console.error(path, error);
      response.setHeader("X-Amz-Function-Error", "Unhandled");
      answer = { errorType: error.name, errorMessage: error.message };
    }
  }
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(JSON.stringify(answer));
});
// Clients keep their connections: none is closed just when the next request comes.
server.keepAliveTimeout = 60_000;
server.listen(Number(process.env.PORT), "127.0.0.1", () => process.send({ ready: true }));
process.on("disconnect", () => process.exit());
