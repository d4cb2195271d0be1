#!/usr/bin/env python3
"""How long a change takes from PutItem to a consumer of the table's Kinesis destination.

  kinesis_latency.py [--stator BINARY] [--rate 2000] [--seconds 20] [--connections 4] [--shards 2] [--size 200]

A writer process puts items at a steady rate, each with the time at which its request was sent; a reader process
follows all shards of the stream with GetRecords, as fast as it is answered. Both are raw HTTP over kept connections,
so that the clients take little of the machine. Prints percentiles of the time from sending the put to having the
record, and of the answers to the puts.
"""

import argparse
import base64
import http.client
import json
import multiprocessing
import pathlib
import subprocess
import tempfile
import threading
import time

from harness import ROOT, free_port

SIGNATURE = ("AWS4-HMAC-SHA256 Credential=AKIASTATORBENCH/20260101/us-east-1/{}/aws4_request, SignedHeaders=host, "
             "Signature=" + "0" * 64)
ACCOUNT = "000000000000"
TABLE, STREAM = "changes", "changes"


class Client:
    """Requests that are signed well enough for a server without identities."""

    def __init__(self, port, service):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        dynamodb = service == "dynamodb"
        self.prefix = "DynamoDB_20120810." if dynamodb else "Kinesis_20131202."
        self.headers = {"Content-Type": "application/x-amz-json-1." + ("0" if dynamodb else "1"),
                        "X-Amz-Date": "20260101T000000Z", "Authorization": SIGNATURE.format(service)}

    def __call__(self, operation, body):
        self.connection.request("POST", "/", json.dumps(body).encode(),
                                {**self.headers, "X-Amz-Target": self.prefix + operation})
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{operation}: {answer.status} {text[:300]}")
        return json.loads(text) if text else {}


def prepare(port, shards):
    dynamodb, kinesis = Client(port, "dynamodb"), Client(port, "kinesis")
    kinesis("CreateStream", {"StreamName": STREAM, "ShardCount": shards})
    dynamodb("CreateTable", {"TableName": TABLE, "BillingMode": "PAY_PER_REQUEST",
                             "AttributeDefinitions": [{"AttributeName": "p", "AttributeType": "S"}],
                             "KeySchema": [{"AttributeName": "p", "KeyType": "HASH"}]})
    time.sleep(0.5)
    dynamodb("EnableKinesisStreamingDestination", {
        "TableName": TABLE, "StreamArn": f"arn:aws:kinesis:us-east-1:{ACCOUNT}:stream/{STREAM}"})
    for _ in range(200):
        state = dynamodb("DescribeKinesisStreamingDestination", {"TableName": TABLE})
        if state["KinesisDataStreamDestinations"][0]["DestinationStatus"] == "ACTIVE":
            return
        time.sleep(0.02)
    raise RuntimeError(f"the destination did not become active: {state}")


def write(port, rate, seconds, connections, size, results):
    """Each connection puts at its share of the rate, late ones at once."""
    text, times = "x" * size, []

    def run(who):
        client, own = Client(port, "dynamodb"), []
        start, count = time.time(), int(rate * seconds / connections)
        for n in range(count):
            pause = start + n * connections / rate - time.time()
            if pause > 0:
                time.sleep(pause)
            sent = time.time()
            client("PutItem", {"TableName": TABLE, "Item": {
                "p": {"S": f"{who}-{n % 5000}"}, "t": {"N": repr(sent)}, "x": {"S": text}}})
            own.append(time.time() - sent)
        times.extend(own)

    threads = [threading.Thread(target=run, args=(who,)) for who in range(connections)]
    start = time.time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    results.put((times, time.time() - start))


def read(port, expected, results):
    kinesis, latencies = Client(port, "kinesis"), []
    shards = kinesis("ListShards", {"StreamName": STREAM})["Shards"]
    iterators = [kinesis("GetShardIterator", {"StreamName": STREAM, "ShardId": shard["ShardId"],
                                              "ShardIteratorType": "TRIM_HORIZON"})["ShardIterator"]
                 for shard in shards]
    last = time.time()
    while len(latencies) < expected and time.time() - last < 10:
        for i, iterator in enumerate(iterators):
            page = kinesis("GetRecords", {"ShardIterator": iterator})
            now = time.time()
            iterators[i] = page["NextShardIterator"]
            for record in page["Records"]:
                image = json.loads(base64.b64decode(record["Data"]))["dynamodb"]["NewImage"]
                latencies.append(now - float(image["t"]["N"]))
                last = now
        time.sleep(0.002)
    results.put(latencies)


def percentiles(times):
    times = sorted(times)
    return ", ".join(f"p{p} {times[min(len(times) - 1, int(len(times) * p / 100))] * 1000:.1f} ms"
                     for p in (50, 99, 99.9))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stator", default=str(ROOT / "build" / "release" / "stator"))
    parser.add_argument("--rate", type=int, default=2000)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--shards", type=int, default=2)
    parser.add_argument("--size", type=int, default=200)
    options = parser.parse_args()
    port = free_port()
    with tempfile.TemporaryDirectory() as directory:
        log = open(pathlib.Path(directory) / "log", "wb")
        server = subprocess.Popen([options.stator, "serve", "--port", str(port), "--data", directory + "/data"],
                                  stdout=log, stderr=log)
        try:
            for _ in range(200):
                try:
                    prepare(port, options.shards)
                    break
                except ConnectionRefusedError:
                    time.sleep(0.05)
            expected = options.rate // options.connections * options.connections * options.seconds
            written, latencies = multiprocessing.Queue(), multiprocessing.Queue()
            writer = multiprocessing.Process(target=write, args=(port, options.rate, options.seconds,
                                                                 options.connections, options.size, written))
            reader = multiprocessing.Process(target=read, args=(port, expected, latencies))
            reader.start()
            writer.start()
            times, took = written.get()
            seen = latencies.get()
            writer.join()
            reader.join()
        finally:
            server.terminate()
            server.wait()
    print(f"{len(times)} puts in {took:.1f} s ({len(times) / took:.0f}/s), answered in {percentiles(times)}")
    print(f"{len(seen)} records came, put to get in {percentiles(seen)}")


if __name__ == "__main__":
    main()
