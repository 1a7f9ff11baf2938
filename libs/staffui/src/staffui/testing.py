"""Somebody at the pages in tests: signs in at the real realm as a browser does, without a script."""

import asyncio
import hashlib
import hmac
import html
import io
import json
import re
import struct
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
from chassis.testing import ServiceUnderTest, Stack
from pypdf import PdfReader

_FORM = re.compile(r'<form[^>]*action="([^"]+)"')
_HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')
_SHOWN = re.compile(r"<(h1|h2|dt|dd|th|p|li)[ >](.*?)</\1>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>|^[^<>]*>")
_TRIES = 3
"""The realm refuses the second of two who sign in at one moment as the same person, as tests do."""
_STEPS = (0, 1, -1)
"""The realm takes the codes around the one of now as well."""
_PERIOD = 30
_UNHURRIED = 1.1
"""The realm shuts out for a minute whoever fails twice within a second."""
_ATTRIBUTE = re.compile(r'(name|value)="([^"]*)"')


def pages_settings(stack: Stack, service: str) -> dict[str, Any]:
    """The setting of the pages of the test stack, whose address the realm knows."""
    return {"pages": json.dumps(stack.endpoints["pages"][service])}


def code_of(username: str, step: int = 0) -> str:
    """The code that somebody's phone shows now, or some periods of 30 s from now (RFC 6238)."""
    at = struct.pack(">Q", int(time.time() // _PERIOD) + step)
    digest = hmac.new(Stack.running().secrets["otp"][username].encode(), at, hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFF_FFFF) % 1_000_000:06}"


class Browser:
    """Follows a page: cookies, redirects, hidden fields. `here` answers for the address, else the network."""

    def __init__(self, address: str, here: httpx.AsyncBaseTransport | None = None) -> None:
        self.address = address
        self.http = httpx.AsyncClient(
            base_url=address,
            mounts={address: here} if here else None,
            follow_redirects=True,
            timeout=20,
            event_hooks={"response": [self._believe_own_machine]},
        )

    async def _believe_own_machine(self, _response: httpx.Response) -> None:
        """As browsers do: the own machine is safe enough for the realm's cookies."""
        for cookie in self.http.cookies.jar:
            cookie.secure = False

    async def sign_in(self, username: str, *, to: str = "/") -> httpx.Response:
        """To a page by the realm's own forms, with a code where the realm demands one; the page."""
        asked = await self.password(username, to=to)
        if self.is_back(asked):
            return asked
        for _ in range(_TRIES):
            for step in _STEPS:
                asked = await self.fill(asked, otp=code_of(username, step))
                if self.is_back(asked):
                    return asked
                await asyncio.sleep(_UNHURRIED)
            await asyncio.sleep(_PERIOD - time.time() % _PERIOD)  # each of them was used: a code is good once
        raise AssertionError(asked.text)

    async def password(self, username: str, *, to: str = "/") -> httpx.Response:
        """The first of the realm's forms; what comes after it."""
        asked = await self.http.get(f"{self.address}/sign-in", params={"back": to})
        if self.is_back(asked):
            return asked  # the realm's session was there already
        for _ in range(_TRIES):
            asked = await self.fill(asked, username=username, password=Stack.running().secrets["people"][username])
            if 'name="password"' not in asked.text:
                return asked
        raise AssertionError(asked.text)

    async def fill(self, asked: httpx.Response, **typed: str) -> httpx.Response:
        """Send the form of one of the realm's pages."""
        form = _FORM.search(asked.text)
        assert form, asked.text
        return await self.http.post(html.unescape(form[1]), data=typed)

    def is_back(self, page: httpx.Response) -> bool:
        """Whether this is a page of the service, not of the realm."""
        return str(page.url).startswith(self.address)

    async def get(self, path: str, **query: str) -> httpx.Response:
        return await self.http.get(path, params=query or None)

    async def post(self, path: str, page: httpx.Response, typed: Mapping[str, Any] | None = None) -> httpx.Response:
        """Post what was typed into the page's form that goes there, with its hidden fields."""
        return await self.http.post(path, data={**hidden(page.text, path), **(typed or {})})


def hidden(page: str, path: str) -> dict[str, str]:
    """The hidden fields of the form that posts to this path."""
    for form in page.split("<form")[1:]:
        if f'action="{path}"' in form.split(">")[0]:
            fields = [dict(_ATTRIBUTE.findall(field)) for field in _HIDDEN.findall(form.split("</form>")[0])]
            return {field["name"]: html.unescape(field.get("value", "")) for field in fields}
    raise AssertionError(f"no form posts to {path}")


def text_of(printed: httpx.Response) -> str:
    """What a paper states, in one line; it is a tagged PDF whose name gives nothing away."""
    assert printed.headers["content-type"] == "application/pdf", printed.text
    assert printed.headers["content-disposition"] == 'attachment; filename="document.pdf"'
    assert b"<pdfuaid:part>1</pdfuaid:part>" in printed.content
    pages = PdfReader(io.BytesIO(printed.content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).replace("\u200b", "").split())


async def paper_in(desk: Browser, path: str, language: str) -> str:
    """What a paper states as PDF in this language; its page states the same."""
    await desk.http.post("/language", data={"language": language, "back": "/"})
    page = await desk.get(path)
    assert page.status_code == 200, page.text
    main = page.text.partition("<main")[2].partition('<p class="app-paper-foot">')[0].partition("app-paper-ways")[0]
    drawn = text_of(await desk.http.get(path, params={"pdf": language}))
    together = drawn.replace(" ", "")
    for _, shown in _SHOWN.findall(main):
        words = html.unescape(_TAG.sub("", shown))
        assert "".join(words.split()) in together, (words, drawn)
    return drawn


@asynccontextmanager
async def browser(service: ServiceUnderTest) -> AsyncIterator[Browser]:
    address = str(Stack.running().endpoints["pages"][service.service.name]["address"])
    opened = Browser(address, httpx.ASGITransport(service.app, raise_app_exceptions=False))
    try:
        yield opened
    finally:
        await opened.http.aclose()
