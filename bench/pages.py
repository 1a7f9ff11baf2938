"""The staff pages over the year of the demo, and over 100,000 cases: every kind of page that people of each kind reach.

The page with all that it reads, in this process, without the network between browser and service.
"""

import time
from collections.abc import AsyncIterator
from statistics import median

from chassis.service import Service
from chassis.testing import Stack
from staffui.testing import Browser, browser, pages_settings

from bench.growth.country import Announce
from bench.growth.reads import WHO
from bench.growth.run import country, played, served
from bench.report import Goal, Report, number
from tests.conftest import SERVICES
from tests.journey.following import follow, without_query

CASES = 100_000
_TIMES = 11
"""How often a page is opened, after a first time."""
_MOST = 40
_GOAL_MS = 100


async def run(announce: Announce) -> Report:
    """The median of each page, and the slowest of each service."""
    played(announce)
    report = Report("Staff pages: the year of the demo, and 100,000 cases in each service")
    report.table("service", "pages", "median of the year, ms", "slowest", "median of 100,000, ms", "slowest")
    for name, service in SERVICES.items():
        announce(f"pages: {name}")
        columns, slowest = list[str](), list[float]()
        for database in (name, country(service, CASES, announce, persons=False)):
            found = {(who, page): ms async for who, page, ms in _opened(service, database)}
            (who, page), ms = max(found.items(), key=lambda one: one[1])
            columns += [number(median(found.values())), f"{number(ms)} {page} ({who})"]
            slowest.append(ms)
        report.row(name, str(len(found)), *columns)
        report.goals.append(Goal(f"{name}: the slowest page’s median, ms", [max(slowest)], _GOAL_MS, at_least=False))
    return report


async def _opened(service: Service, database: str) -> AsyncIterator[tuple[str, str, float]]:
    """Who, page and its median in milliseconds; a page that somebody before has opened is not opened again."""
    seen = set[str]()
    async with served(service, database, pages_settings(Stack.running(), service.name)) as asked:
        for who in WHO:
            async with browser(asked) as at:
                await at.sign_in(who)
                opened = _Opened(at)
                async for page, status, _ in follow(opened.read, most=_MOST, seen=seen, kind_of=without_query):
                    if status == 200:
                        yield who, page, opened.ms


class _Opened:
    """Opens a page several times; `ms` is the median of the last one."""

    def __init__(self, at: Browser) -> None:
        self._at, self.ms = at, 0.0

    async def read(self, address: str) -> tuple[int, str]:
        page = await self._at.get(address)
        times = []
        for _ in range(_TIMES):
            began = time.perf_counter()
            page = await self._at.get(address)
            times.append((time.perf_counter() - began) * 1000)
        self.ms = median(times)
        return page.status_code, page.text
