"""BatchWriteItem and BatchGetItem (facts 6.1, 6.2)."""

import pytest
from helpers import error, put_all, validation


def put(item):
    return {"PutRequest": {"Item": item}}


def delete(key):
    return {"DeleteRequest": {"Key": key}}


def key(n):
    return {"p": {"S": f"k{n}"}}


def test_write_and_get_over_two_tables(client, make_table):
    one, two = make_table(), make_table("p:S", "r:N")
    client.put_item(TableName=one, Item={**key(99), "old": {"BOOL": True}})
    answer = client.batch_write_item(RequestItems={
        one: [put({**key(n), "n": {"N": str(n)}}) for n in range(10)] + [delete(key(99)), delete(key(98))],
        two: [put({**key(0), "r": {"N": str(n)}}) for n in range(13)]})
    assert answer["UnprocessedItems"] == {}
    got = client.batch_get_item(RequestItems={
        one: {"Keys": [key(n) for n in (3, 99, 7)], "ConsistentRead": True},
        two: {"Keys": [{**key(0), "r": {"N": "12"}}], "ProjectionExpression": "r"}})
    assert got["UnprocessedKeys"] == {}
    assert sorted(item["n"]["N"] for item in got["Responses"][one]) == ["3", "7"]
    assert got["Responses"][two] == [{"r": {"N": "12"}}]


def test_nothing_found_is_an_empty_list(client, make_table):
    table = make_table()
    assert client.batch_get_item(RequestItems={table: {"Keys": [key(1)]}})["Responses"] == {table: []}


def test_limits(client, make_table):
    table = make_table("p:S")
    with error("ValidationException"):
        client.batch_write_item(RequestItems={table: [put(key(n)) for n in range(26)]})
    with validation(f"1 validation error detected: Value at 'RequestItems.{table}.member.Keys' failed to satisfy "
                    "constraint: Member must have length less than or equal to 100"):
        client.batch_get_item(RequestItems={table: {"Keys": [key(n) for n in range(101)]}})
    assert client.scan(TableName=table)["Count"] == 0
    client.batch_write_item(RequestItems={table: [put(key(n)) for n in range(25)]})
    got = client.batch_get_item(RequestItems={table: {"Keys": [key(n) for n in range(100)]}})
    assert len(got["Responses"][table]) == 25


@pytest.mark.parametrize("requests", [
    [put(key(1)), put({**key(1), "x": {"S": "y"}})], [put(key(1)), delete(key(1))]])
def test_duplicate_keys_in_a_write(client, make_table, requests):
    table = make_table()
    with validation("Provided list of item keys contains duplicates"):
        client.batch_write_item(RequestItems={table: requests})
    assert client.scan(TableName=table)["Count"] == 0


def test_duplicate_keys_in_a_get(client, make_table):
    table = make_table()
    with validation("Provided list of item keys contains duplicates"):
        client.batch_get_item(RequestItems={table: {"Keys": [key(1), key(1)]}})


def test_one_bad_element_refuses_all(client, make_table):
    table = make_table()
    for bad in (put({"x": {"S": "no key"}}), put({"p": {"N": "1"}}), delete({"p": {"N": "1"}}), delete({})):
        with validation("The provided key element does not match the schema"):
            client.batch_write_item(RequestItems={table: [put(key(1)), bad]})
    with error("ResourceNotFoundException"):
        client.batch_write_item(RequestItems={table: [put(key(1))], "no-such-table": [put(key(1))]})
    assert client.scan(TableName=table)["Count"] == 0


def test_a_large_result_is_cut_at_16_megabytes(client, make_table):
    table = make_table()
    put_all(client, table, [{**key(n), "x": {"S": "x" * 390_000}} for n in range(50)])
    request = {table: {"Keys": [key(n) for n in range(50)], "ConsistentRead": True,
                       "ProjectionExpression": "p, #x", "ExpressionAttributeNames": {"#x": "x"}}}
    found, rounds = [], 0
    while request:
        answer = client.batch_get_item(RequestItems=request)
        assert sum(len(item["x"]["S"]) for item in answer["Responses"][table]) <= 16 * 2**20
        found += [item["p"]["S"] for item in answer["Responses"][table]]
        request = answer["UnprocessedKeys"]
        if request:
            assert request[table]["ConsistentRead"] is True and request[table]["ProjectionExpression"] == "p, #x"
        rounds += 1
    assert rounds == 2 and sorted(found) == sorted(f"k{n}" for n in range(50))
