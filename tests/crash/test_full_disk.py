"""A full disk stops writes with an error and keeps reads; when there is room again, writes go on."""

import os
import subprocess
import time

import pytest
from botocore.exceptions import ClientError
from support import clients
from support.server import ROCKSDB, Server
from support.tables import definition, wait_active

STREAM = {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}}


@pytest.fixture
def small_disk(request, tmp_path):
    """Of so many MB. Up to a quarter is the reserve, which is to take what is in memtables: those of the map, and those of
    the logs once there are any."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={request.param}m", "tmpfs", str(disk)], check=False,
                             capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("needs the right to mount a small file system")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def put(client, name, size):
    client.put_item(TableName="full", Item={"p": {"S": name}, "d": {"B": os.urandom(size)}})


def read(client, name):
    return "Item" in client.get_item(TableName="full", Key={"p": {"S": name}}, ConsistentRead=True)


def fill_up(client, disk):
    """Leaves no room but the reserve's, until the server has found that out. (What it found full before may have had
    room again once its log was gone.)"""
    deadline = time.monotonic() + 30
    with open(disk / "more", "ab", buffering=0) as more:
        while (disk / "data" / "RESERVE").exists():
            assert time.monotonic() < deadline, "the reserve was not given back"
            try:
                more.write(bytes(1 << 20))
            except OSError:
                try:
                    put(client, "filler", 1000)
                except ClientError as full:
                    assert full.response["ResponseMetadata"]["HTTPStatusCode"] == 500


def until_taken(call, seconds):
    """Its answer. It may meet the moments in which writes are stopped: when there is room, the server takes them again, and
    its own compactions may then fill the disk once more."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return call()
        except ClientError as still_stopped:
            assert still_stopped.response["ResponseMetadata"]["HTTPStatusCode"] == 500
            assert time.monotonic() < deadline, "it did not go through"
            time.sleep(0.1)


def assert_only_deletes_are_taken(client, written, reserve):
    """The reserve lets them through, soon after the disk was found full."""
    until_taken(lambda: client.delete_item(TableName="full", Key={"p": {"S": "0"}}), 30)
    answer = until_taken(lambda: client.batch_write_item(RequestItems={"full": [
        {"DeleteRequest": {"Key": {"p": {"S": str(n)}}}} for n in (1, 2)]}), 30)
    assert not answer["UnprocessedItems"]
    # As long as the reserve is given back: the log that goes with a full memtable leaves room, sometimes enough.
    if not reserve.exists():
        try:
            put(client, "more", 10)
            assert reserve.exists(), "a put was taken on a full disk"
        except ClientError as refused:
            assert refused.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert not any(read(client, str(n)) for n in range(3))
    assert all(read(client, str(n)) for n in range(3, written))
    until_taken(lambda: client.delete_table(TableName="spare"), 30)


@pytest.mark.parametrize("small_disk, filler_mb, stream", [(64, 20, {}), (700, 250, STREAM)], indirect=["small_disk"],
                         ids=["without-stream", "with-stream"])
def test_full_disk(small_disk, filler_mb, stream):
    filler = small_disk / "filler"
    filler.write_bytes(bytes(filler_mb << 20))
    server = Server(ROCKSDB, small_disk).start()
    try:
        client = clients.client(server.url)
        client.create_table(TableName="full", **definition(), **stream)
        wait_active(client, "full")
        client.create_table(TableName="spare", **definition())
        wait_active(client, "spare")
        written = 0
        with pytest.raises(ClientError) as full:
            while written < 2000:
                put(client, str(written), 200_000)
                written += 1
        assert full.value.response["Error"]["Code"] == "InternalServerError"
        assert full.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
        assert written > 0 and all(read(client, str(n)) for n in range(written))
        assert not read(client, str(written))
        fill_up(client, small_disk)
        assert_only_deletes_are_taken(client, written, small_disk / "data" / "RESERVE")

        filler.unlink()
        until_taken(lambda: put(client, "after", 10), 60)
        server.restart()
        assert read(client, "after") and all(read(client, str(n)) for n in range(3, written))
        assert client.list_tables()["TableNames"] == ["full"]
    finally:
        server.stop()
