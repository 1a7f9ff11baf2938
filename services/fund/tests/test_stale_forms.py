"""Forms of a claim that was changed since they were opened (J17), without a script."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from chassis.testing import ServiceUnderTest
from staffui.testing import Browser, browser

from .givens import Desk


@pytest.fixture
async def desk(paged: ServiceUnderTest) -> AsyncIterator[Browser]:
    async with browser(paged) as opened:
        yield opened


async def funded(fund: Desk) -> Any:
    await fund.income(10_000)
    return await fund.recognised_case()


def difference(page: str, label: str) -> tuple[str, str] | None:
    """What was typed and what is stored, of the row of this question."""
    found = re.search(rf'<th scope="row"[^>]*>{label}</th>(.*?)</tr>', page, re.DOTALL)
    cells = (
        re.findall(r"<td[^>]*>(?:<span class=.app-table__label.[^>]*>.*?</span>)?(.*?)</td>", found[1]) if found else []
    )
    return (re.sub("<[^>]*>", "", cells[0]), re.sub("<[^>]*>", "", cells[1])) if len(cells) == 2 else None


async def test_a_stale_edit_shows_both_values_and_who_changed_it_and_needs_one_more_send(fund: Desk) -> None:
    """J17, without a script: two windows, one claim; nothing typed is lost, nothing stored is overwritten unseen."""
    claim = await fund.needs_grant(await funded(fund), amount_qepik=1050)
    path, address = f"/claims/{claim['id']}/amend", f"/api/claims/{claim['id']}"
    same = {"payee": "person", "document": claim["document"]}
    async with browser(fund.bench) as one, browser(fund.bench) as other:
        first, second = (
            await one.sign_in("fund.fund-requester", to=path),
            await other.sign_in("fund.fund-requester", to=path),
        )
        assert "app-differences" not in first.text
        await one.post(path, first, same | {"purpose": "medicine", "amount_qepik": "12"})
        late = await other.post(path, second, same | {"purpose": "warm_clothing", "amount_qepik": "11"})
        assert (late.status_code, "app-differences" in late.text) == (409, True)
        assert difference(late.text, "Məbləğ") == ("11,00", "12,00")
        assert difference(late.text, "Məqsəd") is not None
        assert difference(late.text, "Sənəd") is None, "what is the same is no difference"
        assert re.search(r"Dəyişən: [^<]*Fond[^<]*, \d\d\.\d\d\.\d{4}", late.text)
        assert (await fund.requester.get_ok(address))["amount_qepik"] == 1200
        assert 'value="11"' in late.text
        done = await other.post(path, late, same | {"purpose": "warm_clothing", "amount_qepik": "11"})
        assert str(done.url) == f"{other.address}/claims/{claim['id']}", done.text
    seen = await fund.requester.get_ok(address)
    assert (seen["purpose"], seen["amount_qepik"]) == ("warm_clothing", 1100)


async def test_a_draft_of_before_shows_what_has_changed_since(fund: Desk, desk: Browser) -> None:
    """J17: a draft was typed for the version of its time; it is not sent for another one unseen."""
    claim = await fund.needs_grant(await funded(fund), amount_qepik=1050)
    path = f"/claims/{claim['id']}/amend"
    form = await desk.sign_in("fund.fund-requester", to=path)
    await desk.post(path, form, {"amount_qepik": "11", "draft": "1"})
    assert "app-differences" not in (await desk.get(path)).text
    assert (await fund.amended(claim)).is_success
    again = await desk.get(path)
    assert 'value="11"' in again.text
    assert difference(again.text, "Məbləğ") == ("11,00", "10,50")
