"""Golden files: requests and the exact answers they must get. tests/golden/README.md describes the form."""

import json
import pathlib
import re

from support.tables import unique_name, wait_active

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "golden"

NAMESPACES = {
    "com.amazon.coral.service#": {
        "SerializationException", "UnknownOperationException", "MissingAuthenticationTokenException",
        "IncompleteSignatureException", "InvalidSignatureException", "UnrecognizedClientException",
        "ExpiredTokenException", "AccessDeniedException", "ThrottlingException", "InternalFailure",
        "ServiceUnavailableException"},
    "com.amazon.coral.validate#": {"ValidationException"},
}
CAPITAL_MESSAGE = {"SerializationException", "AccessDeniedException", "TransactionCanceledException"}

PLACEHOLDERS = {
    "<uuid>": r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    "<any>": r"(?s:.*)",
    "<digits>": r"[0-9]+",
    "<hex>": r"[0-9a-f]+",
}
TIMESTAMP = "<timestamp>"  # a number of seconds, between 2020 and 2100
TABLE = re.compile(r"<table(?:-\w+)?>")
REPEATED = re.compile(r"<(.)\*(\d+)>")  # <x*1000>: that many of the character


def error_type(name):
    for namespace, names in NAMESPACES.items():
        if name in names:
            return namespace + name
    return "com.amazonaws.dynamodb.v20120810#" + name


def matches(expected, actual):
    """Whether `actual` is `expected`, placeholders in strings standing for what they stand for."""
    if isinstance(expected, dict):
        return (isinstance(actual, dict) and expected.keys() == actual.keys()
                and all(matches(value, actual[key]) for key, value in expected.items()))
    if isinstance(expected, list):
        return (isinstance(actual, list) and len(expected) == len(actual)
                and all(matches(e, a) for e, a in zip(expected, actual)))
    if expected == "<any>":
        return True
    if expected == TIMESTAMP:
        return isinstance(actual, (int, float)) and not isinstance(actual, bool) and 1.5e9 < actual < 4.1e9
    if isinstance(expected, str) and any(mark in expected for mark in PLACEHOLDERS):
        pattern = re.escape(expected)
        for mark, regex in PLACEHOLDERS.items():
            pattern = pattern.replace(re.escape(mark), regex)
        return isinstance(actual, str) and re.fullmatch(pattern, actual) is not None
    # 1, 1.0 and True are equal in Python but not on the wire.
    return type(expected) is type(actual) and expected == actual


def expected_bodies(response):
    """The bodies that are acceptable, the first one the preferred."""
    if "body" in response:
        return [response["body"]]
    name = response["error"]
    key = "Message" if name in CAPITAL_MESSAGE else "message"
    messages = [response["message"]] if "message" in response else []
    messages += response.get("accept", [])
    more = response.get("more", {})
    if not messages:
        return [{"__type": error_type(name), **more}]
    return [{"__type": error_type(name), key: message, **more} for message in messages]


class Case:
    def __init__(self, path, setup, case):
        self.path = path
        self.setup = setup
        self.case = case
        name = case.get("name")
        self.id = f"{path.relative_to(FOLDER)}" + (f":{name}" if name else "")

    @property
    def status(self):
        response = self.case["response"]
        return response.get("status", 400 if "error" in response else 200)


def load_cases():
    cases = []
    for path in sorted(FOLDER.rglob("*.json")):
        content = json.loads(path.read_text())
        setup = content.get("setup", [])
        for case in content.get("cases", [content]):
            cases.append(Case(path, setup, case))
    return cases


class TableNames:
    """Gives <table>, <table-b> ... of one file unique names, in any value, and writes out what is <x*1000>, and what
    steps of its setup have kept."""

    def __init__(self):
        self.names = {}
        self.kept = {}

    def keep(self, places, answer):
        """`places`: mark -> where its value stands in `answer`, such as "StreamDescription.Shards.0.ShardId"."""
        for mark, place in places.items():
            value = answer
            for part in place.split("."):
                value = value[int(part) if isinstance(value, list) else part]
            self.kept[mark] = value

    def fill(self, value):
        if isinstance(value, str):
            value = TABLE.sub(lambda mark: self.names.setdefault(mark.group(0), unique_name("golden")), value)
            for mark, kept in self.kept.items():
                value = value.replace(mark, kept)
            return REPEATED.sub(lambda mark: mark.group(1) * int(mark.group(2)), value)
        if isinstance(value, list):
            return [self.fill(element) for element in value]
        if isinstance(value, dict):
            return {self.fill(key): self.fill(element) for key, element in value.items()}
        return value


def run_setup(steps, names, raw, client):
    for step in steps:
        request = names.fill({name: step[name] for name in ("target", "body")})
        response = raw(request["target"], request["body"])
        assert response.status == 200, f"setup: {request} was answered {response}"
        if "keep" in step:
            names.keep(step["keep"], response.json)
        if request["target"] in ("CreateTable", "UpdateTable"):
            wait_active(client, request["body"]["TableName"])


def drop_tables(names, raw):
    for name in names.names.values():
        raw("DeleteTable", {"TableName": name})  # a case may have deleted it, or never made it
