"""UpdateItem: the four sections, the values returned, the errors (facts 3.9, 3.10, 3.12)."""

import pytest
from helpers import envelope, error, validation

KEY = {"p": {"S": "k"}}
ITEM = {
    **KEY, "n": {"N": "10"}, "s": {"S": "text"}, "l": {"L": [{"S": "a"}, {"S": "b"}, {"S": "c"}]},
    "m": {"M": {"x": {"N": "1"}, "y": {"M": {"z": {"S": "deep"}}}}}, "ss": {"SS": ["a", "b"]}, "ns": {"NS": ["1"]},
}


def updated(client, table, expression, values=None, names=None, **more):
    arguments = dict(TableName=table, Key=KEY, UpdateExpression=expression, **more)
    if values:
        arguments["ExpressionAttributeValues"] = values
    if names:
        arguments["ExpressionAttributeNames"] = names
    return client.update_item(**arguments)


@pytest.mark.parametrize("expression, values, changes", [
    ("SET n = :v", {":v": {"N": "7"}}, {"n": {"N": "7"}}),
    ("SET n = n + :v", {":v": {"N": "0.5"}}, {"n": {"N": "10.5"}}),
    ("SET n = :v - n", {":v": {"N": "3"}}, {"n": {"N": "-7"}}),
    ("set s = if_not_exists(s, :v), q = if_not_exists(q, :v)", {":v": {"S": "d"}}, {"q": {"S": "d"}}),
    ("SET l = list_append(l, :v)", {":v": {"L": [{"S": "d"}]}},
     {"l": {"L": [{"S": "a"}, {"S": "b"}, {"S": "c"}, {"S": "d"}]}}),
    ("SET q = list_append(:v, if_not_exists(q, :v))", {":v": {"L": [{"S": "d"}]}},
     {"q": {"L": [{"S": "d"}, {"S": "d"}]}}),
    ("SET l[1] = :v", {":v": {"N": "1"}}, {"l": {"L": [{"S": "a"}, {"N": "1"}, {"S": "c"}]}}),
    ("SET l[9] = :v, l[7] = :w", {":v": {"S": "late"}, ":w": {"S": "early"}},
     {"l": {"L": [{"S": "a"}, {"S": "b"}, {"S": "c"}, {"S": "early"}, {"S": "late"}]}}),
    ("SET m.y.z = :v, m.w = :v", {":v": {"BOOL": True}},
     {"m": {"M": {"x": {"N": "1"}, "y": {"M": {"z": {"BOOL": True}}}, "w": {"BOOL": True}}}}),
    ("SET s = n, n = m.x", None, {"s": {"N": "10"}, "n": {"N": "1"}}),
    ("REMOVE s, m.y, nowhere", None, {"s": None, "m": {"M": {"x": {"N": "1"}}}}),
    ("REMOVE l[0], l[2], l[8]", None, {"l": {"L": [{"S": "b"}]}}),
    ("REMOVE l[1] SET l[2] = :v", {":v": {"S": "C"}}, {"l": {"L": [{"S": "a"}, {"S": "C"}]}}),
    ("ADD n :v, q :v", {":v": {"N": "-4"}}, {"n": {"N": "6"}, "q": {"N": "-4"}}),
    ("ADD ss :v", {":v": {"SS": ["b", "c"]}}, {"ss": {"SS": ["a", "b", "c"]}}),
    ("ADD m.x :v", {":v": {"N": "1"}}, {"m": {"M": {"x": {"N": "2"}, "y": {"M": {"z": {"S": "deep"}}}}}}),
    ("DELETE ss :v", {":v": {"SS": ["b", "zz"]}}, {"ss": {"SS": ["a"]}}),
    ("DELETE ns :v", {":v": {"NS": ["1.0"]}}, {"ns": None}),
    ("DELETE q :v", {":v": {"SS": ["a"]}}, {}),
    ("SET q = :v REMOVE s ADD n :n DELETE ss :d",
     {":v": {"S": "new"}, ":n": {"N": "1"}, ":d": {"SS": ["a"]}},
     {"q": {"S": "new"}, "s": None, "n": {"N": "11"}, "ss": {"SS": ["b"]}}),
])
def test_update_expressions(client, make_table, expression, values, changes):
    table = make_table()
    client.put_item(TableName=table, Item=ITEM)
    answer = updated(client, table, expression, values, ReturnValues="ALL_NEW")
    expected = {name: value for name, value in {**ITEM, **changes}.items() if value is not None}
    for item in (answer["Attributes"], client.get_item(TableName=table, Key=KEY)["Item"]):
        for value in item.values():
            if "SS" in value:
                value["SS"].sort()
        assert item == expected


