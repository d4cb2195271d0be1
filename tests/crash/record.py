"""What a test knows of the data under crashes: of each key what was acknowledged and what is under way, and what that
allows to be found.

A key has one owner, which writes it one request at a time, so its value after a crash is the last acknowledged one or
the one under way, whole. Shared keys are counters, for which bounds are known.
"""

import collections
import itertools

ABSENT = None


def number(value):
    return {"N": str(value)}


def text(value):
    return {"S": str(value)}


def schema(hash_key, range_key=None):
    keys = [{"AttributeName": hash_key, "KeyType": "HASH"}]
    return keys + ([{"AttributeName": range_key, "KeyType": "RANGE"}] if range_key else [])


def size_of(value):
    """DynamoDB's measure of an attribute's value, as far as the tests use them."""
    (kind, content), = value.items()
    if kind == "S":
        return len(content)
    if kind == "N":
        digits = content.lstrip("-").strip("0") if content != "0" else ""
        return 1 + (len(digits) + 1) // 2 + content.startswith("-")
    if kind == "BOOL":
        return 1
    if kind == "L":
        return 3 + sum(1 + size_of(member) for member in content)
    return 3 + len(content) + size_of_item(content)  # M


def size_of_item(item):
    return sum(len(name) + size_of(value) for name, value in item.items())


class Write:
    """A request under way. `images` says what each key becomes. Atomic: all of them or none."""

    def __init__(self, what, images, atomic=True):
        self.what, self.images, self.atomic = what, images, atomic
        for key, image in images.items():
            assert key.pending is None
            key.pending = self
            key.history.append((what, "sent", image))

    def acknowledge(self, *keys):
        self._end("acknowledged", keys, True)

    def refuse(self, *keys):
        self._end("refused", keys, False)

    def _end(self, outcome, keys, applied):
        for key in keys or list(self.images):
            key.pending, key.seen_pending = None, False
            key.history.append((self.what, outcome))
            if applied:
                key.values.append(self.images[key])


class Key:
    def __init__(self, table, attributes):
        self.table, self.attributes = table, attributes
        self.values = [ABSENT]  # acknowledged ones of this round, the last of the round before first
        self.pending = None     # the Write under way
        self.seen_pending = False
        self.history = collections.deque(maxlen=12)

    @property
    def value(self):
        return self.values[-1]

    def mark(self):
        """To be handed to see() with what a read finds that is sent now."""
        return len(self.values) - 1

    def see(self, mark, found, matches=lambda image, found: image == found):
        """A read that was sent at `mark` has found `found`: what a read shows must be as durable as what is
        acknowledged, and not older than that."""
        acknowledged = any(matches(value, found) for value in self.values[mark:])
        if acknowledged:
            return
        assert self.pending is not None and matches(self.pending.images[self], found), \
            f"a read of {self} found {found}"
        self.seen_pending = True

    def settle(self, found):
        """After a crash. Returns whether the write under way was applied, None if it cannot be told."""
        allowed = [self.value]
        if self.pending is not None:
            allowed.append(self.pending.images[self])
        assert found in allowed, f"{self} has, after the crash, {found}"
        applied = None if allowed[0] == allowed[-1] else found == allowed[-1]
        if self.seen_pending:
            assert applied is not False, f"{self} was read before the crash, and is gone: {found}"
        self.history.append(("crash", "found", found))
        self.values, self.pending, self.seen_pending = [found], None, False
        return applied

    def __repr__(self):
        return f"<key {self.attributes} of {self.table}; its last writes: {list(self.history)}>"


class SharedCounter:
    """Incremented by everyone, and with an index key that follows it."""

    def __init__(self, table, attributes, conditional):
        self.table, self.attributes, self.conditional = table, attributes, conditional
        self.least = 0  # acknowledged: the sum of increments, or the highest value
        self.most = 0   # with what is under way
        self.written = set()  # values that were written under a condition

    def see(self, value):
        """A read or an answer shows at least this."""
        assert value <= self.most, f"{self} shows more than anyone wrote: {value}"
        self.least = max(self.least, value)

    def settle(self, item):
        found = int(item["v"]["N"]) if item else 0
        assert self.least <= found <= self.most, f"{self} has, after the crash, {found}"
        self.least = self.most = found

    def __repr__(self):
        return f"<counter {self.attributes}: between {self.least} and {self.most}>"


