"""A handler takes a list: facts, rows and rights of all its cases by one statement a table, not by one a case."""

from collections.abc import Mapping

import pytest
from casework.testing_lists import parked, statements_by_kind
from chassis.testing import Databases, ServiceUnderTest, Stack, bench
from nrm_events import Event, exchange

from ..conftest import SERVICES, settings_of

FEW, MANY = 10, 40
MORE_AT_MOST = 5
"""Statements by which two lists may differ: what only some cases need may be missing in the shorter one."""

CASE_BY_CASE: Mapping[str, frozenset[type[Event]]] = {
    "identification": frozenset({exchange.ReferralSubmitted, exchange.ReferralTaken}),
}
"""What takes statements for each case, because each is a command of an agency that is refused or done by itself."""


async def _grows(service: ServiceUnderTest) -> frozenset[type[Event]]:
    """The kinds of which a longer list needs more statements."""
    few, many = await statements_by_kind(service, FEW), await statements_by_kind(service, MANY)
    return frozenset(kind for kind, count in many.items() if count > few[kind] + MORE_AT_MOST)


@pytest.mark.parametrize("name", SERVICES)
async def test_a_list_of_many_cases_needs_no_more_statements(name: str) -> None:
    """As few for forty cases as for ten, but for what `CASE_BY_CASE` names."""
    stack = Stack.running()
    databases = Databases(stack, SERVICES[name])
    databases.prepare()
    async with bench(SERVICES[name], databases, **settings_of(stack, name)) as service:
        await statements_by_kind(service, 1)
        grows = await _grows(service)
        assert grows - CASE_BY_CASE.get(name, frozenset()) == frozenset()
        assert await parked(service) == 0
