"""Point-in-time recovery (facts 9.3, 14.5): tables are restored to what a model remembers of earlier seconds."""

import datetime
import random
import time

import pytest
from helpers import all_items, error, validation
from support import clients, offline
from support.tables import definition, unique_name, wait_active, wait_available, wait_gone

TABLE = {"hash": "p:S", "range": "r:N", "lsi": {"local": ("n:N",)}, "gsi": {"all": ("g:S", "n:N")}}
SECONDS = 6


def turn_on(client, name, **more):
    return client.update_continuous_backups(
        TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True, **more})


def turn_off(client, name):
    return client.update_continuous_backups(
        TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False})


def recovery(client, name):
    described = client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    assert described["ContinuousBackupsStatus"] == "ENABLED"
    return described["PointInTimeRecoveryDescription"]


def at(second):
    return datetime.datetime.fromtimestamp(second, datetime.timezone.utc)


def key_of(item):
    return item["p"]["S"], int(item["r"]["N"])


def contents(client, name, **arguments):
    return {key_of(item): item
            for item in all_items(client.scan, TableName=name, ConsistentRead="IndexName" not in arguments, **arguments)}


def restore(client, source, **arguments):
    target = unique_name("restored")
    client.restore_table_to_point_in_time(SourceTableName=source, TargetTableName=target, **arguments)
    wait_active(client, target)
    return target


class Writer:
    """Writes what a seed says, and remembers the items at the end of each second."""

    def __init__(self, client, table, seed):
        self.client, self.table, self.random = client, table, random.Random(seed)
        self.items = {}
        self.states = {}  # by second

    def key(self):
        return f"p{self.random.randrange(4)}", self.random.randrange(12)

    def item(self, key):
        item = {"p": {"S": key[0]}, "r": {"N": str(key[1])}, "x": {"S": "x" * self.random.randrange(300)}}
        if self.random.random() < 0.7:
            item |= {"n": {"N": str(self.random.randrange(9))}, "g": {"S": f"g{self.random.randrange(3)}"}}
        return item

    def keys_of(self, count):
        return list({self.key() for _ in range(count)})

    @staticmethod
    def api_key(key):
        return {"p": {"S": key[0]}, "r": {"N": str(key[1])}}

    def put(self):
        key = self.key()
        item = self.item(key)
        self.client.put_item(TableName=self.table, Item=item)
        self.items[key] = item

    def delete(self):
        key = self.key()
        self.client.delete_item(TableName=self.table, Key=self.api_key(key))
        self.items.pop(key, None)

    def update(self):
        key = self.key()
        answer = self.client.update_item(TableName=self.table, Key=self.api_key(key), UpdateExpression="SET u = :u, n = :u",
                                         ExpressionAttributeValues={":u": {"N": str(self.random.randrange(9))}},
                                         ReturnValues="ALL_NEW")
        self.items[key] = answer["Attributes"]

    def batch(self):
        requests, after = [], {}
        for key in self.keys_of(6):
            after[key] = self.item(key) if self.random.random() < 0.7 else None
            requests.append({"PutRequest": {"Item": after[key]}} if after[key] else
                            {"DeleteRequest": {"Key": self.api_key(key)}})
        assert not self.client.batch_write_item(RequestItems={self.table: requests})["UnprocessedItems"]
        self.take(after)

    def transaction(self):
        actions, after = [], {}
        for key in self.keys_of(5):
            after[key] = self.item(key) if self.random.random() < 0.7 else None
            actions.append({"Put": {"TableName": self.table, "Item": after[key]}} if after[key] else
                           {"Delete": {"TableName": self.table, "Key": self.api_key(key)}})
        self.client.transact_write_items(TransactItems=actions)
        self.take(after)

    def take(self, after):
        for key, item in after.items():
            if item:
                self.items[key] = item
            else:
                self.items.pop(key, None)

    def run(self, seconds):
        """No write is under way when a second ends, or the second is not remembered."""
        end = int(time.time()) + seconds
        while time.time() < end:
            began = time.time()
            if began % 1 > 0.85:
                time.sleep(1.01 - began % 1)
                if int(time.time()) == int(began) + 1:
                    self.states[int(began)] = dict(self.items)
                continue
            self.random.choice([self.put, self.put, self.delete, self.update, self.batch, self.transaction])()
            if int(time.time()) != int(began):
                self.states.pop(int(began), None)
        return self.states


def check(client, source, states, **arguments):
    for second, expected in states.items():
        name = restore(client, source, RestoreDateTime=at(second), **arguments)
        assert contents(client, name) == expected, second
        for index in ("local", "all"):
            found = contents(client, name, IndexName=index)
            assert found == {key: item for key, item in expected.items() if "n" in item and (index == "local" or "g" in item)}
        described = client.describe_table(TableName=name)["Table"]
        assert described["ItemCount"] == len(expected)
        assert "RestoreSummary" not in described
        client.delete_table(TableName=name)


@pytest.fixture
def table(make_table):
    return make_table(**TABLE)


