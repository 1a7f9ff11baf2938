"""notify on its own database, speaking to real servers on this machine."""

import socket
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta

import pytest
from aiosmtpd.controller import Controller
from chassis.testing import Databases, Stack, bench
from notify.app import SERVICE

from .givens import NOW, Outside, Scene, serving


@pytest.fixture(scope="session")
def databases() -> Databases:
    made = Databases(Stack.running(), SERVICE)
    made.prepare()
    return made


@pytest.fixture
async def outside() -> Outside:
    return Outside()


@pytest.fixture
async def mail_server(outside: Outside) -> AsyncIterator[str]:
    """A real SMTP server on a free port, whose answer a test can set."""
    server = Controller(outside, hostname="127.0.0.1", port=_free_port())
    server.start()
    yield f"127.0.0.1:{server.port}"
    server.stop()


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.fixture
async def scene(databases: Databases, outside: Outside, mail_server: str) -> AsyncIterator[Scene]:
    async with (
        serving(outside.app()) as url,
        bench(SERVICE, databases, smtp=mail_server, sms_gateway=url, services={"identification": url}) as made,
    ):
        made.now = NOW
        yield Scene(made, outside)
        await made.app.state.identification.close()
        for channel in made.app.state.channels.values():
            await channel.close()


@pytest.fixture
def at() -> Callable[[float], datetime]:
    """`at(5)` is five hours after the scene begins."""
    return lambda hours: NOW + timedelta(hours=hours)
