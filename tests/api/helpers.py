"""What several files of API tests need."""

import contextlib

import pytest
from botocore.exceptions import ClientError


@contextlib.contextmanager
def error(code, message=None):
    """The block must fail with this error, and, if given, exactly this message (or one of these)."""
    with pytest.raises(ClientError) as caught:
        yield caught
    actual = caught.value.response["Error"]
    assert actual["Code"] == code, actual
    if message is not None:
        messages = [message] if isinstance(message, str) else message
        assert actual["Message"] in messages


def validation(message=None):
    return error("ValidationException", message)


def envelope(text):
    """Both forms in which the service words a fault today: bare, and behind the envelope (facts 1.11)."""
    return [text, "1 validation error detected: " + text]


def put_all(client, table, items):
    items = list(items)
    for start in range(0, len(items), 25):
        requests = [{"PutRequest": {"Item": one}} for one in items[start:start + 25]]
        assert not client.batch_write_item(RequestItems={table: requests})["UnprocessedItems"]


def pages(call, **arguments):
    """All pages of a Query or Scan, followed by LastEvaluatedKey."""
    while True:
        answer = call(**arguments)
        yield answer
        if "LastEvaluatedKey" not in answer:
            return
        arguments["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def all_items(call, **arguments):
    return [item for page in pages(call, **arguments) for item in page["Items"]]
