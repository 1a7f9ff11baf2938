from collections.abc import AsyncIterator, Iterator

import pytest
from chassis.testing import Databases, ServiceUnderTest, Stack, bench

from .noticeboard.app import SERVICE, Health


@pytest.fixture(scope="session")
def stack() -> Stack:
    return Stack.running()


@pytest.fixture(scope="session")
def databases(stack: Stack) -> Databases:
    prepared = Databases(stack, SERVICE, template="noticeboard")
    prepared.prepare()
    return prepared


@pytest.fixture(scope="session")
async def board(databases: Databases) -> AsyncIterator[ServiceUnderTest]:
    """Shared by the tests that look at their own case alone."""
    async with bench(SERVICE, databases) as made:
        yield made


@pytest.fixture
async def own_board(databases: Databases) -> AsyncIterator[ServiceUnderTest]:
    """For a test that counts everything, or that takes or breaks something."""
    async with bench(SERVICE, databases) as made:
        yield made


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    Health.healed = False
    Health.calls.clear()
