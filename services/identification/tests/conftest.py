from collections.abc import AsyncIterator, Iterator

import pytest
from chassis.testing import Databases, ServiceUnderTest, Stack, bench
from identification.app import SERVICE
from staffui.testing import Browser, browser, pages_settings

KEYS = {
    "master_key": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "search_key": "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXphYmNkZWY=",
}


@pytest.fixture(scope="session")
def databases() -> Databases:
    prepared = Databases(Stack.running(), SERVICE)
    prepared.prepare()
    return prepared


@pytest.fixture(scope="session")
async def _shared(databases: Databases) -> AsyncIterator[ServiceUnderTest]:
    async with bench(SERVICE, databases, **KEYS) as made:
        yield made


@pytest.fixture
def identification(_shared: ServiceUnderTest) -> Iterator[ServiceUnderTest]:
    """The service on a database that tests share: each has cases of its own, about persons of their own."""
    yield _shared
    _shared.now = None


@pytest.fixture
async def alone(databases: Databases) -> AsyncIterator[ServiceUnderTest]:
    """The service on an empty database, for tests that count everything or break something."""
    async with bench(SERVICE, databases, **KEYS) as made:
        yield made


@pytest.fixture
async def paged(databases: Databases) -> AsyncIterator[ServiceUnderTest]:
    async with bench(SERVICE, databases, **KEYS, **pages_settings(Stack.running(), "identification")) as made:
        yield made


@pytest.fixture
async def desk(paged: ServiceUnderTest) -> AsyncIterator[Browser]:
    async with browser(paged) as opened:
        yield opened
