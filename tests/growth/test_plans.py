"""Nothing that people read or do walks a table that grows: every list, filter and page at 100,000 cases.

The country is made of the year that the journeys played, with the tables as they are (bench/growth). Its persons do not
grow: what the search for the same person opens is another question, held by `bench/growth/same_person.py`.
"""

from collections.abc import AsyncIterator, Iterator
from functools import partial

import pytest
from chassis.audit_api import STRETCH
from chassis.testing import ServiceUnderTest

from bench.growth.acts import acts
from bench.growth.cost import plans_of, scans
from bench.growth.reads import Read, reads_of
from bench.growth.run import YEAR, country, dropped, served
from tests.conftest import SERVICES

CASES = 100_000
KNOWN = {"/api/claims?mine=false"}
"""Of somebody who had a hand in nearly every claim, as the only requester of the played year: no index has the rest."""
BY_TIME = "/api/audit?"
"""An overseer’s filter looks at a stretch of the trail for a page."""
MOST = 3_000  # rows that one scan looks at for a page of fifty; the tables that grow have a hundred thousand and more


@pytest.fixture
async def grown(request: pytest.FixtureRequest) -> AsyncIterator[ServiceUnderTest]:
    service = SERVICES[request.param]
    database = country(service, CASES, _nobody_listens, purpose="plans", persons=False)
    try:
        async with served(service, database) as asked:
            yield asked
    finally:
        dropped(database)


def _nobody_listens(_: str) -> None: ...


@pytest.mark.timeout(900)
@pytest.mark.parametrize("grown", SERVICES, indirect=True)
async def test_nothing_walks_a_table_that_grows(grown: ServiceUnderTest) -> None:
    reads = 0
    walks: list[str] = []
    async for read in reads_of(grown, YEAR):
        reads += 1
        request = partial(grown.person(read.who).get, read.path, **read.params)
        if not read.is_of_a_period and read.label not in KNOWN:
            for _, plan in await plans_of(grown.database.engine, request):
                walks += _walks(read, scans(plan))
    for label, of in (await acts(grown)).items():
        if of.walked > MOST:
            walks.append(f"{label}: {of.walked} rows, most in {of.sql}")
    assert reads > 0
    assert walks == []


def _walks(read: Read, found: Iterator[tuple[str, int]]) -> Iterator[str]:
    most = STRETCH + 100 if read.label.startswith(BY_TIME) else MOST  # a sort reads on to the next moment
    for table, rows in found:
        if rows > most:
            yield f"{read.label} ({read.who}): {rows} rows of {table}"
