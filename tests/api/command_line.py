"""The commands of `stator` that ask a server, and what their tests fill tables with."""

import gzip
import json
import os
import subprocess

from helpers import all_items
from support.server import find_binary


def environment(**more):
    return {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | more


def command(server, name, *arguments):
    endpoint = [] if "--endpoint" in arguments else ["--endpoint", server.url]
    return [find_binary(), name, *map(str, arguments), *endpoint]


def stator(server, name, *arguments, stdin=None, **more):
    return subprocess.run(command(server, name, *arguments), input=stdin, capture_output=True, text=True,
                          env=environment(**more), timeout=120)


def done(run):
    assert run.returncode == 0, run.stderr
    return run


def refused(run, *texts):
    assert run.returncode == 1, (run.returncode, run.stderr)
    for text in texts:
        assert text in run.stderr, run.stderr


def contents(client, name):
    items = all_items(client.scan, TableName=name, ConsistentRead=True)
    return sorted(items, key=lambda one: (one["p"]["S"], float(one["r"]["N"])))


def keys_in(file):
    """Of the lines of a dump, in order."""
    opened = gzip.open(file, "rt") if str(file).endswith(".gz") else open(file)
    with opened as lines:
        items = [json.loads(line)["Item"] for line in lines]
    return sorted((one["p"]["S"], int(one["r"]["N"])) for one in items)


def small(number, **more):
    return {"p": {"S": f"p{number % 7}"}, "r": {"N": str(number)}, **more}
