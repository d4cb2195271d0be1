"""A real S3 server (s3rver, from npm) on a folder of the test's own."""

import os
import subprocess
import time
import urllib.request

from .server import ROOT, free_port

ACCESS_KEY = SECRET_KEY = "S3RVER"
PROGRAM = ROOT / "tests" / "s3" / "node_modules" / ".bin" / "s3rver"


class S3Server:
    def __init__(self, folder, buckets=("b",)):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        made = [part for bucket in buckets for part in ("--configure-bucket", bucket)]
        # Its continuation tokens are made with a cipher that OpenSSL 3 has put away.
        environment = dict(os.environ, NODE_OPTIONS="--openssl-legacy-provider")
        self.process = subprocess.Popen(
            [PROGRAM, "-s", "-d", folder, "-p", str(self.port), "-a", "127.0.0.1", *made], env=environment)
        deadline = time.monotonic() + 30
        while True:
            try:
                urllib.request.urlopen(self.url, timeout=5).close()
                return
            except OSError:
                assert self.process.poll() is None and time.monotonic() < deadline, "no S3 server"
                time.sleep(0.05)

    def stop(self):
        self.process.terminate()
        self.process.wait(10)
