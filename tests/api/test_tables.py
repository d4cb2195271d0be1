"""Tables: create, describe, list, update, delete (facts 5)."""

import re

import pytest
from helpers import error, put_all, validation
from support.clients import ACCOUNT, REGION
from support.tables import definition, unique_name, wait_active, wait_gone

OMP = "One or more parameter values were invalid: "


def test_life_of_a_table(client):
    name = unique_name("life")
    created = client.create_table(TableName=name, **definition("p:S", "r:N"))["TableDescription"]
    try:
        assert created["TableStatus"] == "CREATING" and created["ItemCount"] == created["TableSizeBytes"] == 0
        table = wait_active(client, name)
        assert table["TableName"] == name
        assert table["TableArn"] == f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{name}"
        assert table["KeySchema"] == [{"AttributeName": "p", "KeyType": "HASH"},
                                      {"AttributeName": "r", "KeyType": "RANGE"}]
        assert sorted(a["AttributeName"] + a["AttributeType"] for a in table["AttributeDefinitions"]) == ["pS", "rN"]
        assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
        assert table["ProvisionedThroughput"]["ReadCapacityUnits"] == 0
        assert table["DeletionProtectionEnabled"] is False
        assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", table["TableId"])
        with error("ResourceInUseException", f"Table already exists: {name}"):
            client.create_table(TableName=name, **definition())
    finally:
        deleted = client.delete_table(TableName=name)["TableDescription"]
    assert deleted["TableStatus"] == "DELETING" and "KeySchema" not in deleted
    wait_gone(client, name)
    for call in (client.describe_table, client.delete_table):
        with error("ResourceNotFoundException", f"Requested resource not found: Table: {name} not found"):
            call(TableName=name)


def test_a_table_made_again_is_empty_and_has_a_new_id(client, make_table):
    name = make_table()
    put_all(client, name, [{"p": {"S": str(n)}} for n in range(10)])
    first = client.describe_table(TableName=name)["Table"]["TableId"]
    client.delete_table(TableName=name)
    wait_gone(client, name)
    make_table(name=name)
    assert client.scan(TableName=name)["Count"] == 0
    assert client.describe_table(TableName=name)["Table"]["TableId"] != first


def test_describe_indexes(client, make_table):
    name = make_table("p:S", "r:S", gsi={"gsi": ("x:S", "y:N", ["note"])}, lsi={"lsi": ("z:B", "KEYS_ONLY")})
    table = client.describe_table(TableName=name)["Table"]
    gsi, lsi = table["GlobalSecondaryIndexes"][0], table["LocalSecondaryIndexes"][0]
    assert gsi["IndexStatus"] == "ACTIVE" and gsi["IndexArn"] == table["TableArn"] + "/index/gsi"
    assert gsi["Projection"] == {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["note"]}
    assert lsi["Projection"] == {"ProjectionType": "KEYS_ONLY"} and "IndexStatus" not in lsi
    assert [k["AttributeName"] for k in lsi["KeySchema"]] == ["p", "z"]


def test_list_tables_pages_in_order(client, make_table):
    stem = unique_name("list")
    names = [make_table(name=f"{stem}-{n}") for n in range(5)]
    got, start = [], stem
    while True:
        answer = client.list_tables(Limit=2, ExclusiveStartTableName=start)
        got += [name for name in answer["TableNames"] if name.startswith(stem)]
        start = answer.get("LastEvaluatedTableName")
        if start is None:
            break
        assert len(answer["TableNames"]) == 2 and start == answer["TableNames"][-1]
    assert got == names
    assert set(names) <= set(client.list_tables()["TableNames"])


BASE = definition("p:S")


def changed(**changes):
    return {**BASE, **changes}


@pytest.mark.parametrize("arguments, message", [
    (changed(ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}),
     OMP + "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST"),
    (changed(BillingMode="PROVISIONED"),
     OMP + "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED"),
    (changed(GlobalSecondaryIndexes=[]), OMP + "List of GlobalSecondaryIndexes is empty"),
    (changed(LocalSecondaryIndexes=[]), OMP + "List of LocalSecondaryIndexes is empty"),
    (changed(KeySchema=[{"AttributeName": "p", "KeyType": "RANGE"}]),
     "Invalid KeySchema: The first KeySchemaElement is not a HASH key type"),
    (changed(AttributeDefinitions=[{"AttributeName": "p", "AttributeType": "S"},
                                   {"AttributeName": "x", "AttributeType": "S"}]),
     OMP + "Number of attributes in KeySchema does not exactly match number of attributes defined in "
           "AttributeDefinitions"),
    (changed(AttributeDefinitions=[{"AttributeName": "x", "AttributeType": "S"}]),
     OMP + "Some index key attributes are not defined in AttributeDefinitions. Keys: [p], AttributeDefinitions: [x]"),
    (definition("p:S", lsi={"idx": ("x:S",)}),
     OMP + "Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex"),
    (definition("p:S", "r:S", lsi={"idx": ("x:S",)}, gsi={"idx": ("x:S", None)}), OMP + "Duplicate index name: idx"),
])
def test_bad_create_table(client, arguments, message):
    name = unique_name("bad")
    with validation(message):
        client.create_table(TableName=name, **arguments)
    assert name not in client.list_tables(ExclusiveStartTableName=name[:-1])["TableNames"]


def test_deletion_protection(client, make_table):
    name = make_table(DeletionProtectionEnabled=True)
    try:
        with validation("Resource cannot be deleted as it is currently protected against deletion. Disable deletion "
                        "protection first."):
            client.delete_table(TableName=name)
    finally:
        client.update_table(TableName=name, DeletionProtectionEnabled=False)
        wait_active(client, name)


def test_index_added_to_a_full_table(client, make_table):
    name = make_table()
    put_all(client, name, [{"p": {"S": str(n)}, "x": {"N": str(n)} if n % 3 else {"S": "wrong"}} for n in range(30)])
    client.update_table(TableName=name, AttributeDefinitions=[{"AttributeName": "x", "AttributeType": "N"}],
                        GlobalSecondaryIndexUpdates=[{"Create": {
                            "IndexName": "by-x", "KeySchema": [{"AttributeName": "x", "KeyType": "HASH"}],
                            "Projection": {"ProjectionType": "ALL"}}}])
    client.put_item(TableName=name, Item={"p": {"S": "late"}, "x": {"N": "100"}})
    wait_active(client, name)
    items = client.scan(TableName=name, IndexName="by-x")["Items"]
    assert sorted(int(item["x"]["N"]) for item in items) == [n for n in range(30) if n % 3] + [100]
    client.update_table(TableName=name, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by-x"}}])
    table = wait_active(client, name)
    while "GlobalSecondaryIndexes" in table:
        table = wait_active(client, name)
    assert [a["AttributeName"] for a in table["AttributeDefinitions"]] == ["p"]
    client.put_item(TableName=name, Item={"p": {"S": "free again"}, "x": {"S": "any type"}})


def test_tags(client, make_table):
    name = make_table(Tags=[{"Key": "team", "Value": "blue"}])
    arn = client.describe_table(TableName=name)["Table"]["TableArn"]
    assert client.list_tags_of_resource(ResourceArn=arn)["Tags"] == [{"Key": "team", "Value": "blue"}]
    client.tag_resource(ResourceArn=arn, Tags=[{"Key": "team", "Value": "red"}, {"Key": "cost", "Value": "7"}])
    client.untag_resource(ResourceArn=arn, TagKeys=["cost"])
    assert client.list_tags_of_resource(ResourceArn=arn)["Tags"] == [{"Key": "team", "Value": "red"}]
