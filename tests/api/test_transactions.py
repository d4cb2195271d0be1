"""TransactWriteItems and TransactGetItems (facts 6.3 to 6.6)."""

import uuid

import pytest
from helpers import error, validation

ONE = {"N": "1"}


@pytest.fixture
def accounts(client, make_table):
    table = make_table("id:S", gsi={"by-owner": ("owner:S", None)})
    for name, balance in (("a", "100"), ("b", "50")):
        client.put_item(TableName=table, Item={"id": {"S": name}, "balance": {"N": balance}, "owner": {"S": "x"}})
    return table


def key(name):
    return {"id": {"S": name}}


def transfer(table, source, target, amount):
    value = {":n": {"N": str(amount)}}
    return [
        {"Update": {"TableName": table, "Key": key(source), "UpdateExpression": "SET balance = balance - :n",
                    "ConditionExpression": "balance >= :n", "ExpressionAttributeValues": value}},
        {"Update": {"TableName": table, "Key": key(target), "UpdateExpression": "SET balance = balance + :n",
                    "ConditionExpression": "attribute_exists(id)", "ExpressionAttributeValues": value}}]


def balances(client, table):
    return {item["id"]["S"]: int(item["balance"]["N"]) for item in client.scan(TableName=table)["Items"]}


def cancelled(reasons):
    text = ", ".join(reasons)
    return error("TransactionCanceledException",
                 f"Transaction cancelled, please refer cancellation reasons for specific reasons [{text}]")


def test_all_four_actions(client, accounts, make_table):
    log = make_table("p:S", "r:N")
    client.transact_write_items(TransactItems=[
        *transfer(accounts, "a", "b", 30)[:1],
        {"Put": {"TableName": log, "Item": {"p": {"S": "log"}, "r": ONE}}},
        {"Delete": {"TableName": accounts, "Key": key("b")}},
        {"ConditionCheck": {"TableName": accounts, "Key": key("c"),
                            "ConditionExpression": "attribute_not_exists(id)"}}])
    assert balances(client, accounts) == {"a": 70}
    assert client.scan(TableName=log)["Count"] == 1
    assert client.scan(TableName=accounts, IndexName="by-owner")["Count"] == 1


def test_a_false_condition_cancels_everything(client, accounts):
    with cancelled(["ConditionalCheckFailed", "None"]) as caught:
        client.transact_write_items(TransactItems=transfer(accounts, "a", "b", 101))
    reasons = caught.value.response["CancellationReasons"]
    assert reasons == [{"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"},
                       {"Code": "None"}]
    assert balances(client, accounts) == {"a": 100, "b": 50}
    with cancelled(["ConditionalCheckFailed", "ConditionalCheckFailed"]):
        client.transact_write_items(TransactItems=transfer(accounts, "nobody", "no one", 1))


def test_the_old_item_of_a_false_condition(client, accounts):
    items = transfer(accounts, "a", "b", 101)
    items[0]["Update"]["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    with cancelled(["ConditionalCheckFailed", "None"]) as caught:
        client.transact_write_items(TransactItems=items)
    assert caught.value.response["CancellationReasons"][0]["Item"] == {
        **key("a"), "balance": {"N": "100"}, "owner": {"S": "x"}}


def test_token_makes_it_happen_once(client, accounts):
    token = str(uuid.uuid4())
    for _ in range(3):
        client.transact_write_items(TransactItems=transfer(accounts, "a", "b", 10), ClientRequestToken=token)
    assert balances(client, accounts) == {"a": 90, "b": 60}
    with error("IdempotentParameterMismatchException"):
        client.transact_write_items(TransactItems=transfer(accounts, "a", "b", 11), ClientRequestToken=token)
    assert balances(client, accounts) == {"a": 90, "b": 60}


def test_one_item_twice(client, accounts):
    with validation("Transaction request cannot include multiple operations on one item"):
        client.transact_write_items(TransactItems=[
            {"Delete": {"TableName": accounts, "Key": key("a")}},
            {"ConditionCheck": {"TableName": accounts, "Key": key("a"),
                                "ConditionExpression": "attribute_exists(id)"}}])


def test_errors_of_the_request_and_of_an_action(client, accounts):
    put = {"Put": {"TableName": accounts, "Item": key("z")}}
    with cancelled(["None", "ValidationError"]) as caught:  # a key of the wrong type cancels
        client.transact_write_items(TransactItems=[
            put, {"Delete": {"TableName": accounts, "Key": {"id": {"N": "1"}}}}])
    assert caught.value.response["CancellationReasons"][1]["Message"] == \
        "The provided key element does not match the schema"
    with cancelled(["None", "ValidationError"]):  # so does an update that does not fit the item
        client.transact_write_items(TransactItems=[
            put, {"Update": {"TableName": accounts, "Key": key("a"), "UpdateExpression": "ADD #o :n",
                             "ExpressionAttributeNames": {"#o": "owner"}, "ExpressionAttributeValues": {":n": ONE}}}])
    with error("ValidationException"):  # what can be seen without the table does not
        client.transact_write_items(TransactItems=[
            put, {"Update": {"TableName": accounts, "Key": key("a"), "UpdateExpression": "SET"}}])
    with error("ResourceNotFoundException", "Requested resource not found"):
        client.transact_write_items(TransactItems=[
            put, {"Delete": {"TableName": "no-such-table", "Key": key("a")}}])
    assert balances(client, accounts) == {"a": 100, "b": 50}


def test_a_hundred_actions(client, make_table):
    table = make_table("p:N")
    puts = [{"Put": {"TableName": table, "Item": {"p": {"N": str(n)}}}} for n in range(101)]
    with error("ValidationException"):
        client.transact_write_items(TransactItems=puts)
    assert client.scan(TableName=table)["Count"] == 0
    client.transact_write_items(TransactItems=puts[:100])
    assert client.scan(TableName=table)["Count"] == 100


def test_get_in_order(client, accounts):
    def get(name, **more):
        return {"Get": {"TableName": accounts, "Key": key(name), **more}}
    answer = client.transact_get_items(TransactItems=[
        get("b", ProjectionExpression="balance"), get("nobody"), get("a", ProjectionExpression="nowhere"), get("c")])
    assert answer["Responses"] == [{"Item": {"balance": {"N": "50"}}}, {}, {}, {}]
    with validation("Transaction request cannot include multiple operations on one item"):
        client.transact_get_items(TransactItems=[get("a"), get("a")])
    with cancelled(["ValidationError"]):
        client.transact_get_items(TransactItems=[{"Get": {"TableName": accounts, "Key": {"x": ONE}}}])
