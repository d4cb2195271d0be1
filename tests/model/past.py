"""What the table was at the ends of earlier seconds: restoring it to them, and exports of them and of what came between."""

import copy
import datetime
import gzip
import json
import time

from model import key_of
from support.changes import from_json, normal
from support.clients import ACCOUNT
from support.objects import BUCKET
from support.tables import wait_active
from support.waiting import wait_for

MARGIN = 0.05  # of a second: nothing is written so shortly before its end


class Past:
    def __init__(self, table, rng, objects):
        self.table, self.rng, self.objects = table, rng, objects
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

    def forget_old(self, client):
        # A server that was stopped while the first base was made begins later.
        description = client.describe_continuous_backups(TableName=self.table)["ContinuousBackupsDescription"]
        earliest = description["PointInTimeRecoveryDescription"]["EarliestRestorableDateTime"].timestamp()
        self.states = {second: items for second, items in self.states.items() if second >= earliest}

    def restore(self, client):
        self.forget_old(client)
        if not self.states:
            return
        second = self.rng.choice(list(self.states))
        name = f"past-{self.restored}"
        self.restored += 1
        client.restore_table_to_point_in_time(
            SourceTableName=self.table, TargetTableName=name,
            RestoreDateTime=moment(second))
        wait_active(client, name)
        items, arguments = {}, {}
        while True:
            answer = client.scan(TableName=name, ConsistentRead=True, **arguments)
            items |= {key_of(item): normal(item) for item in answer["Items"] if of_model(item)}
            if "LastEvaluatedKey" not in answer:
                break
            arguments["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
        assert items == {key: normal(item) for key, item in self.states[second].items()}, f"second {second}"
        client.delete_table(TableName=name)

    def export(self, client):
        """A full export of one second, and what came after it in increments: both tell what the model remembers."""
        self.forget_old(client)
        if not self.states:
            return
        begin, *ends = sorted(self.rng.choices(list(self.states), k=3))
        items = {key_of(line["Item"]): normal(line["Item"])
                 for line in self.exported(client, ExportTime=moment(begin)) if of_model(line["Item"])}
        assert items == self.normal_state(begin), f"second {begin}"
        for end in ends:
            if end == begin:
                continue
            before = self.normal_state(begin)
            lines = self.exported(client, ExportType="INCREMENTAL_EXPORT", IncrementalExportSpecification={
                "ExportFromTime": moment(begin + 1), "ExportToTime": moment(end + 1)})
            for line in lines:
                key = key_of(line["Keys"])
                if not of_model(line["Keys"]):
                    continue
                assert normal(line.get("OldImage")) == before.pop(key, None), f"{key}, seconds {begin} to {end}"
                items.pop(key, None)
                if "NewImage" in line:
                    items[key] = normal(line["NewImage"])
            assert items == self.normal_state(end), f"seconds {begin} to {end}"
            begin = end

    def normal_state(self, second):
        return {key: normal(item) for key, item in self.states[second].items()}

    def exported(self, client, **arguments):
        started = client.export_table_to_point_in_time(
            TableArn=f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/{self.table}", S3Bucket=BUCKET, **arguments)
        arn = started["ExportDescription"]["ExportArn"]

        def described():
            return client.describe_export(ExportArn=arn)["ExportDescription"]

        wait_for(lambda: described()["ExportStatus"] != "IN_PROGRESS", what="the end of an export")
        found = described()
        assert found["ExportStatus"] == "COMPLETED", found
        manifest = self.objects.get(found["ExportManifest"].replace("summary", "files"))
        files = [json.loads(line)["dataFileS3Key"] for line in manifest.splitlines()]
        lines = [line for key in files for line in gzip.decompress(self.objects.get(key)).splitlines()]
        assert len(lines) == found["ItemCount"]
        return [from_json(json.loads(line)) for line in lines]


def moment(second):
    return datetime.datetime.fromtimestamp(second, datetime.timezone.utc)


def of_model(item):
    """Nobody knows when exactly the others go."""
    return not item["p"]["S"].startswith("expired")
