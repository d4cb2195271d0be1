"""A table under load, with the times of all that was written: for copies of it that show it at one moment of the past.

Each key has one owner, which writes it one request at a time, and each image is written once. So what a copy shows of a
key says between which times it was taken, and there must be one moment that is right for all keys.
"""

import itertools
import math
import time

from record import ABSENT, Table, check_figures, check_indexes, number, scan, schema, text
from writers import StopWriter, ensure, guarded

WRITERS, KEYS = 6, 6
STILL = 2000  # items that nobody changes, so that the table takes its time
SLACK = 0.001  # seconds: the server counts commits of the same microsecond on


class TimedKey:
    def __init__(self, attributes):
        self.attributes = attributes
        self.versions = [(ABSENT, 0.0, 0.0)]  # image, when it was sent, when it was known to be there
        self.pending = None                   # (image, when it was sent)

    @property
    def image(self):
        return self.versions[-1][0]

    def begin(self, image):
        assert self.pending is None
        self.pending = (image, time.time())

    def end(self, applied, until=None):
        image, sent = self.pending
        self.pending = None
        if applied and image != self.image:
            self.versions.append((image, sent, until or time.time()))

    def settle(self, found, until):
        """After a crash, which was over at `until`."""
        allowed = [self.image] + ([self.pending[0]] if self.pending else [])
        assert found in allowed, f"{self} has, after the crash, {found}, and not one of {allowed}"
        if self.pending:
            self.end(found == allowed[-1], until)

    def when(self, found):
        """The spans of time in which the key can have been seen so."""
        ends = [acknowledged for _, _, acknowledged in self.versions[1:]] + [math.inf]
        return [(sent, end) for (image, sent, _), end in zip(self.versions, ends) if image == found]

    def __repr__(self):
        return f"<key {self.attributes}; its last versions: {self.versions[-3:]}, under way: {self.pending}>"


