"""Where servers under test import from and export to: a folder of buckets, or the bucket of a real S3 server."""

import contextlib

from . import clients
from .s3 import ACCESS_KEY, SECRET_KEY
from .server import Server

BUCKET = "bucket"


class Folder:
    def __init__(self, root):
        self.root = root
        self.url = f"file://{root}"
        (root / BUCKET).mkdir(parents=True)

    def put(self, key, body):
        path = self.root / BUCKET / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body if isinstance(body, bytes) else body.encode())

    def get(self, key):
        return (self.root / BUCKET / key).read_bytes()

    def keys(self, prefix):
        found = (str(path.relative_to(self.root / BUCKET)) for path in (self.root / BUCKET).rglob("*") if path.is_file())
        return sorted(key for key in found if key.startswith(prefix))


class S3:
    def __init__(self, server):
        self.url = server.url
        self.client = clients.boto3.client("s3", endpoint_url=server.url, aws_access_key_id=ACCESS_KEY,
                                           aws_secret_access_key=SECRET_KEY, region_name="us-east-1")

    def put(self, key, body):
        self.client.put_object(Bucket=BUCKET, Key=key, Body=body)

    def get(self, key):
        return self.client.get_object(Bucket=BUCKET, Key=key)["Body"].read()

    def keys(self, prefix):
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
        return sorted(one["Key"] for page in pages for one in page.get("Contents", []))


@contextlib.contextmanager
def server_with(objects, engine, directory, *extra):
    """A server that has these as its object storage; `objects` is one of the above."""
    server = Server(engine, directory, ["--object-storage", objects.url, *extra])
    server.prefix = ["env", f"AWS_ACCESS_KEY_ID={ACCESS_KEY}", f"AWS_SECRET_ACCESS_KEY={SECRET_KEY}"]
    server.start()
    try:
        yield server
    finally:
        server.stop()
