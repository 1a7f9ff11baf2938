"""J15 and J20: a consent is withdrawn while one service is stopped; who has not acknowledged is named until it has."""

import asyncio

from playwright.async_api import Browser, Locator, expect
from staffui import words_of

from tests.journey import platform

from .givens import Given
from .people import NGO
from .windows import Window, window

STOPPED = "notify"
OTHERS = ("shelter", "fund", "repatriation", "exchange")


def row_of(desk: Window, service: str) -> Locator:
    """Of who has acknowledged; the late ones are first."""
    return desk.main.get_by_role("row").filter(has_text=words_of.agency(desk.language, service))


async def waits_for(desk: Window, service: str) -> bool:
    return desk.words("ui.clock_waits") in await row_of(desk, service).inner_text()


def inbox(desk: Window) -> Locator:
    return desk.page.get_by_role("banner").get_by_role("link", name=desk.words("ui.inbox")).first


async def reloads_until_counted(desk: Window) -> None:
    """No page waits longer than 300 ms for the number, and a busy service may take that."""
    async with asyncio.timeout(60):
        while "(" not in await inbox(desk).inner_text():
            await desk.page.reload()


async def reloads_until_acknowledged(desk: Window, services: tuple[str, ...]) -> None:
    async with asyncio.timeout(60):
        while any([await waits_for(desk, one) for one in services]):
            await asyncio.sleep(0.5)
            await desk.page.reload()


async def test_a_withdrawn_consent_is_acknowledged_by_each_service_once_it_runs(opened: Browser, given: Given) -> None:
    """C7, ID-12: meanwhile the pages of the others work, and the number of unread tasks is absent, not zero."""
    case = await given.handed_over(await given.case())
    async with window(opened) as desk:
        await desk.signs_in(NGO, "identification", f"/cases/{case['id']}/consent")
        await reloads_until_counted(desk)
        platform.kill(STOPPED)
        try:
            await desk.begins("act.case.withdraw_consent")
            await desk.main.get_by_role("combobox").select_option(index=1)
            await desk.presses("act.case.withdraw_consent")
            await reloads_until_acknowledged(desk, OTHERS)
            assert await waits_for(desk, STOPPED)
            for service in ("identification", "shelter", "fund"):
                assert await desk.opens(service) == 200
                await expect(inbox(desk)).not_to_contain_text("(")
        finally:
            await asyncio.to_thread(platform.start)
        await desk.opens("identification", f"/cases/{case['id']}/consent")
        await reloads_until_acknowledged(desk, (*OTHERS, STOPPED))
        await reloads_until_counted(desk)
