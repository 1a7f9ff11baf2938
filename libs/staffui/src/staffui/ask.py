"""The pages are a client of their service's own API, in the same process.

Nothing of HTTP is in between but the route: what the API refuses arrives here as the error that it raised.
"""

import json
from collections.abc import Mapping, MutableMapping
from contextlib import AsyncExitStack
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from chassis.actor import Actor
from chassis.errors import DomainError
from chassis.http import SIGNED_IN
from chassis.problems import invalid_request
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.requests import Request
from starlette.types import Message

Answer = dict[str, Any]
"""As the API's model wrote it: whoever reads it names the model."""


class Asked:
    """The API of this service, for one person."""

    def __init__(self, request: Request, actor: Actor) -> None:
        self._app: FastAPI = request.app.state.api
        self._client = request.scope.get("client")
        self._actor = actor

    async def get(self, path: str, query: Mapping[str, object] | None = None) -> Answer:
        """The answer of a GET; DomainError as the API raises it."""
        return await self._call("GET", path, query=query)

    async def post(self, path: str, body: Mapping[str, object], key: str) -> Answer:
        """The answer of a command, once for this key; DomainError as the API raises it."""
        return await self._call("POST", path, body=json.dumps(body).encode(), key=key)

    async def _call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, object] | None = None,
        body: bytes = b"",
        key: str | None = None,
    ) -> Answer:
        headers = [(b"host", b"pages"), (b"content-type", b"application/json")]
        if key:
            headers.append((b"idempotency-key", key.encode()))
        scope: MutableMapping[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": urlencode({k: _sent(v) for k, v in (query or {}).items() if v is not None}).encode(),
            "headers": headers,
            "client": self._client,
            "app": self._app,
            "state": {},
            SIGNED_IN: self._actor,
        }
        answered = _Answered(body)
        async with AsyncExitStack() as opened:
            scope["fastapi_middleware_astack"] = opened
            try:
                await self._app.router(scope, answered.receive, answered.send)
            except RequestValidationError as error:
                raise invalid_request(error) from None
        if answered.status >= 400:
            raise DomainError("no_such_address", "The request cannot be answered.", status=answered.status)
        found: Answer = json.loads(answered.body)
        return found


class _Answered:
    def __init__(self, body: bytes) -> None:
        self._body = body
        self.status = 0
        self.body = b""

    async def receive(self) -> Message:
        return {"type": "http.request", "body": self._body, "more_body": False}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        else:
            self.body += message.get("body", b"")


def _sent(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def as_id(value: str) -> UUID | None:
    """The id in an address, or None where it is none."""
    try:
        return UUID(value)
    except ValueError:
        return None
