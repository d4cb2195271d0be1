"""What a restart and a kill -9 leave (promise 1). tests/crash does the same under load."""

import re
import subprocess

import pytest
from helpers import error
from support import clients
from support.server import ROCKSDB, Server, free_port
from support.tables import definition, wait_active, wait_gone


@pytest.mark.parametrize("end", ["restart", "kill"])
def test_everything_is_there_after(own_server, end):
    client = clients.client(own_server.url)
    client.create_table(TableName="kept", **definition("p:S", "r:N", gsi={"by-x": ("x:S", None)}))
    client.create_table(TableName="dropped", **definition())
    table = wait_active(client, "kept")
    wait_active(client, "dropped")
    for n in range(20):
        client.put_item(TableName="kept", Item={"p": {"S": "a"}, "r": {"N": str(n)}, "x": {"S": "x"}})
    client.delete_item(TableName="kept", Key={"p": {"S": "a"}, "r": {"N": "7"}})
    transaction = {"TransactItems": [{"Put": {"TableName": "kept", "Item": {"p": {"S": "b"}, "r": {"N": "1"}}}}],
                   "ClientRequestToken": "once-and-only-once"}
    client.transact_write_items(**transaction)
    client.delete_table(TableName="dropped")
    if end == "kill":
        own_server.kill()
        own_server.start()
    else:
        own_server.restart()
    again = wait_active(client, "kept")
    assert again["TableId"] == table["TableId"] and again["CreationDateTime"] == table["CreationDateTime"]
    wait_gone(client, "dropped")  # a deletion that was interrupted goes on
    answer = client.query(TableName="kept", KeyConditionExpression="p = :p",
                          ExpressionAttributeValues={":p": {"S": "a"}})
    assert [int(item["r"]["N"]) for item in answer["Items"]] == [n for n in range(20) if n != 7]
    assert client.scan(TableName="kept", IndexName="by-x")["Count"] == 19
    client.delete_item(TableName="kept", Key={"p": {"S": "b"}, "r": {"N": "1"}})
    client.transact_write_items(**transaction)  # the token is remembered: nothing happens
    assert client.scan(TableName="kept")["Count"] == 19


def test_a_second_server_on_the_same_data_is_refused(own_server, tmp_path):
    from support.server import ROCKSDB, Server
    second = Server(ROCKSDB, tmp_path / "second")
    second.data = own_server.data
    with pytest.raises(RuntimeError):
        second.start()
    assert own_server.alive()
    assert clients.client(own_server.url).list_tables()["TableNames"] == []


def run_to_its_end(server):
    return subprocess.run(server.command(), capture_output=True, text=True, timeout=30, check=False)


def test_one_server_at_a_time(own_server, tmp_path):
    second = Server(ROCKSDB, tmp_path / "second")
    second.data, second.port = own_server.data, free_port()
    refused = run_to_its_end(second)
    assert refused.returncode != 0 and "in use by another server" in refused.stderr
    assert own_server.alive()


def test_a_newer_format_is_refused(own_server):
    own_server.stop()
    format_file = own_server.data / "FORMAT"
    format_file.write_text(re.sub(r"\d+", "999", format_file.read_text(), count=1))
    refused = run_to_its_end(own_server)
    assert refused.returncode != 0 and "was written by a newer server" in refused.stderr