def test_update_creates_the_item(client, make_table):
    table = make_table()
    assert updated(client, table, "SET a = :v ADD c :one", {":v": {"S": "x"}, ":one": {"N": "1"}},
                   ReturnValues="ALL_NEW")["Attributes"] == {**KEY, "a": {"S": "x"}, "c": {"N": "1"}}


def test_update_without_an_expression_creates_a_key_only_item(client, make_table):
    table = make_table()
    client.update_item(TableName=table, Key=KEY)
    assert client.get_item(TableName=table, Key=KEY)["Item"] == KEY


def test_remove_alone_does_not_create(client, make_table):
    table = make_table()
    answer = updated(client, table, "REMOVE a, b.c", ReturnValues="ALL_NEW")
    assert "Attributes" not in answer
    assert "Item" not in client.get_item(TableName=table, Key=KEY)


@pytest.mark.parametrize("returned, expected", [
    ("NONE", None),
    ("ALL_OLD", ITEM),
    ("UPDATED_OLD", {"n": {"N": "10"}, "m": {"M": {"x": {"N": "1"}}}}),
    ("UPDATED_NEW", {"n": {"N": "11"}, "m": {"M": {"x": {"S": "X"}}}, "q": {"S": "X"}}),
])
def test_return_values(client, make_table, returned, expected):
    table = make_table()
    client.put_item(TableName=table, Item=ITEM)
    answer = updated(client, table, "SET m.x = :v, q = :v ADD n :one", {":v": {"S": "X"}, ":one": {"N": "1"}},
                     ReturnValues=returned)
    attributes = answer.get("Attributes")
    if attributes and "ss" in attributes:
        attributes["ss"]["SS"].sort()
    assert attributes == expected


def test_return_values_of_an_update_that_creates(client, make_table):
    table = make_table()
    for returned in ("ALL_OLD", "UPDATED_OLD"):
        answer = updated(client, table, "SET a = :v", {":v": {"S": returned}}, ReturnValues=returned)
        assert "Attributes" not in answer
        client.delete_item(TableName=table, Key=KEY)


@pytest.mark.parametrize("expression, values, message", [
    ("SET n = s + :v", {":v": {"N": "1"}}, "An operand in the update expression has an incorrect data type"),
    ("SET s = list_append(s, :v)", {":v": {"L": []}},
     "An operand in the update expression has an incorrect data type"),
    ("ADD s :v", {":v": {"N": "1"}}, "An operand in the update expression has an incorrect data type"),
    ("DELETE ss :v", {":v": {"NS": ["1"]}}, "An operand in the update expression has an incorrect data type"),
    ("SET q = zz", None, "The provided expression refers to an attribute that does not exist in the item"),
    ("SET n = zz + :v", {":v": {"N": "1"}},
     "The provided expression refers to an attribute that does not exist in the item"),
    ("SET zz.a = :v", {":v": {"N": "1"}},
     "The document path provided in the update expression is invalid for update"),
    ("SET s[0] = :v", {":v": {"N": "1"}},
     "The document path provided in the update expression is invalid for update"),
    ("SET m[0] = :v", {":v": {"N": "1"}},
     "The document path provided in the update expression is invalid for update"),
    ("REMOVE zz.a", None, "The document path provided in the update expression is invalid for update"),
    ("SET p = :v", {":v": {"S": "q"}}, "One or more parameter values were invalid: Cannot update attribute p. "
                                       "This attribute is part of the key"),
    ("SET n = n + :v", {":v": {"N": "9.9E125"}}, None),
    ("SET n = :v + :v", {":v": {"N": "9.9E125"}},
     "Number overflow. Attempting to store a number with magnitude larger than supported range"),
])
def test_updates_that_do_not_fit_the_item(client, make_table, expression, values, message):
    table = make_table()
    client.put_item(TableName=table, Item=ITEM)
    with validation(message):
        updated(client, table, expression, values)
    item = client.get_item(TableName=table, Key=KEY)["Item"]
    item["ss"]["SS"].sort()
    assert item == ITEM


