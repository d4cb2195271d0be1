"""Long work of the server while it is killed: backups, restores, recoveries to a second, imports, bulk puts, bases,
deletions.

Each kind begins one job in a round, at a moment of its own. What was begun is found again after the crash, or had not
begun; in the end it is done, and what it made is right. JOBS has the kinds.
"""

import gzip
import json
import time

from moments import SLACK, end_of
from record import Table, check_figures, check_indexes, number, scan, schema, text
from support.clients import ACCOUNT, REGION
from support.waiting import wait_for
from writers import StopWriter, ensure, guarded

SECONDS = 60  # for a job to be done
IMPORTED = 6000  # items
TABLE_ARN = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/"


class Job:
    """`open` is what was begun, None if nothing: whatever the kind needs to know of it, and whether the answer came."""

    def __init__(self, world, shop):
        self.world, self.shop = world, shop
        self.open, self.acknowledged = None, False
        self.done, self.resumed = 0, 0

    # ---- under load ----

    def actor(self, rng):
        return guarded(self.world, self.run(rng))

    def run(self, rng):
        for _ in range(rng.randrange(150)):  # time passes
            yield from self.send("DescribeTable", {"TableName": self.world.table.name})
        if self.open is None:
            yield from self.begin(rng)

    def send(self, operation, body, *errors):
        """The answer; None for one of `errors`."""
        answer = yield operation, body
        if answer.status >= 500 and self.world.orderly:
            raise StopWriter
        if answer.status != 200 and answer.error in errors:
            return None
        ensure(answer.status == 200, operation, body, answer)
        return answer.json

    def start(self, what, operation, body, *errors):
        """Begins `what` by a request, whose answer is returned."""
        self.open, self.acknowledged = what, False
        answer = yield from self.send(operation, body, *errors)
        if answer is None:
            self.open = None
        self.acknowledged = True
        return answer

    # ---- after a crash ----

    def settle(self, connection):
        """Whether what was begun without an answer has begun."""
        if self.open is not None and not self.acknowledged and not self.find(connection):
            self.open = None
        self.acknowledged = True
        self.resumed += self.open is not None

    def finish(self, connection):
        """Waits for it, and looks at what came of it."""
        if self.open is not None:
            what, self.open = self.open, None
            self.check(connection, what)
            self.done += 1


class Shop:
    """What the jobs leave to each other, and names."""

    def __init__(self, folder):
        self.folder = folder  # of buckets
        self.names = 0
        self.backups = []  # that are AVAILABLE: (ARN, when the request was sent, when it was there, items or None)
        self.copies = {}   # tables that nobody writes: name -> items
        self.garbage = []  # (operation, body) of what is to be deleted
        self.last_backups = []  # tables that had recovery when they were deleted

    def name(self, stem):
        self.names += 1
        return f"{stem}-{self.names}"

    def keep(self, name, items):
        self.copies[name] = items

    def drop(self, name):
        self.copies.pop(name, None)
        self.garbage.append(("DeleteTable", {"TableName": name}))


def wait_active(connection, name):
    wait_for(lambda: connection.ok("DescribeTable", {"TableName": name})["Table"]["TableStatus"] == "ACTIVE", SECONDS,
             f"{name} is ACTIVE")


def wait_available(connection, arn, name):
    """Waits until the backup, called `name` in failures, is made."""
    wait_for(lambda: connection.ok("DescribeBackup", {"BackupArn": arn})["BackupDescription"]["BackupDetails"][
        "BackupStatus"] == "AVAILABLE", SECONDS, f"{name} is AVAILABLE")


def is_there(connection, name):
    answer = connection("DescribeTable", {"TableName": name})
    assert answer.status == 200 or answer.error == "ResourceNotFoundException", answer
    return answer.status == 200


class BackupJob(Job):
    def begin(self, rng):
        name, sent = self.shop.name("backup"), time.time()
        yield from self.start((name, sent), "CreateBackup", {"TableName": self.world.table.name, "BackupName": name})

    def arn(self, connection, name):
        listed = connection.ok("ListBackups", {"TableName": self.world.table.name})["BackupSummaries"]
        return next((backup["BackupArn"] for backup in listed if backup["BackupName"] == name), None)

    def find(self, connection):
        return self.arn(connection, self.open[0])

    def check(self, connection, what):
        name, sent = what
        arn = self.arn(connection, name)
        assert arn, f"{name} is gone"

        wait_available(connection, arn, name)
        self.shop.backups.append([arn, sent, time.time(), None])


