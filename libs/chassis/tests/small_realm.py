"""A small issuer of tokens with keys of its own, which it can change, and which can be away."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey


class Realm:
    """The issuer, and how often its keys were fetched."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "first", "alg": "RS256", "use": "sig"}, private=True)
        self.requests = 0
        self.answer: bytes | None = None
        realm = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                realm.requests += 1
                keys = json.dumps({"keys": [realm.key.as_dict(private=False)]}).encode()
                body = keys if realm.answer is None else realm.answer
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Tests say what they need to say."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}/realms/nrm"

    def rotate(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "second", "alg": "RS256", "use": "sig"}, private=True)

    def token(self, **change: Any) -> str:
        claims = {
            "iss": self.issuer,
            "aud": ["nrm-api"],
            "sub": "a-person",
            "azp": "demo-player",
            "agency": "ngo-amc",
            "roles": ["caseworker"],
            "iat": int(time.time()),
            "exp": int(time.time()) + 60,
        } | change
        present = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, present, self.key)


@contextmanager
def serving(realm: Realm) -> Iterator[None]:
    thread = Thread(target=realm.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield
    finally:
        realm.server.shutdown()
        realm.server.server_close()
        thread.join()
