"""The pages of the running platform in Chromium, for somebody who has signed in."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from local_stack.realm_declared import declaration
from playwright.async_api import Browser as Opened
from playwright.async_api import ConsoleMessage, Page, async_playwright
from staffui.pictures import CHROMIUM, WIDTHS
from staffui.testing import Browser
from staffui.testing_look import AXE, BROKEN, LAYOUT, LISTENS

from . import platform
from .following import follow, without_query
from .signed_in import sign_in

_MOST = 40
"""Pages of one service that somebody looks at."""
_AXE = AXE.read_text(encoding="utf-8") if AXE.exists() else ""


def people() -> list[tuple[str, str]]:
    """Somebody of each role: role and user."""
    return [(role, f"{agencies[0]}.{role}") for role, agencies in declaration()["people"].items()]


@asynccontextmanager
async def chromium() -> AsyncIterator[Opened]:
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        await opened.close()


class Seen:
    """A page of a service as somebody sees it; `status` is what it was answered with."""

    def __init__(self, service: str, address: str, status: int, page: Page) -> None:
        self.service, self.address, self.status, self.page = service, address, status, page

    async def at_each_width(self) -> AsyncIterator[int]:
        for width in WIDTHS:
            await self.page.set_viewport_size({"width": width, "height": 740})
            yield width

    async def faults(self) -> list[str]:
        """What runs off at each width, and what axe finds on a phone."""
        await self.page.evaluate("document.fonts.ready")
        found = [f"{width} px: {one}" async for width in self.at_each_width() for one in await self._by(LAYOUT)]
        await self.page.evaluate(_AXE)
        return found + await self._by(BROKEN)

    async def _by(self, script: str) -> list[str]:
        found: list[str] = await self.page.evaluate(script)
        return found

    async def picture(self, folder: Path, role: str) -> None:
        """Two files, wide and as on a phone, named by service, page and role."""
        name = re.sub(r"[^a-z0-9]+", "-", without_query(self.address).replace("…", "one").lower()).strip("-") or "start"
        async for width in self.at_each_width():
            await self.page.screenshot(path=folder / f"{self.service}-{name}-{role}-{width}.png", full_page=True)


async def every_page(opened: Opened, person: str, said: list[str], seen: dict[str, set[str]]) -> AsyncIterator[Seen]:
    """Each kind of page that the person reaches and nobody in `seen` has, in Azerbaijani.

    `said` collects what the console states while pages load, but that a page itself was refused.
    """
    for service, settings in platform.endpoints()["pages"].items():
        async with _signed_in(opened, settings["address"], person) as page:
            page.on("console", partial(_note, said, page))
            page.on("pageerror", lambda error: said.append(str(error)))
            read = partial(_read, page, settings["address"])
            async for address, status, _ in follow(
                read, most=_MOST, seen=seen.setdefault(service, set()), kind_of=without_query
            ):
                yield Seen(service, address, status, page)


@asynccontextmanager
async def _signed_in(opened: Opened, address: str, person: str) -> AsyncIterator[Page]:
    """A page of Chromium with the session of somebody who signed in without it."""
    at = Browser(address)
    async with at.http:
        await at.http.post(f"{address}/language", data={"language": "az", "back": "/"}, follow_redirects=False)
        await sign_in(at, person)
        cookies = [(cookie.name, cookie.value or "") for cookie in at.http.cookies.jar if "himaya" in cookie.name]
    context = await opened.new_context(service_workers="block")
    await context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies])
    await context.add_init_script(LISTENS)
    yield await context.new_page()
    await context.close()


def _note(said: list[str], page: Page, message: ConsoleMessage) -> None:
    if message.location["url"] != page.url or "403" not in message.text:
        said.append(f"{message.location['url']}: {message.text}")


async def _read(page: Page, origin: str, address: str) -> tuple[int, str]:
    answer = await page.goto(origin + address)
    assert answer is not None
    return answer.status, await page.content()
