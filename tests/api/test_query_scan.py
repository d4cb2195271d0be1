"""Query and Scan: key conditions, order, paging, filters, indexes, segments (facts 3.8, 4)."""

import random

import pytest
from helpers import all_items, envelope, pages, put_all, validation


def value(n):
    return {"N": str(n)}


@pytest.fixture
def numbers(client, make_table):
    """Ten items under "a", three under "b"; sort keys -2 .. 7 and 0 .. 2."""
    table = make_table("p:S", "r:N")
    items = [{"p": {"S": "a"}, "r": value(n), "even": {"BOOL": n % 2 == 0}} for n in range(-2, 8)]
    items += [{"p": {"S": "b"}, "r": value(n)} for n in range(3)]
    shuffled = items[:]
    random.Random(1).shuffle(shuffled)
    put_all(client, table, shuffled)
    return table


def query(client, table, condition, values, **more):
    return client.query(TableName=table, KeyConditionExpression=condition, ExpressionAttributeValues=values, **more)


def sort_keys(answer):
    return [int(item["r"]["N"]) for item in answer["Items"]]


A = {":p": {"S": "a"}}


@pytest.mark.parametrize("condition, values, expected", [
    ("p = :p", {}, list(range(-2, 8))),
    ("p = :p AND r = :a", {":a": value(3)}, [3]),
    ("p = :p AND r < :a", {":a": value(0)}, [-2, -1]),
    ("p = :p AND r <= :a", {":a": value(0)}, [-2, -1, 0]),
    ("r > :a and p = :p", {":a": value(5)}, [6, 7]),
    (":a <= r AND :p = p", {":a": value("6.5")}, [7]),
    ("p = :p AND r BETWEEN :a AND :b", {":a": value(-1), ":b": value(1)}, [-1, 0, 1]),
    ("(p = :p) AND (r >= :a)", {":a": value(7)}, [7]),
    ("p = :p AND r > :a", {":a": value(99)}, []),
])
def test_key_conditions(client, numbers, condition, values, expected):
    forward = query(client, numbers, condition, {**A, **values})
    assert sort_keys(forward) == expected and forward["Count"] == forward["ScannedCount"] == len(expected)
    assert "LastEvaluatedKey" not in forward
    backward = query(client, numbers, condition, {**A, **values}, ScanIndexForward=False, ConsistentRead=True)
    assert sort_keys(backward) == expected[::-1]


def test_begins_with(client, make_table):
    table = make_table("p:S", "r:S")
    names = ["", "a", "ab", "ab\x00", "ab\U0010ffff", "abc", "ac", "b"]
    put_all(client, table, [{"p": {"S": "x"}, "r": {"S": "-" + name}} for name in names])
    answer = query(client, table, "p = :p AND begins_with(r, :a)", {":p": {"S": "x"}, ":a": {"S": "-ab"}})
    assert [item["r"]["S"] for item in answer["Items"]] == ["-ab", "-ab\x00", "-abc", "-ab\U0010ffff"]


def test_sort_order_of_strings_and_binaries(client, make_table):
    strings = ["Z", "a", "aa", "é", "漢", "\uffff", "\U0001f600"]  # the order of UTF-8 is not that of UTF-16
    table = make_table("p:S", "r:S")
    put_all(client, table, [{"p": {"S": "x"}, "r": {"S": s}} for s in reversed(strings)])
    answer = query(client, table, "p = :p", {":p": {"S": "x"}})
    assert [item["r"]["S"] for item in answer["Items"]] == strings
    binaries = [b"\x00", b"\x00\x00", b"\x00\x01", b"\x01", b"\x7f", b"\x80", b"\xff", b"\xff\x00"]
    table = make_table("p:S", "r:B")
    put_all(client, table, [{"p": {"S": "x"}, "r": {"B": b}} for b in reversed(binaries)])
    answer = query(client, table, "p = :p", {":p": {"S": "x"}})
    assert [item["r"]["B"] for item in answer["Items"]] == binaries


