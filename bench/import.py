#!/usr/bin/env python3
"""How fast tables are imported: generated items of about 1 KB, from a folder.

  import.py [--megabytes 1000] [--into docs/performance.md]
"""

import argparse
import gzip
import json
import pathlib
import random
import subprocess
import tempfile
import time

import harness
import tables
from harness import say

FORMS = ("DYNAMODB_JSON", "CSV", "ION")
OBJECT_BYTES = 64 << 20


def texts(form, count):
    """Lines of that form; the same items in all."""
    random.seed(1)
    words = ["".join(random.choices("abcdefghijklmnopqrstuvwxyz", k=random.randint(3, 10))) for _ in range(2000)]
    if form == "CSV":
        yield "customer,order,total,city,text\n"
    for n in range(count):
        customer, order, total = f"customer-{random.randrange(10**6)}", n, random.randrange(10**6) / 100
        city, text = random.choice(words), " ".join(random.choices(words, k=110))
        if form == "CSV":
            yield f"{customer},{order},{total},{city},{text}\n"
        elif form == "ION":
            yield (f'$ion_1_0 {{Item:{{customer:"{customer}",order:{order}.,total:{total}d0,city:"{city}",'
                   f'text:"{text}"}}}}\n')
        else:
            yield json.dumps({"Item": {"customer": {"S": customer}, "order": {"N": str(order)},
                                       "total": {"N": str(total)}, "city": {"S": city}, "text": {"S": text}}}) + "\n"


def write(folder, form, megabytes):
    """Writes objects of that size altogether; returns the bytes."""
    folder.mkdir(parents=True)
    written, part, header = 0, None, None
    for line in texts(form, 1 << 40):
        if form == "CSV" and header is None:
            header = line
            continue
        if part is None or part.tell() >= OBJECT_BYTES:
            if part:
                written += part.tell()
                part.close()
            if written >= megabytes * 1_000_000:
                return written
            part = open(folder / f"{written:012}", "w")
            part.write(header or "")
        part.write(line)
        if written + part.tell() >= megabytes * 1_000_000:
            written += part.tell()
            part.close()
            return written


def run(running, name, form, compression, indexed):
    attributes = [("customer", "S"), ("order", "N")] + ([("city", "S")] if indexed else [])
    creation = {"TableName": name, "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [{"AttributeName": a, "AttributeType": t} for a, t in attributes],
                "KeySchema": [{"AttributeName": "customer", "KeyType": "HASH"},
                              {"AttributeName": "order", "KeyType": "RANGE"}]}
    if indexed:
        creation["GlobalSecondaryIndexes"] = [
            {"IndexName": "by-city", "KeySchema": [{"AttributeName": "city", "KeyType": "HASH"}],
             "Projection": {"ProjectionType": "ALL"}}]
    began = time.monotonic()
    found = harness.call(running, "ImportTable", {
        "S3BucketSource": {"S3Bucket": "bucket", "S3KeyPrefix": f"{form}-{compression}/"}, "InputFormat": form,
        "InputCompressionType": compression, "TableCreationParameters": creation})["ImportTableDescription"]
    while found["ImportStatus"] == "IN_PROGRESS":
        time.sleep(0.05)
        found = harness.call(running, "DescribeImport", {"ImportArn": found["ImportArn"]})["ImportTableDescription"]
    seconds = time.monotonic() - began
    assert found["ImportStatus"] == "COMPLETED", found
    return found, seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    harness.add_arguments(parser)
    parser.add_argument("--megabytes", type=int, default=1000)
    parser.add_argument("--into", metavar="DOCUMENT", help="put the table there, too: docs/performance.md has a place")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.directory) as folder, harness.Alone(arguments):
        bucket = pathlib.Path(folder) / "bucket"
        for form in FORMS:
            write(bucket / f"{form}-NONE", form, arguments.megabytes)
            say(f"{form}: written")
        (bucket / "DYNAMODB_JSON-GZIP").mkdir()
        for path in (bucket / "DYNAMODB_JSON-NONE").iterdir():
            with gzip.open(bucket / "DYNAMODB_JSON-GZIP" / path.name, "wb", compresslevel=6) as out:
                out.write(path.read_bytes())
        server = harness.stator(arguments.build, "Stator, fsync", "--data", "{directory}/data",
                                "--object-storage", f"file://{folder}")
        rows = []
        cases = [(form, "NONE", False) for form in FORMS]
        cases += [("DYNAMODB_JSON", "GZIP", False), ("DYNAMODB_JSON", "NONE", True)]
        with harness.running("import", server, arguments.directory) as running:
            for number, (form, compression, indexed) in enumerate(cases):
                found, seconds = run(running, f"table-{number}", form, compression, indexed)
                megabytes = found["ProcessedSizeBytes"] / 1e6
                rows.append([form, compression, "one index" if indexed else "", f"{found['ImportedItemCount']:,}",
                             f"{megabytes:,.0f}", f"{seconds:.1f}", f"{megabytes / seconds:.0f}"])
                say(" ".join(rows[-1]))
    text = tables.markdown(["format", "compression", "table", "items", "MB of text", "seconds", "MB/s"], rows)
    tables.publish(text, "bench/import.py", arguments.into)


if __name__ == "__main__":
    main()
