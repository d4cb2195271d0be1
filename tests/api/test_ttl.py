"""Time to live: items that expire are deleted, with their index entries, and no others (facts 9.1)."""

import contextlib
import threading
import time

import pytest
from helpers import all_items, error, put_all, validation
from support import clients, offline
from support.metrics import metrics_at
from support.server import ROCKSDB, Server, free_port
from support.tables import definition, unique_name, wait_active, wait_gone
from support.waiting import wait_for

SECONDS = 60  # for what takes a few on a machine that is not busy


def enable(client, name, attribute="expires", enabled=True):
    client.update_time_to_live(TableName=name, TimeToLiveSpecification={"Enabled": enabled, "AttributeName": attribute})


def item(key, expires=None, **more):
    attributes = {"p": {"S": key}, **more}
    if expires is not None:
        attributes["expires"] = {"N": str(expires)}
    return attributes


def keys(client, name, **arguments):
    return {one["p"]["S"] for one in all_items(client.scan, TableName=name, ConsistentRead=True, **arguments)}


def test_expired_items_go_and_others_stay(client, make_table):
    name = make_table(gsi={"by-g": ("g:S", None)})
    enable(client, name)
    now = int(time.time())
    group = {"g": {"S": "one"}}
    gone = [item("past", now - 10, **group), item("fraction", f"{now - 5}.25", **group), item("exponent", "16e8")]
    gone[2]["expires"]["N"] = f"{(now - 100) // 10}e1"
    stay = [item("later", now + 1000, **group), item("old", now - 6 * 365 * 86400), item("zero", 0),
            item("negative", -5), item("millis", now * 1000), item("none"),
            {"p": {"S": "text"}, "expires": {"S": str(now - 10)}},
            {"p": {"S": "list"}, "expires": {"L": [{"N": str(now - 10)}]}}]
    put_all(client, name, gone + stay)
    staying = {one["p"]["S"] for one in stay}
    wait_for(lambda: keys(client, name) == staying)
    index = client.query(TableName=name, IndexName="by-g", KeyConditionExpression="g = :g",
                         ExpressionAttributeValues={":g": {"S": "one"}})
    assert [one["p"]["S"] for one in index["Items"]] == ["later"]
    time.sleep(1.5)
    assert keys(client, name) == staying
    assert client.describe_table(TableName=name)["Table"]["ItemCount"] == len(stay)


def test_an_item_goes_within_seconds_of_its_time(client, make_table):
    name = make_table()
    enable(client, name)
    expires = int(time.time()) + 2
    put_all(client, name, [item("soon", expires), item("kept", expires)])
    # Until then it is there, and a new time keeps it.
    client.update_item(TableName=name, Key={"p": {"S": "kept"}}, UpdateExpression="SET expires = :later",
                       ExpressionAttributeValues={":later": {"N": str(expires + 1000)}})
    seen = keys(client, name)
    if time.time() < expires:
        assert seen == {"soon", "kept"}
    wait_for(lambda: keys(client, name) == {"kept"})
    assert time.time() > expires
    # Without a time it stays for ever.
    client.update_item(TableName=name, Key={"p": {"S": "kept"}}, UpdateExpression="REMOVE expires")
    time.sleep(1.5)
    assert keys(client, name) == {"kept"}


def test_enabling_finds_the_items_there_are_while_they_are_written(client, server, make_table):
    name = make_table()
    now = int(time.time())
    put_all(client, name, [item(f"i{n}", now - 10 if n % 2 else now + 10_000, n={"N": "0"}) for n in range(600)])
    stop, failures, saved = threading.Event(), [], set()

    def write(part):
        own = clients.client(server.url)
        number = part
        try:
            while not stop.is_set():
                number = (number + 3) % 600
                key = f"i{number}"
                with contextlib.suppress(own.exceptions.ConditionalCheckFailedException):
                    own.update_item(TableName=name, Key={"p": {"S": key}}, UpdateExpression="SET n = n + :1",
                                    ConditionExpression="attribute_exists(p)",
                                    ExpressionAttributeValues={":1": {"N": "1"}})
                if number % 50 == part:
                    own.put_item(TableName=name, Item=item(f"new{part}-{number}", now - 5))
                    own.put_item(TableName=name, Item=item(f"saved{part}-{number}", now + 10_000))
                    saved.add(f"saved{part}-{number}")
        except Exception as failure:
            failures.append(failure)

    threads = [threading.Thread(target=write, args=(part,)) for part in range(3)]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    enable(client, name)
    time.sleep(0.7)
    stop.set()
    for thread in threads:
        thread.join()
    assert not failures, failures
    expected = {f"i{n}" for n in range(0, 600, 2)} | saved
    wait_for(lambda: keys(client, name) == expected)


