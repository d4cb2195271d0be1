"""Event source mappings: a reader of streams in the server, managed as Lambda's are."""

import functools
import http.client
import json
import time

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from support import clients, waiting
from support.functions import Function
from support.server import ENGINES, MEMORY, ROCKSDB, Server
from support.tables import definition, wait_active

wait_for = functools.partial(waiting.wait_for, seconds=20)

QUEUE = "arn:aws:sqs:us-east-1:000000000000:aside"
STREAM = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}


def keys(records):
    return [record["dynamodb"]["Keys"]["p"]["S"] for record in records]


class Setup:
    def __init__(self, server):
        self.server = server
        self.client = clients.client(server.url)
        self.mappings = clients.client(server.url, "lambda")

    def table(self, name="orders"):
        self.client.create_table(TableName=name, StreamSpecification=STREAM, **definition())
        return wait_active(self.client, name)["LatestStreamArn"]

    def put(self, key, **attributes):
        self.client.put_item(TableName="orders", Item={"p": {"S": key}, **attributes})

    def create(self, arn, function="work", position="TRIM_HORIZON", **more):
        answer = self.mappings.create_event_source_mapping(EventSourceArn=arn, FunctionName=function,
                                                           StartingPosition=position, **more)
        wait_for(lambda: self.state(answer["UUID"]) == "Enabled")
        return answer["UUID"]

    def found(self, info):
        """The keys of the record that a dead letter leads to."""
        streams = clients.client(self.server.url, "dynamodbstreams")
        iterator = streams.get_shard_iterator(StreamArn=info["streamArn"], ShardId=info["shardId"],
                                              ShardIteratorType="AT_SEQUENCE_NUMBER",
                                              SequenceNumber=info["startSequenceNumber"])["ShardIterator"]
        return keys(streams.get_records(ShardIterator=iterator, Limit=1)["Records"])

    def state(self, uuid):
        return self.mappings.get_event_source_mapping(UUID=uuid)["State"]


@pytest.fixture
def function():
    made = []

    def make(answer=lambda records: None):
        made.append(Function(answer))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture(params=ENGINES)
def setup(request, tmp_path):
    """Starts a server whose functions are these."""
    servers = []

    def start(functions, destinations=()):
        extra = ["--functions", ",".join(f"{name}={target}" for name, target in functions.items())]
        if destinations:
            extra += ["--destinations", ",".join(f"{arn}={target}" for arn, target in destinations.items())]
        servers.append(Server(request.param, tmp_path, extra).start())
        return Setup(servers[-1])

    yield start
    for server in servers:
        assert server.stop() == 0


def test_records_reach_a_function_in_order(setup, function):
    work = function()
    given = setup({"work": work.url})
    arn = given.table()
    for n in range(30):
        given.put("a", n={"N": str(n)})
    uuid = given.create(arn, BatchSize=7)
    wait_for(lambda: len(work.records) == 30)
    assert [r["dynamodb"]["NewImage"]["n"]["N"] for r in work.records] == [str(n) for n in range(30)]
    assert max(len(batch) for batch in work.batches) <= 7
    record = work.records[0]
    assert record["eventName"] == "INSERT" and record["eventSourceARN"] == arn
    assert record["eventSource"] == "aws:dynamodb" and record["dynamodb"]["StreamViewType"] == "NEW_AND_OLD_IMAGES"
    listed = given.mappings.list_event_source_mappings(EventSourceArn=arn)["EventSourceMappings"]
    assert [m["UUID"] for m in listed] == [uuid] and listed[0]["BatchSize"] == 7
    given.mappings.delete_event_source_mapping(UUID=uuid)

    def gone():
        try:
            given.state(uuid)
        except ClientError as e:
            return e.response["Error"]["Code"] == "ResourceNotFoundException"
        return False
    wait_for(gone)


def test_latest_is_from_now_on(setup, function):
    work = function()
    given = setup({"work": work.url})
    arn = given.table()
    for name in ("a", "b"):
        given.put(name)
    given.create(arn, position="LATEST")
    for name in ("c", "d"):
        given.put(name)
    wait_for(lambda: len(work.records) >= 2)
    time.sleep(0.3)
    assert keys(work.records) == ["c", "d"]


def test_filters(setup, function):
    work = function()
    given = setup({"work": work.url})
    arn = given.table()
    pattern = {"eventName": ["INSERT"], "dynamodb": {"NewImage": {"total": {"N": [{"numeric": [">=", 100]}]}}}}
    given.create(arn, FilterCriteria={"Filters": [{"Pattern": json.dumps(pattern)}]})
    for n in range(10):
        given.put(str(n), total={"N": str(n * 20)})
        given.put(str(n), total={"N": "1000"})  # MODIFY
    wait_for(lambda: len(work.records) >= 5)
    time.sleep(0.3)
    assert sorted(keys(work.records)) == ["5", "6", "7", "8", "9"]


