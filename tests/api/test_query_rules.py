"""Query and Scan: multi-attribute index keys, Select, the limits of Query, and pages across a restart (facts 4)."""

import itertools
import random

import pytest
from helpers import all_items, put_all, validation
from support import clients
from support.tables import unique_name, wait_active


def n(number):
    return {"N": str(number)}


def s(text):
    return {"S": text}


@pytest.fixture
def matches(client):
    """A table whose index has two hash and two range attributes; every combination once, and some left out."""
    table = unique_name()
    client.create_table(
        TableName=table, BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": kind}
                              for name, kind in (("id", "S"), ("league", "S"), ("season", "N"), ("round", "S"),
                                                 ("day", "N"))],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        GlobalSecondaryIndexes=[{
            "IndexName": "by-league", "Projection": {"ProjectionType": "ALL"},
            "KeySchema": [{"AttributeName": "league", "KeyType": "HASH"},
                          {"AttributeName": "season", "KeyType": "HASH"},
                          {"AttributeName": "round", "KeyType": "RANGE"},
                          {"AttributeName": "day", "KeyType": "RANGE"}]}])
    wait_active(client, table)
    items = [{"id": s(f"{league}-{season}-{round}-{day}"), "league": s(league), "season": n(season),
              "round": s(round), "day": n(day)}
             for league, season, round, day in itertools.product(("a", "ab"), (1, 2), ("final", "group", "semi"),
                                                                 range(3))]
    items += [{"id": s("no day"), "league": s("a"), "season": n(1), "round": s("final")}]
    random.Random(2).shuffle(items)
    put_all(client, table, items)
    yield table
    client.delete_table(TableName=table)


PARTITION = {":l": s("a"), ":s": n(1)}


@pytest.mark.parametrize("condition, values, expected", [
    ("league = :l AND season = :s", {}, list(itertools.product(("final", "group", "semi"), range(3)))),
    ("#r = :r AND season = :s AND league = :l", {":r": s("group")}, [("group", day) for day in range(3)]),
    ("league = :l AND season = :s AND #r > :r", {":r": s("final")},
     list(itertools.product(("group", "semi"), range(3)))),
    ("league = :l AND season = :s AND #r = :r AND #d BETWEEN :x AND :y", {":r": s("semi"), ":x": n(1), ":y": n(9)},
     [("semi", 1), ("semi", 2)]),
    ("league = :l AND season = :s AND begins_with(#r, :r)", {":r": s("s")}, [("semi", day) for day in range(3)]),
])
@pytest.mark.parametrize("limit", [1, 4, 100])
def test_keys_of_many_attributes(client, matches, condition, values, expected, limit):
    names = {placeholder: name for placeholder, name in (("#r", "round"), ("#d", "day")) if placeholder in condition}
    arguments = {"ExpressionAttributeNames": names} if names else {}
    for forward in (True, False):
        got = all_items(client.query, TableName=matches, IndexName="by-league", KeyConditionExpression=condition,
                        ExpressionAttributeValues={**PARTITION, **values}, Limit=limit, ScanIndexForward=forward,
                        **arguments)
        assert [(item["round"]["S"], int(item["day"]["N"])) for item in got] == expected[::1 if forward else -1]


@pytest.mark.parametrize("condition, values, message", [
    ("league = :l", {":l": s("a")}, "Query condition missed key schema element: season"),
    ("league = :l AND season > :s", PARTITION, "Query key condition not supported"),
    ("league = :l AND season = :s AND #d = :d", {**PARTITION, ":d": n(1)},
     "Query condition missed key schema element: round"),
    ("league = :l AND season = :s AND #r > :r AND #d = :d", {**PARTITION, ":r": s("a"), ":d": n(1)},
     "Query key condition not supported"),
])
def test_faults_with_keys_of_many_attributes(client, matches, condition, values, message):
    names = {placeholder: name for placeholder, name in (("#r", "round"), ("#d", "day")) if placeholder in condition}
    with validation(message):
        client.query(TableName=matches, IndexName="by-league", KeyConditionExpression=condition,
                     ExpressionAttributeValues=values, **({"ExpressionAttributeNames": names} if names else {}))


def test_last_key_holds_every_key_attribute_once(client, matches):
    answer = client.scan(TableName=matches, IndexName="by-league", Limit=1)
    assert set(answer["LastEvaluatedKey"]) == {"id", "league", "season", "round", "day"}


