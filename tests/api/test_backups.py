"""Backups and the tables restored from them (facts 9.2, 14.5)."""

import contextlib
import threading
import time

import pytest
from helpers import all_items, error, put_all, validation
from support import clients, offline
from support.tables import definition, unique_name, wait_active, wait_available, wait_gone
from support.waiting import wait_for

TABLE = {"hash": "p:S", "range": "r:N", "lsi": {"local": ("n:N", ["x"])},
         "gsi": {"all": ("g:S", "n:N"), "keys": ("n:N", None, "KEYS_ONLY")}}


def item(n, size=40):
    one = {"p": {"S": f"p{n % 7}"}, "r": {"N": str(n)}, "x": {"S": "x" * (n % size)}}
    if n % 3:
        one |= {"n": {"N": str(n % 17)}, "g": {"S": f"g{n % 5}"}}
    return one


def contents(client, name, **arguments):
    return sorted(all_items(client.scan, TableName=name, ConsistentRead="IndexName" not in arguments, **arguments),
                  key=lambda one: int(one["r"]["N"]))


def back_up(client, name, label="nightly", wait=True):
    arn = client.create_backup(TableName=name, BackupName=label)["BackupDetails"]["BackupArn"]
    if wait:
        wait_available(client, arn)
    return arn


@pytest.fixture
def restored(client):
    """Restores to a table of a new name, waits until it is ACTIVE and drops it at the end."""
    names = []

    def restore(arn, **overrides):
        names.append(unique_name())
        client.restore_table_from_backup(TargetTableName=names[-1], BackupArn=arn, **overrides)
        wait_active(client, names[-1])
        return names[-1]

    yield restore
    for name in names:
        with contextlib.suppress(client.exceptions.ResourceNotFoundException):
            client.delete_table(TableName=name)


@pytest.fixture
def table(make_table):
    return make_table(**TABLE)


def test_a_restored_table_has_the_items_of_its_moment(client, table, restored):
    put_all(client, table, (item(n) for n in range(300)))
    before = contents(client, table)
    arn = back_up(client, table, wait=False)
    put_all(client, table, (item(n, size=90) for n in range(100, 400)))
    client.delete_item(TableName=table, Key={"p": {"S": "p0"}, "r": {"N": "0"}})
    wait_available(client, arn)
    name = restored(arn)
    assert contents(client, name) == before
    for index in ("local", "all", "keys"):
        expected = [one for one in before if "n" in one]
        found = contents(client, name, IndexName=index)
        assert [one["r"] for one in found] == [one["r"] for one in expected], index
    described = client.describe_table(TableName=name)["Table"]
    assert described["ItemCount"] == 300
    assert {i["IndexName"]: i["ItemCount"] for i in described["GlobalSecondaryIndexes"]} == {"all": 200, "keys": 200}
    assert "RestoreSummary" not in described
    # Writes keep what was restored.
    put_all(client, name, [item(1), item(1000)])
    assert len(contents(client, name)) == 301


def test_a_backup_describes_its_table(client, table):
    put_all(client, table, (item(n) for n in range(20)))
    client.update_time_to_live(TableName=table, TimeToLiveSpecification={"Enabled": True, "AttributeName": "t"})
    source = client.describe_table(TableName=table)["Table"]
    arn = back_up(client, table)
    assert arn.startswith(source["TableArn"] + "/backup/")
    described = client.describe_backup(BackupArn=arn)["BackupDescription"]
    details = described["BackupDetails"]
    assert (details["BackupName"], details["BackupType"], details["BackupStatus"]) == ("nightly", "USER", "AVAILABLE")
    assert details["BackupSizeBytes"] == source["TableSizeBytes"]
    table_details = described["SourceTableDetails"]
    assert table_details["TableId"] == source["TableId"]
    assert table_details["ItemCount"] == 20
    assert table_details["KeySchema"] == source["KeySchema"]
    features = described["SourceTableFeatureDetails"]
    assert {i["IndexName"] for i in features["GlobalSecondaryIndexes"]} == {"all", "keys"}
    assert features["LocalSecondaryIndexes"][0]["Projection"] == {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["x"]}
    assert features["TimeToLiveDescription"] == {"TimeToLiveStatus": "ENABLED", "AttributeName": "t"}


