from collections.abc import AsyncIterator

import pytest
from chassis.testing import Databases, ServiceUnderTest, Stack, bench
from shelter.app import SERVICE
from staffui.testing import Browser, browser, pages_settings


@pytest.fixture(scope="session")
def databases() -> Databases:
    prepared = Databases(Stack.running(), SERVICE)
    prepared.prepare()
    return prepared


@pytest.fixture
async def shelter(databases: Databases) -> AsyncIterator[ServiceUnderTest]:
    async with bench(SERVICE, databases) as made:
        yield made


@pytest.fixture(scope="session")
async def empty_shelter(databases: Databases) -> AsyncIterator[ServiceUnderTest]:
    """One shelter for tests that change nothing."""
    async with bench(SERVICE, databases) as made:
        yield made


@pytest.fixture
async def paged(databases: Databases) -> AsyncIterator[ServiceUnderTest]:
    async with bench(SERVICE, databases, **pages_settings(Stack.running(), "shelter")) as made:
        yield made


@pytest.fixture
async def desk(paged: ServiceUnderTest) -> AsyncIterator[Browser]:
    async with browser(paged) as opened:
        yield opened
