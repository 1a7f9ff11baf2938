"""What was done before a journey begins, by the API: a case, a request for a place, money, a claim."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
from chassis.clock import utc_now
from chassis.testing import Person, person_token
from nrm_events import SERVICES

from tests.journey import platform
from tests.journey.systems import IN_PERSON

from .people import ASSESSOR, NGO, invented

Answer = dict[str, Any]
_REPORTED = timedelta(days=1, hours=4)


class Given:
    """People at the APIs of the running services."""

    def __init__(self) -> None:
        addresses = platform.endpoints()["services"]
        self._http = {one: httpx.AsyncClient(base_url=addresses[one], timeout=30) for one in SERVICES}

    async def close(self) -> None:
        for http in self._http.values():
            await http.aclose()

    def person(self, who: str, service: str) -> Person:
        return Person(self._http[service], person_token(who))

    async def case(self, by: str = NGO, **htcds: object) -> Answer:
        """Reported by an agency that holds it, of somebody whom nobody else knows; the police cannot know of it."""
        desk = self.person(by, "identification")
        named = {"prs_FirstName": invented(), "prs_SecondName": invented(), "prs_Gender": "Feminine"}
        named["prs_Birthdate"] = "1990-02-03"
        body = {"channel": "visit", "language": "az", "htcds": named | htcds, "happened_at": moment(_REPORTED)}
        report = await desk.post_ok("/api/reports", body)
        search = await desk.post_ok(f"/api/reports/{report['id']}/same-person-search")
        verdicts = {one["case_id"]: "not_same" for one in search["candidates"]}
        searched = {"search_id": search["search_id"], "verdicts": verdicts, "happened_at": moment(_REPORTED)}
        return await desk.post_ok(f"/api/reports/{report['id']}/case", searched)

    async def handed_over(self, case: Answer, by: str = NGO) -> Answer:
        """With the person's consent, and acknowledged: the police assess it (ID-7)."""
        desk, path = self.person(by, "identification"), f"/api/cases/{case['id']}"
        agreed = {"recipient": "mia-special", "purpose": "referral", "data_class": "identity"}
        seen = await desk.post_ok(f"{path}/consents", agreed | IN_PERSON)
        await desk.post_ok(f"{path}/referral", {"version": seen["version"]})
        return await self.person(ASSESSOR, "identification").post_ok(f"{path}/referral/acknowledgement", {})

    async def recognised(self, case: Answer) -> Answer:
        """Formally, by the police (ID-8)."""
        body = {"version": case["version"], "reasons": ["act_means_purpose_met"]}
        path = f"/api/cases/{case['id']}/formal-recognition"
        return await self.person(ASSESSOR, "identification").post_ok(path, body)

    async def place_requested(self, case: Answer, of: str = "ngo-amc", by: str = NGO) -> Answer:
        """Of a house, an hour after the report (SH-4)."""
        body = {"category": "adult", "sex": "female", "track": "ForcedLabour", "addressed_to": [of]}
        asked = {"case_id": case["id"], "happened_at": moment(_REPORTED - timedelta(hours=1))}
        return await retried(lambda: self.person(by, "shelter").post_ok("/api/stays", body | asked))

    async def recognised_anew(self) -> Answer:
        """A case of somebody new, handed over and recognised."""
        return await self.recognised(await self.handed_over(await self.case()))

    async def money(self, qepik: int) -> Answer:
        """Donated to the Fund (FU-4)."""
        body = {"source": "donation", "amount_qepik": qepik, "document": paper()}
        return await self.person("fund.fund-accountant", "fund").post_ok("/api/incomes", body)

    async def claim(self, case: Answer, **terms: object) -> Answer:
        """A needs grant of a recognised case, or another claim; a draft (FU-2, FU-3)."""
        body = {"case_id": case["id"], "kind": "needs_grant", "purpose": "medicine", "document": paper()} | terms
        return await retried(lambda: self.person("fund.fund-requester", "fund").post_ok("/api/claims", body))

    async def on_claim(self, claim: Answer, act: str, by: str, **more: object) -> Answer:
        """Somebody of the Fund does this to a claim as it is now."""
        desk, path = self.person(f"fund.fund-{by}", "fund"), f"/api/claims/{claim['id']}"
        seen = await desk.get_ok(path)
        return await desk.post_ok(f"{path}/{act}", {"version": seen["version"]} | more)


async def retried(act: Callable[[], Awaitable[Answer]]) -> Answer:
    """An act at a service that may not have received yet what identification did."""
    for _ in range(40):
        try:
            return await act()
        except AssertionError as refused:
            last = refused
            await asyncio.sleep(0.25)
    raise last


def moment(before: timedelta) -> str:
    """So long ago."""
    return (utc_now() - before).isoformat()


def paper() -> str:
    """The reference of a paper that nobody recorded before."""
    return f"P-{uuid4().int}"[:30]
