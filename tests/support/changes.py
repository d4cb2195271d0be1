"""What readers of a table's changes must find, whatever it is that they read."""

import base64


def normal(item):
    """Sets have no order."""
    if item is None:
        return None
    return {name: {kind: sorted(value) if kind == "SS" else value for kind, value in av.items()}
            for name, av in item.items()}


def from_json(value):
    """An attribute's value, or an item, of a record in JSON, as boto3 would give it: bytes for base64."""
    if isinstance(value, list):
        return [from_json(member) for member in value]
    if isinstance(value, dict):
        return {name: base64.b64decode(content) if name == "B" and isinstance(content, str) else from_json(content)
                for name, content in value.items()}
    return value


class Replay:
    """A table as the records of its changes tell it, from when it was empty.

    Each record must follow the one before it of its item, so that none is missing, doubled or out of its place. One
    that comes again must be recognisable, by its eventID, and the same; it is counted, and changes nothing.
    """

    def __init__(self, reader, key_of, whole=True):
        """whole=False: records are read from anywhere on, so the first one of an item follows none that is known."""
        self.reader, self.key_of, self.whole = reader, key_of, whole
        self.items = {}
        self.history = {}  # key -> its images one after the other, None for no item
        self.repeated = 0
        self.events = {}

    def take(self, record):
        """Whether it is new."""
        change = record["dynamodb"]
        key = self.key_of(change["Keys"])
        old, new = normal(change.get("OldImage")), normal(change.get("NewImage"))
        what = (record["eventName"], key, old, new, "userIdentity" in record and record["userIdentity"] is not None)
        event = record["eventID"]
        if event in self.events:
            assert self.events[event] == what, f"{self.reader}: two changes have the id of {record}"
            self.repeated += 1
            return False
        self.events[event] = what
        follows = old == self.items.get(key) or (not self.whole and key not in self.history)
        assert follows, \
            f"{self.reader}: this does not follow {self.items.get(key)}, change {len(self.history.get(key, ()))}: " \
            f"{record}"
        assert new != old, f"{self.reader}: nothing changed: {record}"
        assert record["eventName"] == ("REMOVE" if new is None else "MODIFY" if old else "INSERT"), record
        self.history.setdefault(key, []).append(new)
        if new is None:
            self.items.pop(key, None)
        else:
            self.items[key] = new
        return True

    def expired(self):
        """The keys of items that the time to live has deleted."""
        return {key for _, key, _, _, by_service in self.events.values() if by_service}
