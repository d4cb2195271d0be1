"""Writes orders: each change together with the message about it, or not at all."""

import json

STATES = ["OrderPlaced", "OrderPaid", "OrderPacked", "OrderShipped", "OrderDelivered"]


def advance(client, order, version):
    """The order's next state, if `version` (from 1 on) is the next one; else TransactionCanceledException."""
    state = STATES[(version - 1) % len(STATES)]
    message = {"order": order, "version": version, "state": state}
    client.transact_write_items(TransactItems=[
        {"Update": {
            "TableName": "orders",
            "Key": {"id": {"S": order}},
            "UpdateExpression": "SET #state = :state, version = :version",
            "ConditionExpression": "version = :seen" if version > 1 else "attribute_not_exists(id)",
            "ExpressionAttributeNames": {"#state": "state"},
            "ExpressionAttributeValues": {
                ":state": {"S": state},
                ":version": {"N": str(version)},
                **({":seen": {"N": str(version - 1)}} if version > 1 else {}),
            },
        }},
        {"Put": {
            "TableName": "outbox",
            "Item": {"order": {"S": order}, "type": {"S": state}, "message": {"S": json.dumps(message)}},
        }},
    ])
