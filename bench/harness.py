"""What the measuring scripts share: the servers as child processes, the load generator, the machine."""

import contextlib
import csv
import http.client
import json
import os
import pathlib
import platform
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
LOCAL = ROOT / "build" / "dynamodb-local"
DYNOXIDE = ROOT / "build" / "dynoxide"
DYNOXIDE_VERSION = "3.2.0"


def say(text):
    """Progress, apart from the results."""
    print(text, file=sys.stderr, flush=True)


def path(text):
    return str(pathlib.Path(text).resolve())


def add_arguments(parser):
    parser.add_argument("--build", type=path, default=path(ROOT / "build/release"), help="the release build to measure")
    parser.add_argument("--directory", type=path, help="where the data directories go: the disk under it is what is "
                                                       "measured (default: the place for temporary files)")
    parser.add_argument("--exclusive", default=os.environ.get("STATOR_BENCH_EXCLUSIVE", ""), metavar="COMMAND",
                        help="what keeps others from a shared machine while it runs, such as \"flock FILE\": it is "
                             "held around each group of measurements")
    parser.add_argument("--threads", type=int, default=1, help="of the load generator")


class Alone:
    """Holds what --exclusive names, from the first `with` on, and gives others their turn when a `with` ends after
    more than SECONDS."""

    SECONDS = 60

    def __init__(self, arguments):
        self.command = shlex.split(arguments.exclusive)
        self.holder, self.since = None, 0

    def __enter__(self):
        if self.command and not self.holder:
            self.holder = subprocess.Popen([*self.command, "sh", "-c", "echo; exec cat"], stdin=subprocess.PIPE,
                                           stdout=subprocess.PIPE)
            self.holder.stdout.readline()
            self.since = time.monotonic()

    def __exit__(self, failure, *_):
        if self.holder and (failure or time.monotonic() - self.since > self.SECONDS):
            self.end()

    def end(self):
        if self.holder:
            self.holder.stdin.close()
            self.holder.wait()
            self.holder = None


# --- servers --------------------------------------------------------------------------------------


class Server:
    """A server that is not running yet. `words` are its command, with {port} and {directory} in them."""

    def __init__(self, title, *words, environment=None, http=True):
        self.title, self.words, self.environment, self.http = title, words, environment or {}, http

    def command(self, port, directory):
        return [word.format(port=port, directory=directory) for word in self.words]


def stator(build, title, *place, environment=None):
    return Server(title, f"{build}/stator", "serve", "--port", "{port}", *place, environment=environment)


def servers(build):
    """All that can be measured, by name; each with its default settings but for the place of the data."""
    data = ("--data", "{directory}/data")
    found = {
        "stator-disk": stator(build, "Stator, fsync", *data),
        "stator-memory": stator(build, "Stator, memory", "--in-memory"),
        "stator-verified": stator(build, "Stator, fsync, verified", *data,
                                  environment={"STATOR_IDENTITIES": "local:local"}),
        "http-floor": Server("HTTP server that does nothing", f"{build}/bench/http_floor",
                             "{port}", str(os.cpu_count())),
    }
    if have_local():
        java = ("java", f"-Djava.library.path={LOCAL}", "-cp", f"{LOCAL}/*",
                "com.amazonaws.services.dynamodbv2.local.main.ServerRunner", "-port", "{port}", "-disableTelemetry")
        found["local-memory"] = Server("DynamoDB Local, memory", *java, "-inMemory")
        found["local-disk"] = Server("DynamoDB Local, disk", *java, "-dbPath", "{directory}")
    if dynoxide := have_dynoxide():
        words = (dynoxide, "--host", "127.0.0.1", "--port", "{port}")
        found["dynoxide-memory"] = Server("Dynoxide, memory", *words)
        found["dynoxide-disk"] = Server("Dynoxide, disk", *words, "--db-path", "{directory}/data.db")
    return found


