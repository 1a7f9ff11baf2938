"""A cheap HTTP client of one service: requests over a few connections that stay open, each answered or sent again.

A command is sent again with its key after a connection that broke, so that it is done once.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import ValidationError

from player.answers import Json, Problem
from player.faults import Refused, Unreachable

_MOST_TRIES = 40
_LONGEST_PAUSE = 3.0  # seconds
Token = Callable[[], Awaitable[str]]


@dataclass(frozen=True)
class Request:
    """What is sent: a command has a body and a key, a query neither."""

    path: str
    body: Json | None = None
    key: UUID | None = None

    def content(self, token: str) -> bytes:
        body = b"" if self.body is None else json.dumps(self.body, separators=(",", ":")).encode()
        lines = [
            f"{'GET' if self.body is None else 'POST'} {self.path} HTTP/1.1",
            "Host: himaya",
            f"Authorization: Bearer {token}",
            f"Content-Length: {len(body)}",
        ]
        lines += ["Content-Type: application/json"] if body else []
        lines += [f"Idempotency-Key: {self.key}"] if self.key else []
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


@dataclass(frozen=True)
class _Response:
    status: int
    headers: dict[str, str]
    content: bytes


class _Connection:
    """One request at a time; opened when it is needed."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, content: bytes) -> _Response:
        """OSError or IncompleteReadError: the connection broke, and the next request opens another one."""
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._host, self._port)
        reader, writer = self._streams
        try:
            writer.write(content)
            status, headers = _head(await reader.readuntil(b"\r\n\r\n"))
            answer = _Response(status, headers, await reader.readexactly(int(headers.get("content-length", 0))))
        except (OSError, asyncio.IncompleteReadError):
            self.close()
            raise
        if headers.get("connection") == "close":
            self.close()
        return answer

    def close(self) -> None:
        if self._streams:
            self._streams[1].close()
        self._streams = None


def _head(lines: bytes) -> tuple[int, dict[str, str]]:
    status, *fields = lines.decode("latin-1").rstrip("\r\n").split("\r\n")
    pairs = (field.partition(":") for field in fields)
    return int(status.split(" ")[1]), {name.lower(): value.strip() for name, _, value in pairs}


class Wire:
    """So many connections to a service; whoever finds none free waits for one."""

    def __init__(self, address: str, connections: int) -> None:
        parts = urlsplit(address)
        self._service = address
        self._free: asyncio.LifoQueue[_Connection] = asyncio.LifoQueue()
        for _ in range(connections):
            self._free.put_nowait(_Connection(parts.hostname or "", parts.port or 80))
        self.sent = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while not self._free.empty():
            self._free.get_nowait().close()

    async def send(self, request: Request, token: Token) -> bytes:
        """The answer's body.

        Raises:
            Refused: The service refused.
            Unreachable: It was away, or overloaded, for too long.
        """
        pause = 0.1
        for _ in range(_MOST_TRIES):
            answer = await self._once(request, token)
            if answer is not None and answer.status < 400:
                return answer.content
            if answer is not None and answer.status < 500 and answer.status not in (401, 429):
                raise _refusal(answer)
            wait = float(answer.headers.get("retry-after", pause)) if answer else pause
            await asyncio.sleep(wait)
            pause = min(pause * 1.5, _LONGEST_PAUSE)
        raise Unreachable(f"{self._service}: answered {answer.status}" if answer else self._service)

    async def _once(self, request: Request, token: Token) -> _Response | None:
        content = request.content(await token())
        connection = await self._free.get()
        try:
            self.sent += 1
            return await connection.send(content)
        except (OSError, asyncio.IncompleteReadError):
            return None
        finally:
            self._free.put_nowait(connection)


def _refusal(answer: _Response) -> Refused:
    try:
        problem = Problem.model_validate_json(answer.content)
    except ValidationError:
        return Refused(answer.status, f"http_{answer.status}", "")
    faults = tuple(f"{fault.where}: {fault.message}" for fault in problem.faults)
    return Refused(answer.status, problem.code, problem.detail, faults)
