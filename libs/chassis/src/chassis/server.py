"""uvicorn as a service runs it: without signal handlers, and without patience for a head that does not come."""

import asyncio
import contextlib
from collections.abc import Iterator
from functools import partial

import uvicorn
from fastapi import FastAPI
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

HEAD_BYTES = 32 * 1024


class _Server(uvicorn.Server):
    """The process has one order of ending, so signals are its own."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class BoundedHead(HttpToolsProtocol):
    """Hangs up when the head of a request is not there in time, or is too long."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, object],
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        head_seconds: float,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._head_seconds = head_seconds
        self._awaiting: asyncio.TimerHandle | None = None
        self._head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_is_here()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._awaiting is None and (self.cycle is None or self.cycle.response_complete):
            self._await_head()
        self._head_bytes += len(data)
        super().data_received(data)
        if self._awaiting and self._head_bytes > HEAD_BYTES:
            self._hang_up()

    def on_headers_complete(self) -> None:
        self._head_is_here()
        super().on_headers_complete()

    def _await_head(self) -> None:
        self._head_bytes = 0
        self._awaiting = self.loop.call_later(self._head_seconds, self._hang_up)

    def _head_is_here(self) -> None:
        if self._awaiting:
            self._awaiting.cancel()
            self._awaiting = None

    def _hang_up(self) -> None:
        self._head_is_here()
        if not self.transport.is_closing():
            self.transport.write(b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
            self.transport.close()


async def serve(
    application: FastAPI, address: str, port: int, stop: asyncio.Event, *, head_seconds: float = 10.0
) -> None:
    """Answer until stopped: then no new request, and the running ones are answered."""
    config = Config(
        application,
        host=address,
        port=port,
        http=partial(BoundedHead, head_seconds=head_seconds),  # type: ignore[arg-type]  # called as the class is
        ws="none",
        proxy_headers=False,  # chassis.edge decides whom to believe
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve())
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    stop.set()
    await serving
    stopping.cancel()
