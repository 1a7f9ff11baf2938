from collections.abc import AsyncIterator

import pytest
from chassis.testing import Databases, ServiceUnderTest, Stack, bench

from .casefile.app import SERVICE


@pytest.fixture(scope="session")
def databases() -> Databases:
    prepared = Databases(Stack.running(), SERVICE, template="casefile")
    prepared.prepare()
    return prepared


@pytest.fixture(scope="session")
async def desk(databases: Databases) -> AsyncIterator[ServiceUnderTest]:
    """Shared by the tests that look at their own cases alone."""
    async with bench(SERVICE, databases) as made:
        yield made


@pytest.fixture
async def own_desk(databases: Databases) -> AsyncIterator[ServiceUnderTest]:
    """For a test that counts everything, or that replaces a part of the application."""
    async with bench(SERVICE, databases) as made:
        yield made