def test_a_bad_record_is_found_by_bisection_and_put_aside(setup, function):
    def answer(records):
        if "bad" in keys(records):
            raise ValueError
    work, aside = function(answer), function()
    given = setup({"work": work.url}, {QUEUE: aside.url})
    arn = given.table()
    names = [str(n) for n in range(8)] + ["bad"] + [str(n) for n in range(8, 16)]
    for name in names:
        given.put(name)
    given.create(arn, BatchSize=20, BisectBatchOnFunctionError=True, MaximumRetryAttempts=1,
                 DestinationConfig={"OnFailure": {"Destination": QUEUE}})
    wait_for(lambda: aside.failures and len(set(keys(work.records))) == 16, seconds=60)
    assert set(keys(work.records)) == set(names) - {"bad"}
    assert len(aside.failures) == 1
    info = aside.failures[0]["DDBStreamBatchInfo"]
    assert info["batchSize"] == 1 and info["streamArn"] == arn
    assert given.found(info) == ["bad"]


def fail(records):
    raise ValueError


def dead_letter(given, record):
    """The key of the record that a dead letter of a batch of one is about; all it says is looked at."""
    assert record["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert record["requestContext"]["approximateInvokeCount"] == 1
    assert record["requestContext"]["functionArn"].endswith(":function:work")
    assert record["responseContext"] == {"statusCode": 500, "executedVersion": "$LATEST",
                                         "functionError": "Unhandled"}
    assert record["version"] == "1.0"
    info = record["DDBStreamBatchInfo"]
    assert info["batchSize"] == 1 and info["startSequenceNumber"] == info["endSequenceNumber"]
    [name] = given.found(info)
    assert keys(json.loads(record["payload"])["Records"]) == [name]
    return name


def create_failing(given, arn, destination):
    return given.create(arn, BatchSize=1, MaximumRetryAttempts=0,
                        DestinationConfig={"OnFailure": {"Destination": destination}})


def plain(attribute):
    """An attribute value as JSON: maps, strings and whole numbers are all there are."""
    [(kind, value)] = attribute.items()
    if kind == "M":
        return {name: plain(part) for name, part in value.items()}
    return int(value) if kind == "N" else value


@pytest.mark.parametrize("range_key", [None, "at:N", "at:S"])
def test_dead_letters_in_a_table(setup, function, range_key):
    given = setup({"work": function(fail).url}, {QUEUE: "table:aside"})
    arn = given.table()
    for name in ("x", "y"):
        given.put(name)
    uuid = create_failing(given, arn, QUEUE)

    def last_result():
        return given.mappings.get_event_source_mapping(UUID=uuid)["LastProcessingResult"]
    # Without the table they stay where they are.
    wait_for(lambda: "Dead letters could not be delivered: there is no table aside" in last_result())
    given.client.create_table(TableName="aside", **definition(range=range_key))
    wait_active(given.client, "aside")

    def letters():
        return given.client.scan(TableName="aside", ConsistentRead=True)["Items"]
    wait_for(lambda: len(letters()) == 2)
    assert sorted(dead_letter(given, {n: plain(a) for n, a in item.items()}) for item in letters()) == ["x", "y"]
    assert all(item["p"]["S"].startswith(uuid + "/") for item in letters())


def test_dead_letters_in_a_table_of_its_arn(setup, function):
    given = setup({"work": function(fail).url})
    arn = given.table()
    given.client.create_table(TableName="aside", **definition())
    given.put("x")
    create_failing(given, arn, wait_active(given.client, "aside")["TableArn"])
    wait_for(lambda: given.client.scan(TableName="aside", ConsistentRead=True)["Count"] == 1)


def test_dead_letters_in_a_file(setup, function, tmp_path):
    file = tmp_path / "folder" / "aside.jsonl"
    given = setup({"work": function(fail).url}, {QUEUE: file})
    arn = given.table()
    for name in ("x", "y", "z"):
        given.put(name)
    uuid = create_failing(given, arn, QUEUE)
    wait_for(lambda: "No such file" in given.mappings.get_event_source_mapping(UUID=uuid)["LastProcessingResult"])
    file.parent.mkdir()
    wait_for(lambda: file.exists() and file.read_text().count("\n") == 3)
    assert [dead_letter(given, json.loads(line)) for line in file.read_text().splitlines()] == ["x", "y", "z"]
    assert file.stat().st_mode & 0o777 == 0o600  # it holds items


def test_dead_letters_at_a_url(setup, function):
    refused = []
    aside = function()
    aside.refuse = lambda event: len(refused) < 2 and refused.append(event) is None
    given = setup({"work": function(fail).url}, {QUEUE: aside.url})
    arn = given.table()
    for name in ("x", "y"):
        given.put(name)
    create_failing(given, arn, QUEUE)
    wait_for(lambda: len(aside.failures) == 2)
    assert [dead_letter(given, letter) for letter in aside.failures] == ["x", "y"]
    # What was refused came again, before anything else.
    assert [dead_letter(given, letter) for letter in refused] == ["x", "x"]


def test_partial_answers(setup, function):
    seen = {}

    def answer(records):
        for record in records:
            key = keys([record])[0]
            seen[key] = seen.get(key, 0) + 1
            if key == "3" and seen[key] == 1:
                return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}
        return {"batchItemFailures": []}
    work = function(answer)
    given = setup({"work": work.url})
    arn = given.table()
    for n in range(6):
        given.put(str(n))
    given.create(arn, FunctionResponseTypes=["ReportBatchItemFailures"])
    wait_for(lambda: seen.get("5") == 1 and seen.get("3") == 2)
    assert seen == {"0": 1, "1": 1, "2": 1, "3": 2, "4": 1, "5": 1}


