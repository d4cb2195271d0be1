"""PutItem, GetItem, DeleteItem: values, keys, conditions, sizes (facts 2, 3.5, 3.10, 3.11)."""

import re

import pytest
from helpers import envelope, error, validation

EVERY_TYPE = {
    "s": {"S": "text é 漢 😀"}, "empty": {"S": ""}, "n": {"N": "-12.5"}, "b": {"B": b"\x00\xff\x10"},
    "empty_b": {"B": b""}, "true": {"BOOL": True}, "false": {"BOOL": False}, "null": {"NULL": True},
    "ss": {"SS": ["a", "b"]}, "ns": {"NS": ["1", "2.5"]}, "bs": {"BS": [b"x", b"y"]},
    "l": {"L": [{"S": "x"}, {"L": []}, {"M": {}}, {"N": "1"}]},
    "m": {"M": {"a": {"M": {"b": {"L": [{"BOOL": True}]}}}, "with.dot": {"S": "v"}}},
}


def sorted_sets(item):
    return {name: {kind: sorted(value) if kind in ("SS", "NS", "BS") else value}
            for name, av in item.items() for kind, value in av.items()}


@pytest.mark.parametrize("key_type, key", [
    ("S", {"S": "k"}), ("N", {"N": "-7.25"}), ("B", {"B": b"\x00\x01\xff"})])
def test_every_type_comes_back_as_it_was_put(client, make_table, key_type, key):
    table = make_table(f"p:{key_type}")
    item = {"p": key, **EVERY_TYPE}
    assert "Attributes" not in client.put_item(TableName=table, Item=item)
    for consistent in (False, True):
        got = client.get_item(TableName=table, Key={"p": key}, ConsistentRead=consistent)["Item"]
        assert sorted_sets(got) == sorted_sets(item)


def test_get_of_a_missing_item_has_no_item(client, make_table):
    table = make_table()
    assert "Item" not in client.get_item(TableName=table, Key={"p": {"S": "none"}})


def test_put_replaces_the_whole_item(client, make_table):
    table = make_table("p:S", "r:N")
    key = {"p": {"S": "a"}, "r": {"N": "1"}}
    client.put_item(TableName=table, Item={**key, "x": {"S": "1"}})
    old = client.put_item(TableName=table, Item={**key, "y": {"S": "2"}}, ReturnValues="ALL_OLD")
    assert old["Attributes"] == {**key, "x": {"S": "1"}}
    assert client.get_item(TableName=table, Key=key)["Item"] == {**key, "y": {"S": "2"}}


def test_delete_returns_the_old_item_once(client, make_table):
    table = make_table()
    key = {"p": {"S": "a"}}
    client.put_item(TableName=table, Item={**key, "x": {"N": "1"}})
    old = client.delete_item(TableName=table, Key=key, ReturnValues="ALL_OLD")
    assert old["Attributes"] == {**key, "x": {"N": "1"}}
    assert "Attributes" not in client.delete_item(TableName=table, Key=key, ReturnValues="ALL_OLD")
    assert "Item" not in client.get_item(TableName=table, Key=key)


@pytest.mark.parametrize("sent, stored", [
    ("0", "0"), ("-0", "0"), ("+5", "5"), (".5", "0.5"), ("5.", "5"), ("1.500", "1.5"), ("00042", "42"),
    ("1e3", "1000"), ("1.5E+3", "1500"), ("1E-3", "0.001"), ("-1e2", "-100"), ("100", "100"),
    ("9" * 38, "9" * 38), ("1E125", "1" + "0" * 125), ("1E-130", "0." + "0" * 129 + "1"),
    ("0." + "1" * 38, "0." + "1" * 38)])
def test_numbers_come_back_plain(client, make_table, sent, stored):
    table = make_table()
    client.put_item(TableName=table, Item={"p": {"S": "a"}, "n": {"N": sent}, "ns": {"NS": [sent]}})
    item = client.get_item(TableName=table, Key={"p": {"S": "a"}})["Item"]
    assert item["n"] == {"N": stored} and item["ns"] == {"NS": [stored]}


