"""Many clients in one process: each is a generator over a connection of its own.

An actor yields a request and is sent the answer to it:

    def reader():
        answer = yield "GetItem", {"TableName": "t", "Key": {...}}
        if answer.status == 200: ...

A thread of Python would spend more on itself than the server on a request. Signatures are well-formed but not
signatures of anything: a server without identities takes them.
"""

import contextlib
import json
import selectors
import socket
import time

AUTHORIZATION = ("AWS4-HMAC-SHA256 Credential=AKIASTATORTEST/20260101/us-east-1/dynamodb/aws4_request, "
                 "SignedHeaders=host;x-amz-date;x-amz-target, Signature=" + "0" * 64)
_heads = {}


def request_bytes(operation, body):
    """`body` may be a value or bytes."""
    if not isinstance(body, bytes):
        body = json.dumps(body, separators=(",", ":")).encode()
    head = _heads.get(operation)
    if head is None:
        head = _heads[operation] = (
            "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-amz-json-1.0\r\n"
            f"X-Amz-Target: DynamoDB_20120810.{operation}\r\nX-Amz-Date: 20260101T000000Z\r\n"
            f"Authorization: {AUTHORIZATION}\r\nContent-Length: ").encode()
    return b"%s%d\r\n\r\n%s" % (head, len(body), body)


class Answer:
    __slots__ = ("status", "raw", "seconds", "_json")

    def __init__(self, status, raw, seconds=0.0):
        self.status, self.raw, self.seconds = status, raw, seconds
        self._json = None

    @property
    def json(self):
        if self._json is None:
            self._json = json.loads(self.raw)
        return self._json

    @property
    def error(self):
        """The name of the error, without its namespace; None for an answer of success."""
        return None if self.status == 200 else self.json["__type"].rpartition("#")[2]

    def __repr__(self):
        return f"<{self.status} {self.raw[:1000]!r}>"


class AnswerReader:
    """Cuts what a connection receives into answers."""

    def __init__(self):
        self.buffer = bytearray()
        self.needed = 0
        self.closes = False  # after the answer that was taken last, the connection ends

    def take(self):
        """The next (status, body), None if it is not all there."""
        if len(self.buffer) < self.needed:
            return None
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return None
        head = bytes(self.buffer[:end]).lower()
        at = head.index(b"content-length:") + 15
        length = int(head[at:].split(b"\r\n", 1)[0])
        self.closes = b"connection: close" in head
        self.needed = end + 4 + length
        if len(self.buffer) < self.needed:
            return None
        body = bytes(self.buffer[end + 4:self.needed])
        del self.buffer[:self.needed]
        self.needed = 0
        return int(head[9:12]), body


class Connection:
    """One connection, one request at a time: for set-up and checks."""

    def __init__(self, port, timeout=60):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.reader = AnswerReader()

    def __call__(self, operation, body):
        started = time.monotonic()
        self.send(request_bytes(operation, body))
        answer = self.receive()
        answer.seconds = time.monotonic() - started
        return answer

    def send(self, request):
        """Gives up what the server does not take: it has answered already."""
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.socket.sendall(request)

    def receive(self):
        while (answer := self.reader.take()) is None:
            received = self.socket.recv(1 << 18)
            if not received:
                raise ConnectionResetError("the server closed the connection")
            self.reader.buffer += received
        return Answer(*answer)

    def ok(self, operation, body):
        answer = self(operation, body)
        assert answer.status == 200, (operation, answer)
        return answer.json

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class _Client:
    __slots__ = ("actor", "socket", "reader", "unsent", "writing", "started")


class Actors:
    """Runs actors until their connections end, the actors do, or the time is up."""

    def __init__(self, port):
        self.port = port
        self.selector = selectors.DefaultSelector()
        self.clients = set()
        self.answers = 0
        self.lost = 0  # connections that the server ended

    def add(self, actor):
        """False if there is no server. The first request is sent at once."""
        client = _Client()
        client.actor, client.started = actor, 0.0
        if not self._connect(client):
            actor.close()
            return False
        self.clients.add(client)
        self._resume(client, None)
        return True

    def run(self, seconds=None):
        end = None if seconds is None else time.monotonic() + seconds
        while self.clients:
            left = None if end is None else end - time.monotonic()
            if left is not None and left <= 0:
                return
            for key, events in self.selector.select(left):
                client = key.data
                if events & selectors.EVENT_WRITE and client in self.clients:
                    self._send(client)
                if events & selectors.EVENT_READ and client in self.clients:
                    self._receive(client)

    def close(self):
        for client in list(self.clients):
            self._end(client)
        self.selector.close()

    def _connect(self, client):
        client.reader, client.unsent, client.writing = AnswerReader(), b"", False
        try:
            client.socket = socket.create_connection(("127.0.0.1", self.port), 10)
        except OSError:
            return False
        client.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.socket.setblocking(False)
        self.selector.register(client.socket, selectors.EVENT_READ, client)
        return True

    def _resume(self, client, answer):
        try:
            request = client.actor.send(answer)
        except StopIteration:
            return self._end(client)
        client.started = time.monotonic()
        client.unsent = request_bytes(*request)
        self._send(client)

    def _send(self, client):
        try:
            sent = client.socket.send(client.unsent)
        except BlockingIOError:
            sent = 0
        except OSError:
            self.lost += 1
            return self._end(client)
        client.unsent = memoryview(client.unsent)[sent:]
        if client.writing != (len(client.unsent) > 0):
            client.writing = not client.writing
            events = selectors.EVENT_READ | (selectors.EVENT_WRITE if client.writing else 0)
            self.selector.modify(client.socket, events, client)

    def _receive(self, client):
        try:
            received = client.socket.recv(1 << 18)
        except BlockingIOError:
            return
        except OSError:
            received = b""
        if not received:
            self.lost += 1
            return self._end(client)
        client.reader.buffer += received
        answer = client.reader.take()
        if answer is None:
            return
        self.answers += 1
        if client.reader.closes:  # perhaps before it has read the whole request
            self.selector.unregister(client.socket)
            client.socket.close()
            if not self._connect(client):
                self.clients.discard(client)
                return client.actor.close()
        self._resume(client, Answer(*answer, time.monotonic() - client.started))

    def _end(self, client):
        self.clients.discard(client)
        self.selector.unregister(client.socket)
        client.socket.close()
        client.actor.close()
