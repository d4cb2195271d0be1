"""What a table must do, as plainly as Python can say it: a dictionary of items, every operation one step.

Items are in DynamoDB's JSON form as boto3's client takes and gives it. Keys are p (S) and r (N); an index by-g
has g (S) and n (N). Numbers are integers, so that their texts are canonical.
"""

import copy


class ConditionFailed(Exception):
    pass


def key_of(item):
    return item["p"]["S"], int(item["r"]["N"])


def number(item, name):
    """The value of a number attribute, None if it is not there or no number."""
    value = (item or {}).get(name, {})
    return int(value["N"]) if "N" in value else None


class Condition:
    """An expression, its values, and what it means. `holds` gets the item, None if there is none."""

    def __init__(self, expression, values, holds):
        self.expression, self.values, self.holds = expression, values, holds


class Update:
    """An expression, its values, and what it does to an item. `apply` changes the item it gets."""

    def __init__(self, expression, values, apply):
        self.expression, self.values, self.apply = expression, values, apply


def random_value(rng):
    return rng.choice([
        lambda: {"S": rng.choice(["", "text", "é漢😀", "x" * rng.randrange(200)])},
        lambda: {"N": str(rng.randrange(-1000, 1000))},
        lambda: {"B": bytes(rng.randrange(256) for _ in range(rng.randrange(20)))},
        lambda: {"BOOL": rng.random() < 0.5},
        lambda: {"NULL": True},
        lambda: {"SS": sorted({rng.choice("abcdef") for _ in range(3)})},
        lambda: {"L": [{"N": "1"}, {"S": "x"}, {"M": {}}][:rng.randrange(4)]},
        lambda: {"M": {"k": {"S": "v"}, "deep": {"M": {"l": {"L": [{"N": "7"}]}}}}},
    ])()


def random_key(rng):
    return {"p": {"S": rng.choice("abcd")}, "r": {"N": str(rng.randrange(-3, 4))}}


def random_item(rng):
    item = random_key(rng)
    if rng.random() < 0.7:
        item["n"] = {"N": str(rng.randrange(10))}
    if rng.random() < 0.3:
        item["t"] = rng.choice([{"N": str(4_000_000_000 + rng.randrange(3))}, {"N": "1"}, {"S": "1700000000"}])
    if rng.random() < 0.7:
        item["g"] = {"S": rng.choice("xyz")}
    for name in rng.sample(["u", "v", "w"], rng.randrange(4)):
        item[name] = random_value(rng)
    return item


def random_condition(rng):
    bound = rng.randrange(10)
    value = {":c": {"N": str(bound)}}
    return rng.choice([
        Condition("attribute_exists(p)", {}, lambda item: item is not None),
        Condition("attribute_not_exists(p)", {}, lambda item: item is None),
        Condition("n >= :c", value, lambda item: (number(item, "n") is not None and number(item, "n") >= bound)),
        Condition("n = :c OR attribute_not_exists(n)", value, lambda item: number(item, "n") in (bound, None)),
        Condition("NOT (n < :c)", value, lambda item: not (number(item, "n") is not None
                                                           and number(item, "n") < bound)),
        Condition("attribute_exists(u) AND NOT attribute_exists(v)", {},
                  lambda item: item is not None and "u" in item and "v" not in item),
    ])


def random_update(rng):
    amount = rng.randrange(-5, 6)
    value = random_value(rng)

    def add(item):
        item["n"] = {"N": str((number(item, "n") or 0) + amount)}

    def set_value(item):
        item["u"] = value

    def set_default(item):
        item.setdefault("w", value)

    def set_time(item):
        item["t"] = {"N": str(4_000_000_000 + amount)}

    def remove(item):
        for name in ("v", "g", "t"):
            item.pop(name, None)

    def move_in_index(item):
        item["g"] = {"S": "y"}
        item.pop("w", None)

    return rng.choice([
        Update("ADD n :a", {":a": {"N": str(amount)}}, add),
        Update("SET u = :a", {":a": value}, set_value),
        Update("SET w = if_not_exists(w, :a)", {":a": value}, set_default),
        Update("SET t = :a", {":a": {"N": str(4_000_000_000 + amount)}}, set_time),
        Update("REMOVE v, g, t", {}, remove),
        Update("SET g = :a REMOVE w", {":a": {"S": "y"}}, move_in_index),
    ])


class Table:
    """The model. Methods mirror the operations; those that write return the old item."""

    def __init__(self):
        self.items = {}
        self.history = {}  # key -> its items, one after the other, None when it was deleted

    def become(self, key, item):
        if item == self.items.get(key):
            return
        self.history.setdefault(key, []).append(item)
        if item is None:
            del self.items[key]
        else:
            self.items[key] = item

    def get(self, key):
        return self.items.get(key_of(key))

    def check(self, key, condition):
        if condition is not None and not condition.holds(self.get(key)):
            raise ConditionFailed

    def put(self, item, condition=None):
        self.check(item, condition)
        old = self.get(item)
        self.become(key_of(item), copy.deepcopy(item))
        return old

    def delete(self, key, condition=None):
        self.check(key, condition)
        old = self.get(key)
        self.become(key_of(key), None)
        return old

    def update(self, key, update, condition=None):
        self.check(key, condition)
        old = self.get(key)
        new = copy.deepcopy(old) if old is not None else dict(key)
        update.apply(new)
        # An update that only removes does not create.
        if old is not None or not update.expression.startswith("REMOVE"):
            self.become(key_of(key), new)
        return old

    def transact(self, steps):
        """steps: functions of the table that raise ConditionFailed. Returns which of them failed; [] if none, and
        then all are applied."""
        trial = Table()
        trial.items = dict(self.items)
        failed = []
        for number_, step in enumerate(steps):
            try:
                step(trial)
            except ConditionFailed:
                failed.append(number_)
        if not failed:
            for key in trial.history:
                self.become(key, trial.items.get(key))
        return failed

    def query(self, partition, low=None, high=None):
        return [item for (p, r), item in sorted(self.items.items())
                if p == partition and (low is None or low <= r <= high)]

    def index(self, group):
        """Members of by-g with this g, in its order; ties are sorted by the caller."""
        members = [item for item in self.items.values()
                   if item.get("g") == {"S": group} and number(item, "n") is not None]
        return sorted(members, key=lambda item: number(item, "n"))