@pytest.mark.parametrize("number, message", [
    ("", "The parameter cannot be converted to a numeric value"),
    ("b", "The parameter cannot be converted to a numeric value: b"),
    ("1 ", "The parameter cannot be converted to a numeric value: 1 "),
    ("NaN", "The parameter cannot be converted to a numeric value: NaN"),
    ("Infinity", "The parameter cannot be converted to a numeric value: Infinity"),
    ("1_000", "The parameter cannot be converted to a numeric value: 1_000"),
    ("++5", "The parameter cannot be converted to a numeric value: ++5"),
    ("1e", "The parameter cannot be converted to a numeric value: 1e"),
    (".", "The parameter cannot be converted to a numeric value: ."),
    ("1.2.3", "The parameter cannot be converted to a numeric value: 1.2.3"),
    ("1" * 39, "Attempting to store more than 38 significant digits in a Number"),
    ("1E126", "Number overflow. Attempting to store a number with magnitude larger than supported range"),
    ("1E-131", "Number underflow. Attempting to store a number with magnitude smaller than supported range"),
])
def test_bad_numbers(client, make_table, number, message):
    table = make_table()
    with validation(message):
        client.put_item(TableName=table, Item={"p": {"S": "a"}, "n": {"N": number}})
    with validation(message):
        client.put_item(TableName=table, Item={"p": {"S": "a"}, "l": {"L": [{"N": number}]}})
    assert "Item" not in client.get_item(TableName=table, Key={"p": {"S": "a"}})


def test_number_keys_are_the_same_by_value(client, make_table):
    table = make_table("p:N", "r:N")
    client.put_item(TableName=table, Item={"p": {"N": "1e3"}, "r": {"N": "0.10"}, "x": {"S": "1"}})
    got = client.get_item(TableName=table, Key={"p": {"N": "1000.0"}, "r": {"N": "1e-1"}})["Item"]
    assert got == {"p": {"N": "1000"}, "r": {"N": "0.1"}, "x": {"S": "1"}}


@pytest.mark.parametrize("value, message", [
    ({"SS": []}, envelope("One or more parameter values were invalid: An string set  may not be empty")),
    ({"NS": []}, envelope("One or more parameter values were invalid: An number set  may not be empty")),
    ({"BS": []}, envelope("One or more parameter values were invalid: Binary sets should not be empty")),
    ({"SS": ["a", "a"]}, [
        "One or more parameter values were invalid: Input collection [a, a] contains duplicates.",
        "1 validation error detected: One or more parameter values were invalid: "
        "Input collection [\"a\", \"a\"] contains duplicates."]),
    ({"NS": ["1", "1.0"]}, envelope("Input collection contains duplicates")),
    ({"NULL": False}, envelope("One or more parameter values were invalid: "
                               "Null attribute value types must have the value of true")),
])
def test_bad_values(client, make_table, value, message):
    table = make_table()
    for item in ({"x": value}, {"x": {"L": [value]}}, {"x": {"M": {"y": value}}}):
        with validation(message):
            client.put_item(TableName=table, Item={"p": {"S": "a"}, **item})


@pytest.mark.parametrize("key, item, message", [
    (("p:S", None), {"x": {"S": "1"}},
     "One or more parameter values were invalid: Missing the key p in the item"),
    (("p:S", "r:N"), {"p": {"S": "1"}},
     "One or more parameter values were invalid: Missing the key r in the item"),
    (("p:S", None), {"p": {"N": "1"}},
     "One or more parameter values were invalid: Type mismatch for key p expected: S actual: N"),
    (("p:S", "r:N"), {"p": {"S": "1"}, "r": {"M": {}}},
     "One or more parameter values were invalid: Type mismatch for key r expected: N actual: M"),
    (("p:S", None), {"p": {"S": ""}},
     "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an "
     "empty string value. Key: p"),
    (("p:B", None), {"p": {"B": b""}},
     "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an "
     "empty binary value. Key: p"),
    (("p:S", None), {"p": {"S": "x" * 2049}},
     "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 "
     "bytes"),
    (("p:S", "r:S"), {"p": {"S": "x"}, "r": {"S": "é" * 513}},
     "One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size "
     "limit of 1024 bytes"),
])
def test_bad_keys_in_put(client, make_table, key, item, message):
    table = make_table(*key)
    with validation(message):
        client.put_item(TableName=table, Item=item)


@pytest.mark.parametrize("key", [
    {}, {"p": {"S": "a"}}, {"r": {"N": "1"}}, {"p": {"S": "a"}, "r": {"S": "1"}},
    {"p": {"S": "a"}, "x": {"N": "1"}}, {"p": {"S": "a"}, "r": {"N": "1"}, "x": {"N": "1"}}])
