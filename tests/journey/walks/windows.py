"""Windows of Chromium in which people work. Every page that opens, and each state it comes to, is held to axe."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

from chassis.testing import Stack
from playwright._impl._api_structures import SetCookieParam
from playwright.async_api import Browser, BrowserContext, Locator, Page, expect
from staffui import words_of
from staffui.catalogue import Language, has, text
from staffui.testing import code_of
from staffui.testing_look import AXE, BROKEN, LAYOUT, LISTENS
from staffui.visit import LANGUAGE_COOKIE

from tests.journey import platform

_AXE = AXE.read_text(encoding="utf-8") if AXE.exists() else ""

_MADE_OF = """() => [...new Set([...document.querySelectorAll('*')]
  .map(e => [e.tagName, e.className, ...[...e.attributes].map(a => a.name)].join()))].sort().join()"""

_examined: set[tuple[int, str]] = set()
"""By width: the kinds of elements of pages that axe has examined. One made of the same is no other page."""

_known: dict[str, list[SetCookieParam]] = {}
"""The realm's cookies of people who have signed in."""


def address_of(service: str) -> str:
    return str(platform.endpoints()["pages"][service]["address"])


def exactly(words: str) -> re.Pattern[str]:
    """These words and no more, but for a remark in brackets behind them."""
    return re.compile(rf"^\s*{re.escape(words)}( \([^)]*\))?\s*$")


_ACTS: tuple[Literal["link"], Literal["button"]] = ("link", "button")


