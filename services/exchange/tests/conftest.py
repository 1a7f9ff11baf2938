from collections.abc import AsyncIterator

import pytest
from chassis.testing import Databases, Stack, bench
from exchange.app import SERVICE

from .givens import Door


@pytest.fixture(scope="session")
def databases() -> Databases:
    prepared = Databases(Stack.running(), SERVICE)
    prepared.prepare()
    return prepared


@pytest.fixture
async def door(databases: Databases) -> AsyncIterator[Door]:
    """The exchange on a database of its own, with the agencies that are joined from the start."""
    async with bench(SERVICE, databases) as service:
        yield Door(service)
