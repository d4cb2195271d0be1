"""Waiting for what comes by itself."""

import time


def wait_for(condition, seconds=60, what="what is waited for"):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.02)
