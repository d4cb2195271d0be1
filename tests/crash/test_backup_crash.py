"""kill -9 in the middle of backups and restores: what was accepted is done in the end, and nothing is left over."""

import random
import time

from helpers import all_items
from support import clients, offline
from support.tables import definition, unique_name, wait_active

ROUNDS = 12
ITEMS = 1500


def wait_available(client, arn):
    deadline = time.monotonic() + 60
    while client.describe_backup(BackupArn=arn)["BackupDescription"]["BackupDetails"]["BackupStatus"] != "AVAILABLE":
        assert time.monotonic() < deadline
        time.sleep(0.02)


def kill_and_start(server, choices, most_seconds):
    time.sleep(choices.uniform(0, most_seconds))
    server.kill()
    if choices.random() < 0.3:
        offline.assert_sound(server.data)
    server.start()
    return clients.client(server.url)


def test_backups_and_restores_survive_kills(own_server, seed):
    choices = random.Random(seed)
    client = clients.client(own_server.url)
    client.create_table(TableName="source", **definition("p:S", "r:N", lsi={"local": ("n:N",)}, gsi={"all": ("n:N", "p:S")}))
    wait_active(client, "source")
    items = [{"p": {"S": f"p{n % 20}"}, "r": {"N": str(n)}, "n": {"N": str(n % 5)}, "x": {"S": "x" * 2000}}
             for n in range(ITEMS)]
    for start in range(0, ITEMS, 25):
        client.batch_write_item(RequestItems={"source": [{"PutRequest": {"Item": i}} for i in items[start:start + 25]]})
    arns, tables = [], []
    for _ in range(ROUNDS):
        arns.append(client.create_backup(TableName="source", BackupName="crash")["BackupDetails"]["BackupArn"])
        client = kill_and_start(own_server, choices, 0.3)
        wait_available(client, arns[-1])
        tables.append(unique_name())
        client.restore_table_from_backup(TargetTableName=tables[-1], BackupArn=arns[-1])
        client = kill_and_start(own_server, choices, 0.3)
        wait_active(client, tables[-1])
        if choices.random() < 0.5:
            client.delete_backup(BackupArn=arns.pop())
            client = kill_and_start(own_server, choices, 0.01)
    for name in tables:
        found = all_items(client.scan, TableName=name)
        assert sorted(found, key=lambda i: int(i["r"]["N"])) == items
        assert client.describe_table(TableName=name)["Table"]["ItemCount"] == ITEMS
    listed = [b["BackupArn"] for b in client.list_backups()["BackupSummaries"]]
    assert listed == arns
    deadline = time.monotonic() + 30
    while {path.name for path in (own_server.data / "backups").iterdir()} != {arn.rsplit("/")[-1] for arn in arns}:
        assert time.monotonic() < deadline, "folders that belong to no backup are left"
        time.sleep(0.1)
    own_server.stop()
    offline.assert_sound(own_server.data)