@pytest.mark.parametrize("expression, values, message", [
    ("", None, "The expression can not be empty;"),
    ("SET a = :v SET b = :v", {":v": {"S": "x"}},
     "The \"SET\" section can only be used once in an update expression;"),
    ("SET size = :v", {":v": {"S": "x"}}, "Attribute name is a reserved keyword; reserved keyword: size"),
    ("SET a = f(:v)", {":v": {"S": "x"}}, "Invalid function name; function: f"),
    ("SET #a = :v", {":v": {"S": "x"}},
     "An expression attribute name used in the document path is not defined; attribute name: #a"),
    ("SET a = :w", {":v": {"S": "x"}},
     "An expression attribute value used in expression is not defined; attribute value: :w"),
    ("SET a = :v, a.b = :v", {":v": {"S": "x"}},
     "Two document paths overlap with each other; must remove or rewrite one of these paths; "
     "path one: [a], path two: [a, b]"),
    ("SET a.b = :v, a[1] = :v", {":v": {"S": "x"}},
     "Two document paths conflict with each other; must remove or rewrite one of these paths; "
     "path one: [a, b], path two: [a, [1]]"),
    ("SET a = :v REMOVE a", {":v": {"S": "x"}},
     "Two document paths overlap with each other; must remove or rewrite one of these paths; "
     "path one: [a], path two: [a]"),
    ("ADD a :v", {":v": {"S": "x"}},
     ["Incorrect operand type for operator or function; operator: ADD, operand type: STRING",
      "Incorrect operand type for operator or function; operator: ADD, operand type: STRING, "
      "typeSet: ALLOWED_FOR_ADD_OPERAND"]),
    ("DELETE a :v", {":v": {"N": "1"}},
     ["Incorrect operand type for operator or function; operator: DELETE, operand type: NUMBER",
      "Incorrect operand type for operator or function; operator: DELETE, operand type: NUMBER, "
      "typeSet: ALLOWED_FOR_DELETE_OPERAND"]),
    ("SET a = a + :v", {":v": {"S": "x"}},
     "Incorrect operand type for operator or function; operator or function: +, operand type: S"),
    ("SET a = list_append(a, :v)", {":v": {"S": "x"}},
     "Incorrect operand type for operator or function; operator or function: list_append, operand type: S"),
    ("SET a = if_not_exists(:v, :v)", {":v": {"S": "x"}},
     "Operator or function requires a document path; operator or function: if_not_exists"),
    ("SET a = if_not_exists(a)", {":v": {"S": "x"}},
     "Incorrect number of operands for operator or function; operator or function: if_not_exists, "
     "number of operands: 1"),
])
def test_bad_update_expressions(client, make_table, expression, values, message):
    table = make_table()
    messages = [message] if isinstance(message, str) else message
    with validation([form for text in messages for form in envelope("Invalid UpdateExpression: " + text)]):
        updated(client, table, expression, values)