@pytest.fixture
def readings(client, make_table):
    table = make_table("p:S", "r:N", gsi={"by-kind": ("kind:S", "r:N", ["note"])},
                       lsi={"by-value": ("value:N", ["note"])})
    put_all(client, table, [{"p": s("x"), "r": n(i), "kind": s("k"), "value": n(-i), "note": s(f"n{i}"),
                             "rest": s("r" if i % 2 else "q")} for i in range(6)])
    return table


def query(client, table, **more):
    return client.query(TableName=table, KeyConditionExpression="p = :p",
                        ExpressionAttributeValues={":p": s("x"), **more.pop("values", {})}, **more)


def test_count_has_no_items(client, readings):
    answer = query(client, readings, Select="COUNT")
    assert "Items" not in answer and answer["Count"] == answer["ScannedCount"] == 6


def test_local_index_filters_by_what_it_does_not_hold(client, readings):
    answer = query(client, readings, IndexName="by-value", FilterExpression="rest = :q", values={":q": s("q")})
    assert [item["r"]["N"] for item in answer["Items"]] == ["4", "2", "0"]
    assert all(set(item) == {"p", "r", "value", "note"} for item in answer["Items"])
    assert answer["ScannedCount"] == 6


@pytest.mark.parametrize("arguments, message", [
    ({"Select": "ALL_ATTRIBUTES", "ProjectionExpression": "note"},
     "Cannot specify the ProjectionExpression when choosing to get ALL_ATTRIBUTES"),
    ({"Select": "COUNT", "ProjectionExpression": "note"},
     "Cannot specify the ProjectionExpression when choosing to get only the Count"),
    ({"Select": "SPECIFIC_ATTRIBUTES"},
     "1 validation error detected: Must specify the AttributesToGet or ProjectionExpression when choosing to get "
     "SPECIFIC_ATTRIBUTES"),
    ({"Select": "ALL_PROJECTED_ATTRIBUTES"},
     "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName"),
    ({"ProjectionExpression": "p.a"},
     "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: p"),
])
def test_select(client, readings, arguments, message):
    with validation(message):
        query(client, readings, **arguments)


def test_global_index_filter_on_unprojected_attributes(client, readings):
    with validation("One or more parameter values were invalid: Global secondary index by-kind does not project "
                    "[rest, value]"):
        client.scan(TableName=readings, IndexName="by-kind", ProjectionExpression="note, #r",
                    FilterExpression="attribute_exists(#v)", ExpressionAttributeNames={"#r": "rest", "#v": "value"})


def test_start_key_of_another_segment(client, readings):
    start = {"p": s("x"), "r": n(1)}
    refused = []
    for segment in range(3):
        try:
            client.scan(TableName=readings, Segment=segment, TotalSegments=3, ExclusiveStartKey=start)
        except client.exceptions.ClientError as error:
            refused.append(error.response["Error"]["Message"])
    assert len(refused) == 2
    assert all(message.startswith("The provided starting key is invalid: Invalid ExclusiveStartKey. Please use "
                                  "ExclusiveStartKey with correct Segment. TotalSegments: 3 Segment: ")
               for message in refused)


def test_single_item_queries_give_no_key_to_go_on_from(client, readings, make_table):
    answer = client.query(TableName=readings, KeyConditionExpression="p = :p AND r = :r", Limit=1,
                          ExpressionAttributeValues={":p": s("x"), ":r": n(3)})
    assert answer["Count"] == 1 and "LastEvaluatedKey" not in answer
    hash_only = make_table("p:S")
    put_all(client, hash_only, [{"p": s("x")}])
    assert "LastEvaluatedKey" not in query(client, hash_only, Limit=1)
    with validation("The provided exclusive start key is invalid: ExclusiveStartKey: {p=AttributeValue: {S:x}}"):
        query(client, hash_only, ExclusiveStartKey={"p": s("x")})


def test_pages_go_on_after_a_restart(own_server):
    client = clients.client(own_server.url)
    table = unique_name()
    client.create_table(TableName=table, BillingMode="PAY_PER_REQUEST",
                        AttributeDefinitions=[{"AttributeName": "p", "AttributeType": "S"}],
                        KeySchema=[{"AttributeName": "p", "KeyType": "HASH"}])
    wait_active(client, table)
    put_all(client, table, [{"p": s(f"item {i}")} for i in range(30)])
    first = client.scan(TableName=table, Limit=11)
    own_server.kill()
    own_server.start()
    client = clients.client(own_server.url)
    rest = all_items(client.scan, TableName=table, Limit=7, ExclusiveStartKey=first["LastEvaluatedKey"])
    assert sorted(item["p"]["S"] for item in first["Items"] + rest) == sorted(f"item {i}" for i in range(30))