def test_backups_are_listed(client, table):
    arns = []
    for label in ("one", "two", "two"):
        arns.append(back_up(client, table, label))
        time.sleep(0.002)  # ids made within a millisecond have no order
    listed = client.list_backups(TableName=table)["BackupSummaries"]
    assert [b["BackupArn"] for b in listed] == arns
    assert [b["BackupName"] for b in listed] == ["one", "two", "two"]
    first = client.list_backups(TableName=table, Limit=2)
    assert first["LastEvaluatedBackupArn"] == arns[1]
    rest = client.list_backups(TableName=table, ExclusiveStartBackupArn=arns[1])
    assert [b["BackupArn"] for b in rest["BackupSummaries"]] == arns[2:]
    assert "LastEvaluatedBackupArn" not in rest
    # boto3 sends whole seconds.
    first, last = (int(b["BackupCreationDateTime"].timestamp()) for b in (listed[0], listed[-1]))
    for bounds, expected in (((first, last + 1), 3), ((last + 1, last + 100), 0), ((first - 100, first), 0)):
        found = client.list_backups(TableName=table, TimeRangeLowerBound=bounds[0], TimeRangeUpperBound=bounds[1])
        assert len(found["BackupSummaries"]) == expected, bounds
    assert client.list_backups(TableName=table, BackupType="SYSTEM")["BackupSummaries"] == []
    assert len(client.list_backups(TableName=table, BackupType="ALL")["BackupSummaries"]) == 3
    assert client.list_backups(TableName="no-such-table")["BackupSummaries"] == []


def test_a_deleted_backup_is_gone(client, table):
    arn = back_up(client, table)
    deleted = client.delete_backup(BackupArn=arn)["BackupDescription"]
    assert deleted["BackupDetails"]["BackupStatus"] == "DELETED"
    for call in (client.describe_backup, client.delete_backup):
        with error("BackupNotFoundException", f"Backup not found: {arn}"):
            call(BackupArn=arn)
    with error("BackupNotFoundException", f"Backup not found: {arn}"):
        client.restore_table_from_backup(TargetTableName="target", BackupArn=arn)
    assert client.list_backups(TableName=table)["BackupSummaries"] == []


def test_a_backup_outlives_its_table(client, table, restored):
    put_all(client, table, (item(n) for n in range(500)))
    before = contents(client, table)
    arn = back_up(client, table, wait=False)
    client.delete_table(TableName=table)
    wait_available(client, arn)
    wait_gone(client, table)
    assert contents(client, restored(arn)) == before
    client.delete_backup(BackupArn=arn)


