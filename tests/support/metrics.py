"""What a server says at its admin port."""

import time
import urllib.request


def metrics_at(port, seconds=10):
    """The text of /metrics. That port is opened after the other."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
                return answer.read().decode()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)
