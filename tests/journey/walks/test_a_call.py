"""J1: the hotline takes a call by keyboard alone."""

import pytest
from playwright.async_api import Browser

from .keys import Keyboard
from .people import HOTLINE
from .windows import window

REPORTED, OPENED = (10, 29), (19, 42)
"""Stops and keys, counted from the start page: within the 12 and 40 that were wanted for a report."""


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
async def test_a_call_about_a_child_becomes_a_case_by_keyboard_alone(opened: Browser, script: bool) -> None:
    """I2, I4: half a report is saved after 10 stops and 29 keys; the case is open after 19 and 42."""
    async with window(opened, script=script) as hotline:
        await hotline.signs_in(HOTLINE, "identification")
        keyboard = Keyboard(hotline)
        await keyboard.skips_to_content()
        await keyboard.goes_to(hotline.main.get_by_role("button", name=hotline.words("page.new_report")))
        await keyboard.enters()
        await keyboard.skips_to_content()
        await keyboard.goes_to(hotline.page.locator("#channel"))
        await keyboard.types("ho")
        await keyboard.goes_to(hotline.answer("child_suspected", "no"))
        await keyboard.presses("ArrowUp")
        await keyboard.goes_to(hotline.box("what_happened"))
        await keyboard.types("Begs at shop")
        await keyboard.goes_to(hotline.answer("child_suspected", "yes"), by="Shift+Tab")
        await keyboard.enters()
        assert (keyboard.stops, keyboard.keys) == REPORTED
        assert hotline.words("code.channel.hotline") in await hotline.reads()
        await keyboard.skips_to_content()
        await keyboard.goes_to(hotline.main.get_by_role("link", name=hotline.words("act.case.register")))
        await keyboard.enters()
        assert hotline.words("ui.no_candidates") in await hotline.reads()
        await keyboard.skips_to_content()
        await keyboard.goes_to(hotline.main.get_by_role("button", name=hotline.words("act.case.register")))
        await keyboard.enters()
        assert (keyboard.stops, keyboard.keys) == OPENED
        shown = await hotline.main.inner_text()
        assert hotline.words("code.age_group.child") in shown
        assert hotline.words("clock.referral") in shown
