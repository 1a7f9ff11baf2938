"""The year that was played, in the pages: somebody of each role follows every link there is, in Azerbaijani.

No link is dead, no page fails, no code stands where a word should, and no English or Russian word is in the page.
"""

import html
import re
from collections.abc import AsyncIterator

import pytest
from staffui.catalogue import words
from staffui.testing import Browser

from . import platform
from .chromium import people
from .following import files, follow, kind_of
from .signed_in import sign_in

_HIDDEN = re.compile(
    r"<(script|style|template|title)\b.*?</\1>|<span lang=.*?</span>|<p class=\"app-code\">.*?</p>|<[^>]+>", re.DOTALL
)
_CODED = re.compile(r"\b[a-z]+(?:-[a-z]+)*\.[a-z]+(?:-[a-z]+)*\b|\bsystem:[a-z]+\b|\b[a-z]+(?:-[a-z]+)+\b")
"""Users, services as actors, facilities and agencies that joined later."""
_CODE = re.compile(r"\b[a-z]{2,}(?:_[a-z]+)+\b")
_WORD = re.compile(r"[^\W\d_]{5,}")
_MOST = 40
"""Pages of one service that somebody looks at."""


def _in_language(language: str) -> set[str]:
    return {word.lower() for row in words().values() for word in _WORD.findall(row[language])}


_FOREIGN = (_in_language("en") | _in_language("ru")) - _in_language("az") - {"english", "русский"}


def text_of(page: str) -> str:
    """What somebody reads, without names of users, codes that have no other word, and quotes."""
    return _CODED.sub(" ", html.unescape(_HIDDEN.sub(" ", page)))


async def _faults_of_files(at: Browser, page: str, opened: set[str]) -> AsyncIterator[str]:
    """What is wrong with the files of a page, one of each kind: `opened` has the kinds that were looked at before."""
    for address in files(page):
        if kind_of(address) in opened:
            continue
        opened.add(kind_of(address))
        file = await at.http.get(at.address + address)
        kind = file.headers["content-type"].partition(";")[0]
        if file.status_code != 200 or kind not in ("text/csv", "application/pdf"):
            yield f"{address}: {file.status_code} {kind}"
        elif kind == "text/csv":
            for code in set(_CODE.findall(_CODED.sub(" ", file.text))):
                yield f"{address}: the code {code}"


async def _faults(at: Browser, service: str, person: str) -> AsyncIterator[str]:
    """What is wrong with the pages of a service that a person reaches."""
    await at.http.post(f"{at.address}/language", data={"language": "az", "back": "/"}, follow_redirects=False)
    await sign_in(at, person)

    async def page_at(address: str) -> tuple[int, str]:
        page = await at.http.get(at.address + address)
        return page.status_code, page.text

    opened = set[str]()
    async for address, status, page in follow(page_at, most=_MOST, of_a_kind=2, seen=set()):
        if status != 200 and (address, status) != ("/", 403):  # whoever has no role here is told so
            yield f"{address}: {status}"
        async for fault in _faults_of_files(at, page, opened):
            yield fault
        read = text_of(page)
        for code in set(_CODE.findall(read)):
            yield f"{address}: the code {code}"
        for word in {word for word in map(str.lower, _WORD.findall(read)) if word in _FOREIGN}:
            yield f"{address}: not Azerbaijani: {word}"


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("role", "person"), people())
async def test_every_link_of_every_role_leads_to_a_page_in_azerbaijani(role: str, person: str) -> None:
    pages = platform.endpoints()["pages"]
    wrong: list[str] = []
    for service, settings in pages.items():
        at = Browser(settings["address"])
        async with at.http:
            wrong += [f"{service} {fault}" async for fault in _faults(at, service, person)]
    assert not wrong, "\n".join(sorted(set(wrong)))