def test_bad_keys_in_lookups(client, make_table, key):
    table = make_table("p:S", "r:N")
    for call in (client.get_item, client.delete_item, client.update_item):
        with validation("The provided key element does not match the schema"):
            call(TableName=table, Key=key)


def test_longest_keys(client, make_table):
    table = make_table("p:S", "r:B")
    key = {"p": {"S": "x" * 2048}, "r": {"B": b"\xff" * 1024}}
    client.put_item(TableName=table, Item=key)
    assert client.get_item(TableName=table, Key=key)["Item"] == key


def test_item_size_limit_to_the_byte(client, make_table):
    table = make_table("p:S")
    room = 409_600 - len("p") - len("a") - len("x")
    item = {"p": {"S": "a"}, "x": {"S": "y" * room}}
    client.put_item(TableName=table, Item=item)
    assert client.get_item(TableName=table, Key={"p": {"S": "a"}})["Item"] == item
    with validation("Item size has exceeded the maximum allowed size"):
        client.put_item(TableName=table, Item={"p": {"S": "a"}, "x": {"S": "y" * (room + 1)}})


def nested(depth):
    value = {"S": "x"}
    for _ in range(depth):
        value = {"M": {"a": value}}
    return value


def test_nesting_limit(client, make_table):
    table = make_table()
    client.put_item(TableName=table, Item={"p": {"S": "a"}, "m": nested(31)})
    assert client.get_item(TableName=table, Key={"p": {"S": "a"}})["Item"]["m"] == nested(31)
    with validation("Nesting Levels have exceeded supported limits: "
                    "Attributes in the item have nested levels beyond supported limit"):
        client.put_item(TableName=table, Item={"p": {"S": "a"}, "m": nested(32)})


def test_put_if_absent(client, make_table):
    table = make_table()
    item = {"p": {"S": "a"}, "x": {"N": "1"}}
    condition = {"ConditionExpression": "attribute_not_exists(p)"}
    client.put_item(TableName=table, Item=item, **condition)
    with error("ConditionalCheckFailedException", "The conditional request failed") as caught:
        client.put_item(TableName=table, Item={**item, "x": {"N": "2"}}, **condition)
    assert "Item" not in caught.value.response
    with error("ConditionalCheckFailedException") as caught:
        client.put_item(TableName=table, Item=item, ReturnValuesOnConditionCheckFailure="ALL_OLD", **condition)
    assert caught.value.response["Item"] == item
    assert client.get_item(TableName=table, Key={"p": {"S": "a"}})["Item"] == item


@pytest.mark.parametrize("condition, holds", [
    ("n = :five", True), ("n <> :five", False), ("n < :six", True), ("n >= :six", False),
    ("n BETWEEN :five AND :six", True), ("n IN (:six, :five)", True), ("NOT n = :five", False),
    ("attribute_exists(m.a.b)", True), ("attribute_exists(m.a.c)", False), ("attribute_not_exists(zz)", True),
    ("begins_with(s, :he)", True), ("contains(s, :ll)", True), ("contains(ss, :he)", True),
    ("contains(l, :five)", True), ("size(s) = :five", True), ("size(l) < :five", True),
    ("attribute_type(s, :S)", True), ("attribute_type(s, :N)", False),
    ("zz = :five", False), ("zz <> :five", True), ("zz < :five", False), ("zz = zy", False), ("zz <> zy", True),
    ("s = :five", False), ("n = :five AND (s = :he OR l[0] = :five)", True),
    ("n = :six OR n = :five AND s = :he", False), ("NOT (n = :six OR s = :he)", True),
    ("m = :map", True), ("n = m2.n", True),
])
def test_conditions(client, make_table, condition, holds):
    table = make_table()
    client.put_item(TableName=table, Item={
        "p": {"S": "a"}, "n": {"N": "5"}, "s": {"S": "hello"}, "ss": {"SS": ["he", "she"]},
        "l": {"L": [{"N": "5.0"}, {"S": "x"}]}, "m": {"M": {"a": {"M": {"b": {"NULL": True}}}}},
        "m2": {"M": {"n": {"N": "5"}}}})
    values = {":five": {"N": "5"}, ":six": {"N": "6"}, ":he": {"S": "he"}, ":ll": {"S": "ll"}, ":S": {"S": "S"},
              ":N": {"S": "N"}, ":map": {"M": {"a": {"M": {"b": {"NULL": True}}}}}}
    used = {name: values[name] for name in re.findall(r":\w+", condition)}
    arguments = {"ExpressionAttributeValues": used} if used else {}
    delete = dict(TableName=table, Key={"p": {"S": "a"}}, ConditionExpression=condition, **arguments)
    if holds:
        client.delete_item(**delete)
    else:
        with error("ConditionalCheckFailedException"):
            client.delete_item(**delete)


