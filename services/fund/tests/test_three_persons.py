"""The strip of three persons on a claim: who did each part, who can do the next, and why not the reader (C13)."""

from staffui.catalogue import text
from staffui.testing import browser

from .givens import Desk
from .test_pages import funded


async def strip(fund: Desk, claim_id: str, who: str) -> str:
    async with browser(fund.bench) as at:
        page = await at.sign_in(f"fund.{who}", to=f"/claims/{claim_id}")
    return page.text.partition('class="app-hands"')[2].partition("</section>")[0]


async def test_each_part_is_another_persons(fund: Desk) -> None:
    """FU-6: by role and agency, never by name; what binds is shown in short."""
    claim = await fund.submitted(await fund.needs_grant(await funded(fund)))
    asked = await fund.requester.get_ok(f"/api/claims/{claim['id']}")
    assert [(hand["part"], hand["yours"], hand["role"]) for hand in asked["hands"]] == [
        ("requested", True, "fund-requester"),
        ("approved", False, None),
        ("released", False, None),
    ]
    assert [hand["roles"] for hand in asked["hands"][1:]] == [["fund-approver"], ["fund-releaser"]]
    shown = await strip(fund, claim["id"], "fund-requester")
    assert text("az", "ui.hand_yours") in shown
    assert text("az", "ui.hand_waits") in shown
    claim = await fund.ordered(await fund.needs_grant(await funded(fund)))
    done = await fund.requester.get_ok(f"/api/claims/{claim['id']}")
    assert all(hand["at"] and hand["agency"] == "fund" for hand in done["hands"])
    shown = await strip(fund, claim["id"], "fund-accountant")
    assert text("az", "ui.hand_waits") not in shown
    assert done["approval"][:8] in shown
