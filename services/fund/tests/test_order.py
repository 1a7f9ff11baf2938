"""Lists that can be turned: the oldest first, page by page, by a link in the head of the column (ADR 37)."""

import re

import pytest
from staffui.testing import browser

from .givens import Desk
from .test_pages import funded


async def ids(fund: Desk, path: str, **query: object) -> list[str]:
    """All rows of a list, read two at a time."""
    found: list[str] = []
    after: dict[str, object] = {}
    while True:
        page = await fund.requester.get_ok(path, limit=2, **query, **after)
        found += [item["id"] for item in page["items"]]
        if page["next"] is None:
            return found
        after = {"after": page["next"]}


@pytest.mark.parametrize("query", [{}, {"kind": "needs_grant"}, {"mine": True}, {"state": "draft"}])
async def test_the_oldest_first_is_the_same_list_turned(fund: Desk, query: dict[str, object]) -> None:
    case = await funded(fund)
    for number in range(3):
        await fund.needs_grant(case, amount_qepik=100 + number)
    newest = await ids(fund, "/api/claims", **query)
    assert len(newest) >= 3
    assert await ids(fund, "/api/claims", **query, order="oldest") == newest[::-1]
    assert await ids(fund, "/api/incomes", order="oldest") == (await ids(fund, "/api/incomes"))[::-1]
    assert await ids(fund, "/api/entries", order="oldest") == (await ids(fund, "/api/entries"))[::-1]


async def test_the_head_of_the_column_turns_the_list(fund: Desk) -> None:
    """Filters stay, the page begins anew, and what the address has is refused where the API has no such order."""
    case = await funded(fund)
    claims = [await fund.needs_grant(case, amount_qepik=100 + number) for number in range(2)]
    async with browser(fund.bench) as at:
        newest = (await at.sign_in("fund.fund-requester", to="/claims?kind=needs_grant&after=")).text
        oldest = (await at.get("/claims", kind="needs_grant", order="oldest")).text
        wrong = await at.get("/claims", order="dearest")
    assert re.search(r'aria-sort="descending"><a href="/claims\?kind=needs_grant&amp;order=oldest"', newest)
    assert re.search(r'aria-sort="ascending"><a href="/claims\?kind=needs_grant"', oldest)
    assert 'href="/claims.csv?kind=needs_grant&amp;order=oldest"' in oldest
    places = [[page.index(claim["id"]) for claim in claims] for page in (newest, oldest)]
    assert places == [sorted(places[0], reverse=True), sorted(places[1])]
    assert wrong.status_code == 422
