"""Tables for tests: short definitions, unique names, waiting, cleaning up."""

import itertools
import os
import time

from .waiting import wait_for

_counter = itertools.count(1)


def unique_name(stem="t"):
    return f"{stem}-{os.getpid()}-{next(_counter)}"


def definition(hash="p:S", range=None, *, gsi=None, lsi=None, billing="PAY_PER_REQUEST", **more):
    """The arguments of CreateTable, but for the name.

    Keys are written "name:type". gsi and lsi map an index's name to (hash, range or None[, projection]) and
    (range[, projection]); a projection is "ALL", "KEYS_ONLY" or a list of attribute names.
    """
    attributes = {}

    def schema(*keys):
        elements = []
        for key, role in zip(keys, ("HASH", "RANGE")):
            if key:
                name, kind = key.rsplit(":", 1)
                attributes[name] = kind
                elements.append({"AttributeName": name, "KeyType": role})
        return elements

    def projection(value):
        if isinstance(value, str):
            return {"ProjectionType": value}
        return {"ProjectionType": "INCLUDE", "NonKeyAttributes": value}

    arguments = {"KeySchema": schema(hash, range), "BillingMode": billing, **more}
    if gsi:
        arguments["GlobalSecondaryIndexes"] = [
            {"IndexName": name, "KeySchema": schema(spec[0], spec[1]),
             "Projection": projection(spec[2] if len(spec) > 2 else "ALL")}
            for name, spec in gsi.items()]
    if lsi:
        arguments["LocalSecondaryIndexes"] = [
            {"IndexName": name, "KeySchema": schema(hash, spec[0]),
             "Projection": projection(spec[1] if len(spec) > 1 else "ALL")}
            for name, spec in lsi.items()]
    if billing == "PROVISIONED":
        arguments.setdefault("ProvisionedThroughput", {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5})
    arguments["AttributeDefinitions"] = [{"AttributeName": name, "AttributeType": kind}
                                         for name, kind in attributes.items()]
    return arguments


def wait_active(client, name, seconds=60):
    """Waits until the table and its indexes are ACTIVE; DynamoDB's waiters sleep for 20 s between looks."""
    deadline = time.monotonic() + seconds
    while True:
        table = client.describe_table(TableName=name)["Table"]
        states = [table["TableStatus"]]
        states += [index["IndexStatus"] for index in table.get("GlobalSecondaryIndexes", [])]
        if all(state == "ACTIVE" for state in states):
            return table
        if time.monotonic() > deadline:
            raise TimeoutError(f"{name} is still {states} after {seconds} s")
        time.sleep(0.01)


def wait_available(client, backup_arn):
    """Waits until the backup is made."""
    wait_for(lambda: client.describe_backup(BackupArn=backup_arn)["BackupDescription"]["BackupDetails"][
        "BackupStatus"] == "AVAILABLE", what=f"{backup_arn} is AVAILABLE")


def wait_gone(client, name, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            client.describe_table(TableName=name)
        except client.exceptions.ResourceNotFoundException:
            return
        time.sleep(0.01)
    raise TimeoutError(f"{name} is still there after {seconds} s")


class TableFactory:
    """make_table(...) in tests: makes tables and drops them all at the end."""

    def __init__(self, client):
        self.client = client
        self.names = []

    def __call__(self, *arguments, name=None, **more):
        """Arguments as definition() takes them; returns the table's name."""
        name = name or unique_name()
        self.client.create_table(TableName=name, **definition(*arguments, **more))
        if name not in self.names:
            self.names.append(name)
        wait_active(self.client, name)
        return name

    def drop_all(self):
        for name in self.names:
            try:
                self.client.delete_table(TableName=name)
            except self.client.exceptions.ResourceNotFoundException:
                pass
        self.names.clear()
