"""What a restart and a kill -9 leave (promise 1). tests/crash does the same under load."""

import pytest
from helpers import error
from support import clients
from support.tables import definition, wait_active


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
    with error("ResourceNotFoundException"):
        client.describe_table(TableName="dropped")
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
