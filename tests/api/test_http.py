"""The wire: headers, errors before and after authentication, checksums, compression (facts 1)."""

import gzip
import json
import zlib

import pytest
from support import clients

BODY = {"TableName": "no-such-table", "Key": {"p": {"S": "a"}}}


def test_health(raw):
    answer = raw(None, b"", method="GET", sign=False, content_type=None, check=False)
    assert answer.status == 200 and answer.body == b"healthy: dynamodb.us-east-1.amazonaws.com "


def test_error_form(raw):
    answer = raw("GetItem", BODY)
    assert answer.status == 400
    assert answer.json == {"__type": "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException",
                           "message": "Requested resource not found"}
    assert answer.headers["Content-Type"] == "application/x-amz-json-1.0"


@pytest.mark.parametrize("sent, answered", [
    ("application/x-amz-json-1.0", "application/x-amz-json-1.0"), ("application/json", "application/json"),
    ("application/json; charset=utf-8", "application/json")])
def test_content_types(raw, sent, answered):
    answer = raw("ListTables", {}, content_type=sent)
    assert answer.status == 200 and answer.headers["Content-Type"] == answered


@pytest.mark.parametrize("method, content_type", [
    ("PUT", "application/x-amz-json-1.0"), ("DELETE", "application/x-amz-json-1.0"),
    ("POST", "application/x-amz-json-1.1"), ("POST", "text/plain")])
def test_what_is_not_the_api(raw, method, content_type):
    answer = raw("ListTables", {}, method=method, content_type=content_type)
    assert answer.status == 404 and answer.body == b"<UnknownOperationException/>\n"


@pytest.mark.parametrize("target", [None, "DynamoDB_20120810.NoSuchOperation", "DynamoDB_20120810.", "GetItem.",
                                    "Elsewhere_20120810.GetItem"])
def test_unknown_targets_before_authentication(raw, target):
    for sign in (True, False):
        answer = raw(target, BODY, sign=sign)
        assert answer.status == 400
        assert answer.body == b'{"__type":"com.amazon.coral.service#UnknownOperationException"}'


@pytest.mark.parametrize("body", [b"{", b"nonsense", b'{"TableName": "x"', b'{"a": 1,}', b"\xff\xfe"])
def test_bad_json_before_everything(raw, body):
    for sign in (True, False):
        answer = raw("GetItem", body, sign=sign)
        assert answer.status == 400
        assert answer.body == b'{"__type":"com.amazon.coral.service#SerializationException"}'


def test_empty_body_after_authentication(raw):
    answer = raw("GetItem", b"")
    assert answer.body == b'{"__type":"com.amazon.coral.service#SerializationException"}'
    assert raw("GetItem", b"", sign=False).error == "MissingAuthenticationTokenException"


def test_missing_authentication(raw):
    answer = raw("GetItem", BODY, sign=False)
    assert answer.json == {"__type": "com.amazon.coral.service#MissingAuthenticationTokenException",
                           "message": "Request is missing Authentication Token"}


@pytest.mark.parametrize("change, message", [
    ({"TableName": 23}, "NUMBER_VALUE cannot be converted to String"),
    ({"TableName": 23.5}, "DECIMAL_VALUE cannot be converted to String"),
    ({"TableName": True}, "TRUE_VALUE cannot be converted to String"),
    ({"TableName": []}, "Unrecognized collection type class java.lang.String"),
    ({"TableName": {}}, "Start of structure or map found where not expected"),
    ({"ConsistentRead": 1}, "NUMBER_VALUE cannot be converted to Boolean"),
    ({"ConsistentRead": "maybe"}, "Unexpected token received from parser"),
    ({"Key": "x"}, "Unexpected field type"),
    ({"Key": {"p": "x"}}, "Unexpected value type in payload"),
    ({"Key": {"p": {"S": 1}}}, "NUMBER_VALUE cannot be converted to String"),
    ({"Key": {"p": {"N": 1}}}, "NUMBER_VALUE cannot be converted to String"),
    ({"AttributesToGet": "x"}, "Unexpected field type"),
])
def test_types_of_members(raw, change, message):
    answer = raw("GetItem", {**BODY, **change})
    assert answer.json == {"__type": "com.amazon.coral.service#SerializationException", "Message": message}


def test_null_and_unknown_members_are_as_absent(raw):
    answer = raw("GetItem", {**BODY, "ConsistentRead": None, "Whatever": [1, {"x": None}]})
    assert answer.error == "ResourceNotFoundException"