def test_restored_tables_are_what_they_were(client, table, seed):
    writer = Writer(client, table, seed)
    for _ in range(60):
        writer.put()
    turn_on(client, table)
    states = {}
    while len(states) < SECONDS // 2:
        states |= writer.run(SECONDS)
    check(client, table, states)
    latest = restore(client, table, UseLatestRestorableTime=True)
    assert contents(client, latest) in (writer.items, states[max(states)])


def test_enabling_goes_on_under_writes_and_resets_the_window(client, table, seed):
    writer = Writer(client, table, seed)
    for _ in range(4):
        turn_on(client, table)
        states = dict(writer.run(2))
        writer.states.clear()
        if states:
            second = max(states)
            name = restore(client, table, RestoreDateTime=at(second))
            assert contents(client, name) == states[second]
        turn_off(client, table)
        assert recovery(client, table) == {"PointInTimeRecoveryStatus": "DISABLED"}
        writer.run(1)
        writer.states.clear()
    asked = int(time.time())
    turn_on(client, table)
    assert recovery(client, table)["EarliestRestorableDateTime"].timestamp() >= asked - 1
    with error("InvalidRestoreTimeException"):
        client.restore_table_to_point_in_time(SourceTableName=table, TargetTableName=unique_name(),
                                              RestoreDateTime=at(asked - 5))


