"""notify on its own database, speaking to real servers on this machine."""

import socket
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime, timedelta

import pytest
from aiosmtpd.controller import Controller
from chassis.testing import Databases, ServiceUnderTest, Stack, bench
from notify.app import SERVICE
from notify.resources import Resources
from staffui.testing import Browser, browser, pages_settings

from .givens import NOW, Outside, Scene, serving


@pytest.fixture(scope="session")
async def outside() -> Outside:
    return Outside()


@pytest.fixture(scope="session")
def mail_server(outside: Outside) -> Iterator[str]:
    """A real SMTP server on a free port, whose answer a test can set."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = int(taken.getsockname()[1])
    server = Controller(outside, hostname="127.0.0.1", port=port)
    server.start()
    yield f"127.0.0.1:{port}"
    server.stop()


@pytest.fixture(scope="session")
async def notify(outside: Outside, mail_server: str) -> AsyncIterator[ServiceUnderTest]:
    """One database for all tests of a process: making one takes longer than most tests."""
    databases = Databases(Stack.running(), SERVICE)
    databases.prepare()
    async with (
        serving(outside.app()) as url,
        bench(
            SERVICE,
            databases,
            smtp=mail_server,
            sms_gateway=url,
            services={"identification": url},
            **pages_settings(Stack.running(), "notify"),
        ) as made,
    ):
        yield made
        resources = made.database.resources
        assert isinstance(resources, Resources)
        await resources.identification.close()
        for channel in resources.channels.values():
            await channel.close()


@pytest.fixture
async def scene(notify: ServiceUnderTest, outside: Outside) -> Scene:
    made = Scene(notify, outside)
    await made.begins()
    return made


@pytest.fixture
async def desk(notify: ServiceUnderTest) -> AsyncIterator[Browser]:
    """Somebody at the pages of notify, not signed in yet."""
    async with browser(notify) as opened:
        yield opened


@pytest.fixture
def at() -> Callable[[float], datetime]:
    """`at(5)` is five hours after the scene begins."""
    return lambda hours: NOW + timedelta(hours=hours)
