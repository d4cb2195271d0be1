"""A transactional outbox on this machine, and a look whether it came out right. README.md says what happens."""

import contextlib
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

import boto3
import shop
from botocore.config import Config
from botocore.exceptions import ClientError

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent

ORDERS = [f"order-{n:02}" for n in range(40)]
LAST = len(shop.STATES)
# What the services want to hear of.
INTERESTS = {"billing": shop.STATES, "shipping": shop.STATES[1:]}
DIE_AFTER = 33  # messages

ENVIRONMENT = {**os.environ, "AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local",
               "AWS_DEFAULT_REGION": "us-east-1", "AWS_CONFIG_FILE": os.devnull}


def free_ports(names):
    with contextlib.ExitStack() as stack:
        probes = {name: stack.enter_context(socket.socket()) for name in names}
        for probe in probes.values():
            probe.bind(("127.0.0.1", 0))
        return {name: probe.getsockname()[1] for name, probe in probes.items()}


def wait_for(what, condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s for this in vain: {what}")
        time.sleep(0.05)


def find_stator():
    named = os.environ.get("STATOR_BINARY")
    for candidate in [named] if named else ["build/release/stator", "build/dev/stator"]:
        if (ROOT / candidate).is_file():
            return str(ROOT / candidate)
    raise FileNotFoundError("build Stator first, or set STATOR_BINARY")


class Parts:
    """The processes of the example. Each writes to a log of its own."""

    def __init__(self, folder):
        self.folder = folder
        self.ports = free_ports(("stator", *INTERESTS))
        self.running = {}

    def url(self, name):
        return f"http://127.0.0.1:{self.ports[name]}"

    def log(self, name):
        return self.folder / f"{name}.log"

    def start(self, name, command):
        with open(self.log(name), "ab") as log:
            process = subprocess.Popen(command, cwd=self.folder, env=ENVIRONMENT, stdin=subprocess.DEVNULL,
                                       stdout=log, stderr=subprocess.STDOUT)
        self.running[name] = process

        def answers():
            if process.poll() is not None:
                raise RuntimeError(f"{name} ended:\n{self.log(name).read_text()}")
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", self.ports[name])) == 0
        wait_for(f"{name} answers", answers)

    def start_stator(self):
        functions = ",".join(f"{name}={self.url(name)}/" for name in INTERESTS)
        self.start("stator", [find_stator(), "serve", "--port", str(self.ports["stator"]),
                              "--data", str(self.folder / "data"), "--functions", functions])

    def start_consumer(self, name, *more):
        ENVIRONMENT["AWS_ENDPOINT_URL_DYNAMODB"] = self.url("stator")
        self.start(name, [sys.executable, str(HERE / "consumer.py"), name, str(self.ports[name]), *map(str, more)])

    def stop(self, name):
        process = self.running.pop(name)
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        return process.returncode

    def stop_all(self):
        for name in [*INTERESTS, "stator"]:
            if name in self.running:
                self.stop(name)


def create_table(client, name, key, **more):
    client.create_table(TableName=name, BillingMode="PAY_PER_REQUEST",
                        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
                        KeySchema=[{"AttributeName": key, "KeyType": "HASH"}], **more)
    client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
    return client.describe_table(TableName=name)["Table"]


def create_tables(client):
    for service in INTERESTS:
        create_table(client, service, "order")
        create_table(client, f"{service}-seen", "event")
    create_table(client, "orders", "id")
    outbox = create_table(client, "outbox", "order",
                          StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"})
    return outbox["LatestStreamArn"]


def create_mapping(mappings, stream, service):
    pattern = {"eventName": ["INSERT", "MODIFY"], "dynamodb": {"NewImage": {"type": {"S": INTERESTS[service]}}}}
    uuid = mappings.create_event_source_mapping(
        EventSourceArn=stream, FunctionName=service, StartingPosition="TRIM_HORIZON", BatchSize=10,
        ParallelizationFactor=4, FilterCriteria={"Filters": [{"Pattern": json.dumps(pattern)}]})["UUID"]
    wait_for(f"the mapping for {service} is enabled",
             lambda: mappings.get_event_source_mapping(UUID=uuid)["State"] == "Enabled")


def write_orders(client):
    """All orders through all their states, one a little ahead of the other; some attempts fail."""
    versions = dict.fromkeys(ORDERS, 0)
    refused = 0
    chance = random.Random(16)
    while any(version < LAST for version in versions.values()):
        order = chance.choice([order for order in ORDERS if versions[order] < LAST])
        stale = versions[order] > 0 and chance.random() < 0.1
        version = versions[order] if stale else versions[order] + 1
        try:
            shop.advance(client, order, version)
            assert not stale, "it was written although another change came before it"
            versions[order] = version
        except client.exceptions.TransactionCanceledException:
            assert stale
            refused += 1
    return refused


def items(client, table):
    pages = client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    return [item for page in pages for item in page["Items"]]


def expected(service):
    return [version for version, state in enumerate(shop.STATES, 1) if state in INTERESTS[service]]


def history(client, service):
    return {item["order"]["S"]: [int(v["N"]) for v in item["history"]["L"]] for item in items(client, service)}


def has_everything(client, service):
    return sum(map(len, history(client, service).values())) >= len(ORDERS) * len(expected(service))


def deliveries(parts, service):
    """[(eventID, whether it was new)] of all that the service was given."""
    lines = [line.split() for line in parts.log(service).read_text().splitlines()]
    return [(line[0], line[1] == "new") for line in lines if len(line) > 2 and line[1] in ("new", "again")]


def run(parts):
    parts.start_stator()
    session = boto3.session.Session(aws_access_key_id="local", aws_secret_access_key="local", region_name="us-east-1")
    config = Config(retries={"total_max_attempts": 5})
    client = session.client("dynamodb", endpoint_url=parts.url("stator"), config=config)
    mappings = session.client("lambda", endpoint_url=parts.url("stator"), config=config)
    stream = create_tables(client)
    parts.start_consumer("billing")
    for service in INTERESTS:
        create_mapping(mappings, stream, service)

    refused = write_orders(client)
    assert refused > 0
    print(f"{len(ORDERS)} orders have gone through {LAST} states; {refused} stale changes were refused, with their messages")
    wait_for("billing has followed", lambda: has_everything(client, "billing"))
    assert not history(client, "shipping"), "shipping is down"
    assert parts.stop("stator") == 0
    parts.start_stator()
    print("billing has followed; shipping is down; Stator was stopped and started")

    parts.start_consumer("shipping", DIE_AFTER)
    wait_for("shipping dies", lambda: parts.running["shipping"].poll() is not None)
    done = sum(map(len, history(client, "shipping").values()))
    assert done == DIE_AFTER, done
    print(f"shipping came up, dealt with {done} messages and died before it could answer for the last of them")
    parts.start_consumer("shipping")
    wait_for("shipping has caught up", lambda: has_everything(client, "shipping"))

    for service in INTERESTS:
        assert history(client, service) == {order: expected(service) for order in ORDERS}, service
        assert len(items(client, f"{service}-seen")) == len(ORDERS) * len(expected(service))
    wait_for("what was not answered for comes again",
             lambda: not all(new for _, new in deliveries(parts, "shipping")))
    given = deliveries(parts, "shipping")
    again = [event for event, new in given if not new]
    assert set(again) <= {event for event, new in given if new}, "with the eventID it had"
    print(f"shipping has caught up: each order's messages once and in order, {len(again)} that came again recognised")


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="outbox-"))
    parts = Parts(folder)
    try:
        run(parts)
    except (AssertionError, RuntimeError, OSError, ClientError) as error:
        print(f"{type(error).__name__}: {error}\nThe logs are in {folder}", file=sys.stderr)
        return 1
    finally:
        parts.stop_all()
    shutil.rmtree(folder)
    print("All is as it should be.")
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    sys.exit(main())
