"""No file can be opened any more: writes stop with an error, and go on when there are descriptors again."""

import os
import resource
import time

from botocore.exceptions import ClientError
from support import clients, offline
from support.process import open_files
from support.tables import definition, wait_active

SIZE = 300_000
MOST = 1000  # 300 MB


def put(client, number):
    client.put_item(TableName="files", Item={"p": {"S": str(number)}, "d": {"B": os.urandom(SIZE)}})


def test_no_descriptors(own_server):
    client = clients.client(own_server.url)
    client.create_table(TableName="files", **definition("p:S"))
    wait_active(client, "files")
    put(client, 0)
    soft, hard = resource.prlimit(own_server.pid, resource.RLIMIT_NOFILE)
    written = 1
    for _ in range(2):
        # Of numbers: no file gets a lower one, as 0 to 2 are in use.
        resource.prlimit(own_server.pid, resource.RLIMIT_NOFILE, (3, hard))
        before = written
        try:
            while written < before + MOST:
                put(client, written)
                written += 1
        except ClientError as stopped:
            assert stopped.response["ResponseMetadata"]["HTTPStatusCode"] == 500
        assert written < before + MOST, f"writes went on, with {open_files(own_server.pid)} files open"
        assert "Item" in client.get_item(TableName="files", Key={"p": {"S": str(before - 1)}}, ConsistentRead=True)
        resource.prlimit(own_server.pid, resource.RLIMIT_NOFILE, (soft, hard))
        deadline = time.monotonic() + 30
        while True:
            try:
                put(client, written)
                break
            except ClientError:
                assert time.monotonic() < deadline, own_server.log_tail()
                time.sleep(0.1)
        written += 1
    own_server.kill()
    own_server.start()
    client = clients.client(own_server.url)
    for number in range(written):
        answer = client.get_item(TableName="files", Key={"p": {"S": str(number)}}, ProjectionExpression="p")
        assert "Item" in answer, f"{number} of {written} is lost"
    own_server.stop()
    offline.assert_sound(own_server.data)