class Table:
    """A table's keys and the definitions of its indexes: name -> (key attributes, what is projected or "ALL")."""

    def __init__(self, name, key_names, indexes=()):
        self.name, self.key_names, self.indexes = name, key_names, dict(indexes)
        self.keys = {}

    def identity(self, item):
        return tuple(next(iter(item[name].values())) for name in self.key_names)

    def add(self, key):
        self.keys[self.identity(key.attributes)] = key
        return key

    def entry(self, index, item):
        """What `index` has of `item`: its entry, None if none."""
        keys, projection = self.indexes[index]
        if item is ABSENT or not all(name in item for name in keys):
            return None
        if projection == "ALL":
            return item
        names = {*keys, *self.key_names, *projection}
        return {name: value for name, value in item.items() if name in names}


def scan(connection, table, index=None, **more):
    """All items of a table or an index, by pages."""
    request = {"TableName": table, **more}
    if index:
        request["IndexName"] = index
    else:
        request["ConsistentRead"] = True
    items = []
    while True:
        page = connection.ok("Scan", request)
        items += page["Items"]
        if "LastEvaluatedKey" not in page:
            return items
        request["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def check_table(connection, table):
    """Reads everything of a table: its indexes must be what its items say, its figures exact. Settles its keys; returns
    which of the writes under way were applied: {write: {True, False, None}}."""
    items = scan(connection, table.name)
    found = {table.identity(item): item for item in items}
    assert len(found) == len(items), f"{table.name}: a key twice"
    unknown = [item for identity, item in found.items() if identity not in table.keys]
    assert not unknown, f"{table.name} has items that nobody wrote: {unknown}"
    verdicts = collections.defaultdict(set)
    for identity, key in table.keys.items():
        write = getattr(key, "pending", None)
        applied = key.settle(found.get(identity, ABSENT))
        if write is not None:
            verdicts[write].add(applied)
    check_indexes(connection, table, items)
    check_figures(connection, table, items)
    return verdicts


def _sorted(items):
    return sorted(items, key=repr)


def check_indexes(connection, table, items):
    for index in table.indexes:
        wanted = _sorted(dict(sorted(entry.items())) for item in items if (entry := table.entry(index, item)))
        entries = _sorted(dict(sorted(entry.items())) for entry in scan(connection, table.name, index))
        assert entries == wanted, f"{table.name}.{index}: wanted {_differences(wanted, entries)}"


def _differences(wanted, entries):
    return {"and not there": [entry for entry in wanted if entry not in entries],
            "there for nothing": [entry for entry in entries if entry not in wanted],
            "entries": len(entries)}


def check_figures(connection, table, items):
    description = connection.ok("DescribeTable", {"TableName": table.name})["Table"]
    figures = [("table", items, description["ItemCount"], description["TableSizeBytes"])]
    for index in itertools.chain(description.get("GlobalSecondaryIndexes", ()),
                                 description.get("LocalSecondaryIndexes", ())):
        entries = [entry for item in items if (entry := table.entry(index["IndexName"], item))]
        figures.append((index["IndexName"], entries, index["ItemCount"], index["IndexSizeBytes"]))
    for name, entries, count, size in figures:
        assert count == len(entries), f"{table.name}, {name}: ItemCount {count}, and there are {len(entries)}"
        true_size = sum(size_of_item(entry) for entry in entries)
        assert size == true_size, f"{table.name}, {name}: {size} bytes described, and there are {true_size}"


def check_atomic(verdicts):
    """`verdicts` of all tables together."""
    for write, verdict in verdicts.items():
        if write.atomic:
            assert not {True, False} <= verdict, f"half of a transaction was applied: {write.what}"
