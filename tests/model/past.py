"""What the table was at the ends of earlier seconds, and restoring it to them."""

import copy
import datetime
import time

from model import key_of
from support.changes import normal
from support.tables import wait_active

MARGIN = 0.05  # of a second: nothing is written so shortly before its end


class Past:
    def __init__(self, table, rng):
        self.table, self.rng = table, rng
        self.states = {}  # the model's items by second
        self.restored = 0
        self.began = 0  # the second in which it was enabled

    def turn_on(self, client):
        client.update_continuous_backups(
            TableName=self.table, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})
        self.states.clear()
        self.began = int(time.time())

    def turn_off_and_on(self, client):
        client.update_continuous_backups(
            TableName=self.table, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False})
        self.turn_on(client)

    def pass_time(self, model):
        """To be called between two steps: of a second that ends in one, nobody knows which writes came before."""
        now = time.time()
        if now % 1 > 1 - MARGIN:
            time.sleep(1.001 - now % 1)
            if int(now) > self.began and int(time.time()) == int(now) + 1:
                self.states[int(now)] = copy.deepcopy(model.items)

    def restore(self, client):
        # A server that was stopped while the first base was made begins later.
        description = client.describe_continuous_backups(TableName=self.table)["ContinuousBackupsDescription"]
        earliest = description["PointInTimeRecoveryDescription"]["EarliestRestorableDateTime"].timestamp()
        self.states = {second: items for second, items in self.states.items() if second >= earliest}
        if not self.states:
            return
        second = self.rng.choice(list(self.states))
        name = f"past-{self.restored}"
        self.restored += 1
        client.restore_table_to_point_in_time(
            SourceTableName=self.table, TargetTableName=name,
            RestoreDateTime=datetime.datetime.fromtimestamp(second, datetime.timezone.utc))
        wait_active(client, name)
        items, arguments = {}, {}
        while True:
            answer = client.scan(TableName=name, ConsistentRead=True, **arguments)
            items |= {key_of(item): normal(item) for item in answer["Items"] if not item["p"]["S"].startswith("expired")}
            if "LastEvaluatedKey" not in answer:
                break
            arguments["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
        assert items == {key: normal(item) for key, item in self.states[second].items()}, f"second {second}"
        client.delete_table(TableName=name)