def test_what_is_not_restored(client, restored):
    name = unique_name()
    client.create_table(TableName=name, **definition("p:S"), DeletionProtectionEnabled=True,
                        StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
                        Tags=[{"Key": "a", "Value": "b"}])
    wait_active(client, name)
    client.update_time_to_live(TableName=name, TimeToLiveSpecification={"Enabled": True, "AttributeName": "t"})
    arn = back_up(client, name)
    features = client.describe_backup(BackupArn=arn)["BackupDescription"]["SourceTableFeatureDetails"]
    assert features["StreamDescription"] == {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
    target = restored(arn)
    described = client.describe_table(TableName=target)["Table"]
    assert described["DeletionProtectionEnabled"] is False
    assert "StreamSpecification" not in described and "LatestStreamArn" not in described
    assert client.list_tags_of_resource(ResourceArn=described["TableArn"])["Tags"] == []
    ttl = client.describe_time_to_live(TableName=target)["TimeToLiveDescription"]
    assert ttl["TimeToLiveStatus"] == "DISABLED"
    client.update_table(TableName=name, DeletionProtectionEnabled=False)
    client.delete_table(TableName=name)


def test_overrides(client, table, restored):
    put_all(client, table, (item(n) for n in range(50)))
    arn = back_up(client, table)
    key = {"IndexName": "keys", "KeySchema": [{"AttributeName": "n", "KeyType": "HASH"}],
           "Projection": {"ProjectionType": "KEYS_ONLY"}}
    units = {"ReadCapacityUnits": 3, "WriteCapacityUnits": 4}
    name = restored(arn, BillingModeOverride="PROVISIONED", ProvisionedThroughputOverride=units,
                    GlobalSecondaryIndexOverride=[{**key, "ProvisionedThroughput": units}],
                    LocalSecondaryIndexOverride=[])
    described = client.describe_table(TableName=name)["Table"]
    assert described["ProvisionedThroughput"]["ReadCapacityUnits"] == 3
    assert [i["IndexName"] for i in described["GlobalSecondaryIndexes"]] == ["keys"]
    assert described["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"]["WriteCapacityUnits"] == 4
    assert "LocalSecondaryIndexes" not in described
    assert {a["AttributeName"] for a in described["AttributeDefinitions"]} == {"p", "r", "n"}

    bare = restored(arn, GlobalSecondaryIndexOverride=[], LocalSecondaryIndexOverride=[])
    assert "GlobalSecondaryIndexes" not in client.describe_table(TableName=bare)["Table"]
    for wrong in ({**key, "IndexName": "other"}, {**key, "Projection": {"ProjectionType": "ALL"}},
                  {**key, "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}]}):
        with validation(f"Invalid Request: Index {wrong['IndexName']} does not match a secondary index that existed in "
                        "the source table and cannot be created during the restore operation"):
            client.restore_table_from_backup(TargetTableName="target", BackupArn=arn,
                                             GlobalSecondaryIndexOverride=[wrong])
    with validation():
        client.restore_table_from_backup(TargetTableName="target", BackupArn=arn, BillingModeOverride="PROVISIONED")


def test_errors(client, table):
    with error("TableNotFoundException", "Table not found: no-such-table"):
        client.create_backup(TableName="no-such-table", BackupName="nightly")
    with validation():
        client.create_backup(TableName=table, BackupName="a b")
    nowhere = f"arn:aws:dynamodb:us-east-1:000000000000:table/{table}/backup/01489602797149-73d8d5bc"
    with error("BackupNotFoundException", f"Backup not found: {nowhere}"):
        client.describe_backup(BackupArn=nowhere)
    with validation("Invalid Backup ARN"):
        client.describe_backup(BackupArn=f"arn:aws:dynamodb:us-east-1:000000000000:table/{table}")
    arn = back_up(client, table)
    with error("TableAlreadyExistsException", f"Table already exists: {table}"):
        client.restore_table_from_backup(TargetTableName=table, BackupArn=arn)


def test_while_a_table_is_restored(own_server):
    client = clients.client(own_server.url)
    client.create_table(TableName="source", **definition(**TABLE))
    wait_active(client, "source")
    padding = {"pad": {"S": "x" * 15_000}}  # so that the restore takes longer than the calls beside it
    put_all(client, "source", (item(n, size=3000) | padding for n in range(3000)))
    arn = back_up(client, "source")
    answer = client.restore_table_from_backup(TargetTableName="target", BackupArn=arn)["TableDescription"]
    assert answer["TableStatus"] == "CREATING"
    assert answer["RestoreSummary"]["SourceBackupArn"] == arn
    assert answer["RestoreSummary"]["RestoreInProgress"] is True
    with error("BackupInUseException"):
        client.restore_table_from_backup(TargetTableName="other", BackupArn=arn)
    with error("BackupInUseException"):
        client.delete_backup(BackupArn=arn)
    with error("ResourceInUseException", "Attempt to change a resource which is still in use: "
                                         "Table is being created: target"):
        client.delete_table(TableName="target")
    wait_active(client, "target")
    client.delete_backup(BackupArn=arn)
    assert len(contents(client, "target")) == 3000
    wait_for(lambda: not list((own_server.data / "backups").iterdir()))
    own_server.stop()
    offline.assert_sound(own_server.data)
    assert list((own_server.data / "backups").iterdir()) == []


def test_writers_are_not_held_up_and_items_are_of_one_moment(client, restored):
    """Counters that are raised together, in a transaction, are equal in every backup."""
    name = unique_name()
    client.create_table(TableName=name, **definition("p:S"))
    wait_active(client, name)
    put_all(client, name, ({"p": {"S": f"filler{n}"}, "x": {"S": "x" * 5000}} for n in range(300)))
    raised, stop = 0, threading.Event()

    def write():
        nonlocal raised
        while not stop.is_set():
            client.transact_write_items(TransactItems=[
                {"Update": {"TableName": name, "Key": {"p": {"S": key}}, "UpdateExpression": "ADD n :one",
                            "ExpressionAttributeValues": {":one": {"N": "1"}}}} for key in ("a", "b", "c", "d")])
            raised += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        moments = []
        for _ in range(5):
            done = raised
            while raised == done:
                time.sleep(0.001)
            moments.append((raised, back_up(client, name), raised))
    finally:
        stop.set()
        writer.join()
    for least, arn, most in moments:
        table = restored(arn)
        found = {one["p"]["S"]: int(one["n"]["N"]) for one in all_items(client.scan, TableName=table) if "n" in one}
        assert set(found) == {"a", "b", "c", "d"}
        assert len(set(found.values())) == 1, found
        assert least <= found["a"] <= most + 1
    client.delete_table(TableName=name)
