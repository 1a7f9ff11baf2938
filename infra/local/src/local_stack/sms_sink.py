"""The demo's SMS gateway: HTTP on the loopback address; each message is stored as a line of JSON.

`python -m local_stack.sms_sink PORT FILE`; POST /messages {to, text, reference} is answered with 202 {"id"}.
The same reference again gets the same id and is not stored twice, as with paid gateways.
"""

import json
import sys
import threading
import uuid
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

LARGEST_BODY_BYTES = 16_384
FIELDS = ("to", "text", "reference")


class Gateway(ThreadingHTTPServer):
    """The messages taken so far, by their reference."""

    def __init__(self, port: int, file: Path) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.file = file
        self.file.touch(mode=0o600)
        self.writing = threading.Lock()
        stored = map(json.loads, file.read_text().splitlines())
        self.ids: dict[str, str] = {line["reference"]: line["id"] for line in stored}

    def store(self, message: dict[str, str]) -> str:
        """Store a message and return its id."""
        with self.writing:
            known = self.ids.get(message["reference"])
            if known:
                return known
            identifier = str(uuid.uuid4())
            line = {"id": identifier, "received": datetime.now(UTC).isoformat(), **message}
            with self.file.open("a") as lines:
                lines.write(json.dumps(line, ensure_ascii=False) + "\n")
            self.ids[message["reference"]] = identifier
            return identifier


class Handler(BaseHTTPRequestHandler):
    """One request of a sender."""

    server: Gateway
    timeout = 10

    def do_POST(self) -> None:
        """Store a message, or answer what is wrong with it."""
        length = self.headers.get("Content-Length", "")
        if self.path != "/messages":
            self._answer(404, {"error": "unknown address"})
        elif not length.isdigit() or int(length) > LARGEST_BODY_BYTES:
            self._answer(413, {"error": f"at most {LARGEST_BODY_BYTES} bytes, with their length"})
        elif (message := self._message(int(length))) is None:
            self._answer(422, {"error": "wanted: a JSON object with the texts to, text and reference"})
        else:
            self._answer(202, {"id": self.server.store(message)})

    def do_GET(self) -> None:
        """Health."""
        self._answer(200 if self.path == "/healthz" else 404, {})

    def _message(self, length: int) -> dict[str, str] | None:
        try:
            body = json.loads(self.rfile.read(length))
        except ValueError:
            return None
        if not isinstance(body, dict) or not all(isinstance(body.get(field), str) for field in FIELDS):
            return None
        return {field: body[field] for field in FIELDS}

    def _answer(self, status: int, body: dict[str, str]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: a log of requests would name who was written to."""


if __name__ == "__main__":
    Gateway(int(sys.argv[1]), Path(sys.argv[2])).serve_forever()
