"""Every page × every role over the played year: a page is open to exactly whom its service's API answers.

The objects are those that somebody finds in a list, so each is looked at by its holders, by agencies that know of it
for one purpose, and by all who have no basis.
"""

import importlib
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
import pytest
from chassis.service import Service
from nrm_events import SERVICES
from player.signin import SignIns
from player.stack import find_stack
from staffui.commands_of import acts_on, is_open_to
from staffui.oversight import overseen
from staffui.pages import Object, Pages
from staffui.testing import Browser

from . import platform
from .chromium import people
from .following import links
from .signed_in import sign_in

_OF_A_KIND = 5
"""Objects of a page that everybody looks at."""
_ABSENT = "01900000-0000-7000-8000-000000000000"


class Desk:
    """Somebody of a role at the pages of a service, and with their own token at its API."""

    def __init__(self, role: str, pages: Browser, api: httpx.AsyncClient) -> None:
        self.role, self._pages, self._api = role, pages, api

    async def page(self, path: str) -> httpx.Response:
        return await self._pages.http.get(self._pages.address + path)

    async def answers(self, path: str) -> int:
        """The API's status."""
        return (await self._api.get(path)).status_code


@asynccontextmanager
async def _desks(service: str) -> AsyncIterator[list[Desk]]:
    """One of each role; who has no role in the service signs in there too."""
    stack, desks = find_stack(), list[Desk]()
    async with AsyncExitStack() as opened:
        sign_ins = SignIns(await opened.enter_async_context(httpx.AsyncClient()), stack.issuer, stack.passwords)
        for role, person in people():
            headers = {"Authorization": f"Bearer {await sign_ins.token(person)}"}
            api = httpx.AsyncClient(base_url=stack.services[service], headers=headers, timeout=20)
            pages = Browser(platform.endpoints()["pages"][service]["address"])
            await opened.enter_async_context(api)
            await opened.enter_async_context(pages.http)
            await sign_in(pages, person)
            desks.append(Desk(role, pages, api))
        yield desks


def _declared(service: str) -> tuple[Service, Pages]:
    app = importlib.import_module(f"{service}.app")
    return next(value for value in vars(app).values() if isinstance(value, Service)), overseen(app.PAGES)


def _whole(pages: Pages) -> Iterator[tuple[str, str]]:
    """Lists, boards and reports: the page's address and the API's, for the year that was played."""
    yield from ((page.path, page.api) for page in pages.lists)
    yield from ((page.path, page.api) for page in pages.boards)
    for report in pages.reports:
        query = "&".join(f"{name}={value.format(year=2024)}" for name, value in report.query.items())
        yield f"{report.path}?year=2024", f"{report.api.replace('{year}', '2024')}?{query}"


async def _found(desks: list[Desk], pages: Pages) -> dict[str, list[dict[str, str]]]:
    """By object's path: the ids of objects that somebody finds, of each role some; and of one that is absent."""
    patterns = {page.path: re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/?]+)", page.path)) for page in pages.objects}
    begun = {start.path for page in pages.lists for start in page.beginnings}
    found = defaultdict[str, dict[str, dict[str, str]]](dict)
    for one in pages.lists:
        for desk in desks:
            for link in links((await desk.page(one.path)).text):
                for path, pattern in patterns.items():
                    if (ids := pattern.fullmatch(link)) and link not in begun:
                        found[path].setdefault(link, ids.groupdict())
    several = {path: list(of.values())[:: max(1, len(of) // _OF_A_KIND)][:_OF_A_KIND] for path, of in found.items()}
    by_code = {page.path for page in pages.objects if page.by_code}
    return {path: of + [dict.fromkeys(of[0], _ABSENT)] * (path not in by_code) for path, of in several.items()}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("service", SERVICES)
async def test_a_page_is_open_to_whom_the_api_answers(service: str) -> None:
    _, pages = _declared(service)
    wrong, compared = list[str](), set[int]()
    async with _desks(service) as desks:
        objects = await _found(desks, pages)
        addresses = list(_whole(pages))
        for page in pages.objects:
            addresses += [(page.path.format(**ids), page.api.format(**ids)) for ids in objects.get(page.path, ())]
        for path, api in addresses:
            for desk in desks:
                shown, answered = (await desk.page(path)).status_code, await desk.answers(api)
                compared.add(answered)
                if shown != answered:
                    wrong.append(f"{path} by {desk.role}: the page {shown}, the API {answered}")
    assert compared >= {200, 403}
    assert not wrong, "\n".join(wrong)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("service", SERVICES)
async def test_the_form_of_an_act_is_closed_to_roles_without_its_right(service: str) -> None:
    """Also by its address, for an object that the role reads; and nowhere does a form lead further than its object."""
    declared, pages = _declared(service)
    wrong, tried = list[str](), 0
    async with _desks(service) as desks:
        objects = await _found(desks, pages)
        looked_at = [(one, ids) for one in pages.objects for ids in objects.get(one.path, ())[:2]]
        for page, ids in looked_at:
            for action, right in _rights(declared, page):
                for desk in desks:
                    form = (await desk.page(f"{page.path.format(**ids)}/{action}")).status_code
                    lacks = not is_open_to(declared.every_right, right, frozenset({desk.role}))
                    seen = await desk.answers(page.api.format(**ids))
                    tried += lacks
                    if form == 200 and (lacks or seen != 200):
                        wrong.append(f"{page.path} {action} by {desk.role}: its form is open")
    assert tried
    assert not wrong, "\n".join(wrong)


def _rights(declared: Service, page: Object) -> list[tuple[str, str]]:
    acts = acts_on(declared, page.api, page.sent_to, page.suffix)
    return [(action, act.action) for action, act in acts.items() if page.only is None or action in page.only]