class Window:
    """Somebody's window; what is on it is found by its words in `language`.

    Its verbs end when the next page is there, and raise AssertionError where axe finds a fault or something runs off.
    """

    def __init__(self, page: Page, language: Language) -> None:
        self.page, self.language = page, language
        self.said: list[str] = []
        page.set_default_timeout(15_000)
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))

    def words(self, key: str, **variables: object) -> str:
        return text(self.language, key, **variables)

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    @property
    def path(self) -> str:
        """The address within the service."""
        return re.sub(r"^https?://[^/]+", "", self.page.url)

    async def opens(self, service: str, path: str = "/") -> int:
        """The status of the page; of the realm's, where nobody has signed in."""
        answer = await self.page.goto(address_of(service) + path)
        await self.is_whole()
        return answer.status if answer else 0

    async def signs_in(self, person: str, service: str, path: str = "/", *, before: bool = True) -> None:
        """To this page, by the realm's own forms; without them where the person has done so `before`."""
        await self.page.context.add_cookies(_known.get(person, []) if before else [])
        await self.opens(service, path)
        if self.is_at_sign_in():
            await self.types_password(person)
            _known[person] = await self._cookies_of_realm() if before else []
        assert self.page.url.startswith(address_of(service)), self.page.url

    async def _cookies_of_realm(self) -> list[SetCookieParam]:
        found = await self.page.context.cookies(platform.endpoints()["issuer"])
        return [
            {"name": one["name"], "value": one["value"], "domain": one["domain"], "path": one["path"]}
            for one in found
            if one["path"].startswith("/realms")
        ]

    async def types_password(self, person: str) -> None:
        """And the code of the phone, where the realm demands one."""
        await self.page.locator("#username").fill(person)
        await self.page.locator("#password").fill(Stack.running().secrets["people"][person])
        await self._sends("#password")
        if self.is_at_sign_in():
            await self.page.locator("#otp").fill(code_of(person))
            await self._sends("#otp")
        assert not self.is_at_sign_in(), await self.reads()
        await self.is_whole()

    async def _sends(self, box: str) -> None:
        async with self.page.expect_navigation():
            await self.page.locator(box).press("Enter")

    def is_at_sign_in(self) -> bool:
        return "/realms/" in self.page.url

    def button(self, words: str) -> Locator:
        return self.page.get_by_role("button", name=exactly(words))

    def link(self, words: str) -> Locator:
        return self.page.get_by_role("link", name=exactly(words))

    def box(self, field: str) -> Locator:
        """The text box or list of choices of a field, by its label."""
        return self.page.get_by_label(exactly(words_of.field(self.language, field)))

    def answer(self, field: str, code: str) -> Locator:
        """The radio or the box to tick of a code of this field, or of `yes` or `no`, by both their words."""
        of = self.page.get_by_role("group", name=exactly(words_of.field(self.language, field)))
        plain = f"ui.{code}"
        words = self.words(plain) if has(plain) else words_of.code(self.language, field, code)
        return of.get_by_label(exactly(words))

    async def chooses(self, field: str, code: str) -> None:
        """From the list of the field, or its radio or box."""
        boxes = self.box(field).and_(self.page.locator("select"))
        if await boxes.count():
            await boxes.select_option(code)
        else:
            await self.answer(field, code).check()

    async def begins(self, key: str) -> None:
        """The act with these words among what is possible now; its group is opened before."""
        words = exactly(self.words(key))
        link, button = (self.page.get_by_role(role, name=words, include_hidden=True) for role in _ACTS)
        closed = self.main.locator("details:not([open])", has=link.or_(button))
        if await closed.count():
            await closed.locator("summary").click()
        await self.goes_by(self.main.get_by_role("link", name=words).or_(self.main.get_by_role("button", name=words)))

    async def reads_why_not(self, reason: str) -> None:
        """A reason among what is not possible now."""
        words = self.words("ui.not_possible_now", n=0).partition("(")[0].strip()
        await self.main.locator("summary", has_text=words).click()
        await expect(self.main.get_by_text(self.words(reason)).first).to_be_visible()
        await self.is_whole()

    async def searches(self, reference: str) -> None:
        """By the box in the header."""
        box = self.page.get_by_role("banner").get_by_label(self.words("ui.search_case")).first
        await box.fill(reference)
        async with self.page.expect_navigation():
            await box.press("Enter")
        await self.is_whole()

    async def goes_by(self, to: Locator) -> None:
        """Click, and see the page that follows."""
        async with self.page.expect_navigation():
            await to.click()
        await self.is_whole()

    async def presses(self, key: str) -> None:
        """The button of the page with the words of this key."""
        await self.goes_by(self.main.get_by_role("button", name=exactly(self.words(key))))

    async def follows(self, key: str) -> None:
        await self.goes_by(self.main.get_by_role("link", name=exactly(self.words(key))))

    async def reads(self) -> str:
        """What the page shows."""
        return await self.page.locator("body").inner_text()

    async def is_whole(self) -> None:
        """Of our pages alone; the realm's are not ours, and the page after the exit is empty."""
        if self.is_at_sign_in() or not await self.page.locator("main").count():
            return
        await self.page.evaluate("document.fonts.ready")
        faults = [*await self.page.evaluate(LAYOUT), *await self._broken()]
        assert not faults, f"{self.path}: {faults}"

    async def _broken(self) -> list[str]:
        made_of = (await self.page.evaluate("innerWidth"), await self.page.evaluate(_MADE_OF))
        if made_of in _examined:
            return []
        await self.page.evaluate(_AXE)
        found: list[str] = await self.page.evaluate(BROKEN)
        if not found:
            _examined.add(made_of)
        return found


@asynccontextmanager
async def somebody_new(
    opened: Browser, *, script: bool = True, language: Language = "en", width: int = 1280
) -> AsyncIterator[BrowserContext]:
    """A browser in which nobody has signed in. Without `script` that of the pages does not come; axe still can run."""
    context = await opened.new_context(service_workers="block", viewport={"width": width, "height": 740})
    if not script:
        await context.route("**/static/*.js", lambda route: route.abort())
    await context.add_init_script(LISTENS)
    await context.add_cookies([{"name": LANGUAGE_COOKIE, "value": language, "url": address_of("identification")}])
    yield context
    await context.close()


@asynccontextmanager
async def window(
    opened: Browser, *, script: bool = True, language: Language = "en", width: int = 1280
) -> AsyncIterator[Window]:
    async with somebody_new(opened, script=script, language=language, width=width) as context:
        yield Window(await context.new_page(), language)
