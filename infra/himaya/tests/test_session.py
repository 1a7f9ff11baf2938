"""The stored sign-in: however many refresh it at once, the file stays whole and each refresh token is used once."""

import json
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from himaya import signin
from himaya.connection import Connection
from pydantic import SecretStr

SIX = 6


class Realm(BaseHTTPRequestHandler):
    """A realm whose refresh tokens are good once, as a strict one's are."""

    used: ClassVar[set[str]] = set()
    lock = threading.Lock()

    def do_POST(self) -> None:
        form = self.rfile.read(int(self.headers["Content-Length"])).decode()
        number = int(form.partition("refresh_token=r")[2].partition("&")[0])
        with self.lock:
            good = str(number) not in self.used
            self.used.add(str(number))
        time.sleep(0.05)
        tokens = {"access_token": f"a{number + 1}", "refresh_token": f"r{number + 1}", "expires_in": 300}
        body = json.dumps(tokens if good else {"error": "invalid_grant"}).encode()
        self.send_response(200 if good else 400)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def connection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Connection:
    Realm.used = set()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Realm)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "himaya").mkdir()
    issuer = f"http://127.0.0.1:{server.server_port}/realms/nrm"
    _write(tmp_path, issuer, "r0")
    return Connection(issuer=issuer, services={}, kafka="127.0.0.1:9", bus_secret=SecretStr("-"))


def _write(folder: Path, issuer: str, refresh: str) -> None:
    session = {"issuer": issuer, "access_token": "a0", "refresh_token": refresh, "until": 0}
    (folder / "himaya" / "session.json").write_text(json.dumps(session))


def test_six_threads_refresh_one_sign_in_once(connection: Connection, tmp_path: Path) -> None:
    for round_ in range(5):
        _write(tmp_path, connection.issuer, f"r{round_ * 10}")
        found: list[object] = []

        def refresh(found: list[object] = found) -> None:
            try:
                found.append(signin.token(connection))
            except Exception as error:
                found.append(error)

        threads = [threading.Thread(target=refresh) for _ in range(SIX)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert found == [f"a{round_ * 10 + 1}"] * SIX
    assert len(Realm.used) == 5
    assert sorted(path.name for path in (tmp_path / "himaya").iterdir()) == ["lock", "session.json"]


def test_six_processes_refresh_one_sign_in_once(connection: Connection, tmp_path: Path) -> None:
    code = (
        "from himaya import signin; from himaya.connection import Connection; "
        f"print(signin.token(Connection(issuer={connection.issuer!r}, services={{}}, kafka='h:9', bus_secret='-')))"
    )
    begun = [  # our own code
        subprocess.Popen(  # noqa: S603  our own code
            [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(SIX)
    ]
    assert {process.communicate() for process in begun} == {("a1\n", "")}
    assert (tmp_path / "himaya" / "session.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"issuer": 1}', '{"issuer": "x"}', "\x00"])
def test_a_file_that_was_damaged_is_no_sign_in(connection: Connection, tmp_path: Path, content: str) -> None:
    (tmp_path / "himaya" / "session.json").write_text(content)
    with pytest.raises(signin.SignInNeeded, match="himaya login"):
        signin.token(connection)
