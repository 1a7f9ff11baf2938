from collections.abc import AsyncIterator

import pytest
from chassis.testing import Databases, ServiceUnderTest, Stack, bench
from shelter.app import SERVICE


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