def test_sort_order_of_numbers(client, make_table):
    numbers = ["-9.9E125", "-1000", "-12.5", "-12", "-1.5", "-1", "-0.001", "-1E-130", "0", "1E-130", "0.001", "0.01",
               "0.5", "1", "1.5", "9", "10", "99.99", "100", "12345678901234567890123456789012345678", "9.9E125"]
    table = make_table("p:S", "r:N")
    put_all(client, table, [{"p": {"S": "x"}, "r": value(n), "sent": {"S": n}} for n in sorted(numbers)])
    answer = query(client, table, "p = :p", {":p": {"S": "x"}})
    assert [item["sent"]["S"] for item in answer["Items"]] == numbers


@pytest.mark.parametrize("limit", [1, 3, 10, 11])
@pytest.mark.parametrize("forward", [True, False])
def test_query_pages(client, numbers, limit, forward):
    expected = list(range(-2, 8))[::1 if forward else -1]
    got = []
    for page in pages(client.query, TableName=numbers, KeyConditionExpression="p = :p",
                      ExpressionAttributeValues=A, Limit=limit, ScanIndexForward=forward):
        assert page["Count"] <= limit
        if "LastEvaluatedKey" in page:
            assert page["LastEvaluatedKey"] == {name: page["Items"][-1][name] for name in ("p", "r")}
        got += sort_keys(page)
    assert got == expected


def test_start_key_need_not_exist(client, numbers):
    answer = query(client, numbers, "p = :p", A, ExclusiveStartKey={"p": {"S": "a"}, "r": value("4.5")})
    assert sort_keys(answer) == [5, 6, 7]


def test_filter_counts(client, numbers):
    answer = query(client, numbers, "p = :p", {**A, ":t": {"BOOL": True}}, FilterExpression="even = :t", Limit=5)
    assert (answer["Count"], answer["ScannedCount"]) == (3, 5) and sort_keys(answer) == [-2, 0, 2]
    assert answer["LastEvaluatedKey"] == {"p": {"S": "a"}, "r": value(2)}
    count = query(client, numbers, "p = :p", A, Select="COUNT")
    assert count["Count"] == 10 and "Items" not in count


def test_pages_end_at_a_megabyte(client, make_table):
    table = make_table("p:S", "r:N")
    put_all(client, table, [{"p": {"S": "a"}, "r": value(n), "x": {"S": "x" * 300_000}} for n in range(8)])
    for call, arguments in ((client.query, {"KeyConditionExpression": "p = :p", "ExpressionAttributeValues": A}),
                            (client.scan, {})):
        got = list(pages(call, TableName=table, **arguments))
        assert len(got) > 1 and 3 <= got[0]["Count"] <= 4
        assert [n for page in got for n in sort_keys(page)] == list(range(8))


@pytest.mark.parametrize("condition, values, message", [
    ("r = :r", {":r": value(1)}, "Query condition missed key schema element: p"),
    ("p = :p AND x = :r", {":p": {"S": "a"}, ":r": value(1)}, "Query condition missed key schema element: r"),
    ("p > :p", {":p": {"S": "a"}}, "Query key condition not supported"),
    ("p = :p", {":p": value(1)},
     "One or more parameter values were invalid: Condition parameter type does not match schema type"),
    ("p = :p OR r = :r", {":p": {"S": "a"}, ":r": value(1)},
     envelope("Invalid operator used in KeyConditionExpression: OR")),
    ("p = :p AND r <> :r", {":p": {"S": "a"}, ":r": value(1)},
     envelope("Invalid operator used in KeyConditionExpression: <>")),
    ("p = :p AND r > :r AND r < :p", {":p": {"S": "a"}, ":r": value(1)},
     ["Conditions can be of length 1 or 2 only",
      "KeyConditionExpressions must only contain one condition per key",
      "Invalid KeyConditionExpression: KeyConditionExpressions must only contain one condition per key"]),
])
def test_bad_key_conditions(client, numbers, condition, values, message):
    with validation(message):
        query(client, numbers, condition, values)


def test_key_conditions_are_required(client, numbers):
    with validation("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request."):
        client.query(TableName=numbers)


