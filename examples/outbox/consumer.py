"""A service that follows the orders: consumer.py NAME PORT [DIE_AFTER]

It keeps the last message of each order in the table NAME, and the eventID of each message it has dealt with in
NAME-seen. With DIE_AFTER it ends at once when it has dealt with that many, before it has answered for them.
"""

import http.server
import json
import os
import sys
import threading

import boto3

NAME, PORT = sys.argv[1], int(sys.argv[2])
DIE_AFTER = int(sys.argv[3]) if len(sys.argv) > 3 else None

client = boto3.client("dynamodb")
lock = threading.Lock()
handled = 0


def handle(event_id, message):
    """Does the work for one message, once however often it comes. Says whether it was new."""
    try:
        client.transact_write_items(TransactItems=[
            {"Put": {
                "TableName": f"{NAME}-seen",
                "Item": {"event": {"S": event_id}},
                "ConditionExpression": "attribute_not_exists(event)",
            }},
            {"Update": {
                "TableName": NAME,
                "Key": {"order": {"S": message["order"]}},
                "UpdateExpression": "SET history = list_append(if_not_exists(history, :none), :version)",
                "ExpressionAttributeValues": {":none": {"L": []}, ":version": {"L": [{"N": str(message["version"])}]}},
            }},
        ])
        return True
    except client.exceptions.TransactionCanceledException as error:
        if error.response["CancellationReasons"][0]["Code"] != "ConditionalCheckFailed":
            raise
        return False


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with lock:
            self.take(event["Records"])
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    @staticmethod
    def take(records):
        global handled
        for record in records:
            message = json.loads(record["dynamodb"]["NewImage"]["message"]["S"])
            new = handle(record["eventID"], message)
            print(record["eventID"], "new" if new else "again", message, flush=True)
            handled += 1
            if handled == DIE_AFTER:
                os._exit(1)

    def log_message(self, *_):
        pass


http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Handler).serve_forever()
