"""Repatriation on a database of its own, for each test."""

from collections.abc import AsyncIterator

import pytest
from chassis.testing import Databases, ServiceUnderTest, Stack, bench
from repatriation.app import SERVICE
from repatriation.resources import Resources
from staffui.testing import Browser, browser, pages_settings

from .givens import NOW, KnownPersons


@pytest.fixture(scope="session")
def databases() -> Databases:
    prepared = Databases(Stack.running(), SERVICE)
    prepared.prepare()
    return prepared


@pytest.fixture
async def repatriation(databases: Databases) -> AsyncIterator[ServiceUnderTest]:
    async with bench(SERVICE, databases) as made:
        made.now = NOW
        made.app.state.resources = Resources(persons=KnownPersons())
        yield made


@pytest.fixture
async def paged(databases: Databases) -> AsyncIterator[ServiceUnderTest]:
    async with bench(SERVICE, databases, **pages_settings(Stack.running(), "repatriation")) as made:
        made.app.state.resources = Resources(persons=KnownPersons())
        yield made


@pytest.fixture
async def desk(paged: ServiceUnderTest) -> AsyncIterator[Browser]:
    async with browser(paged) as opened:
        yield opened