class CopyJob(Job):
    """One that makes a table, whose name is the first part of what is open."""

    def find(self, connection):
        return is_there(connection, self.open[0])

    def check(self, connection, what):
        name = what[0]
        wait_active(connection, name)
        items = self.world.items_of(connection, name)
        self.check_items(items, *what)
        self.shop.keep(name, items)


class RestoreJob(CopyJob):
    def begin(self, rng):
        if self.shop.backups:
            yield from self.restore(rng.choice(self.shop.backups))

    def restore(self, backup):
        name = self.shop.name("restored")
        return self.start((name, backup), "RestoreTableFromBackup", {"TargetTableName": name, "BackupArn": backup[0]})

    def check_items(self, items, name, backup):
        arn, first, last, before = backup
        self.world.check_moment(items, first, last, f"{name}, restored from a backup")
        assert before in (None, items), f"{name}: what was restored from {arn} before was something else"
        backup[3] = items


class RecoverJob(CopyJob):
    """To a second of the last few."""

    def begin(self, rng):
        source = self.world.table.name
        described = yield from self.send("DescribeContinuousBackups", {"TableName": source})
        window = described["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
        latest = int(window["LatestRestorableDateTime"])
        second = rng.randint(max(latest - 8, int(window["EarliestRestorableDateTime"])), latest)
        name = self.shop.name("recovered")
        # The first may have moved up meanwhile; while it does so, a 500.
        yield from self.start((name, second), "RestoreTableToPointInTime", {
            "SourceTableName": source, "TargetTableName": name, "RestoreDateTime": second},
            "InvalidRestoreTimeException", "InternalServerError")

    def check_items(self, items, name, second):
        self.world.check_moment(items, end_of(second), end_of(second), f"{name}, recovered to {second}")


class BaseJob(Job):
    """The first base, of a table that nobody writes."""

    def begin(self, rng):
        if self.shop.copies:
            name = rng.choice(list(self.shop.copies))
            yield from self.start((name, self.shop.copies.pop(name)), "UpdateContinuousBackups", {
                "TableName": name, "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True}})

    def find(self, connection):
        name, items = self.open
        answer = connection.ok("DescribeContinuousBackups", {"TableName": name})["ContinuousBackupsDescription"]
        enabled = answer["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
        if not enabled:
            self.shop.keep(name, items)
        return enabled

    def check(self, connection, what):
        name, items = what
        copy = self.shop.name("again")
        connection.ok("RestoreTableToPointInTime", {"SourceTableName": name, "TargetTableName": copy,
                                                    "UseLatestRestorableTime": True})
        wait_active(connection, copy)
        assert self.world.items_of(connection, copy) == items, f"{copy} is not what {name} is"
        self.shop.drop(copy)
        self.shop.drop(name)
        self.shop.last_backups.append(name)


class ImportJob(Job):
    """Of good objects, of some with bad items, and of a bucket that is not there."""

    KINDS = {"good": ("COMPLETED", IMPORTED, 0), "bad": ("FAILED", IMPORTED, 3), "missing": ("FAILED", 0, 0)}

    def __init__(self, world, shop):
        super().__init__(world, shop)
        items = [{"p": text(f"p{n % 100}"), "r": number(n), "a": text("i" * 500), **({"g": text(n % 7)} if n % 2 else {})}
                 for n in range(IMPORTED)]
        lines = [json.dumps({"Item": item}) + "\n" for item in items]
        for kind in ("good", "bad"):
            (shop.folder / "bucket" / kind).mkdir(parents=True)
            for part in range(3):
                bad = '{"Item": {"p": {"S": "p"}}}\n' if kind == "bad" else ""
                (shop.folder / "bucket" / kind / f"{part}.json").write_text("".join(lines[part::3]) + bad)
        self.table = Table("", ("p", "r"), {"by-g": (("g",), "ALL")})
        self.items = {self.table.identity(item): item for item in items}

    def begin(self, rng):
        name, kind = self.shop.name("imported"), rng.choice(("good", "good", "good", "bad", "missing"))
        yield from self.start((name, kind), "ImportTable", {
            "S3BucketSource": {"S3Bucket": "no-bucket" if kind == "missing" else "bucket", "S3KeyPrefix": kind + "/"},
            "InputFormat": "DYNAMODB_JSON", "InputCompressionType": "NONE", "TableCreationParameters": {
                "TableName": name, "BillingMode": "PAY_PER_REQUEST", "KeySchema": schema("p", "r"),
                "AttributeDefinitions": [{"AttributeName": a, "AttributeType": t} for a, t in ("pS", "rN", "gS")],
                "GlobalSecondaryIndexes": [{"IndexName": "by-g", "KeySchema": schema("g"),
                                            "Projection": {"ProjectionType": "ALL"}}]}})

    def arn(self, connection, name):
        listed = imports(connection)
        return next((one["ImportArn"] for one in listed if one["TableArn"].endswith(f"table/{name}")), None)

    def find(self, connection):
        name = self.open[0]
        arn = self.arn(connection, name)
        assert arn or not is_there(connection, name), f"{name} is being filled by no import"
        return arn

    def check(self, connection, what):
        name, kind = what
        arn = self.arn(connection, name)
        assert arn, f"the import into {name} is gone"

        def described():
            return connection.ok("DescribeImport", {"ImportArn": arn})["ImportTableDescription"]
        wait_for(lambda: described()["ImportStatus"] != "IN_PROGRESS", SECONDS, f"the import into {name} has ended")
        found = described()
        outcome = found["ImportStatus"], found.get("ImportedItemCount", 0), found.get("ErrorCount", 0)
        assert outcome == self.KINDS[kind], found
        # As it is told that it has ended, the table is as it is to be.
        if kind == "missing":
            wait_for(lambda: not is_there(connection, name), SECONDS, f"{name} is gone")
            return
        items = scan(connection, name)
        copy = Table(name, self.table.key_names, self.table.indexes)
        check_indexes(connection, copy, items)
        check_figures(connection, copy, items)
        assert {copy.identity(item): item for item in items} == self.items, f"{name} is not what was imported"
        self.shop.drop(name)


def imports(connection):
    listed, token = [], {}
    while True:
        page = connection.ok("ListImports", token)
        listed += page["ImportSummaryList"]
        if "NextToken" not in page:
            return listed
        token = {"NextToken": page["NextToken"]}


class BulkJob(Job):
    """Into a table of its own, each line only if the item is not there, or however it is; some lines are bad. At a rate
    that lets it meet the end of a round."""

    BAD = 3

    def __init__(self, world, shop):
        super().__init__(world, shop)
        items = [{"p": text(f"p{n % 100}"), "r": number(n), "a": text("b" * 500), **({"g": text(n % 7)} if n % 2 else {})}
                 for n in range(IMPORTED)]
        lines = [json.dumps({"Item": item} | ({"ConditionExpression": "attribute_not_exists(p)"} if n % 3 else {})) + "\n"
                 for n, item in enumerate(items)]
        (shop.folder / "bucket" / "bulk").mkdir(parents=True)
        for part in range(self.BAD):
            (shop.folder / "bucket" / "bulk" / f"{part}.json").write_text(
                "".join(lines[part::self.BAD]) + '{"Item": {"p": {"S": "p"}}}\n')
        self.table = Table("", ("p", "r"), {"by-g": (("g",), "ALL")})
        self.items = {self.table.identity(item): item for item in items}
        self.target = None

    def settle(self, connection):
        super().settle(connection)
        if self.target is None:
            self.target = self.shop.name("bulk")
            connection.ok("CreateTable", {
                "TableName": self.target, "BillingMode": "PAY_PER_REQUEST", "KeySchema": schema("p", "r"),
                "AttributeDefinitions": [{"AttributeName": a, "AttributeType": t} for a, t in ("pS", "rN", "gS")],
                "GlobalSecondaryIndexes": [{"IndexName": "by-g", "KeySchema": schema("g"),
                                            "Projection": {"ProjectionType": "ALL"}}]})
            wait_active(connection, self.target)

    def begin(self, rng):
        if self.target is None:
            return
        yield from self.start(self.target, "StartBulkPutItems", {
            "TableName": self.target, "MaxWriteRequestUnits": 4096,
            "InputS3Configuration": {"S3Bucket": "bucket", "S3KeyPrefix": "bulk/", "InputFormat": "DYNAMODB_JSON"},
            "OutputS3Configuration": {"S3Bucket": "bucket", "S3KeyPrefix": self.target,
                                      "OutputType": ["ERROR", "CONDITION_CHECK_FAILURE"]}})

    def arn(self, connection, name):
        listed = connection.ok("ListBulkOperations", {"MaxResults": 25})["BulkOperationsSummaryList"]
        return next((one["BulkOperationArn"] for one in listed if f":table/{name}/" in one["BulkOperationArn"]), None)

    def find(self, connection):
        return self.arn(connection, self.open)

    def check(self, connection, name):
        arn = self.arn(connection, name)
        assert arn, f"the bulk put into {name} is gone"

        def described():
            return connection.ok("DescribeBulkOperation", {"BulkOperationArn": arn})["BulkOperationDescription"]
        wait_for(lambda: described()["BulkOperationStatus"] != "IN_PROGRESS", SECONDS, f"{arn} has ended")
        found = described()
        assert found["BulkOperationStatus"] == "COMPLETED_WITH_ERRORS", found
        assert (found["ProcessedItemCount"], found["FailedItemCount"]) == (IMPORTED + self.BAD, self.BAD), found
        items = scan(connection, name)
        copy = Table(name, self.table.key_names, self.table.indexes)
        check_indexes(connection, copy, items)
        check_figures(connection, copy, items)
        assert {copy.identity(item): item for item in items} == self.items, f"{name} is not what was put"
        self.check_reports(self.shop.folder / "bucket" / name / "AWSDynamoDB" / arn.rpartition("/")[2])

    def finish(self, connection):
        super().finish(connection)
        if self.target is not None:
            self.shop.drop(self.target)
            self.target = None

    def check_reports(self, folder):
        summary = json.loads((folder / "manifest-summary.json").read_text())
        assert summary["conditionCheckFailureCount"] == 0, summary
        files = [json.loads(line) for line in (folder / "manifest-files.json").read_text().splitlines()]
        there = {path.name for path in folder.rglob("*") if path.is_file()}
        assert len(there) == len(files) + 5, f"{folder} has {there}"
        lines = [line for file in files for line in gzip.decompress(
            (folder.parent.parent.parent / file["dataFileS3Key"]).read_bytes()).splitlines()]
        assert len(lines) == self.BAD


class ExportJob(Job):
    """Of the table as it is."""

    def begin(self, rng):
        name = self.shop.name("export")
        yield from self.start((name, time.time()), "ExportTableToPointInTime", {
            "TableArn": TABLE_ARN + self.world.table.name, "S3Bucket": "bucket", "S3Prefix": name, "ClientToken": name})

    def described(self, connection, name):
        for one in listed_exports(connection, TABLE_ARN + self.world.table.name):
            found = connection.ok("DescribeExport", {"ExportArn": one["ExportArn"]})["ExportDescription"]
            if found["ClientToken"] == name:
                return found
        return None

    def find(self, connection):
        return self.described(connection, self.open[0])

    def check(self, connection, what):
        name, sent = what
        wait_for(lambda: self.described(connection, name)["ExportStatus"] != "IN_PROGRESS", SECONDS, f"{name} has ended")
        found = self.described(connection, name)
        assert found["ExportStatus"] == "COMPLETED" and found["ExportTime"] >= sent - SLACK, found
        bucket = self.shop.folder / "bucket"
        manifest = (bucket / found["ExportManifest"]).with_name("manifest-files.json")
        files = [json.loads(line)["dataFileS3Key"] for line in manifest.read_text().splitlines()]
        there = {str(path.relative_to(bucket)) for path in (bucket / name).rglob("*") if path.is_file()}
        assert len(there) == len(files) + 5 and there > set(files), f"{name} left {there}"
        lines = [line for file in files for line in gzip.decompress((bucket / file).read_bytes()).splitlines()]
        items = {self.world.table.identity(item): item for item in (json.loads(line)["Item"] for line in lines)}
        assert len(items) == len(lines) == found["ItemCount"]
        # Its time is told in milliseconds.
        self.world.check_moment(items, found["ExportTime"], found["ExportTime"] + 0.001, name)


def listed_exports(connection, arn):
    listed, token = [], {}
    while True:
        page = connection.ok("ListExports", {"TableArn": arn, **token})
        listed += page["ExportSummaries"]
        if "NextToken" not in page:
            return listed
        token = {"NextToken": page["NextToken"]}


class DeleteJob(Job):
    """Deletes what the others have done with, and some backups and copies that they still have."""

    ERRORS = (None, "ResourceNotFoundException", "ResourceInUseException", "BackupNotFoundException",
              "BackupInUseException")

    def begin(self, rng):
        shop = self.shop
        if len(shop.backups) > 3:
            shop.garbage.append(("DeleteBackup", {"BackupArn": shop.backups.pop(0)[0]}))
        if len(shop.copies) > 2:
            shop.drop(next(iter(shop.copies)))
        for one in list(shop.garbage):
            answer = yield from self.start(one, *one, "BackupInUseException")  # it is being restored
            self.open = None
            if answer:
                shop.garbage.remove(one)
                self.done += 1

    def find(self, connection):
        """It is sent again; perhaps it was done, or is under way."""
        answer = connection(*self.open)
        assert answer.error in self.ERRORS, answer
        if answer.error != "BackupInUseException":
            self.shop.garbage.remove(self.open)
        return False

    def check(self, connection, what):
        raise AssertionError("it is found, or it is not")


JOBS = [BackupJob, RestoreJob, RecoverJob, BaseJob, ImportJob, BulkJob, ExportJob, DeleteJob]
