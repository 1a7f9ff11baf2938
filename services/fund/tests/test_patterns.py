"""`/patterns` is an address where no case is real, and in production there is none."""

import json

import httpx
import pytest
from chassis.testing import Databases, Stack, bench
from fund.app import SERVICE
from staffui import patterns
from staffui.testing import browser


@pytest.mark.parametrize("demo", [True, False])
async def test_every_component_is_shown_where_no_case_is_real_and_nowhere_else(
    databases: Databases, *, demo: bool
) -> None:
    """Nobody signs in for it, and nothing in it is of the database."""
    pages = {**Stack.running().endpoints["pages"]["fund"], "demo": demo}
    async with bench(SERVICE, databases, pages=json.dumps(pages)) as service, browser(service) as at:
        index = await at.http.get("/patterns", follow_redirects=False)
        shown = [await at.http.get(f"/patterns/{name}", follow_redirects=False) for name in patterns.PATTERNS]
        absent = await at.http.get("/patterns/no-such", follow_redirects=False)
    assert {index.status_code, *(one.status_code for one in shown)} == {200 if demo else 404}
    assert absent.status_code == 404
    if demo:
        assert all(f'href="/patterns/{name}"' in index.text for name in patterns.PATTERNS)
        assert "object-hands-yours" in index.text
        assert isinstance(index, httpx.Response)
