"""What an export wrote: its items and changes, with everything around them as it should be."""

import base64
import datetime
import gzip
import hashlib
import json
from decimal import Decimal


def normal(value):
    """An attribute value, or an item, in a form in which equal ones are equal."""
    if isinstance(value, list):
        return [normal(member) for member in value]
    if not isinstance(value, dict):
        return value
    if list(value) == ["N"]:
        return {"N": Decimal(value["N"])}
    if list(value) == ["NS"]:
        return {"NS": sorted(Decimal(member) for member in value["NS"])}
    return {name: sorted(content) if name in ("SS", "BS") else normal(content) for name, content in value.items()}


def from_json(value):
    """A value of DynamoDB JSON, as boto3 has it."""
    if isinstance(value, list):
        return [from_json(member) for member in value]
    if not isinstance(value, dict):
        return value
    decoded = {name: from_json(content) for name, content in value.items()}
    if list(value) == ["B"] and isinstance(value["B"], str):
        decoded["B"] = base64.b64decode(value["B"])
    if list(value) == ["BS"]:
        decoded["BS"] = [base64.b64decode(member) for member in value["BS"]]
    return decoded


def key_of(item):
    return item["p"]["S"], float(item["r"]["N"])


def by_key(items):
    return {key_of(item): normal(item) for item in items}


def checked(objects, key):
    """The bytes of a manifest, whose checksum is right."""
    assert objects.get(key.removesuffix(".json") + ".checksum").decode() == \
        base64.b64encode(hashlib.md5(objects.get(key)).digest()).decode()
    return objects.get(key)


def iso(time):
    return time.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def lines_of(objects, found):
    """All lines of an export in whose objects everything is as it should be."""
    export_id = found["ExportArn"].rsplit("/", 1)[1]
    prefix = found["S3Prefix"].rstrip("/") + "/" if "S3Prefix" in found else ""
    folder = f"{prefix}AWSDynamoDB/{export_id}/"
    assert found["ExportManifest"] == folder + "manifest-summary.json"
    assert objects.get(folder + "_started") == b""
    summary = json.loads(checked(objects, found["ExportManifest"]))
    incremental = found.get("ExportType") == "INCREMENTAL_EXPORT"
    times = {"exportTime": iso(found["ExportTime"])} if not incremental else {
        "exportFromTime": iso(found["IncrementalExportSpecification"]["ExportFromTime"]),
        "exportToTime": iso(found["IncrementalExportSpecification"]["ExportToTime"]),
        "outputView": found["IncrementalExportSpecification"]["ExportViewType"]}
    assert summary == times | {
        "version": "2023-08-01", "exportArn": found["ExportArn"], "startTime": iso(found["StartTime"]),
        "endTime": iso(found["EndTime"]), "tableArn": found["TableArn"], "tableId": found["TableId"],
        "s3Bucket": found["S3Bucket"], "s3Prefix": found.get("S3Prefix"), "s3SseAlgorithm": found["S3SseAlgorithm"],
        "s3SseKmsKeyId": found.get("S3SseKmsKeyId"), "manifestFilesS3Key": folder + "manifest-files.json",
        "billedSizeBytes": found["BilledSizeBytes"], "itemCount": found["ItemCount"],
        "outputFormat": found["ExportFormat"], "exportType": found.get("ExportType", "FULL_EXPORT")}
    files = [json.loads(line) for line in checked(objects, summary["manifestFilesS3Key"]).splitlines()]
    assert files
    data = f"{prefix}AWSDynamoDB/data/" if incremental else folder + "data/"
    there = {key for key in objects.keys(data)}
    named = {file["dataFileS3Key"] for file in files}
    assert named <= there if incremental else named == there
    suffix = ".ion.gz" if found["ExportFormat"] == "ION" else ".json.gz"
    lines = []
    for file in files:
        body = objects.get(file["dataFileS3Key"])
        assert file["dataFileS3Key"].endswith(suffix)
        assert file["md5Checksum"] == base64.b64encode(hashlib.md5(body).digest()).decode()
        if "-" not in file["etag"]:
            assert file["etag"] == hashlib.md5(body).hexdigest()
        own = gzip.decompress(body).decode().splitlines()
        assert file["itemCount"] == len(own)
        lines += own
    assert len(lines) == found["ItemCount"]
    return lines


def items_of(objects, found):
    return [from_json(json.loads(line)["Item"]) for line in lines_of(objects, found)]


def changes_of(objects, found):
    return [{name: from_json(content) for name, content in json.loads(line).items()}
            for line in lines_of(objects, found)]