def have_local():
    """DynamoDB Local, fetched by Maven the first time."""
    if (LOCAL / ".ready").exists():
        return True
    if not shutil.which("mvn") or not shutil.which("java"):
        say("DynamoDB Local is left out: it needs mvn and java.")
        return False
    say("Fetching DynamoDB Local into build/dynamodb-local ...")
    subprocess.run(["mvn", "--quiet", "--batch-mode", "--file", str(ROOT / "bench/dynamodb-local/pom.xml"),
                    "dependency:copy-dependencies", f"-DoutputDirectory={LOCAL}"], check=True)
    (LOCAL / ".ready").touch()
    return True


def have_dynoxide():
    """The program on the PATH, or built by cargo the first time (a few minutes); None if there is neither."""
    binary = DYNOXIDE / "bin" / "dynoxide"
    if binary.exists():
        return str(binary)
    if on_path := shutil.which("dynoxide"):
        return on_path
    if not shutil.which("cargo"):
        say("Dynoxide is left out: it is not on the PATH, and there is no cargo to build it.")
        return None
    say("Building Dynoxide into build/dynoxide ...")
    built = subprocess.run(["cargo", "install", "--quiet", "dynoxide-rs", "--locked", "--version", DYNOXIDE_VERSION,
                            "--root", str(DYNOXIDE), "--no-default-features", "--features",
                            "native-sqlite,http-server,cli"])
    if built.returncode == 0:
        return str(binary)
    say("Dynoxide is left out: it could not be built.")
    return None


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Running:
    """A server under way."""

    def __init__(self, name, server, port, process, directory, start_seconds):
        self.name, self.server, self.port, self.process = name, server, port, process
        self.directory, self.start_seconds = pathlib.Path(directory), start_seconds

    @property
    def pid(self):
        return self.process.pid

    def memory_mib(self):
        for line in pathlib.Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        return 0.0

    def disk_mib(self):
        return sum(path.stat().st_size for path in self.directory.rglob("*") if path.is_file()) / (1 << 20)


@contextlib.contextmanager
def running(name, server, parent=None):
    """Starts it in a directory of its own, waits for its first answer, and ends it at last."""
    with tempfile.TemporaryDirectory(prefix=f"stator-bench-{name}-", dir=parent) as directory:
        port = free_port()
        with open(pathlib.Path(directory) / "server.log", "ab") as log:
            begin = time.monotonic()
            process = subprocess.Popen(server.command(port, directory), stdout=log, stderr=subprocess.STDOUT,
                                       stdin=subprocess.DEVNULL, cwd=directory,
                                       env={**os.environ, **server.environment})
        try:
            _wait_for_answer(port, process, f"{directory}/server.log", server.http)
            yield Running(name, server, port, process, directory, time.monotonic() - begin)
        finally:
            process.terminate()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for_answer(port, process, log, speaks_http):
    while process.poll() is None:
        try:
            if not speaks_http:
                socket.create_connection(("127.0.0.1", port), timeout=60).close()
                return
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            connection.request("GET", "/")
            connection.getresponse().close()
            connection.close()
            return
        except (OSError, http.client.HTTPException):
            time.sleep(0.001)
    raise SystemExit(f"the server ended with {process.returncode}:\n{pathlib.Path(log).read_text()[-2000:]}")


