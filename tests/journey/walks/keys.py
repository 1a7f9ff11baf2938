"""Somebody who works with the keyboard alone; the stops and keys are counted."""

from playwright.async_api import Locator

from .windows import Window

_MOST = 60
"""Stops of one page, after which nobody looks on."""


class Keyboard:
    """`stops` are presses of Tab, there or back; `keys` are all keys, letters among them."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self.stops = self.keys = 0

    async def presses(self, *keys: str) -> None:
        for key in keys:
            self.keys += 1
            self.stops += key.endswith("Tab")
            await self.window.page.keyboard.press(key)

    async def skips_to_content(self) -> None:
        await self.presses("Tab", "Enter")

    async def goes_to(self, wanted: Locator, *, by: str = "Tab") -> None:
        """Tab by tab. AssertionError where the keyboard does not come there, or the focus cannot be seen."""
        for _ in range(_MOST):
            await self.presses(by)
            if await wanted.evaluate("wanted => wanted === document.activeElement"):
                seen: bool = await wanted.evaluate("wanted => wanted.matches(':focus-visible')")
                assert seen, "the focus is not shown"
                return
        raise AssertionError(f"no way by keyboard to {wanted}")

    async def types(self, letters: str) -> None:
        await self.presses(*letters)

    async def enters(self) -> None:
        """Enter, and the page that follows."""
        async with self.window.page.expect_navigation():
            await self.presses("Enter")
        await self.window.is_whole()
