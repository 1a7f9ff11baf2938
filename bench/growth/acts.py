"""The main commands in a grown country: what each reads, and how long it takes until it is committed."""

import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx
from chassis.testing import ServiceUnderTest

from bench.growth.cost import Cost, Plan, cost_of, explain, listening
from bench.growth.people import Names

_ROUNDS = 15


class Meter:
    """Each command is done for somebody new in each round; what it read is explained after the first."""

    def __init__(self, service: ServiceUnderTest) -> None:
        self._engine = service.database.engine
        self._took: dict[str, list[float]] = {}
        self._plans: dict[str, list[tuple[str, Plan]]] = {}

    async def __call__(self, label: str, request: Callable[[], Awaitable[httpx.Response]]) -> dict[str, Any]:
        """Do it; its answer. Raises what the service refused."""
        began = time.perf_counter()
        with listening(self._engine) as heard:
            answer = await request()
        took = 1000 * (time.perf_counter() - began)
        if not answer.is_success:
            raise RuntimeError(f"{label}: {answer.status_code} {answer.text}")
        self._took.setdefault(label, []).append(took)
        if label not in self._plans:
            self._plans[label] = [(sql, await explain(self._engine, sql, given)) for sql, given in heard]
        found: dict[str, Any] = answer.json()
        return found

    def costs(self) -> Mapping[str, Cost]:
        """By label; the first round is not in the times."""
        return {label: cost_of(plans, self._took[label][1:]) for label, plans in self._plans.items()}


async def acts(service: ServiceUnderTest) -> Mapping[str, Cost]:
    """What the main commands of the service cost."""
    meter = Meter(service)
    if act := _ACTS.get(service.service.name):
        for number in range(_ROUNDS):
            await act(service, meter, number)
    return meter.costs()


async def _identification(service: ServiceUnderTest, meter: Meter, number: int) -> None:
    """A report is received, the person searched for, a case opens, a consent is recorded (ID-1, ID-12, ID-18)."""
    ngo = service.person("ngo-amc.caseworker")
    known = {**Names(1_000 + number).person(), "vic_TypeOfExploitation": ["ForcedLabour"]}
    report = await meter("report a person", lambda: ngo.post("/api/reports", {"channel": "hotline", "htcds": known}))
    path = f"/api/reports/{report['id']}"
    search = await meter("search for the same person", lambda: ngo.post(f"{path}/same-person-search"))
    verdicts = {candidate["case_id"]: "not_same" for candidate in search["candidates"]}
    opening = {"search_id": search["search_id"], "verdicts": verdicts}
    case = await meter("open the case", lambda: ngo.post(f"{path}/case", opening))
    consent = {
        **{"recipient": "ngo-acu", "purpose": "legal_aid", "data_class": "needs", "given_by": "person"},
        **{"how": "in_person", "language": "az", "interpreter": False, "text_version": "consent-2024"},
    }
    await meter("record a consent", lambda: ngo.post(f"/api/cases/{case['id']}/consents", consent))


async def _notify(service: ServiceUnderTest, meter: Meter, number: int) -> None:
    """A task is opened (NO-4)."""
    ngo = service.person("ngo-amc.caseworker")
    items = (await ngo.get_ok("/api/inbox", limit=_ROUNDS))["items"]
    await meter("open a task", lambda: ngo.post(f"/api/inbox/{items[number]['id']}/read", {}))


async def _fund(service: ServiceUnderTest, meter: Meter, number: int) -> None:
    """A needs grant is drafted (FU-2)."""
    requester = service.person("fund.fund-requester")
    claims = (await requester.get_ok("/api/claims", limit=_ROUNDS, kind="needs_grant"))["items"]
    wanted = {"case_id": claims[number]["case_id"], "kind": "needs_grant", "purpose": "medicine", "amount_qepik": 1_000}
    await meter("draft a grant", lambda: requester.post("/api/claims", wanted))


_ACTS = {"identification": _identification, "notify": _notify, "fund": _fund}