def test_filter_on_a_key(client, numbers):
    with validation("Filter Expression can only contain non-primary key attributes: Primary key attribute: r"):
        query(client, numbers, "p = :p", {**A, ":r": value(1)}, FilterExpression="r > :r")


@pytest.mark.parametrize("start, message", [
    ({"p": {"S": "a"}}, "The provided starting key is invalid"),
    ({"p": {"S": "a"}, "r": {"S": "x"}}, "The provided key element does not match the schema"),
    ({"p": {"S": "b"}, "r": value(1)},
     "The provided starting key is outside query boundaries based on provided conditions"),
    ({"p": {"S": "a"}, "r": value(-2)}, "The provided starting key does not match the range key predicate"),
])
def test_bad_start_keys(client, numbers, start, message):
    with validation(message):
        query(client, numbers, "p = :p AND r > :r", {**A, ":r": value(0)}, ExclusiveStartKey=start)


def test_legacy_key_conditions(client, numbers):
    answer = client.query(TableName=numbers, KeyConditions={
        "p": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "a"}]},
        "r": {"ComparisonOperator": "BETWEEN", "AttributeValueList": [value(1), value(3)]}},
        QueryFilter={"even": {"ComparisonOperator": "EQ", "AttributeValueList": [{"BOOL": False}]}})
    assert sort_keys(answer) == [1, 3] and answer["ScannedCount"] == 3


def test_scan_returns_everything_once(client, numbers):
    for limit in (1, 4, 100):
        got = all_items(client.scan, TableName=numbers, Limit=limit)
        assert sorted((item["p"]["S"], int(item["r"]["N"])) for item in got) == \
            [("a", n) for n in range(-2, 8)] + [("b", n) for n in range(3)]
        # Inside a partition by sort key.
        assert [int(item["r"]["N"]) for item in got if item["p"]["S"] == "a"] == list(range(-2, 8))


@pytest.mark.parametrize("segments", [1, 2, 7])
def test_segments_cover_the_table_once(client, make_table, segments):
    table = make_table("p:S")
    put_all(client, table, [{"p": {"S": f"key {n}"}} for n in range(100)])
    got = [all_items(client.scan, TableName=table, Segment=segment, TotalSegments=segments, Limit=9)
           for segment in range(segments)]
    assert sorted(item["p"]["S"] for part in got for item in part) == sorted(f"key {n}" for n in range(100))
    assert all(part for part in got)  # 100 keys in 7 segments leave none empty


@pytest.mark.parametrize("arguments, message", [
    ({"Segment": 0}, "The TotalSegments parameter is required but was not present in the request when Segment "
                     "parameter is present"),
    ({"TotalSegments": 2}, "The Segment parameter is required but was not present in the request when parameter "
                           "TotalSegments is present"),
    ({"Segment": 5, "TotalSegments": 5}, "The Segment parameter is zero-based and must be less than parameter "
                                         "TotalSegments: Segment: 5 is not less than TotalSegments: 5"),
])
def test_bad_segments(client, numbers, arguments, message):
    with validation(message):
        client.scan(TableName=numbers, **arguments)


@pytest.fixture
def orders(client, make_table):
    table = make_table(
        "customer:S", "order:S",
        gsi={"by-status": ("status:S", "amount:N"), "keys-only": ("status:S", None, "KEYS_ONLY"),
             "with-note": ("status:S", None, ["note"])},
        lsi={"by-amount": ("amount:N", "KEYS_ONLY")})
    put_all(client, table, [
        {"customer": {"S": f"c{n % 3}"}, "order": {"S": f"o{n}"}, "amount": value(n * 10 % 70),
         **({"status": {"S": "open" if n % 2 else "shipped"}} if n % 5 else {}), "note": {"S": f"note {n}"},
         "extra": {"S": "not projected"}}
        for n in range(12)])
    return table


def test_global_index(client, orders):
    answer = query(client, orders, "#s = :s AND amount > :t", {":s": {"S": "open"}, ":t": value(10)},
                   IndexName="by-status", ExpressionAttributeNames={"#s": "status"})
    assert [(item["order"]["S"], item["amount"]["N"]) for item in answer["Items"]] == [("o9", "20"), ("o3", "30"),
                                                                                     ("o11", "40")]
    assert all(item["extra"] == {"S": "not projected"} for item in answer["Items"])
    first = query(client, orders, "#s = :s", {":s": {"S": "open"}}, IndexName="by-status", Limit=1,
                  ExpressionAttributeNames={"#s": "status"})
    assert set(first["LastEvaluatedKey"]) == {"status", "amount", "customer", "order"}