def test_disabled_it_deletes_nothing_and_may_be_enabled_again(client, make_table):
    name = make_table()
    enable(client, name)
    enable(client, name, enabled=False)
    put_all(client, name, [item("a", int(time.time()) - 10), item("b", int(time.time()) - 10)])
    time.sleep(1.5)
    assert keys(client, name) == {"a", "b"}
    enable(client, name, attribute="other")
    time.sleep(1.5)
    assert keys(client, name) == {"a", "b"}
    with validation("TimeToLive is active on a different AttributeName: current AttributeName is other"):
        enable(client, name)
    enable(client, name, attribute="other", enabled=False)
    enable(client, name)
    wait_for(lambda: not keys(client, name))


def test_key_attributes(client, make_table):
    by_number = make_table("p:S", "expires:N")
    by_text = make_table("p:S", "expires:S")
    past = str(int(time.time()) - 10)
    client.put_item(TableName=by_number, Item={"p": {"S": "a"}, "expires": {"N": past}})
    client.put_item(TableName=by_text, Item={"p": {"S": "a"}, "expires": {"S": past}})
    enable(client, by_number)
    enable(client, by_text)
    wait_for(lambda: not keys(client, by_number))
    assert keys(client, by_text) == {"a"}


def test_a_table_with_a_time_to_live_is_deleted_and_made_again(client, make_table):
    name = make_table()
    enable(client, name)
    put_all(client, name, [item(f"i{n}", int(time.time()) + 100) for n in range(50)])
    client.delete_table(TableName=name)
    wait_gone(client, name)
    make_table(name=name)
    description = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    assert description == {"TimeToLiveStatus": "DISABLED"}
    client.put_item(TableName=name, Item=item("a", int(time.time()) - 10))
    time.sleep(1.2)
    assert keys(client, name) == {"a"}


def test_kills_in_between(own_server, seed):
    """Killed while it fills the entries, while it deletes, while clients write: what has expired goes, no other."""
    client = clients.client(own_server.url)
    name = unique_name("ttl")
    client.create_table(TableName=name, **definition(gsi={"by-g": ("g:S", None)}))
    wait_active(client, name)
    now = int(time.time())
    put_all(client, name, [item(f"i{n}", now - 10 if n % 2 else now + 10_000, g={"S": f"g{n % 5}"})
                           for n in range(4000)])
    expected = {f"i{n}" for n in range(0, 4000, 2)}
    enable(client, name)
    for round in range(6):
        time.sleep(0.01 + 0.03 * round)
        own_server.kill()
        offline.assert_sound(own_server.data)
        own_server.start()
        client = clients.client(own_server.url)
        assert client.describe_time_to_live(TableName=name)["TimeToLiveDescription"] == {
            "TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}
        assert keys(client, name) >= expected
        put_all(client, name, [item(f"late{round}", now - 10), item(f"kept{round}")])
        expected.add(f"kept{round}")
    wait_for(lambda: keys(client, name) == expected)
    assert client.scan(TableName=name, IndexName="by-g", Select="COUNT")["Count"] == 2000
    assert own_server.stop() == 0
    offline.assert_sound(own_server.data)
    own_server.start()


@pytest.fixture
def slow_server(tmp_path):
    with Server(ROCKSDB, tmp_path, ["--ttl-delay-s", "1000", "--service-quotas",
                                    "--admin-port", str(free_port())]) as server:
        yield server


def test_settings(slow_server):
    client = clients.client(slow_server.url)
    client.create_table(TableName="ttl-test", **definition())
    wait_active(client, "ttl-test")
    enable(client, "ttl-test")
    with validation("Time to live has been modified multiple times within a fixed interval"):
        enable(client, "ttl-test", enabled=False)
    with validation("TimeToLive is already enabled"):
        enable(client, "ttl-test")
    now = int(time.time())
    put_all(client, "ttl-test", [item("waits", now - 500), item("goes", now - 1100)])
    wait_for(lambda: keys(client, "ttl-test") == {"waits"})
    time.sleep(1.2)
    assert keys(client, "ttl-test") == {"waits"}
    wait_for(lambda: "stator_ttl_deleted_items_total 1" in metrics(slow_server))
    assert "stator_ttl_lag_seconds 0" in metrics(slow_server)


def metrics(server):
    return metrics_at(server.extra[server.extra.index("--admin-port") + 1])


def test_states_of_the_table(tmp_path):
    with Server(ROCKSDB, tmp_path, ["--control-plane-delays", "service"]) as server:
        client = clients.client(server.url)
        client.create_table(TableName="ttl-test", **definition())
        in_use = "Attempt to change a resource which is still in use: Table ttl-test is being created"
        with error("ResourceInUseException", in_use):
            enable(client, "ttl-test")
        with validation("Cannot describe time to live while table is in CREATING state: Current table state is "
                        "CREATING"):
            client.describe_time_to_live(TableName="ttl-test")
        wait_active(client, "ttl-test")
        enable(client, "ttl-test")
        def status():
            return client.describe_time_to_live(TableName="ttl-test")["TimeToLiveDescription"]["TimeToLiveStatus"]
        assert status() == "ENABLING"
        wait_for(lambda: status() == "ENABLED")
