"""J3: a decision in one service, and what follows from it in the others, each seen by its role."""

import asyncio

from playwright.async_api import Browser, Locator, expect
from staffui import words_of

from .givens import Given
from .people import ASSESSOR
from .windows import Window, window

FOLLOWS = [
    ("fund", "fund.fund-requester", "/claims?state=draft", "state.claim.draft"),
    ("repatriation", "mia-special.motion-officer", "/bars", "state.bar.standing"),
]


async def reloads_until_shown(desk: Window, row: Locator) -> None:
    """What another service did comes within seconds."""
    async with asyncio.timeout(30):
        while not await row.count():
            await asyncio.sleep(0.5)
            await desk.page.reload()


async def test_a_recognition_drafts_the_allowance_and_raises_the_bar(opened: Browser, given: Given) -> None:
    """I6, I10, ID-4, ID-8, FU-1, RP-4: the screening advises, people decide with the facts beside the form."""
    case = await given.handed_over(await given.case(prs_Citizenship=["UZ"]))
    here = f"/cases/{case['id']}"
    async with window(opened) as police:
        await police.signs_in(ASSESSOR, "identification", f"{here}/assessment/screen?indicator_set=labour")
        for element in ("act", "means", "purpose"):
            await police.chooses(element, "met")
        await police.presses("act.case.screen")
        await police.opens("identification", here)
        await police.begins("act.case.recognise_formally")
        for element in ("act", "means", "purpose"):
            met = f"{words_of.field('en', element)}: {words_of.code('en', 'outcome', 'met')}"
            await expect(police.main.get_by_text(met).first).to_be_visible()
        await police.answer("reasons", "act_means_purpose_met").check()
        await police.presses("act.case.recognise_formally")
        await expect(police.main.locator(".app-object-head")).to_contain_text(police.words("state.case.recognised"))
    for service, person, path, state in FOLLOWS:
        async with window(opened) as desk:
            await desk.signs_in(person, service, path)
            row = desk.main.get_by_role("row").filter(has_text=case["case_ref"])
            await reloads_until_shown(desk, row)
            await expect(row.first).to_contain_text(desk.words(state))
