"""The clients of the crash tests: what they send, and what they put down about it in the record."""

import itertools
import json
import uuid

from record import ABSENT, Key, SharedCounter, Table, Write, number, schema, text

OWNED = 8      # keys that each writer has in `main`
PLAIN = 4      # and in `plain`
COUNTERS = 4   # of each kind, shared by all
GROUPS = 5     # values of the key of index by-g

SIZES = (0, 0, 5, 60, 60, 400, 400, 3000, 70_000)


class Violation(AssertionError):
    """The server broke a promise under load."""


def ensure(condition, *what):
    if not condition:
        raise Violation(*what)


class Transaction:
    """One that was sent with a token; to be sent again after the crash."""

    def __init__(self, body, write, counter):
        self.body, self.write, self.counter = body, write, counter
        self.acknowledged = False


class World:
    """The tables, who owns which key, and what is common to all writers."""

    def __init__(self, rng, writers, sizes=SIZES, **options):
        """`sizes` are those of attribute `a`, `options` further arguments of CreateTable."""
        self.rng, self.sizes, self.options = rng, sizes, options
        self.numbers = itertools.count(1)
        self.main = Table("main", ("p", "r"), {"by-g": (("g", "v"), "ALL"), "by-h": (("h",), ("a", "v")),
                                               "by-l": (("p", "l"), ())})
        self.plain = Table("plain", ("p",))
        self.tables = [self.main, self.plain]
        self.owned, self.owned_plain = {}, {}
        for writer in range(writers):
            self.owned[writer] = [self.main.add(Key("main", {"p": text(f"w{writer}"), "r": number(n)}))
                                  for n in range(OWNED)]
            self.owned_plain[writer] = [self.plain.add(Key("plain", {"p": text(f"w{writer}.{n}")}))
                                        for n in range(PLAIN)]
        self.counters = [self.main.add(SharedCounter("main", {"p": text("shared"), "r": number(n)}, n >= COUNTERS))
                         for n in range(2 * COUNTERS)]
        self.transactions = []   # under way, and some that were acknowledged
        self.orderly = False     # the server is asked to stop, and may say 5xx
        self.failures = []
        self.acknowledged = 0

    def create(self, connection):
        throughput = {"BillingMode": "PAY_PER_REQUEST", **self.options}
        connection.ok("CreateTable", {
            "TableName": "main", **throughput,
            "AttributeDefinitions": [{"AttributeName": name, "AttributeType": kind}
                                     for name, kind in (("p", "S"), ("r", "N"), ("g", "S"), ("v", "N"), ("h", "N"),
                                                        ("l", "S"))],
            "KeySchema": schema("p", "r"),
            "GlobalSecondaryIndexes": [
                {"IndexName": "by-g", "KeySchema": schema("g", "v"), "Projection": {"ProjectionType": "ALL"}},
                {"IndexName": "by-h", "KeySchema": schema("h"),
                 "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["a", "v"]}}],
            "LocalSecondaryIndexes": [{"IndexName": "by-l", "KeySchema": schema("p", "l"),
                                       "Projection": {"ProjectionType": "KEYS_ONLY"}}]})
        connection.ok("CreateTable", {
            "TableName": "plain", **throughput, "KeySchema": schema("p"),
            "AttributeDefinitions": [{"AttributeName": "p", "AttributeType": "S"}]})
        for table in self.tables:
            while connection.ok("DescribeTable", {"TableName": table.name})["Table"]["TableStatus"] != "ACTIVE":
                pass

    def actor(self, writer, rng):
        """A writer that puts down what goes wrong, so that the round ends with it."""
        actor = Writer(self, writer, rng).run()
        return guarded(self, actor)


def guarded(world, actor):
    try:
        yield from actor
    except StopWriter:
        return
    except (AssertionError, KeyError, TypeError, ValueError) as failure:
        world.failures.append(failure)


class Writer:
    def __init__(self, world, writer, rng):
        self.world, self.writer, self.rng = world, writer, rng
        self.keys, self.plain = world.owned[writer], world.owned_plain[writer]

    def run(self):
        kinds = [(self.put, 20), (self.update, 20), (self.delete, 10), (self.refused, 8), (self.batch, 10),
                 (self.transaction, 14), (self.refused_transaction, 3), (self.add, 8), (self.compare_and_set, 8),
                 (self.read, 8), (self.query, 3)]
        functions, weights = zip(*kinds)
        while True:
            kind, = self.rng.choices(functions, weights)
            yield from kind()
            self.world.acknowledged += 1

    # ---- images ----

    def image(self, key):
        """A new value of a key, whole."""
        rng, what = self.rng, next(self.world.numbers)
        image = {**key.attributes, "w": number(what), "v": number(rng.randrange(1000)), "a": text("x" * rng.choice(self.world.sizes))}
        if rng.random() < 0.7:
            image["g"] = text(f"g{rng.randrange(GROUPS)}")
        if rng.random() < 0.5:
            image["h"] = number(rng.randrange(3))
        if rng.random() < 0.6:
            image["l"] = text(f"l{rng.randrange(4)}")
        if rng.random() < 0.3:
            image["d"] = {"M": {"list": {"L": [number(what), {"BOOL": True}, text("y" * rng.randrange(20))]}}}
        return image

    def some(self, keys, most):
        return self.rng.sample(keys, self.rng.randint(1, most))

    # ---- what is written to owned keys ----

    def put(self):
        key = self.rng.choice(self.keys + self.plain)
        image = self.image(key)
        request = {"TableName": key.table, "Item": image, "ReturnValues": "ALL_OLD"}
        if self.rng.random() < 0.4:
            request.update(self.condition(key, True))
        answer = yield from self.write("PutItem", request, {key: image})
        if answer:
            ensure(answer.get("Attributes") == key.values[-2], "ALL_OLD", answer, key)

    def update(self):
        key = self.rng.choice(self.keys + self.plain)
        what = next(self.world.numbers)
        old = key.value
        image = dict(old if old is not ABSENT else key.attributes)
        image["w"] = number(what)
        image["v"] = number(int(image.get("v", number(0))["N"]) + 3)
        expression, values = "SET w = :w ADD v :three", {":w": number(what), ":three": number(3)}
        if self.rng.random() < 0.4:
            gone = self.rng.choice("ghl")
            image.pop(gone, None)
            expression += f" REMOVE {gone}"
        elif self.rng.random() < 0.7:
            group = f"g{self.rng.randrange(GROUPS)}"
            image["g"] = text(group)
            expression, values[":g"] = expression.replace("SET ", "SET g = :g, "), text(group)
        request = {"TableName": key.table, "Key": key.attributes, "UpdateExpression": expression,
                   "ExpressionAttributeValues": values, "ReturnValues": "ALL_NEW"}
        answer = yield from self.write("UpdateItem", request, {key: image})
        if answer:
            ensure(answer["Attributes"] == image, "ALL_NEW", answer, key)

    def delete(self):
        key = self.rng.choice(self.keys + self.plain)
        request = {"TableName": key.table, "Key": key.attributes, "ReturnValues": "ALL_OLD"}
        answer = yield from self.write("DeleteItem", request, {key: ABSENT})
        if answer:
            ensure(answer.get("Attributes") == key.values[-2], "ALL_OLD", answer, key)

    def condition(self, key, holds):
        if (key.value is ABSENT) == holds:
            return {"ConditionExpression": "attribute_not_exists(p)"}
        if key.value is ABSENT:
            return {"ConditionExpression": "attribute_exists(p)"}
        return {"ConditionExpression": "w = :last", "ExpressionAttributeValues": {":last": key.value["w"]}}

    def refused(self):
        """It is refused, and shows what is there; should it be applied after all, the check finds a value that no
        one may have written."""
        key = self.rng.choice(self.keys + self.plain)
        request = {"TableName": key.table, "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                   **self.condition(key, False)}
        operation = self.rng.choice(("PutItem", "DeleteItem"))
        request.update({"Item": self.image(key)} if operation == "PutItem" else {"Key": key.attributes})
        answer = yield operation, request
        if self.stopped(answer):
            return
        ensure(answer.error == "ConditionalCheckFailedException", answer, key)
        ensure(answer.json.get("Item") == key.value, answer, key)

    def batch(self):
        images = {}
        for key in self.some(self.keys, 5) + self.some(self.plain, 2):
            images[key] = ABSENT if self.rng.random() < 0.3 else self.image(key)
        requests = {}
        for key, image in images.items():
            requests.setdefault(key.table, []).append(
                {"DeleteRequest": {"Key": key.attributes}} if image is ABSENT else {"PutRequest": {"Item": image}})
        write = Write("BatchWriteItem", images, atomic=False)
        answer = yield "BatchWriteItem", {"RequestItems": requests}
        if self.stopped(answer):
            return
        ensure(answer.status == 200, answer, write.what)
        left = {json.dumps(one["DeleteRequest"]["Key"] if "DeleteRequest" in one else
                           {name: one["PutRequest"]["Item"][name] for name in ("p", "r") if
                            name in one["PutRequest"]["Item"]}, sort_keys=True)
                for requests in answer.json["UnprocessedItems"].values() for one in requests}
        for key in images:
            unprocessed = json.dumps(key.attributes, sort_keys=True) in left
            write.refuse(key) if unprocessed else write.acknowledge(key)

    def transaction(self):
        """On several owned keys of both tables, now and then with a shared counter; with a token."""
        images, actions = {}, []
        for key in self.some(self.keys, 3) + self.some(self.plain, 2):
            actions.append(self.action(key, images))
        if self.rng.random() < 0.3:
            checked = self.rng.choice([key for key in self.keys if key not in images])
            actions.append({"ConditionCheck": {"TableName": checked.table, "Key": checked.attributes,
                                               **self.condition(checked, True)}})
        counter = self.rng.choice(self.world.counters[:COUNTERS]) if self.rng.random() < 0.3 else None
        if counter:
            actions.append({"Update": self.increment(counter)})
        self.rng.shuffle(actions)
        write = Write("TransactWriteItems", images)
        token = str(uuid.UUID(int=self.rng.getrandbits(128)))
        sent = Transaction({"TransactItems": actions, "ClientRequestToken": token}, write, counter)
        self.world.transactions.append(sent)
        if counter:
            counter.most += 1
        answer = yield "TransactWriteItems", sent.body
        if self.stopped(answer):
            return
        if answer.status == 200:
            write.acknowledge()
            sent.acknowledged = True
            if counter:
                counter.least += 1
            return
        # Another transaction on the counter was under way: nothing of this one is applied.
        ensure(counter and answer.error == "TransactionCanceledException"
               and {reason["Code"] for reason in answer.json["CancellationReasons"]} == {"None", "TransactionConflict"},
               answer, write.what)
        write.refuse()
        counter.most -= 1
        self.world.transactions.remove(sent)

    def action(self, key, images):
        choice = self.rng.random()
        target = {"TableName": key.table, "Key": key.attributes}
        if choice < 0.2:
            images[key] = ABSENT
            return {"Delete": target}
        if choice < 0.6 or key.value is ABSENT:
            images[key] = self.image(key)
            request = {"TableName": key.table, "Item": images[key]}
            if self.rng.random() < 0.5:
                request.update(self.condition(key, True))
            return {"Put": request}
        # Not idempotent: a transaction that is applied twice is seen.
        images[key] = {**key.value, "v": number(int(key.value["v"]["N"]) + 1)}
        return {"Update": {**target, "UpdateExpression": "ADD v :one", "ExpressionAttributeValues": {":one": number(1)}}}

    def refused_transaction(self):
        keys = self.rng.sample(self.keys, 3)
        actions = [{"Put": {"TableName": key.table, "Item": self.image(key)}} for key in keys[:2]]
        actions.append({"Delete": {"TableName": keys[2].table, "Key": keys[2].attributes,
                                   **self.condition(keys[2], False)}})
        answer = yield "TransactWriteItems", {"TransactItems": actions}
        if self.stopped(answer):
            return
        ensure(answer.error == "TransactionCanceledException"
               and answer.json["CancellationReasons"][2]["Code"] == "ConditionalCheckFailed", answer)

    # ---- shared keys ----

    def increment(self, counter):
        """`g` and `v` are the keys of an index: each increment moves its entry."""
        return {"TableName": "main", "Key": counter.attributes, "UpdateExpression": "SET g = :g ADD v :one",
                "ExpressionAttributeValues": {":g": text(f"c{self.rng.randrange(2)}"), ":one": number(1)}}

    def add(self):
        counter = self.rng.choice(self.world.counters[:COUNTERS])
        counter.most += 1
        answer = yield "UpdateItem", self.increment(counter)
        if self.stopped(answer):
            return
        if answer.status == 200:
            counter.least += 1
        else:
            ensure(answer.error == "TransactionConflictException", answer, counter)
            counter.most -= 1

    def compare_and_set(self):
        """Each value is written by one client alone, or by none."""
        counter = self.rng.choice(self.world.counters[COUNTERS:])
        base = counter.least
        condition = "v = :base" if base else "attribute_not_exists(v)"
        values = {":new": number(base + 1), ":g": text("cas"), **({":base": number(base)} if base else {})}
        request = {"TableName": "main", "Key": counter.attributes, "UpdateExpression": "SET g = :g, v = :new",
                   "ConditionExpression": condition, "ExpressionAttributeValues": values,
                   "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
        counter.most = max(counter.most, base + 1)
        answer = yield "UpdateItem", request
        if self.stopped(answer):
            return
        if answer.status == 200:
            ensure(base + 1 not in counter.written, f"{counter}: {base + 1} was written twice")
            counter.written.add(base + 1)
            counter.see(base + 1)
        else:
            ensure(answer.error == "ConditionalCheckFailedException", answer, counter)
            counter.see(int(answer.json["Item"]["v"]["N"]))

    # ---- reads ----

    def read(self):
        key = self.rng.choice(self.world.owned[self.rng.choice(list(self.world.owned))])
        mark = key.mark()
        answer = yield "GetItem", {"TableName": key.table, "Key": key.attributes, "ConsistentRead": True}
        if not self.stopped(answer):
            ensure(answer.status == 200, answer)
            key.see(mark, answer.json.get("Item"))

    def query(self):
        """Of an index, which is never behind its table."""
        group = f"g{self.rng.randrange(GROUPS)}"
        owned = [key for keys in self.world.owned.values() for key in keys]
        marks = {key: key.mark() for key in owned}
        pending_at_start = {key: key.pending for key in owned}
        answer = yield "Query", {"TableName": "main", "IndexName": "by-g", "KeyConditionExpression": "g = :g",
                                 "ExpressionAttributeValues": {":g": text(group)}}
        if self.stopped(answer):
            return
        ensure(answer.status == 200, answer)
        shown = set()
        for item in answer.json["Items"]:
            key = self.world.main.keys[self.world.main.identity(item)]
            shown.add(key)
            key.see(marks[key], item)
        if "LastEvaluatedKey" in answer.json:
            return
        for key in owned:
            unchanged = pending_at_start[key] is None and key.pending is None and key.mark() == marks[key]
            if unchanged and key.value is not ABSENT and key.value.get("g") == text(group):
                ensure(key in shown, f"index by-g does not show {key}")

    # ---- answers ----

    def write(self, operation, request, images):
        """One that must succeed. None: the server stops, and it is open whether it was applied."""
        write = Write(operation, images)
        answer = yield operation, request
        if self.stopped(answer):
            return None
        ensure(answer.status == 200, answer, operation, list(images))
        write.acknowledge()
        return answer.json

    def stopped(self, answer):
        """An error of a server that stops: the request may have been applied. The client ends with it, so that no
        second one is under way on the same keys."""
        if answer.status < 500:
            return False
        ensure(self.world.orderly, answer)
        raise StopWriter


class StopWriter(Exception):
    pass