class Ledger:
    """The table, who writes it, and what it was when. A world for rounds.load_until_crash."""

    def __init__(self, rng):
        self.rng = rng
        self.numbers = itertools.count(1)
        self.table = Table("source", ("p", "r"), {"by-g": (("g", "w"), "ALL"), "by-l": (("p", "l"), ())})
        self.owned = {writer: [TimedKey({"p": text(f"w{writer}"), "r": number(n)}) for n in range(KEYS)]
                      for writer in range(WRITERS)}
        self.keys = {self.table.identity(key.attributes): key for keys in self.owned.values() for key in keys}
        self.still = {}
        self.orderly = False
        self.failures = []
        self.acknowledged, self.refused = 0, 0

    def create(self, connection):
        connection.ok("CreateTable", {
            "TableName": self.table.name, "BillingMode": "PAY_PER_REQUEST", "KeySchema": schema("p", "r"),
            "AttributeDefinitions": [{"AttributeName": name, "AttributeType": kind}
                                     for name, kind in (("p", "S"), ("r", "N"), ("g", "S"), ("w", "N"), ("l", "S"))],
            "GlobalSecondaryIndexes": [{"IndexName": "by-g", "KeySchema": schema("g", "w"),
                                        "Projection": {"ProjectionType": "ALL"}}],
            "LocalSecondaryIndexes": [{"IndexName": "by-l", "KeySchema": schema("p", "l"),
                                       "Projection": {"ProjectionType": "KEYS_ONLY"}}]})
        while connection.ok("DescribeTable", {"TableName": self.table.name})["Table"]["TableStatus"] != "ACTIVE":
            pass
        items = [{"p": text(f"still{n % 50}"), "r": number(n), "l": text(n % 3), "a": text("s" * 1000),
                  **({"g": text("still"), "w": number(0)} if n % 4 == 0 else {})} for n in range(STILL)]
        for start in range(0, STILL, 25):
            connection.ok("BatchWriteItem", {"RequestItems": {
                self.table.name: [{"PutRequest": {"Item": item}} for item in items[start:start + 25]]}})
        self.still = {self.table.identity(item): item for item in items}

    # ---- under load ----

    def actor(self, writer, rng):
        return guarded(self, self.run(self.owned[writer], rng))

    def run(self, keys, rng):
        while True:
            some = rng.sample(keys, rng.choice((1, 1, 2, 4)))
            images = {key: ABSENT if rng.random() < 0.2 else self.image(key, rng) for key in some}
            for key, image in images.items():
                key.begin(image)
            answer = yield self.request(images, rng)
            if answer.status >= 500 and self.orderly:
                raise StopWriter
            # At the limit of logs nothing is applied.
            ensure(answer.status in (200, 500), answer)
            ensure(not answer.json.get("UnprocessedItems"), answer)
            for key in images:
                key.end(answer.status == 200)
            self.acknowledged += answer.status == 200
            self.refused += answer.status == 500
            for key in rng.choices(keys, k=rng.randrange(12)):  # time passes
                answer = yield "GetItem", {"TableName": self.table.name, "Key": key.attributes, "ConsistentRead": True}
                if answer.status >= 500 and self.orderly:
                    raise StopWriter
                ensure(answer.status == 200 and answer.json.get("Item") == key.image, answer, key)

    def image(self, key, rng):
        image = {**key.attributes, "w": number(next(self.numbers)), "a": text("x" * rng.choice((0, 60, 400, 3000)))}
        if rng.random() < 0.7:
            image["g"] = text(f"g{rng.randrange(5)}")
        if rng.random() < 0.6:
            image["l"] = text(f"l{rng.randrange(4)}")
        return image

    def request(self, images, rng):
        name = self.table.name
        if len(images) == 1:
            (key, image), = images.items()
            if image is ABSENT:
                return "DeleteItem", {"TableName": name, "Key": key.attributes}
            return "PutItem", {"TableName": name, "Item": image}
        if rng.random() < 0.5:
            return "BatchWriteItem", {"RequestItems": {name: [
                {"DeleteRequest": {"Key": key.attributes}} if image is ABSENT else {"PutRequest": {"Item": image}}
                for key, image in images.items()]}}
        return "TransactWriteItems", {"TransactItems": [
            {"Delete": {"TableName": name, "Key": key.attributes}} if image is ABSENT else
            {"Put": {"TableName": name, "Item": image}} for key, image in images.items()]}

    # ---- afterwards ----

    def items_of(self, connection, name):
        """The items of the table or of a copy of it, whose indexes and figures are looked at as well."""
        items = scan(connection, name)
        copy = Table(name, self.table.key_names, self.table.indexes)
        check_indexes(connection, copy, items)
        check_figures(connection, copy, items)
        return {self.table.identity(item): item for item in items}

    def settle(self, connection, until):
        items = self.items_of(connection, self.table.name)
        for identity, key in self.keys.items():
            key.settle(items.get(identity, ABSENT), until)
        assert items == self.now(), "the table is not what was written"

    def now(self):
        return self.still | {identity: key.image for identity, key in self.keys.items() if key.image is not ABSENT}

    def check_moment(self, items, first, last, what):
        """`items` must be the table at one moment between these. REQUIRES: nothing is under way."""
        unchanged = {identity: item for identity, item in items.items() if identity not in self.keys}
        assert unchanged == self.still, f"{what}: of the items that nobody changes {len(unchanged)} are there"
        spans = {key: key.when(items.get(identity, ABSENT)) for identity, key in self.keys.items()}
        for identity, key in self.keys.items():
            assert spans[key], f"{what}: {key} has {items.get(identity)}, which it never had"

        def wrong_at(moment):
            return [key for key in spans
                    if not any(sent - SLACK <= moment <= end + SLACK for sent, end in spans[key])]

        moments = {first, last, *(sent for some in spans.values() for sent, _ in some if first <= sent <= last)}
        best = min(moments, key=lambda moment: len(wrong_at(moment)))
        assert not wrong_at(best), \
            f"{what} is of no moment between {first} and {last}; at {best} it is not what these were: " \
            f"{[(key, spans[key]) for key in wrong_at(best)]}"


def end_of(second):
    """The last moment that counts to it."""
    return second + 1 - 1e-6