def test_constraint_errors_in_one_answer(raw):
    answer = raw("GetItem", {"TableName": "bad name!", "Key": {"p": {"S": "a"}}, "ReturnConsumedCapacity": "SOME"})
    assert answer.error == "ValidationException"
    assert answer.message.startswith("2 validation errors detected: ")
    assert "Value 'SOME' at 'returnConsumedCapacity' failed to satisfy constraint: " \
           "Member must satisfy enum value set: [INDEXES, TOTAL, NONE]" in answer.message
    assert "Value 'bad name!' at 'tableName' failed to satisfy constraint: " \
           "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+" in answer.message


def test_body_limit(raw, make_table):
    table = make_table()
    frame = json.dumps({"TableName": table, "Key": {"p": {"S": "a"}}, "Pad": ""}).encode()
    full = frame[:-2] + b"x" * (16 * 2**20 - len(frame)) + b'"}'
    assert len(full) == 16 * 2**20
    assert raw("GetItem", full).status == 200
    answer = raw("GetItem", full + b" ")
    assert answer.status == 413 and answer.body == b"" and "x-amzn-RequestId" not in answer.headers


@pytest.mark.parametrize("encoding, unpack", [("gzip", gzip.decompress), ("deflate", zlib.decompress)])
def test_large_answers_are_compressed_on_demand(raw, make_table, encoding, unpack):
    table = make_table()
    for name, size in (("small", 100), ("large", 10_000)):
        item = {"p": {"S": name}, "x": {"S": "x" * size}}
        assert raw("PutItem", {"TableName": table, "Item": item}).status == 200
        request = {"TableName": table, "Key": {"p": {"S": name}}}
        plain = raw("GetItem", request)
        assert "Content-Encoding" not in plain.headers and plain.json == {"Item": item}
        answer = raw("GetItem", request, headers={"Accept-Encoding": encoding})
        if name == "small":
            assert "Content-Encoding" not in answer.headers and answer.body == plain.body
        else:
            assert answer.headers["Content-Encoding"] == encoding and unpack(answer.body) == plain.body


@pytest.mark.parametrize("encoding, pack", [("gzip", gzip.compress), ("deflate", zlib.compress)])
def test_compressed_requests(raw, encoding, pack):
    answer = raw("GetItem", pack(json.dumps(BODY).encode()), headers={"Content-Encoding": encoding})
    assert answer.error == "ResourceNotFoundException"


def test_broken_compression(raw):
    answer = raw("GetItem", b"not gzip", headers={"Content-Encoding": "gzip"})
    assert answer.status == 500


def test_cross_origin(raw):
    answer = raw("ListTables", {}, headers={"Origin": "http://example.com"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    flight = raw(None, b"", method="OPTIONS", sign=False, content_type=None, headers={
        "Origin": "http://example.com", "Access-Control-Request-Headers": "x-amz-target",
        "Access-Control-Request-Method": "POST"})
    assert flight.status == 200 and flight.body == b""
    assert flight.headers["Access-Control-Max-Age"] == "172800"
    assert flight.headers["Access-Control-Allow-Headers"] == "x-amz-target"
    assert flight.headers["Access-Control-Allow-Methods"] == "POST"
    assert raw(None, b"", method="OPTIONS", sign=False, content_type=None).status == 404


def test_request_ids_differ(raw):
    ids = {raw("ListTables", {}).headers["x-amzn-RequestId"] for _ in range(50)}
    assert len(ids) == 50


def test_one_connection_serves_many_requests(raw):
    assert raw("ListTables", {}).status == 200
    connection = raw.connection
    for _ in range(20):
        assert raw("GetItem", BODY).status == 400
    assert raw.connection is connection and connection.sock is not None


def test_unicode_goes_through_unchanged(raw, make_table):
    table = make_table()
    text = 'quote " backslash \\ slash / tab \t line \n nul \x00 é 漢 😀 \u2028'
    item = {"p": {"S": text}, text: {"S": text}}
    assert raw("PutItem", {"TableName": table, "Item": item}).body == b"{}"
    assert raw("GetItem", {"TableName": table, "Key": {"p": {"S": text}}}).json == {"Item": item}


def test_two_connections_at_once(raw, server):
    other = clients.RawClient(server.port)
    for _ in range(5):
        assert raw("ListTables", {}).status == other("ListTables", {}).status == 200
    other.close()
