"""Who sends a head or a body byte by byte, or never, is not waited for: tried on a raw socket."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from chassis.server import HEAD_BYTES, serve
from chassis.testing import Databases, bench, person_token

from .givens import CASEWORKER
from .noticeboard.app import SERVICE
from .test_process import free_port

SOON = 0.5
CLOSED = b"408 Request Timeout, or so"


@pytest.fixture
async def port(databases: Databases) -> AsyncIterator[int]:
    async with bench(SERVICE, databases, head_seconds=SOON, body_seconds=SOON) as board:
        stop, free = asyncio.Event(), free_port()
        serving = asyncio.create_task(serve(board.app, "127.0.0.1", free, stop, head_seconds=SOON))
        while not await _listens(free):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        yield free
        stop.set()
        await serving


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


async def _until_the_end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, drip: bytes) -> bytes:
    """Send the same again and again until the other side has closed; what it answered."""

    async def dripping() -> None:
        while True:
            writer.write(drip)
            await asyncio.sleep(0.05)

    sending = asyncio.create_task(dripping()) if drip else None
    try:
        return await asyncio.wait_for(reader.read(), 10)
    except ConnectionResetError:  # closed while something was on its way
        return CLOSED
    finally:
        if sending:
            sending.cancel()
        writer.close()


HEAD = b"GET /api/notices HTTP/1.1\r\nHost: x\r\n"


@pytest.mark.parametrize(
    ("start", "drip"),
    [
        (b"", b""),
        (b"", b"\r\n"),
        (b"G", b""),
        (b"GET /", b"a"),
        (HEAD, b""),
        (HEAD, b"X-A: 1\r\n"),
        (HEAD + b"X: ", b"a"),
        (HEAD + b"\r\n", b"\r\n"),
        (HEAD + b"\r\n" + HEAD, b"X-A: 1\r\n"),
    ],
    ids=["silent", "empty lines", "a letter", "address", "head", "headers", "one header", "after", "the second head"],
)
async def test_a_head_that_does_not_come_is_not_waited_for(port: int, start: bytes, drip: bytes) -> None:
    began = time.monotonic()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(start)
    answer = await _until_the_end(reader, writer, drip)
    assert time.monotonic() - began < 20 * SOON
    assert b"408 Request Timeout" in answer or answer.startswith(b"HTTP/1.1 401")


@pytest.mark.parametrize("one_piece", [True, False])
async def test_a_head_without_end_is_cut_off(port: int, one_piece: bool) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(HEAD + b"X: " + b"a" * (HEAD_BYTES + 10) + (b"\r\n\r\n" if one_piece else b""))
    answer = await _until_the_end(reader, writer, b"")
    assert answer.startswith((b"HTTP/1.1 431", b"HTTP/1.1 408", CLOSED))


@asynccontextmanager
async def _posting(port: int, length: str) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        f"POST /api/notices HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {person_token(CASEWORKER)}\r\n"
        f"Idempotency-Key: k\r\nContent-Type: application/json\r\n{length}\r\n\r\n".encode()
    )
    yield reader, writer


@pytest.mark.parametrize(
    ("length", "drip"),
    [("Content-Length: 1000", b""), ("Content-Length: 1000", b" "), ("Transfer-Encoding: chunked", b"1\r\n \r\n")],
    ids=["silent", "byte by byte", "chunk by chunk"],
)
async def test_a_body_that_does_not_come_is_not_waited_for(port: int, length: str, drip: bytes) -> None:
    began = time.monotonic()
    async with _posting(port, length) as (reader, writer):
        answer = await _until_the_end(reader, writer, drip)
    assert answer.startswith(b"HTTP/1.1 408"), answer
    assert b"body_too_slow" in answer
    assert time.monotonic() - began < 20 * SOON
