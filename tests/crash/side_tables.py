"""Tables that come and go while the server is killed: created, filled, indexed, un-indexed, deleted."""

import time

from record import ABSENT, Key, Table, Write, check_table, number, schema, text
from writers import StopWriter, ensure, guarded

INDEXES = {"by-x": (("x",), "ALL"), "by-y": (("y", "n"), ("x",))}
TYPES = {"p": "S", "n": "N", "x": "S", "y": "S"}
SETTLE_SECONDS = 30


class SideTable:
    """One table with one client. `exists` and `indexes` are what was acknowledged, `pending` the change under way:
    None, "create", "delete", or an index's name that is being added or dropped."""

    def __init__(self, world, name):
        self.world, self.name = world, name
        self.exists, self.indexes, self.pending, self.pending_indexes = False, set(), None, set()
        self.table = Table(name, ("p", "n"))

    # ---- under load ----

    def actor(self, rng):
        return guarded(self.world, self.run(rng))

    def run(self, rng):
        while True:
            if not self.exists:
                yield from self.create(rng)
            yield from self.wait_active()
            if not self.table.keys:
                yield from self.fill(rng, rng.choice((0, 20, 100, 500)))
            choice = rng.random()
            if choice < 0.6:
                yield from self.change_index(rng)
                yield from self.write_some(rng, rng.randrange(30))
            elif choice < 0.75:
                yield from self.delete()
            elif choice < 0.9:
                yield from self.change_time_to_live(rng)
            else:
                yield from self.write_some(rng, 10)

    def send(self, operation, body):
        answer = yield operation, {"TableName": self.name, **body}
        if answer.status >= 500:
            ensure(self.world.orderly, answer)
            raise StopWriter
        ensure(answer.status == 200, operation, self.name, answer)
        return answer.json

    def begin(self, pending, indexes):
        self.pending, self.pending_indexes = pending, indexes

    def succeed(self, exists):
        self.exists, self.indexes, self.pending = exists, self.pending_indexes, None
        if not exists:
            self.table.keys.clear()

    def create(self, rng):
        indexes = set(name for name in INDEXES if rng.random() < 0.3)
        self.begin("create", indexes)
        names = {"p", "n"} | {name for index in indexes for name in INDEXES[index][0]}
        more = {"GlobalSecondaryIndexes": [definition(index) for index in sorted(indexes)]} if indexes else {}
        yield from self.send("CreateTable", {"KeySchema": schema("p", "n"), "BillingMode": "PAY_PER_REQUEST",
                                             "AttributeDefinitions": attributes(names), **more})
        self.succeed(True)

    def change_index(self, rng):
        index = rng.choice(sorted(INDEXES))
        adds = index not in self.indexes
        indexes = self.indexes ^ {index}
        self.begin(index, indexes)
        names = {"p", "n"} | {name for one in self.indexes | {index} for name in INDEXES[one][0]}
        update = {"Create": definition(index)} if adds else {"Delete": {"IndexName": index}}
        yield from self.send("UpdateTable", {"GlobalSecondaryIndexUpdates": [update],
                                             **({"AttributeDefinitions": attributes(names)} if adds else {})})
        self.succeed(True)

    def change_time_to_live(self, rng):
        """Nothing expires, but each item has its entry, which `stator check` looks for. After a crash nobody knows
        which way the last change went."""
        enabled = rng.random() < 0.5
        answer = yield "UpdateTimeToLive", {"TableName": self.name, "TimeToLiveSpecification": {
            "Enabled": enabled, "AttributeName": "t"}}
        if answer.status >= 500:
            ensure(self.world.orderly, answer)
            raise StopWriter
        ensure(answer.status == 200 or answer.error == "ValidationException", answer)
        yield from self.write_some(rng, rng.randrange(10))

    def delete(self):
        self.begin("delete", set())
        yield from self.send("DeleteTable", {})
        self.succeed(False)
        while True:
            answer = yield "DescribeTable", {"TableName": self.name}
            if answer.error == "ResourceNotFoundException":
                return
            ensure(answer.status == 200 or self.world.orderly, answer)

    def wait_active(self):
        while True:
            described = yield from self.send("DescribeTable", {})
            if is_active(described["Table"]):
                return

    def fill(self, rng, count):
        keys = [Key(self.name, {"p": text(f"p{n % 7}"), "n": number(n)}) for n in range(count)]
        for start in range(0, count, 25):
            images = {self.table.add(key): self.image(key, rng) for key in keys[start:start + 25]}
            yield from self.batch(images)

    def image(self, key, rng):
        image = {**key.attributes, "w": number(next(self.world.numbers))}
        if rng.random() < 0.8:
            image["x"] = text(f"x{rng.randrange(10)}")
        if rng.random() < 0.5:
            image["t"] = number(4_000_000_000 + rng.randrange(5))
        if rng.random() < 0.5:
            image["y"] = text(f"y{rng.randrange(3)}")
        return image

    def batch(self, images):
        write = Write("BatchWriteItem", images, atomic=False)
        requests = [{"DeleteRequest": {"Key": key.attributes}} if image is ABSENT else {"PutRequest": {"Item": image}}
                    for key, image in images.items()]
        answer = yield "BatchWriteItem", {"RequestItems": {self.name: requests}}
        if answer.status >= 500:
            ensure(self.world.orderly, answer)
            raise StopWriter
        ensure(answer.status == 200 and not answer.json["UnprocessedItems"], answer)
        write.acknowledge()

    def write_some(self, rng, count):
        """While an index is built or taken down, mostly."""
        keys = list(self.table.keys.values())
        for _ in range(count if keys else 0):
            some = rng.sample(keys, min(len(keys), rng.randint(1, 4)))
            yield from self.batch({key: ABSENT if rng.random() < 0.2 else self.image(key, rng) for key in some})

    # ---- after a crash ----

    def check(self, connection):
        description = self.settled_description(connection)
        if description is None:
            assert not self.exists or self.pending == "delete", f"table {self.name} is gone"
            self.exists, self.indexes, self.pending = False, set(), None
            self.table.keys.clear()
            return
        assert self.exists or self.pending == "create", f"table {self.name} is there, and was deleted"
        indexes = {index["IndexName"] for index in description.get("GlobalSecondaryIndexes", ())}
        allowed = [self.indexes] + ([self.pending_indexes] if self.pending not in (None, "delete") else [])
        assert indexes in (allowed[1:] if self.pending == "create" else allowed), \
            f"table {self.name} has the indexes {indexes}, not one of {allowed}"
        self.exists, self.indexes, self.pending = True, indexes, None
        self.table.indexes = {name: INDEXES[name] for name in indexes}
        check_table(connection, self.table)

    def settled_description(self, connection):
        """What it is when the jobs that the crash interrupted are done; None: it does not exist."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while True:
            answer = connection("DescribeTable", {"TableName": self.name})
            if answer.error == "ResourceNotFoundException":
                return None
            assert answer.status == 200, answer
            table = answer.json["Table"]
            if table["TableStatus"] == "DELETING":
                assert not self.exists or self.pending == "delete", f"table {self.name} is being deleted by no one"
            elif is_active(table):
                return table
            assert time.monotonic() < deadline, f"{self.name} does not settle: {table}"


def is_active(table):
    states = [table["TableStatus"]] + [index["IndexStatus"] for index in table.get("GlobalSecondaryIndexes", ())]
    return all(state == "ACTIVE" for state in states)


def definition(index):
    keys, projection = INDEXES[index]
    projected = {"ProjectionType": "ALL"} if projection == "ALL" else \
        {"ProjectionType": "INCLUDE", "NonKeyAttributes": list(projection)}
    return {"IndexName": index, "KeySchema": schema(*keys), "Projection": projected}


def attributes(names):
    return [{"AttributeName": name, "AttributeType": TYPES[name]} for name in sorted(names)]
