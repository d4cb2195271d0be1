"""Clients that are slow, silent, many or gone: each costs the server a bounded piece of memory, for a bounded time."""

import contextlib
import random
import socket
import ssl
import struct
import time

import pytest
from bounds import SECONDS, OverloadServer, item, make_table, memory_bound
from support.actors import Connection, request_bytes
from support.process import MIB, MemoryWatch, open_files, raise_file_limit, rss
from support.waiting import wait_for

GET = request_bytes("GetItem", {"TableName": "load", "Key": {"p": {"S": "p"}, "r": {"N": "1"}}})
PAGE = request_bytes("Scan", {"TableName": "load"})


def connect(server, receive_buffer=None):
    one = socket.socket()
    if receive_buffer:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    one.settimeout(20)
    one.connect(("127.0.0.1", server.port))
    return one


@contextlib.contextmanager
def connections(server, count, **options):
    opened = []
    try:
        for _ in range(count):
            opened.append(connect(server, **options))
        yield opened
    finally:
        for one in opened:
            one.close()


def is_served(server):
    try:
        with Connection(server.port) as connection:
            answer = connection("PutItem", {"TableName": "load", "Item": item(1, 10)})
    except ConnectionError:
        return False
    assert answer.status in (200, 503), answer
    return answer.status == 200


def is_closed(one):
    """The server has closed it, and what it sent before was read."""
    one.setblocking(False)
    try:
        while one.recv(1 << 20):
            pass
        return True
    except BlockingIOError:
        return False
    except OSError:
        return True


@pytest.mark.parametrize("overloaded", [["--write-timeout-ms", "4000"]], indirect=True)
def test_slow_readers(overloaded):
    """They ask for pages of 1 MB, many at once, and read a byte now and then."""
    make_table(overloaded, 300, 10_000)
    count = 100
    with MemoryWatch(overloaded.pid) as memory, connections(overloaded, count, receive_buffer=4096) as readers:
        for reader in readers:
            reader.sendall(PAGE * 16)
            reader.setblocking(False)
        deadline = time.monotonic() + 3
        while time.monotonic() < deadline:
            for reader in readers:
                with contextlib.suppress(OSError):
                    reader.recv(1)
            time.sleep(0.1)
        # The first of them are given up while the others go on.
        wait_for(lambda: is_served(overloaded), 10, "slow readers have taken the server over")
        # Those whose answers the kernel has taken, errors for the most part, are idle and may stay.
        wait_for(lambda: overloaded.metric("stator_request_memory_bytes") == 0, 20, "slow readers keep memory")
    print(f"memory {memory.peak / MIB:.0f} MiB of {memory_bound(count) / MIB:.0f}")
    assert memory.peak < memory_bound(count)
    assert overloaded.metric("stator_connections_timed_out_total") > 0


@pytest.mark.parametrize("overloaded", [["--body-timeout-ms", "3000"]], indirect=True)
def test_slow_writers(overloaded):
    """They announce 10 MB and send a byte now and then: the others are served, and they are given up."""
    make_table(overloaded)
    head = request_bytes("PutItem", b"").replace(b"Content-Length: 0", b"Content-Length: 10000000")
    count = 400
    with MemoryWatch(overloaded.pid) as memory, connections(overloaded, count) as writers:
        for writer in writers:
            writer.sendall(head + b'{"TableName":')
        started = time.monotonic()
        while time.monotonic() - started < 2:
            for writer in writers:
                with contextlib.suppress(OSError):
                    writer.send(b" ")
            assert is_served(overloaded)
            time.sleep(0.1)
        while overloaded.metric("stator_connections") > 1:
            assert time.monotonic() - started < 60, "slow writers are kept"
            for writer in writers:
                with contextlib.suppress(OSError):
                    writer.send(b" ")
            time.sleep(0.1)
    assert memory.peak < memory_bound(count)


@pytest.mark.parametrize("overloaded", [["--idle-timeout-ms", "6000", "--header-timeout-ms", "5000"]], indirect=True)
def test_silent_clients(overloaded):
    """Connected and silent, silent in the middle of a head, silent after an answer; also all that a server sees of a
    client that is gone without a word."""
    make_table(overloaded)
    with connections(overloaded, 300) as silent:
        for one in silent[:100]:
            one.sendall(GET[:50])
        for one in silent[100:200]:
            one.sendall(GET)
            assert one.recv(1000).startswith(b"HTTP/1.1 200")
        assert is_served(overloaded)
        wait_for(lambda: all(is_closed(one) for one in silent), 30, "silent clients are kept")
        assert overloaded.metric("stator_connections_timed_out_total") >= 300


def test_pipelined_requests(overloaded):
    make_table(overloaded, 2, 10)
    one = connect(overloaded)
    one.sendall(GET * 500)
    received, answers = b"", 0
    while answers < 500:
        received += one.recv(1 << 16)
        answers = received.count(b"HTTP/1.1 200")
    one.sendall(GET)
    assert one.recv(1 << 16).startswith(b"HTTP/1.1 200")
    one.close()