@pytest.mark.parametrize("expression, more, message", [
    ("", {}, "The expression can not be empty;"),
    ("a =", {}, "Syntax error; token: \"<EOF>\", near: \"=\""),
    ("((a = :v))", {}, "The expression has redundant parentheses;"),
    ("foo(a)", {}, "Invalid function name; function: foo"),
    ("size(a)", {}, "The function is not allowed to be used this way in an expression; function: size"),
    ("name = :v", {}, "Attribute name is a reserved keyword; reserved keyword: name"),
    ("#x = :v", {}, "An expression attribute name used in the document path is not defined; attribute name: #x"),
    ("a = :w", {}, "An expression attribute value used in expression is not defined; attribute value: :w"),
    ("attribute_exists(:v)", {}, "Operator or function requires a document path; "
                                 "operator or function: attribute_exists"),
    ("begins_with(a, :n)", {":n": {"N": "1"}},
     "Incorrect operand type for operator or function; operator or function: begins_with, operand type: N"),
    ("a = a", {}, "The first operand must be distinct from the remaining operands for this operator or function; "
                  "operator: =, first operand: [a]"),
])
def test_bad_conditions(client, make_table, expression, more, message):
    table = make_table()
    with validation(envelope("Invalid ConditionExpression: " + message)):
        client.put_item(TableName=table, Item={"p": {"S": "a"}}, ConditionExpression=expression,
                        ExpressionAttributeValues={":v": {"S": "x"}, **more})


@pytest.mark.parametrize("projection, names, expected", [
    ("m.a", None, {"m": {"M": {"a": {"N": "1"}}}}),
    ("m.a, l[1]", None, {"m": {"M": {"a": {"N": "1"}}}, "l": {"L": [{"S": "y"}]}}),
    ("l[2], l[0]", None, {"l": {"L": [{"S": "x"}, {"S": "z"}]}}),
    ("#d, nowhere, m.zz", {"#d": "with.dot"}, {"with.dot": {"S": "v"}}),
    ("nowhere", None, {}),
])
def test_projection(client, make_table, projection, names, expected):
    table = make_table()
    client.put_item(TableName=table, Item={
        "p": {"S": "k"}, "m": {"M": {"a": {"N": "1"}, "b": {"N": "2"}}},
        "l": {"L": [{"S": "x"}, {"S": "y"}, {"S": "z"}]}, "with.dot": {"S": "v"}})
    more = {"ExpressionAttributeNames": names} if names else {}
    got = client.get_item(TableName=table, Key={"p": {"S": "k"}}, ProjectionExpression=projection, **more)
    assert got["Item"] == expected


def test_unknown_table(client):
    key = {"p": {"S": "a"}}
    for call in (lambda: client.get_item(TableName="no-such-table", Key=key),
                 lambda: client.put_item(TableName="no-such-table", Item=key),
                 lambda: client.update_item(TableName="no-such-table", Key=key),
                 lambda: client.delete_item(TableName="no-such-table", Key=key),
                 lambda: client.scan(TableName="no-such-table")):
        with error("ResourceNotFoundException", "Requested resource not found"):
            call()


def test_resource_interface(resource, make_table):
    """The boto3 resource, as most Python programs use it, with its own number and binary types."""
    from decimal import Decimal
    table = resource.Table(make_table("Id:N"))
    item = {"Id": Decimal(1), "Price": Decimal("19.99"), "Tags": {"a", "b"}, "Raw": b"\x00\x01",
            "Nested": {"list": [1, None, True, "x"]}}
    table.put_item(Item=item)
    got = table.get_item(Key={"Id": 1})["Item"]
    assert got["Price"] == Decimal("19.99") and got["Tags"] == {"a", "b"} and got["Raw"].value == b"\x00\x01"
    assert got["Nested"] == item["Nested"]
    assert table.scan()["Count"] == 1