def test_the_description(client, table):
    began = int(time.time())
    off = client.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    assert off == {"ContinuousBackupsStatus": "ENABLED",
                   "PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "DISABLED"}}
    answer = turn_on(client, table)["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    assert (answer["PointInTimeRecoveryStatus"], answer["RecoveryPeriodInDays"]) == ("ENABLED", 35)
    earliest = answer["EarliestRestorableDateTime"]
    assert began <= earliest.timestamp() <= time.time()
    time.sleep(2.5)
    asked = time.time()
    now = recovery(client, table)
    assert 0 <= now["EarliestRestorableDateTime"].timestamp() - earliest.timestamp() <= 10
    assert asked - 4 < now["LatestRestorableDateTime"].timestamp() < time.time()
    # Again, and the period alone: the window stays.
    again = turn_on(client, table, RecoveryPeriodInDays=7)["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    assert again["RecoveryPeriodInDays"] == 7
    assert again["EarliestRestorableDateTime"] == now["EarliestRestorableDateTime"]
    assert "PointInTimeRecovery" not in str(client.describe_table(TableName=table))


def test_errors(client, table):
    missing = unique_name()
    with error("TableNotFoundException", f"Table not found: {missing}"):
        client.describe_continuous_backups(TableName=missing)
    with error("TableNotFoundException", f"Table not found: {missing}"):
        turn_on(client, missing)
    with validation("Invalid Request: Cannot specify RecoveryPeriodInDays when disabling point-in-time recovery."):
        client.update_continuous_backups(TableName=table, PointInTimeRecoverySpecification={
            "PointInTimeRecoveryEnabled": False, "RecoveryPeriodInDays": 3})
    call = client.restore_table_to_point_in_time
    with validation("Must provide exactly one of: sourceTableArn, sourceTableName"):
        call(TargetTableName=missing, UseLatestRestorableTime=True)
    one_of = "Invalid Request: Either one of RestoreDateTime or UseLatestRestorableTime must be specified, but not both"
    with validation(one_of):
        call(SourceTableName=table, TargetTableName=missing)
    with validation(one_of):
        call(SourceTableName=table, TargetTableName=missing, UseLatestRestorableTime=True, RestoreDateTime=at(1))
    with error("TableNotFoundException", f"Table not found: {missing}"):
        call(SourceTableName=missing, TargetTableName=table, UseLatestRestorableTime=True)
    with error("PointInTimeRecoveryUnavailableException", f"Point in time recovery is not enabled for table '{table}'"):
        call(SourceTableName=table, TargetTableName=table, UseLatestRestorableTime=True)
    turn_on(client, table)
    for second in (int(time.time()) - 100, int(time.time()) + 100):
        with error("InvalidRestoreTimeException"):
            call(SourceTableName=table, TargetTableName=table, RestoreDateTime=at(second))
    with error("TableAlreadyExistsException", f"Table already exists: {table}"):
        call(SourceTableName=table, TargetTableName=table, UseLatestRestorableTime=True)


def test_overrides_and_what_is_dropped(client, table):
    client.update_time_to_live(TableName=table, TimeToLiveSpecification={"Enabled": True, "AttributeName": "t"})
    arn = client.describe_table(TableName=table)["Table"]["TableArn"]
    turn_on(client, table)
    target = unique_name()
    asked = time.time()
    answer = client.restore_table_to_point_in_time(
        SourceTableArn=arn, TargetTableName=target, UseLatestRestorableTime=True, GlobalSecondaryIndexOverride=[],
        BillingModeOverride="PROVISIONED", ProvisionedThroughputOverride={"ReadCapacityUnits": 3, "WriteCapacityUnits": 4})
    summary = answer["TableDescription"]["RestoreSummary"]
    assert (summary["SourceTableArn"], summary["RestoreInProgress"]) == (arn, True)
    assert asked - 5 < summary["RestoreDateTime"].timestamp() <= time.time()
    assert "SourceBackupArn" not in summary
    described = wait_active(client, target)
    assert "GlobalSecondaryIndexes" not in described and "LocalSecondaryIndexes" in described
    assert described["ProvisionedThroughput"]["WriteCapacityUnits"] == 4
    assert recovery(client, target) == {"PointInTimeRecoveryStatus": "DISABLED"}
    assert client.describe_time_to_live(TableName=target)["TimeToLiveDescription"] == {"TimeToLiveStatus": "DISABLED"}


def test_what_expired_comes_back(client, table):
    client.update_time_to_live(TableName=table, TimeToLiveSpecification={"Enabled": True, "AttributeName": "t"})
    turn_on(client, table)
    expires = int(time.time()) + 8
    item = {"p": {"S": "p"}, "r": {"N": "1"}, "t": {"N": str(expires)}}
    client.put_item(TableName=table, Item=item)
    alive = int(time.time())
    deadline = time.monotonic() + 60
    while contents(client, table):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    gone = int(time.time())
    time.sleep(2.1)
    assert contents(client, restore(client, table, RestoreDateTime=at(alive))) == {("p", 1): item}
    assert contents(client, restore(client, table, RestoreDateTime=at(gone))) == {}


def test_a_stream_beside_it(client, table, seed):
    turn_on(client, table)
    client.update_table(TableName=table, StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"})
    wait_active(client, table)
    writer = Writer(client, table, seed)
    states = dict(writer.run(2))
    client.update_table(TableName=table, StreamSpecification={"StreamEnabled": False})
    wait_active(client, table)
    states |= writer.run(2)
    time.sleep(1)
    check(client, table, states)


def test_a_deleted_table_leaves_a_backup(client, table, seed):
    turn_on(client, table)
    writer = Writer(client, table, seed)
    for _ in range(50):
        writer.put()
    client.delete_table(TableName=table)
    wait_gone(client, table)
    backups = client.list_backups(TableName=table, BackupType="SYSTEM")["BackupSummaries"]
    assert [backup["BackupName"] for backup in backups] == [f"{table}$DeletedTableBackup"]
    [backup] = backups
    assert backup["BackupArn"].endswith("-00000000")
    kept = backup["BackupExpiryDateTime"] - backup["BackupCreationDateTime"]
    assert kept == datetime.timedelta(days=35)
    with error("ValidationException") as refused:
        client.delete_backup(BackupArn=backup["BackupArn"])
    assert refused.value.response["Error"]["Message"].startswith(
        f"Invalid Request: User is not allowed to delete the system backup with arn {backup['BackupArn']}. "
        "It will automatically expire on ")
    wait_available(client, backup["BackupArn"])
    target = unique_name()
    client.restore_table_from_backup(TargetTableName=target, BackupArn=backup["BackupArn"])
    wait_active(client, target)
    assert contents(client, target) == writer.items


def test_restarts(own_server, seed):
    client = clients.client(own_server.url)
    client.create_table(TableName="source", **definition(**TABLE))
    wait_active(client, "source")
    writer = Writer(client, "source", seed)
    for _ in range(60):
        writer.put()
    turn_on(client, "source")
    states = {}
    for end in (own_server.stop, own_server.kill, own_server.kill):
        states |= writer.run(2)
        end()
        offline.assert_sound(own_server.data)
        own_server.start()
        writer.client = client = clients.client(own_server.url)
    states |= writer.run(2)
    # A stop before the first base was made moves the window to the restart.
    earliest = recovery(client, "source")["EarliestRestorableDateTime"].timestamp()
    states = {second: items for second, items in states.items() if second >= earliest}
    check(client, "source", states)
    # Restores are taken up.
    second = min(states)
    for number in range(3):
        client.restore_table_to_point_in_time(SourceTableName="source", TargetTableName=f"again-{number}",
                                              RestoreDateTime=at(second))
        own_server.kill()
        own_server.start()
        client = clients.client(own_server.url)
        wait_active(client, f"again-{number}")
        assert contents(client, f"again-{number}") == states[second]
    # A base that is being made is made anew.
    turn_off(client, "source")
    turn_on(client, "source")
    own_server.kill()
    own_server.start()
    writer.client = client = clients.client(own_server.url)
    writer.states.clear()
    states = dict(writer.run(3))
    check(client, "source", {max(states): states[max(states)]})
    folders = [path for path in (own_server.data / "backups").iterdir() if path.name.startswith("base-")]
    assert len(folders) == 1
    client.delete_table(TableName="source")
    wait_gone(client, "source")
    deadline = time.monotonic() + 30
    while any(path.name.startswith(("base-", "restore-")) for path in (own_server.data / "backups").iterdir()):
        assert time.monotonic() < deadline, "folders that belong to nothing are left"
        time.sleep(0.1)
    own_server.stop()
    offline.assert_sound(own_server.data)
