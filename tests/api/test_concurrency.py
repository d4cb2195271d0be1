"""Many clients at once: nothing lost, nothing torn (promise 2). Also run under ThreadSanitizer."""

import threading

import pytest
from botocore.exceptions import ClientError
from support import clients

pytestmark = pytest.mark.concurrency

THREADS = 8


def in_parallel(url, work):
    """work(client, number) in THREADS threads, each with a client of its own; re-raises what one raised."""
    failures = []

    def run(number, client):
        try:
            work(client, number)
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(number, clients.client(url))) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def again(call, codes=("TransactionConflictException", "TransactionCanceledException")):
    """Calls until it is not refused for a conflict, as an SDK or an application would."""
    while True:
        try:
            return call()
        except ClientError as refused:
            reasons = {r["Code"] for r in refused.response.get("CancellationReasons", [])} - {"None"}
            if refused.response["Error"]["Code"] not in codes or reasons - {"TransactionConflict"}:
                raise


def test_no_increment_is_lost(server, client, make_table):
    table = make_table()
    key = {"p": {"S": "counter"}}

    def work(mine, _):
        for _ in range(40):
            mine.update_item(TableName=table, Key=key, UpdateExpression="ADD n :one",
                             ExpressionAttributeValues={":one": {"N": "1"}})

    in_parallel(server.url, work)
    item = client.get_item(TableName=table, Key=key, ConsistentRead=True)["Item"]
    assert item["n"] == {"N": str(40 * THREADS)}


def test_one_winner_of_put_if_absent(server, make_table):
    table = make_table()
    winners = []

    def work(mine, number):
        for round_ in range(20):
            try:
                mine.put_item(TableName=table, Item={"p": {"S": f"lock {round_}"}, "owner": {"N": str(number)}},
                              ConditionExpression="attribute_not_exists(p)")
                winners.append(round_)
            except mine.exceptions.ConditionalCheckFailedException:
                pass

    in_parallel(server.url, work)
    assert sorted(winners) == list(range(20))


def test_transfers_keep_the_sum(server, client, make_table):
    table = make_table("p:N", gsi={"by-group": ("kind:S", "balance:N")})
    for n in range(4):
        client.put_item(TableName=table, Item={"p": {"N": str(n)}, "balance": {"N": "100"}, "kind": {"S": "x"}})
    done = threading.Event()
    sums = []

    def move(mine, source, target):
        one = {":n": {"N": "1"}}
        again(lambda: mine.transact_write_items(TransactItems=[
            {"Update": {"TableName": table, "Key": {"p": {"N": str(who)}}, "ExpressionAttributeValues": one,
                        "UpdateExpression": f"SET balance = balance {sign} :n"}}
            for who, sign in ((source, "-"), (target, "+"))]))

    def work(mine, number):
        if number == 0:  # reads while the others write
            while not done.is_set():
                answer = again(lambda: mine.transact_get_items(TransactItems=[
                    {"Get": {"TableName": table, "Key": {"p": {"N": str(n)}}}} for n in range(4)]))
                sums.append(sum(int(r["Item"]["balance"]["N"]) for r in answer["Responses"]))
            return
        try:
            for n in range(15):
                move(mine, (number + n) % 4, (number + n + 1 + n % 3) % 4)
        finally:
            if number == 1:
                done.set()

    in_parallel(server.url, work)
    assert set(sums) == {400}
    items = client.scan(TableName=table, ConsistentRead=True)["Items"]
    assert sum(int(item["balance"]["N"]) for item in items) == 400
    indexed = client.scan(TableName=table, IndexName="by-group")["Items"]
    assert len(indexed) == 4
    assert {i["p"]["N"]: i["balance"]["N"] for i in indexed} == {i["p"]["N"]: i["balance"]["N"] for i in items}


def test_tables_come_and_go(server):
    from support.tables import definition, unique_name, wait_active

    def work(mine, _):
        for _ in range(4):
            name = unique_name("churn")
            mine.create_table(TableName=name, **definition(gsi={"by-x": ("x:S", None)}))
            wait_active(mine, name)
            for n in range(5):
                mine.put_item(TableName=name, Item={"p": {"S": str(n)}, "x": {"S": "x"}})
            assert mine.scan(TableName=name, IndexName="by-x")["Count"] == 5
            mine.delete_table(TableName=name)

    in_parallel(server.url, work)
