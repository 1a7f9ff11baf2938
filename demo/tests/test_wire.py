"""The cheap client: a command is done once whatever happens to its connection, and waits where it is told to."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

import pytest
from player.faults import Refused
from player.national.wire import Request, Wire

KEY = UUID("0192a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b")
OK = b'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{"id":1}'
BREAK = b""


async def token() -> str:
    return "signed-in"


@asynccontextmanager
async def answering(answers: Sequence[bytes]) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A service that gives these answers, one a request; an empty one breaks the connection. Its address, requests."""
    requests: list[bytes] = []
    left = list(answers)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            requests.append(head + await reader.readexactly(length))
            answer = left.pop(0)
            if answer == BREAK:
                break
            writer.write(answer)
        writer.close()

    async def serve_until_gone(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        except asyncio.IncompleteReadError:
            writer.close()

    server = await asyncio.start_server(serve_until_gone, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", requests


async def test_a_broken_connection_sends_the_same_command_again() -> None:
    async with answering([BREAK, OK]) as (address, requests), Wire(address, 1) as wire:
        assert await wire.send(Request("/api/reports", {"channel": "visit"}, KEY), token) == b'{"id":1}'
    assert len(requests) == 2
    assert requests[0] == requests[1]
    assert f"Idempotency-Key: {KEY}".encode() in requests[0]
    assert b"Authorization: Bearer signed-in" in requests[0]
    assert wire.sent == 2


async def test_too_many_requests_are_waited_for() -> None:
    busy = b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n"
    async with answering([busy, OK]) as (address, requests), Wire(address, 1) as wire:
        assert await wire.send(Request("/api/cases/1"), token) == b'{"id":1}'
    assert [request.split(b" ")[0] for request in requests] == [b"GET", b"GET"]


async def test_a_refusal_is_raised_with_its_code_and_not_sent_again() -> None:
    body = b'{"code":"stale","detail":"Read again.","faults":[{"where":"body.version","message":"is 3"}]}'
    refusal = b"HTTP/1.1 409 Conflict\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    async with answering([refusal]) as (address, requests), Wire(address, 2) as wire:
        with pytest.raises(Refused) as refused:
            await wire.send(Request("/api/cases/1/decline", {"version": 2}, KEY), token)
    assert (refused.value.status, refused.value.code) == (409, "stale")
    assert refused.value.fields == ("body.version: is 3",)
    assert len(requests) == 1
