"""The Fund on a database of its own, for each test."""

from collections.abc import AsyncIterator

import pytest
from chassis.testing import Databases, Stack, bench
from fund.app import SERVICE

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
