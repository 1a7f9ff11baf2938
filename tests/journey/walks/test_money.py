"""J5 and J6: a claim goes through three persons, and the money is there once."""

import pytest
from playwright.async_api import Browser, Locator, expect
from staffui import formats

from .givens import Given
from .windows import Window, window

REQUESTER, APPROVER, RELEASER = "fund.fund-requester", "fund.fund-approver", "fund.fund-releaser"


async def is_in(desk: Window, state: str) -> None:
    """The head of the claim's page shows it."""
    await desk.page.reload()
    head = desk.main.locator(".app-object-head")
    await expect(head).to_contain_text(desk.words(f"state.claim.{state}"))


async def amends(desk: Window, manat: str) -> None:
    await desk.begins("act.claim.amend")
    await desk.box("amount_qepik").fill(manat)
    await desk.presses("act.claim.amend")


def offers(desk: Window, key: str) -> Locator:
    """The act, as a link or a button."""
    return desk.main.get_by_role("link", name=desk.words(key), exact=True).or_(
        desk.main.get_by_role("button", name=desk.words(key), exact=True)
    )


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
async def test_a_claim_needs_three_persons_and_an_edit_voids_the_approval(
    opened: Browser, given: Given, script: bool
) -> None:
    """FU-6: who requests cannot approve; what was approved is what is paid; who released does not confirm."""
    await given.money(100_000)
    claim = await given.claim(await given.recognised_anew(), amount_qepik=1_000)
    path = f"/claims/{claim['id']}"
    async with (
        window(opened, script=script) as requester,
        window(opened, script=script) as approver,
        window(opened, script=script) as releaser,
    ):
        for desk, person in ((requester, REQUESTER), (approver, APPROVER), (releaser, RELEASER)):
            await desk.signs_in(person, "fund", path)
        await requester.begins("act.claim.submit")
        await expect(offers(requester, "act.claim.approve")).to_have_count(0)
        await approver.page.reload()
        await approver.begins("act.claim.approve")
        assert formats.money("en", 1_000) in await approver.main.inner_text()
        await amends(requester, "11")
        await approver.presses("act.claim.approve")
        await expect(approver.main.get_by_role("alert")).to_be_focused()
        await requester.begins("act.claim.submit")
        await approver.opens("fund", path)
        await approver.begins("act.claim.approve")
        await approver.presses("act.claim.approve")
        await is_in(approver, "reserved")
        await requester.page.reload()
        await amends(requester, "12")
        await is_in(releaser, "draft")
        await expect(offers(releaser, "act.claim.release")).to_have_count(0)
        await requester.begins("act.claim.submit")
        await approver.page.reload()
        await approver.begins("act.claim.approve")
        await approver.presses("act.claim.approve")
        await releaser.page.reload()
        await releaser.begins("act.claim.release")
        await releaser.presses("act.claim.release")
        await releaser.opens("fund", path)
        await is_in(releaser, "ordered")
        await expect(offers(releaser, "act.claim.confirm")).to_have_count(0)
        await releaser.reads_why_not("reason.you_released_this")
    seen = await given.person(REQUESTER, "fund").get_ok(f"/api{path}")
    assert [one["amount_qepik"] for one in seen["orders"]] == [1_200]


async def test_of_two_claims_the_money_is_reserved_for_one(opened: Browser, given: Given) -> None:
    """FU-5, F5: the other reads that it is not enough; the ledger and what is reserved agree."""
    accountant = given.person("fund.fund-accountant", "fund")
    free = (await accountant.get_ok("/api/balance"))["free_qepik"]
    claims = []
    for _ in range(2):
        terms = {"kind": "compensation", "purpose": None, "awarded_qepik": free + 5_000, "from_property_qepik": 0}
        claim = await given.claim(await given.recognised_anew(), **terms)
        await given.on_claim(claim, "submission", "requester")
        if (await given.on_claim(claim, "approval", "approver"))["state"] == "second_approval":
            await given.on_claim(claim, "approval", "approver-2")
        claims.append(claim)
    await given.money(5_000)
    async with window(opened) as approver, window(opened) as releaser:
        for desk, person, claim in ((approver, APPROVER, claims[0]), (releaser, RELEASER, claims[1])):
            await desk.signs_in(person, "fund", f"/claims/{claim['id']}")
            await is_in(desk, "approved")
            await expect(offers(desk, "act.claim.reserve")).to_be_visible()
        await approver.begins("act.claim.reserve")
        await is_in(approver, "reserved")
        await releaser.begins("act.claim.reserve")
        refused = releaser.main.get_by_role("alert")
        await expect(refused).to_contain_text(releaser.words("refusal.not_enough_free_money"))
        await expect(refused).to_contain_text(formats.money("en", free + 5_000))
        await releaser.opens("fund", f"/claims/{claims[1]['id']}")
        await is_in(releaser, "approved")
    assert (await accountant.get_ok("/api/balance"))["free_qepik"] == 0
    for claim in claims:
        await given.on_claim(claim, "cancellation", "requester", reason="need_ended")
