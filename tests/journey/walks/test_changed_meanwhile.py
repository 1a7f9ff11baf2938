"""J17: a form that is stale shows both values; a double click, a reload and Back after it do one thing."""

import pytest
from playwright.async_api import Browser, expect

from .givens import Given, paper
from .windows import Window, window

REQUESTER, COLLEAGUE = "fund.fund-requester", "fund.fund-requester-2"


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
async def test_a_stale_form_shows_both_values_and_keeps_what_was_typed(
    opened: Browser, given: Given, script: bool
) -> None:
    """ID-18, FU-6: the second reads what the first stored and who it was, then decides."""
    claim = await given.claim(await given.recognised_anew(), amount_qepik=1_000)
    path = f"/claims/{claim['id']}"
    async with window(opened, script=script) as first, window(opened, script=script) as second:
        for desk, person, manat in ((first, REQUESTER, "11"), (second, COLLEAGUE, "12,50")):
            await desk.signs_in(person, "fund", path)
            await desk.begins("act.claim.amend")
            await desk.box("amount_qepik").fill(manat)
        await first.presses("act.claim.amend")
        assert first.path == path
        await second.presses("act.claim.amend")
        await expect(second.main.get_by_role("alert")).to_contain_text(second.words("refusal.stale"))
        row = second.main.get_by_role("table").get_by_role("row").filter(has_text="12,50")
        await expect(row).to_contain_text("11,00")
        by = second.words("ui.stale_by", role=second.words("role.fund-requester"), agency="", time="").split(",")[0]
        assert by in await second.main.inner_text()
        assert await second.box("amount_qepik").input_value() == "12,50"
        await second.presses("act.claim.amend")
        assert second.path == path
    seen = await given.person(REQUESTER, "fund").get_ok(f"/api{path}")
    assert seen["amount_qepik"] == 1_250


async def writes_a_claim(desk: Window, reference: str) -> None:
    await desk.opens("fund", "/claims/new")
    await desk.box("case_ref").fill(reference)
    await desk.chooses("purpose", "medicine")
    await desk.box("amount_qepik").fill("7,50")
    await desk.box("document").fill(paper())


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
async def test_a_double_click_a_reload_and_back_do_it_once(opened: Browser, given: Given, script: bool) -> None:
    """Each form has a key from the moment it was opened."""
    case = await given.recognised_anew()
    await given.claim(case, amount_qepik=100)  # the Fund knows of the case
    async with window(opened, script=script) as desk:
        await desk.signs_in(REQUESTER, "fund")
        await writes_a_claim(desk, case["case_ref"])
        await desk.button(desk.words("page.new_needs_grant")).dblclick()
        await desk.page.wait_for_url("**/claims/*-*")
        await desk.is_whole()
        there = desk.path
        await desk.page.reload()
        assert desk.path == there
        await desk.page.go_back()
        assert desk.path == "/claims/new"
        await desk.presses("page.new_needs_grant")
        claims = await given.person(REQUESTER, "fund").get_ok("/api/claims", case_id=case["id"])
        assert sorted(one["amount_qepik"] for one in claims["items"] if one["kind"] == "needs_grant") == [100, 750]
