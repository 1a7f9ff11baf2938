"""A stand-in of the platform on a real socket: it fulfils the contract of Idempotency-Keys and knows no law.

It is for what only the player does: the same keys and bodies, waiting, signing in, the table and the exit code. What
the platform makes of a caseload is shown by playing it into the real one (tests/journey).
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, uuid5

from player.figures import OWNERS

SERVICES = tuple(dict.fromkeys(OWNERS.values()))
Problem = tuple[int, str]


@dataclass
class World:
    """What was sent to the stand-in, and what it refuses: by the end of a path, one problem a call."""

    figures: dict[str, int]
    age_group: str = "adult"
    done: dict[str, bytes] = field(default_factory=dict)
    calls: list[tuple[str, str, str]] = field(default_factory=list)
    refusals: dict[str, list[Problem]] = field(default_factory=dict)
    sign_ins: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def refuses(self, path: str) -> Problem | None:
        with self.lock:
            waiting = next((list_ for end, list_ in self.refusals.items() if path.endswith(end) and list_), None)
            return waiting.pop(0) if waiting else None


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 64 * 1024  # an answer in one packet
    disable_nagle_algorithm = True
    server: "_Server"

    def log_message(self, format: str, *args: Any) -> None:
        """Tests are quiet."""

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if problem := self.server.world.refuses(path):
            self._refuse(*problem)
        elif "/api/statistics/" in path:
            self._answer(self.server.world.figures)
        elif path.endswith("/places"):
            houses = ("mia-adult", "mia-child")
            self._answer({"places": [{"bed_id": h, "facility": h, "fits": True, "score": 90} for h in houses]})
        elif path.endswith(("/claims", "/permits")):
            self._answer({"items": [{"id": str(uuid5(NAMESPACE_URL, self.path)), "ground": "victim"}]})
        else:
            offers = [{"id": str(uuid5(NAMESPACE_URL, path)), "to": "ngo-clean-world"}]
            self._answer({"status": "registered", "state": "admitted", "version": 2, "holder_offers": offers})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        world = self.server.world
        if self.path.endswith("/token"):
            with world.lock:
                world.sign_ins.append(body.decode())
            self._answer({"access_token": "a-token", "expires_in": 300})
        elif problem := world.refuses(self.path):
            self._refuse(*problem)
        elif self.path.endswith("/same-person-search"):
            with world.lock:
                count = len(world.calls)
            self._answer({"search_id": str(uuid5(NAMESPACE_URL, str(count))), "candidates": []})
        else:
            self._command(body)

    def _command(self, body: bytes) -> None:
        key, world = self.headers["Idempotency-Key"], self.server.world
        with world.lock:
            before = world.done.setdefault(key, body)
            replayed = any(call[0] == key for call in world.calls)
            world.calls.append((key, self.path, body.decode()))
        if before != body:
            self._refuse(409, "idempotency_key_reused")
            return
        own = str(uuid5(NAMESPACE_URL, key))
        answer = {"id": own, "case_id": own, "age_group": world.age_group, "version": 2, "status": "reported"}
        answer["state"] = "requested" if self.path.endswith("/stays") else "reserved"
        self._answer(answer, {"Idempotency-Replayed": "true"} if replayed else {})

    def _refuse(self, status: int, code: str) -> None:
        self._answer({"code": code, "detail": f"Because of {code}."}, status=status)

    def _answer(self, value: object, headers: dict[str, str] | None = None, status: int = 200) -> None:
        content = json.dumps(value).encode()
        self.send_response(status)
        for name, text in (headers or {}).items():
            self.send_header(name, text)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


class _Server(ThreadingHTTPServer):
    def __init__(self, world: World) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.world = world


@contextmanager
def standing_in(world: World, folder: Path) -> Iterator[int]:
    """The stand-in runs; `folder` is made its state folder. Gives its port."""
    server = _Server(world)
    port = server.server_address[1]
    base = f"http://127.0.0.1:{port}"
    endpoints = {"services": {name: f"{base}/{name}" for name in SERVICES}, "issuer": f"{base}/realms/nrm"}
    (folder / "endpoints.json").write_text(json.dumps(endpoints))
    (folder / "secrets.json").write_text(json.dumps({"people": _Everybody().all()}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Everybody:
    """The people whom the player may be."""

    _ROLES = ("reporter", "caseworker", "assessor", "shelter-manager", "motion-officer", "migration-officer")
    _AGENCIES = ("mia-special", "mia-hotline", "mia-shelter", "sms", "mlspp", "unions", "scfwca", "ngo-clean-world")

    def all(self) -> dict[str, str]:
        agencies = (*self._AGENCIES, "ngo-amc", "ngo-acu")
        named = [f"{agency}.{role}" for agency in agencies for role in self._ROLES]
        fund = [f"fund.fund-{role}" for role in ("requester", "approver", "releaser", "accountant")]
        others = ["vac.reintegration-worker", "iom.return-officer", "iom.caseworker", "coordinator.coordinator"]
        return dict.fromkeys([*named, *fund, *others], "secret")