def test_global_index_pages(client, orders):
    for limit in (1, 2, 100):
        for forward in (True, False):
            got = [item["order"]["S"] for item in all_items(
                client.query, TableName=orders, IndexName="by-status", KeyConditionExpression="#s = :s",
                ExpressionAttributeNames={"#s": "status"}, ExpressionAttributeValues={":s": {"S": "open"}},
                Limit=limit, ScanIndexForward=forward)]
            assert got == ["o7", "o1", "o9", "o3", "o11"][::1 if forward else -1]


def test_projections_of_global_indexes(client, orders):
    keys = {"status", "customer", "order"}
    for index, expected in (("keys-only", keys), ("with-note", keys | {"note"})):
        items = client.scan(TableName=orders, IndexName=index)["Items"]
        assert len(items) == 9 and all(set(item) == expected for item in items)


def test_index_follows_the_table(client, orders):
    key = {"customer": {"S": "c1"}, "order": {"S": "o1"}}

    def in_index():
        items = client.scan(TableName=orders, IndexName="by-status")["Items"]
        return [item["status"]["S"] for item in items if item["order"]["S"] == "o1"]

    assert in_index() == ["open"]
    client.update_item(TableName=orders, Key=key, UpdateExpression="SET #s = :s",
                       ExpressionAttributeNames={"#s": "status"}, ExpressionAttributeValues={":s": {"S": "paid"}})
    assert in_index() == ["paid"]
    client.update_item(TableName=orders, Key=key, UpdateExpression="REMOVE amount")
    assert in_index() == []
    client.put_item(TableName=orders, Item={**key, "status": {"S": "open"}, "amount": value(1)})
    assert in_index() == ["open"]
    client.delete_item(TableName=orders, Key=key)
    assert in_index() == []


def test_local_index(client, orders):
    answer = query(client, orders, "customer = :c", {":c": {"S": "c0"}}, IndexName="by-amount", ConsistentRead=True)
    assert [item["amount"]["N"] for item in answer["Items"]] == ["0", "20", "30", "60"]
    assert all(set(item) == {"customer", "order", "amount"} for item in answer["Items"])
    whole = query(client, orders, "customer = :c", {":c": {"S": "c0"}}, IndexName="by-amount",
                  Select="ALL_ATTRIBUTES")
    assert all("extra" in item for item in whole["Items"])
    fetched = query(client, orders, "customer = :c", {":c": {"S": "c0"}}, IndexName="by-amount",
                    ProjectionExpression="note")
    assert [item["note"]["S"] for item in fetched["Items"]] == ["note 0", "note 9", "note 3", "note 6"]


@pytest.mark.parametrize("arguments, message", [
    ({"IndexName": "none"}, "The table does not have the specified index: none"),
    ({"IndexName": "by-status", "ConsistentRead": True},
     "Consistent reads are not supported on global secondary indexes"),
    ({"IndexName": "keys-only", "Select": "ALL_ATTRIBUTES"},
     "One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global secondary "
     "index keys-only because its projection type is not ALL"),
    ({"IndexName": "keys-only", "ProjectionExpression": "note"},
     "One or more parameter values were invalid: Global secondary index keys-only does not project [note]"),
])
def test_bad_index_reads(client, orders, arguments, message):
    with validation(message):
        query(client, orders, "#s = :s", {":s": {"S": "open"}}, ExpressionAttributeNames={"#s": "status"}, **arguments)


def test_index_key_of_the_wrong_type_is_refused(client, orders):
    with validation("One or more parameter values were invalid: Type mismatch for Index Key status Expected: S "
                    "Actual: N IndexName: by-status"):
        client.put_item(TableName=orders, Item={"customer": {"S": "c"}, "order": {"S": "o"}, "status": value(1)})