def test_errors(setup, function):
    given = setup({"work": function().url})
    arn = given.table()
    with pytest.raises(ClientError) as caught:
        given.mappings.get_event_source_mapping(UUID="00000000-0000-4000-8000-000000000000")
    assert caught.value.response["Error"]["Code"] == "ResourceNotFoundException"
    with pytest.raises(ClientError) as caught:
        given.create(arn, function="nobody")
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] in (400, 404)
    with pytest.raises(ClientError) as caught:
        given.create(arn, FilterCriteria={"Filters": [{"Pattern": "{\"a\": 1}"}]})
    assert caught.value.response["Error"]["Code"] == "InvalidParameterValueException"


def signed(server, access_key, secret_key, service="lambda"):
    """The status, the type of the error and the body of a ListEventSourceMappings signed so; unsigned without a key."""
    url = f"{server.url}/2015-03-31/event-source-mappings/"
    request = AWSRequest(method="GET", url=url)
    if access_key:
        SigV4Auth(Credentials(access_key, secret_key), service, clients.REGION).add_auth(request)
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request("GET", "/2015-03-31/event-source-mappings/", headers=dict(request.headers.items()))
    answer = connection.getresponse()
    body = json.loads(answer.read())
    connection.close()
    return answer.status, answer.getheader("x-amzn-ErrorType"), body


def test_signatures_are_for_lambda(tmp_path, function):
    config = clients.identities(tmp_path, ("OTHER", "secret", "111122223333"))
    with Server(MEMORY, tmp_path, ["--config", str(config), "--functions", f"work={function().url}"]) as server:
        given = Setup(server)
        uuid = given.create(given.table())
        status, error, body = signed(server, clients.ACCESS_KEY, clients.SECRET_KEY)
        assert (status, error) == (200, None)
        assert [mapping["UUID"] for mapping in body["EventSourceMappings"]] == [uuid]
        # Another account's are not seen.
        assert signed(server, "OTHER", "secret")[2] == {"EventSourceMappings": []}
        for expected, *how in [
                ("InvalidSignatureException", clients.ACCESS_KEY, "wrong"),
                ("InvalidSignatureException", clients.ACCESS_KEY, clients.SECRET_KEY, "dynamodb"),
                ("UnrecognizedClientException", "NOBODY", "secret"),
                ("MissingAuthenticationTokenException", None, None)]:
            status, error, body = signed(server, *how)
            assert (status, error) == (403, expected) and body["message"], how
        wrong = clients.session().client("lambda", endpoint_url=server.url, aws_access_key_id=clients.ACCESS_KEY,
                                          aws_secret_access_key="wrong")
        with pytest.raises(ClientError) as caught:
            wrong.delete_event_source_mapping(UUID=uuid)
        assert caught.value.response["Error"]["Code"] == "InvalidSignatureException"
        assert given.state(uuid) == "Enabled"


def test_nothing_is_lost_by_kills(tmp_path, function):
    """The server is killed again and again while a function works: each change comes, in order per item."""
    work = function(lambda records: time.sleep(0.005))
    server = Server(ROCKSDB, tmp_path, ["--functions", f"work={work.url}", "--stream-shard-s", "1"]).start()
    try:
        given = Setup(server)
        arn = given.table()
        given.create(arn, BatchSize=10, ParallelizationFactor=3)
        written = 0
        for _ in range(4):
            end = time.time() + 1.5
            while time.time() < end:
                given.put(f"k{written % 5}", n={"N": str(written)})
                written += 1
            server.kill()
            server.start()
            given = Setup(server)
        wait_for(lambda: len({r["dynamodb"]["NewImage"]["n"]["N"] for r in work.records}) == written, seconds=60)
        first = {}
        for record in work.records:  # what comes again comes as a whole: look at first deliveries only
            first.setdefault(record["eventID"], record)
        per_item = {}
        for record in first.values():
            per_item.setdefault(keys([record])[0], []).append(int(record["dynamodb"]["NewImage"]["n"]["N"]))
        assert all(numbers == sorted(numbers) for numbers in per_item.values())
        assert len(first) == written
    finally:
        assert server.stop() == 0


def test_a_command_gets_the_event_on_its_standard_input(setup, tmp_path):
    program, taken = tmp_path / "count", tmp_path / "taken"
    program.write_text(f"#!/bin/sh\ncat >> {taken}\necho >> {taken}\n")
    program.chmod(0o755)
    given = setup({"work": str(program)})
    arn = given.table()
    given.create(arn, BatchSize=2)
    for n in range(5):
        given.put(str(n))

    def records():
        lines = taken.read_text().splitlines() if taken.exists() else []
        return [record for line in lines if line.endswith("}") for record in json.loads(line)["Records"]]
    wait_for(lambda: len(records()) >= 5)
    assert keys(records()) == list("01234")
