"""Scenario words shared by the tests of shelter."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from chassis.testing import Person, ServiceUnderTest
from nrm_events import identification

OPENED = "2024-03-01T09:00:00+04:00"
ASKED = "2024-03-04T10:00:00+04:00"
MOVED_IN = "2024-03-04T18:00:00+04:00"
LATER = "2024-03-20T12:00:00+04:00"
ENDS = "2024-04-03"
MANAGER, WORKER = "mia-shelter.shelter-manager", "mia-shelter.shelter-worker"
CASEWORKER, OFFICER = "ngo-amc.caseworker", "mia-special.assessor"
CENTRE = "vac.reintegration-worker"


def at(moment: str) -> datetime:
    return datetime.fromisoformat(moment)


def opened(case_id: UUID, holder: str = "ngo-amc", age_group: str = "adult") -> identification.CaseOpened:
    return identification.CaseOpened.model_validate(
        {
            "effective_at": at(OPENED),
            "case_id": case_id,
            "report_id": uuid4(),
            "holder": holder,
            "age_group": age_group,
            "citizenship": "foreign",
        }
    )


def referred(case_id: UUID) -> identification.VictimReferred:
    return identification.VictimReferred(
        effective_at=at(OPENED),
        case_id=case_id,
        referral_id=uuid4(),
        to="mia-special",
        reported_at=at(OPENED),
        due_at=at(OPENED),
    )


def consented(case_id: UUID, recipient: str, purpose: str = "shelter", **more: Any) -> identification.ConsentGranted:
    granted: dict[str, Any] = {"effective_at": at(OPENED), "consent_id": uuid4(), "data_class": "needs"}
    return identification.ConsentGranted(case_id=case_id, recipient=recipient, purpose=purpose, **granted | more)


def withdrawn(consent: identification.ConsentGranted) -> identification.ConsentWithdrawn:
    return identification.ConsentWithdrawn.model_validate(consent.model_dump())


async def the_person_agrees(
    service: ServiceUnderTest, case_id: UUID | str, recipient: str, purpose: str = "shelter", **more: Any
) -> identification.ConsentGranted:
    """A consent that identification recorded (ID-12)."""
    consent = consented(UUID(str(case_id)), recipient, purpose, **more)
    await service.receives(consent)
    return consent


async def a_hidden_case(service: ServiceUnderTest, holder: str = "ngo-amc", age_group: str = "adult") -> UUID:
    """A case that was not handed over to the police (ID-7)."""
    case_id = uuid4()
    await service.receives(opened(case_id, holder, age_group))
    return case_id


async def a_case(service: ServiceUnderTest, holder: str = "ngo-amc", age_group: str = "adult") -> UUID:
    """A case that was handed over."""
    case_id = await a_hidden_case(service, holder, age_group)
    await service.receives(referred(case_id))
    return case_id


def a_request(case_id: UUID, **more: Any) -> dict[str, Any]:
    return {
        "case_id": str(case_id),
        "category": "adult",
        "sex": "female",
        "track": "SexualExploitation",
        "addressed_to": ["mia-shelter"],
        "happened_at": ASKED,
    } | more


async def opens(person: Person, stay: dict[str, Any]) -> dict[str, Any]:
    """The stay as it is now."""
    return await person.get_ok(f"/api/stays/{stay['id']}")


def as_read(seen: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    """A decision on the version that somebody saw."""
    return {"version": seen["version"]} | body


def in_bed(seen: dict[str, Any], bed: str, at: str = ASKED) -> dict[str, Any]:
    """An offer of this bed, or a move to it."""
    return as_read(seen, {"bed_id": bed, "happened_at": at})


async def a_requested_stay(
    service: ServiceUnderTest, case_id: UUID | None = None, by: str = CASEWORKER, **more: Any
) -> dict[str, Any]:
    case_id = case_id or await a_case(service)
    return await service.person(by).post_ok("/api/stays", a_request(case_id, **more))


def expected(first_night: str, **more: Any) -> dict[str, Any]:
    """What a request states of somebody who comes later."""
    return {"from": first_night} | more


async def beds_of_one_room(service: ServiceUnderTest, stay: dict[str, Any], by: str = MANAGER) -> list[str]:
    """The beds of a room for two that fit."""
    places = (await service.person(by).get_ok(f"/api/stays/{stay['id']}/places"))["places"]
    rooms: dict[tuple[str, int], list[str]] = {}
    for place in places:
        if place["fits"]:
            rooms.setdefault((place["facility"], place["room"]), []).append(str(place["bed_id"]))
    return next(beds for beds in rooms.values() if len(beds) == 2)


async def is_offered(service: ServiceUnderTest, stay: dict[str, Any], bed: str, by: str = MANAGER) -> dict[str, Any]:
    return await service.person(by).post_ok(f"/api/stays/{stay['id']}/offer", in_bed(stay, bed))


async def moves_in(
    service: ServiceUnderTest, stay: dict[str, Any], at: str = MOVED_IN, by: str = WORKER
) -> dict[str, Any]:
    return await service.person(by).post_ok(f"/api/stays/{stay['id']}/admission", {"happened_at": at})


async def best_bed(service: ServiceUnderTest, stay: dict[str, Any], by: str = MANAGER) -> str:
    places = (await service.person(by).get_ok(f"/api/stays/{stay['id']}/places"))["places"]
    assert places[0]["fits"], places[0]
    return str(places[0]["bed_id"])


async def an_offered_stay(service: ServiceUnderTest, case_id: UUID | None = None, **more: Any) -> dict[str, Any]:
    stay = await a_requested_stay(service, case_id, **more)
    body = {"bed_id": await best_bed(service, stay), "happened_at": ASKED}
    return await service.person(MANAGER).post_ok(f"/api/stays/{stay['id']}/offer", as_read(stay, body))


async def a_resident(service: ServiceUnderTest, case_id: UUID | None = None, **more: Any) -> dict[str, Any]:
    stay = await an_offered_stay(service, case_id, **more)
    return await service.person(WORKER).post_ok(f"/api/stays/{stay['id']}/admission", {"happened_at": MOVED_IN})


async def a_handover(service: ServiceUnderTest, case_id: UUID, to: str = "vac") -> dict[str, Any]:
    body = {"case_id": str(case_id), "to": to, "happened_at": ASKED}
    return await service.person(CASEWORKER).post_ok("/api/handovers", body)


async def an_acknowledged_handover(service: ServiceUnderTest, case_id: UUID) -> dict[str, Any]:
    handover = await a_handover(service, case_id)
    centre = service.person(CENTRE)
    return await centre.post_ok(f"/api/handovers/{handover['id']}/acknowledgement", {"happened_at": LATER})


async def code(person: Person, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, str | None]:
    """Status and code of an answer."""
    answer = await (person.post(path, body) if method == "post" else person.get(path))
    return answer.status_code, None if answer.is_success else answer.json()["code"]
