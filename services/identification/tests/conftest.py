from collections.abc import AsyncIterator

import pytest
from chassis.testing import Bench, Databases, Stack, bench
from identification.app import SERVICE

KEYS = {
    "master_key": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "search_key": "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXphYmNkZWY=",
}


@pytest.fixture(scope="session")
def databases() -> Databases:
    prepared = Databases(Stack.running(), SERVICE)
    prepared.prepare()
    return prepared


@pytest.fixture
async def identification(databases: Databases) -> AsyncIterator[Bench]:
    async with bench(SERVICE, databases, **KEYS) as made:
        yield made
