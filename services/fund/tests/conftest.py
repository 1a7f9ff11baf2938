"""The Fund on a database of its own, for each test."""

from collections.abc import AsyncIterator

import pytest
from chassis.testing import Databases, ServiceUnderTest, Stack, bench
from fund.app import SERVICE
from staffui.testing import pages_settings

from .givens import Desk


@pytest.fixture(scope="session")
def databases() -> Databases:
    made = Databases(Stack.running(), SERVICE)
    made.prepare()
    return made


@pytest.fixture
async def desk(databases: Databases) -> AsyncIterator[Desk]:
    async with bench(SERVICE, databases) as made:
        yield Desk(made)


@pytest.fixture
async def paged(databases: Databases) -> AsyncIterator[ServiceUnderTest]:
    async with bench(SERVICE, databases, **pages_settings(Stack.running(), "fund")) as made:
        yield made


@pytest.fixture
def fund(paged: ServiceUnderTest) -> Desk:
    return Desk(paged)
