"""Objects on a real S3 server: the module's own tests, with its address."""

import os
import pathlib
import subprocess

from support.s3 import S3Server
from support.server import find_binary


def test_an_s3_server(tmp_path):
    s3 = S3Server(tmp_path)
    try:
        program = pathlib.Path(find_binary()).parent / "src" / "objects" / "objects_test"
        done = subprocess.run([program, "--gtest_filter=*/S3", "--gtest_brief=1"], capture_output=True, text=True,
                              env=dict(os.environ, STATOR_TEST_S3=s3.url), timeout=120)
        assert done.returncode == 0 and "SKIPPED" not in done.stdout, done.stdout + done.stderr
        assert "PASSED" in done.stdout
    finally:
        s3.stop()
