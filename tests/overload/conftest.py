"""The fixture of the overload tests."""

import subprocess

import pytest
from bounds import OverloadServer
from support.waiting import wait_for


@pytest.fixture
def overloaded(tmp_path, request):
    """A server, with further settings as the test's parameters; it must end in order, and with nothing charged."""
    server = OverloadServer(tmp_path, *getattr(request, "param", ())).start()
    try:
        yield server
        wait_for(lambda: server.metric("stator_request_memory_bytes") == 0, 10, "memory is charged to nothing")
        assert server.stop() == 0, server.log_tail()
        assert not server.sanitizer_report(), server.sanitizer_report()
    finally:
        if server.alive():
            server.kill()


@pytest.fixture
def certificate(tmp_path):
    """Of this machine alone: (certificate, key)."""
    files = tmp_path / "certificate.pem", tmp_path / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                    "/CN=localhost", "-days", "1", "-out", str(files[0]), "-keyout", str(files[1])],
                   check=True, capture_output=True)
    return files
