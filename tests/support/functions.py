"""Functions for event source mappings, in the process of the test."""

import http.server
import json
import threading


class Listener(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """The server that called was killed."""


class Function:
    """A function behind HTTP. `answer` gets the records of an invocation; an exception of it is a failure."""

    def __init__(self, answer=lambda records: None):
        self.batches, self.failures = [], []
        self.refuse = lambda event: False  # of dead letters: whether one is turned down
        self.lock = threading.Lock()
        function = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                body, status = b"null", 200
                if "Records" in event:
                    try:
                        body = json.dumps(answer(event["Records"])).encode()
                        with function.lock:
                            function.batches.append(event["Records"])
                    except ValueError:
                        status = 500
                elif function.refuse(event):
                    status = 500
                else:
                    with function.lock:
                        function.failures.append(event)
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = Listener(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}/"

    @property
    def records(self):
        with self.lock:
            return [record for batch in self.batches for record in batch]

    def close(self):
        self.server.shutdown()
        self.server.server_close()
