"""The main commands in a grown country: what each reads, and how long it takes until it is committed."""

import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
from chassis.clock import new_id
from chassis.testing import ServiceUnderTest
from nrm_events.identification import CaseOpened, VictimIdentified, VictimReferred

from bench.growth.cost import Cost, Plan, cost_of, explain, listening
from bench.growth.people import Names

_ROUNDS = 40
_OPENED = datetime(2024, 11, 1, 8, tzinfo=UTC)
_HAPPENED = "2024-11-05T10:00:00+04:00"


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


async def _shelter(service: ServiceUnderTest, meter: Meter, number: int) -> None:
    """A place is requested, weighed and offered; the person moves in, is served and leaves (SH-1, SH-2, SH-4, SH-6)."""
    case_id, day = await _a_case(service), _OPENED + timedelta(days=2 * number)
    asked, in_at, out_at = ({"happened_at": (day + timedelta(hours=hours)).isoformat()} for hours in (0, 6, 24))
    ngo, manager = service.person("ngo-amc.caseworker"), service.person("mia-shelter.shelter-manager")
    wanted = {"category": "adult", "sex": "female", "track": "SexualExploitation", "addressed_to": ["mia-shelter"]}
    request = {"case_id": case_id, **wanted, **asked}
    stay = await meter("request a place", lambda: ngo.post("/api/stays", request))
    path = f"/api/stays/{stay['id']}"
    places = await meter("weigh the places", lambda: manager.get(f"{path}/places"))
    bed = next((place["bed_id"] for place in places["places"] if place["fits"]), None)
    if bed is None:  # the played year left none free
        return
    offer = {"version": stay["version"], "bed_id": bed, **asked}
    await meter("offer a place", lambda: manager.post(f"{path}/offer", offer))
    await meter("admit", lambda: manager.post(f"{path}/admission", in_at))
    given = {"service": "psychological", "payer": "mia-shelter", **in_at}
    await meter("record a service", lambda: manager.post(f"{path}/services", given))
    await meter("leave", lambda: manager.post(f"{path}/leave", out_at))


async def _repatriation(service: ServiceUnderTest, meter: Meter, number: int) -> None:
    """A bar is raised, a return requested, a permit applied for (RP-1, RP-4, RP-6)."""
    case_id = await _a_case(service)
    ngo, police = service.person("ngo-amc.caseworker"), service.person("mia-special.motion-officer")
    until = {"case_id": case_id, "basis": "decision", "until": "2027-11-01T00:00:00+04:00", "happened_at": _HAPPENED}
    await meter("raise a bar", lambda: police.post("/api/bars", until))
    wish = {"case_id": case_id, "country": "IN", "happened_at": _HAPPENED}
    await meter("request a return", lambda: ngo.post("/api/returns", wish))
    permits = (await police.get_ok("/api/permits", case_id=case_id))["items"]
    path = f"/api/permits/{permits[0]['id']}/application"
    await meter("apply for a permit", lambda: ngo.post(path, {"happened_at": _HAPPENED}))


async def _exchange(service: ServiceUnderTest, meter: Meter, number: int) -> None:
    """An agency is suspended, and resumed with what waited for it (access.md)."""
    operator, path = service.person("himaya.operator"), "/api/agencies/ngo-amc"
    await meter("suspend an agency", lambda: operator.post(f"{path}/suspension", {"reason": "security_incident"}))
    await meter("resume an agency", lambda: operator.post(f"{path}/resumption", {}))


async def _a_case(service: ServiceUnderTest) -> str:
    """Somebody new whom an NGO's case opened, handed over and recognised."""
    case_id, of_case = uuid4(), {"effective_at": _OPENED}
    facts: dict[str, Any] = {"case_id": case_id, "age_group": "adult", "citizenship": "foreign", **of_case}
    await service.receives(
        CaseOpened(report_id=new_id(), holder="ngo-amc", **facts),
        VictimReferred(
            **of_case, case_id=case_id, referral_id=new_id(), to="mia-special", reported_at=_OPENED, due_at=_OPENED
        ),
        VictimIdentified(recognition_id=new_id(), authority="mia-special", **facts),
    )
    return str(case_id)


_ACTS = {
    "identification": _identification,
    "shelter": _shelter,
    "fund": _fund,
    "repatriation": _repatriation,
    "notify": _notify,
    "exchange": _exchange,
}
