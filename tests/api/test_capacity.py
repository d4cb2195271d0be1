"""ConsumedCapacity and ItemCollectionMetrics (facts 7.1 to 7.5)."""

from helpers import put_all


def units(answer):
    return answer["ConsumedCapacity"]["CapacityUnits"]


def test_absent_unless_asked_for(client, make_table):
    table = make_table()
    assert "ConsumedCapacity" not in client.get_item(TableName=table, Key={"p": {"S": "a"}})


def test_single_items(client, make_table):
    table = make_table()
    total = {"TableName": table, "ReturnConsumedCapacity": "TOTAL"}
    key = {"p": {"S": "a"}}
    assert units(client.get_item(Key=key, **total)) == 0.5
    assert units(client.get_item(Key=key, ConsistentRead=True, **total)) == 1
    assert units(client.put_item(Item={**key, "x": {"S": "x" * 1021}}, **total)) == 1  # 1024 bytes with all names
    assert units(client.put_item(Item={**key, "x": {"S": "x" * 1022}}, **total)) == 2
    assert units(client.put_item(Item={**key, "x": {"S": "x" * 9000}}, **total)) == 9
    assert units(client.put_item(Item=key, **total)) == 9  # the larger of old and new
    client.put_item(Item={**key, "x": {"S": "x" * 9000}}, TableName=table)
    assert units(client.get_item(Key=key, ConsistentRead=True, **total)) == 3
    assert units(client.get_item(Key=key, **total)) == 1.5
    assert units(client.delete_item(Key=key, **total)) == 9
    assert units(client.delete_item(Key=key, **total)) == 1


def test_query_rounds_the_sum(client, make_table):
    table = make_table("p:S", "r:N")
    put_all(client, table, [{"p": {"S": "a"}, "r": {"N": str(n)}, "x": {"S": "x" * 2000}} for n in range(1, 6)])
    answer = client.query(TableName=table, KeyConditionExpression="p = :p", ReturnConsumedCapacity="TOTAL",
                          ExpressionAttributeValues={":p": {"S": "a"}}, ConsistentRead=True)
    assert answer["ConsumedCapacity"] == {"TableName": table, "CapacityUnits": 3}


def test_index_arms(client, make_table):
    table = make_table(gsi={"by-x": ("x:S", None), "by-y": ("y:S", None)})
    answer = client.put_item(TableName=table, Item={"p": {"S": "a"}, "x": {"S": "b"}}, ReturnConsumedCapacity="INDEXES")
    assert answer["ConsumedCapacity"] == {
        "TableName": table, "CapacityUnits": 2, "Table": {"CapacityUnits": 1},
        "GlobalSecondaryIndexes": {"by-x": {"CapacityUnits": 1}}}
    answer = client.put_item(TableName=table, Item={"p": {"S": "a"}, "x": {"S": "c"}}, ReturnConsumedCapacity="TOTAL")
    assert units(answer) == 3  # the old entry and the new one


def test_transactions_count_twice(client, make_table):
    table = make_table()
    answer = client.transact_write_items(ReturnConsumedCapacity="TOTAL", TransactItems=[
        {"Put": {"TableName": table, "Item": {"p": {"S": name}}}} for name in "abc"])
    assert answer["ConsumedCapacity"][0]["CapacityUnits"] == 6
    answer = client.transact_get_items(ReturnConsumedCapacity="TOTAL", TransactItems=[
        {"Get": {"TableName": table, "Key": {"p": {"S": name}}}} for name in "ab"])
    assert answer["ConsumedCapacity"][0]["CapacityUnits"] == 4


def test_item_collection_metrics(client, make_table):
    plain, local = make_table(), make_table("p:S", "r:S", lsi={"by-x": ("x:S",)})
    item = {"p": {"S": "a"}, "r": {"S": "b"}}
    assert "ItemCollectionMetrics" not in client.put_item(TableName=plain, Item=item,
                                                          ReturnItemCollectionMetrics="SIZE")
    answer = client.put_item(TableName=local, Item=item, ReturnItemCollectionMetrics="SIZE")
    assert answer["ItemCollectionMetrics"] == {"ItemCollectionKey": {"p": {"S": "a"}},
                                               "SizeEstimateRangeGB": [0.0, 1.0]}