@pytest.mark.parametrize("arguments, message", [
    ({"UpdateExpression": "SET a = :v", "ExpressionAttributeValues": {":v": {"S": "x"}, ":w": {"S": "x"}}},
     "Value provided in ExpressionAttributeValues unused in expressions: keys: {:w}"),
    ({"UpdateExpression": "REMOVE a", "ExpressionAttributeNames": {"#a": "b"}},
     "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}"),
    ({"UpdateExpression": "REMOVE a", "ExpressionAttributeNames": {}},
     "ExpressionAttributeNames must not be empty"),
    ({"UpdateExpression": "REMOVE a", "ExpressionAttributeValues": {}},
     "ExpressionAttributeValues must not be empty"),
    ({"UpdateExpression": "REMOVE a", "ExpressionAttributeNames": {"a": "b"}},
     "ExpressionAttributeNames contains invalid key: Syntax error; key: \"a\""),
    ({"UpdateExpression": "REMOVE a", "AttributeUpdates": {"a": {"Value": {"S": "x"}}}},
     "Can not use both expression and non-expression parameters in the same request: "
     "Non-expression parameters: {AttributeUpdates} Expression parameters: {UpdateExpression}"),
])
def test_bad_parameters(client, make_table, arguments, message):
    table = make_table()
    with validation(envelope(message)):
        client.update_item(TableName=table, Key=KEY, **arguments)


def test_condition_sees_the_item_before_the_update(client, make_table):
    table = make_table()
    updated(client, table, "SET n = :one", {":one": {"N": "1"}}, ConditionExpression="attribute_not_exists(n)")
    with error("ConditionalCheckFailedException", "The conditional request failed"):
        updated(client, table, "SET n = :one", {":one": {"N": "1"}}, ConditionExpression="attribute_not_exists(n)")


def test_attribute_updates(client, make_table):
    """The legacy form."""
    table = make_table()
    client.put_item(TableName=table, Item=ITEM)
    answer = client.update_item(TableName=table, Key=KEY, ReturnValues="ALL_NEW", AttributeUpdates={
        "n": {"Action": "ADD", "Value": {"N": "5"}}, "s": {"Action": "DELETE"},
        "l": {"Action": "ADD", "Value": {"L": [{"S": "d"}]}}, "q": {"Value": {"S": "put"}},
        "ss": {"Action": "DELETE", "Value": {"SS": ["a"]}}})
    assert answer["Attributes"] == {
        **KEY, "n": {"N": "15"}, "l": {"L": [{"S": "a"}, {"S": "b"}, {"S": "c"}, {"S": "d"}]}, "q": {"S": "put"},
        "m": ITEM["m"], "ss": {"SS": ["b"]}, "ns": ITEM["ns"]}
    with error("ConditionalCheckFailedException"):
        client.update_item(TableName=table, Key=KEY, Expected={"n": {"Value": {"N": "14"}}},
                           AttributeUpdates={"n": {"Value": {"N": "0"}}})
    client.update_item(TableName=table, Key=KEY, Expected={"n": {"Value": {"N": "15"}}, "zz": {"Exists": False}},
                       AttributeUpdates={"n": {"Value": {"N": "0"}}})
    assert client.get_item(TableName=table, Key=KEY)["Item"]["n"] == {"N": "0"}


@pytest.mark.parametrize("update, message", [
    ({"Action": "PUT"}, "One or more parameter values were invalid: Only DELETE action is allowed when no "
                        "attribute value is specified"),
    ({"Action": "ADD", "Value": {"S": "x"}},
     "One or more parameter values were invalid: ADD action is not supported for the type S"),
    ({"Action": "DELETE", "Value": {"S": "x"}},
     "One or more parameter values were invalid: DELETE action with value is not supported for the type S"),
])
def test_bad_attribute_updates(client, make_table, update, message):
    table = make_table()
    with validation(message):
        client.update_item(TableName=table, Key=KEY, AttributeUpdates={"a": update})
