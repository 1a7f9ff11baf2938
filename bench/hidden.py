"""Whether the time of an answer tells police of a hidden case: a hidden one beside one that does not exist (ID-7)."""

import time
from collections.abc import Awaitable, Callable, Mapping
from statistics import median
from uuid import uuid4

import httpx
from chassis.testing import Databases, Person, ServiceUnderTest, Stack, bench
from identification.app import SERVICE
from pydantic import JsonValue

from bench.report import Goal, Report, number, ratios, spread
from tests.conftest import settings_of

Announce = Callable[[str], None]
Ask = Callable[[], Awaitable[httpx.Response]]
POLICE, NGO = "mia-hotline.reporter", "ngo-amc.caseworker"


async def run(announce: Announce, pairs: int = 200, rounds: int = 5) -> Report:
    """Interleaved pairs of requests by police: their medians, and the ratio of the two."""
    report = Report("The time of an answer, hidden against absent")
    report.add(f"{rounds} rounds of {pairs} interleaved pairs, each about a case that police may not know of and none.")
    report.table("request", "hidden, ms", "absent, ms")
    stack = Stack.running()
    databases = Databases(stack, SERVICE, template="bench_hidden")
    databases.prepare()
    async with bench(SERVICE, databases, **settings_of(stack, SERVICE.name)) as service:
        for name, (hidden, absent) in (await _requests(service)).items():
            found: tuple[list[float], list[float]] = ([], [])
            for turn in range(rounds):
                announce(f"hidden {turn + 1}/{rounds}: {name}")
                for times, value in zip(found, await _pairs(hidden, absent, pairs), strict=True):
                    times.append(value)
            report.row(name, *(spread([value * 1_000 for value in times]) for times in found))
            apart = [abs(ratio - 1) for ratio in ratios(*found)]
            report.goals.append(Goal(f"{name}: medians apart by", apart, 0.05, at_least=False))
            announce(f"{name}: {number(median(apart) * 100)} % apart")
    return report


async def _requests(service: ServiceUnderTest) -> Mapping[str, tuple[Ask, Ask]]:
    police, person = service.person(POLICE), _somebody("Nurlana", "TST10000001")
    hidden = (await service.person(NGO).post_ok("/api/reports", _report(person)))["case_id"]
    matched = await police.post_ok("/api/reports", _report(person))
    unmatched = await police.post_ok("/api/reports", _report(_somebody("Zemfira", "TST10000002")))
    return {
        "read a case": (
            lambda: police.get(f"/api/cases/{hidden}"),
            lambda: police.get(f"/api/cases/{uuid4()}"),
        ),
        "record a consent": (
            lambda: police.post(f"/api/cases/{hidden}/consents", _CONSENT),
            lambda: police.post(f"/api/cases/{uuid4()}/consents", _CONSENT),
        ),
        "search for the same person": (_search(police, matched), _search(police, unmatched)),
    }


def _search(police: Person, report: Mapping[str, JsonValue]) -> Ask:
    return lambda: police.post(f"/api/reports/{report['id']}/same-person-search", {})


def _somebody(name: str, document: str) -> dict[str, JsonValue]:
    return {
        "prs_FirstName": name,
        "prs_SecondName": "Qarayeva",
        "prs_Gender": "Feminine",
        "prs_IdentityNumber": document,
    }


def _report(person: dict[str, JsonValue]) -> dict[str, JsonValue]:
    return {"channel": "hotline", "htcds": person}


_CONSENT = {
    "recipient": "vac",
    "purpose": "assistance",
    "data_class": "identity",
    "given_by": "person",
    "how": "in_person",
    "language": "az",
    "interpreter": False,
    "text_version": "c-1",
}


async def _pairs(hidden: Ask, absent: Ask, pairs: int) -> tuple[float, float]:
    """The medians in seconds; which of the two comes first changes from pair to pair."""
    times: dict[Ask, list[float]] = {hidden: [], absent: []}
    for turn in range(pairs):
        for ask in (hidden, absent) if turn % 2 else (absent, hidden):
            began = time.perf_counter()
            await ask()
            times[ask].append(time.perf_counter() - began)
    return median(times[hidden]), median(times[absent])