def call(running, operation, body):
    """An operation of the API; the server takes any well-formed signature."""
    scope = "Credential=local/20260101/us-east-1/dynamodb/aws4_request"
    request = urllib.request.Request(
        f"http://127.0.0.1:{running.port}/", data=json.dumps(body).encode(), headers={
            "X-Amz-Target": f"DynamoDB_20120810.{operation}", "X-Amz-Date": "20260101T000000Z",
            "Content-Type": "application/x-amz-json-1.0",
            "Authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature={'0' * 64}"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


# --- load -----------------------------------------------------------------------------------------


class Load:
    """The load generator with the options that all runs share."""

    DISTURBED = 0.15  # processors

    def __init__(self, arguments, items=None, item_bytes=None):
        self.binary = f"{arguments.build}/bench/load"
        self.common = ["--json", "--threads", str(arguments.threads)]
        if items:
            self.common += ["--items", str(items)]
        if item_bytes:
            self.common += ["--item-bytes", str(item_bytes)]

    def _call(self, running, words):
        command = [self.binary, "--port", str(running.port), "--pid", str(running.pid), *self.common,
                   *(str(word) for word in words)]
        result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        lines = [json.loads(line) for line in result.stdout.splitlines()]
        if not lines:
            raise SystemExit(f"{shlex.join(command)}\n{result.stderr}")
        return lines, result

    def fill(self, running, *words):
        """What is said of each table that was made and filled."""
        lines, result = self._call(running, ["--prepare", *words])
        if result.returncode != 0:
            raise SystemExit(result.stderr)
        return lines

    def run(self, running, *words):
        """(a line for each operation, the total). Errors are shown, not hidden; the caller decides about them. A run
        that other processes have disturbed is repeated, up to twice; the least disturbed one counts."""
        tries = []
        while len(tries) < 3:
            tries.append(self._call(running, words))
            if tries[-1][0][-1]["others_busy"] < self.DISTURBED:
                break
            say(f"  disturbed: others kept {tries[-1][0][-1]['others_busy']:.2f} processors busy")
        lines, result = min(tries, key=lambda one: one[0][-1]["others_busy"])
        for line in lines[:-1]:
            if line["errors"]:
                say(f"  {running.server.title}, {line['operation']}: {line['errors']}; the first: "
                    f"{line['first_error'][:200]}")
        if result.stderr:
            say("  " + result.stderr.strip())
        return lines[:-1], lines[-1]


# --- redis ----------------------------------------------------------------------------------------


def cpu_seconds(pid):
    """Processor time of a process so far."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def rest(running, most_seconds=60):
    """Waits until a server has nothing to do any more, such as compacting what was written."""
    end = time.monotonic() + most_seconds
    quiet = 0
    while quiet < 2 and time.monotonic() < end:
        before = cpu_seconds(running.pid)
        time.sleep(0.5)
        quiet = quiet + 1 if cpu_seconds(running.pid) - before < 0.02 else 0


def redis_floors(parent=None, connections=16):
    """What redis needs for a get, and for a set that is on the disk, of 1 KiB under 100,000 keys, by its own load
    generator; [] without redis-server and redis-benchmark on the PATH."""
    if not shutil.which("redis-server") or not shutil.which("redis-benchmark"):
        say("redis is left out: it is not on the PATH.")
        return []
    server = Server("redis", "redis-server", "--port", "{port}", "--dir", "{directory}", "--save", "",
                    "--appendonly", "yes", "--appendfsync", "always", http=False)
    rows = []
    with running("redis", server, parent) as redis:
        for name, test, count in (("", "set", 100_000), ("redis SET, appendfsync always", "set", 50_000),
                                  ("redis GET", "get", 200_000)):
            before = cpu_seconds(redis.pid)
            output = subprocess.run(
                ["redis-benchmark", "-p", str(redis.port), "-c", str(connections), "-n", str(count), "-r", "100000",
                 "-d", "1024", "-t", test, "--csv"], check=True, stdout=subprocess.PIPE, text=True).stdout
            found = next(csv.DictReader(output.splitlines()))
            if name:
                rows.append({"floor": name, "threads": 1, "per_second": float(found["rps"]),
                             "cpu_us": (cpu_seconds(redis.pid) - before) / count * 1e6,
                             "p50_ms": float(found["p50_latency_ms"]), "p99_ms": float(found["p99_latency_ms"])})
    return rows


# --- the machine ----------------------------------------------------------------------------------


def machine():
    model = "unknown processor"
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    git = subprocess.run(["git", "describe", "--always", "--dirty", "--exclude=*"], cwd=ROOT, capture_output=True,
                         text=True)
    return {"processors": os.cpu_count(), "model": model, "kernel": platform.release(),
            "commit": git.stdout.strip() or "unknown", "date": time.strftime("%Y-%m-%d")}


def machine_text(machine):
    return "{processors} x {model}, Linux {kernel}, commit {commit}, {date}".format(**machine)
