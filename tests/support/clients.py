"""Clients of a server under test: boto3 without retries, and raw requests that show every byte."""

import http.client
import json
import zlib

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

REGION = "us-east-1"
ACCESS_KEY = "AKIASTATORTEST"
SECRET_KEY = "a-secret-of-the-tests"
ACCOUNT = "000000000000"

# A failure must reach the test at once, and once.
CONFIG = Config(retries={"total_max_attempts": 1}, connect_timeout=10, read_timeout=120,
                max_pool_connections=64, parameter_validation=True)


def identities(folder, *more):
    """A configuration file of a server that verifies signatures: the clients' identity, and more as (access key, secret
    key, account)."""
    config = folder / "stator.toml"
    config.write_text("".join(
        f'[[identities]]\naccess_key_id = "{key}"\nsecret_access_key = "{secret}"\naccount_id = "{account}"\n'
        for key, secret, account in [(ACCESS_KEY, SECRET_KEY, ACCOUNT), *more]))
    return config


def session():
    return boto3.session.Session(aws_access_key_id=ACCESS_KEY, aws_secret_access_key=SECRET_KEY,
                                 region_name=REGION)


def client(url, service="dynamodb", **config):
    return session().client(service, endpoint_url=url, config=CONFIG.merge(Config(**config)))


def resource(url):
    return session().resource("dynamodb", endpoint_url=url, config=CONFIG)


class Response:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers  # http.client.HTTPMessage: names in any case
        self.body = body        # bytes, as sent

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def error(self):
        """The name of the error, without its namespace."""
        return self.json["__type"].rpartition("#")[2]

    @property
    def message(self):
        answer = self.json
        return answer.get("message", answer.get("Message"))

    def __repr__(self):
        return f"<{self.status} {self.body[:2000]!r}>"


class RawClient:
    """Sends exactly the bytes it is given, signed by botocore's own signer, over one kept-alive connection.

    Checks on every answer what holds for every answer: length, checksum and request id (facts 1.2).
    """

    def __init__(self, port):
        self.port = port
        self.connection = None

    def __call__(self, target, body=b"{}", *, method="POST", path="/", headers=None, sign=True,
                 content_type="application/x-amz-json-1.0", check=True):
        """`target` is an operation's name, a full X-Amz-Target, or None for none. `body` may be a value, text
        or bytes. `headers` are added, and signed; a value of None takes one away."""
        if not isinstance(body, (bytes, str)):
            body = json.dumps(body)
        if isinstance(body, str):
            body = body.encode()
        sent = {"Host": f"127.0.0.1:{self.port}"}
        if content_type is not None:
            sent["Content-Type"] = content_type
        if target is not None:
            sent["X-Amz-Target"] = target if "." in target else f"DynamoDB_20120810.{target}"
        sent.update(headers or {})
        sent = {name: value for name, value in sent.items() if value is not None}
        if sign:
            request = AWSRequest(method=method, url=f"http://127.0.0.1:{self.port}{path}", data=body,
                                 headers=sent)
            SigV4Auth(Credentials(ACCESS_KEY, SECRET_KEY), "dynamodb", REGION).add_auth(request)
            sent = dict(request.headers.items())
        response = self._exchange(method, path, body, sent)
        if check:
            self._check(response)
        return response

    def _exchange(self, method, path, body, headers):
        fresh = self.connection is None
        if fresh:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            self.connection.request(method, path, body=body, headers=headers)
            answer = self.connection.getresponse()
            response = Response(answer.status, answer.headers, answer.read())
            if answer.will_close:
                self.close()
            return response
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            self.close()
            if fresh:
                raise
            return self._exchange(method, path, body, headers)  # it was an old connection

    @staticmethod
    def _check(response):
        if response.status == 413:
            return
        headers = response.headers
        assert headers["Content-Length"] == str(len(response.body)), response
        assert headers["x-amz-crc32"] == str(zlib.crc32(response.body)), (dict(headers), response)
        request_id = headers["x-amzn-RequestId"]
        assert len(request_id) == 52 and request_id.isalnum() and request_id.upper() == request_id, request_id

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None