@pytest.mark.parametrize("overloaded", [["--max-connections", "10000"]], indirect=True)
def test_ten_thousand_connections(overloaded):
    make_table(overloaded, 2, 10)
    count = min(10_000, raise_file_limit() - 1000)
    before = rss(overloaded.pid)
    # The metrics' connection is not one of these.
    with connections(overloaded, count) as many:
        wait_for(lambda: overloaded.metric("stator_connections") == count, 10, "not all were accepted")
        idle = rss(overloaded.pid)
        started = time.monotonic()
        for one in many:
            one.sendall(GET)
        for one in many:
            assert one.recv(4096).startswith(b"HTTP/1.1 200")
        seconds = time.monotonic() - started
        active = rss(overloaded.pid)
        print(f"{count} connections: {(idle - before) / count:.0f} bytes each, {(active - before) / count:.0f} after a "
              f"request; {count / seconds:.0f} answers/s")
        assert (idle - before) / count < 8192
        assert (active - before) / count < 8192 + 2048
        if count == 10_000:
            one_more = connect(overloaded)
            assert one_more.recv(1) == b""  # closed at once
            one_more.close()
            assert overloaded.metric("stator_connections_turned_away_total") == 1
            many.pop().close()
            wait_for(lambda: is_served(overloaded), 30, "a place that was left is not given to another")
    wait_for(lambda: overloaded.metric("stator_connections") == 0, 10, "closed connections are kept")


def test_few_open_files(tmp_path):
    """Connections do not take the descriptors that the data needs."""
    server = OverloadServer(tmp_path)
    server.prefix = ["prlimit", "--nofile=400:400"]
    server.start()
    try:
        assert '"lowered_to":200' in server.log_tail()
        make_table(server)
        with connections(server, 350) as many:
            wait_for(lambda: server.metric("stator_connections_turned_away_total") == 150, 10, "not as many as allowed")
            assert server.metric("stator_connections") == 200
            # More than fits in memory, so that files are written while all connections are there.
            body = {"RequestItems": {"load": [{"PutRequest": {"Item": item(n, 40_000)}} for n in range(25)]}}
            many[0].settimeout(180)  # for all of it
            many[0].sendall(request_bytes("BatchWriteItem", body) * 60)
            received = b""
            while received.count(b"HTTP/1.1 ") < 60:
                received += many[0].recv(1 << 16)
            assert received.count(b"HTTP/1.1 200") == 60
        assert server.stop() == 0, server.log_tail()
    finally:
        if server.alive():
            server.kill()


def test_idle_tls_connections(tmp_path, certificate):
    """They keep keys and state, but no buffers. Half of the clients speak TLS 1.2."""
    count = 400
    server = OverloadServer(tmp_path, "--tls-certificate", str(certificate[0]), "--tls-key", str(certificate[1])).start()
    contexts = []
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        context = ssl.create_default_context(cafile=str(certificate[0]))
        context.minimum_version = context.maximum_version = version
        contexts.append(context)
    try:
        many = []
        for number in range(-40, count):  # the first ones are not counted
            if number == 0:
                before = rss(server.pid)
            one = contexts[number % 2].wrap_socket(connect(server), server_hostname="localhost")
            one.sendall(b"GET / HTTP/1.1\r\n\r\n")
            assert one.recv(4096).startswith(b"HTTP/1.1 200")
            many.append(one)
        each = (rss(server.pid) - before) / count
        print(f"{each:.0f} bytes for each TLS connection")
        assert each < 24 * 1024
        for one in many:
            one.close()
        wait_for(lambda: server.metric("stator_connections") == 0, 10, "closed connections are kept")
        assert server.stop() == 0, server.log_tail()
    finally:
        if server.alive():
            server.kill()


def test_churn(overloaded, seed):
    """Clients that come and go, with a request, half of one, or none; in order or with a reset."""
    make_table(overloaded, 100, 10_000)
    rng = random.Random(seed)
    files, memory = None, None
    rounds = int(500 * SECONDS)
    for number in range(rounds):
        one = connect(overloaded)
        choice = rng.randrange(6)
        if choice == 1:
            one.sendall(GET)
            assert one.recv(4096).startswith(b"HTTP/1.1 200")
        elif choice == 2:
            one.sendall(GET[:rng.randrange(len(GET))])
        elif choice == 3:
            one.sendall(PAGE)  # and does not wait for the answer
        elif choice == 4:
            one.sendall(GET * 10)
            one.shutdown(socket.SHUT_WR)
        if rng.random() < 0.3:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        one.close()
        if number == rounds // 4:
            wait_for(lambda: overloaded.metric("stator_connections") == 0, 10, "closed connections are kept")
            files, memory = open_files(overloaded.pid), rss(overloaded.pid)
    wait_for(lambda: overloaded.metric("stator_connections") == 0, 10, "closed connections are kept")
    assert open_files(overloaded.pid) <= files + 10
    wait_for(lambda: rss(overloaded.pid) < memory + 20 * MIB, 10, "memory grows with each client")
    assert is_served(overloaded)
