"""The subcommands that work on a data directory without a server: check, compact, stats."""

import json
import subprocess

from support.server import find_binary

SOUND, DAMAGED, NOT_CHECKED = 0, 1, 2


def run(command, data, *arguments):
    return subprocess.run([find_binary(), command, str(data), *map(str, arguments)], capture_output=True, text=True,
                          timeout=600)


def check(data, *arguments):
    """(exit code, what was printed) of `stator check`."""
    done = run("check", data, *arguments)
    return done.returncode, done.stdout + done.stderr


def assert_sound(data):
    """`data` must be a directory that no server has open."""
    code, text = check(data)
    assert code == SOUND, f"stator check {data} ended with {code}:\n{text}"


def stats(data, *arguments):
    done = run("stats", data, "--json", *arguments)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
