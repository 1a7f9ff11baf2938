"""Cases with something to end: a request, an offer or a stay each, and support in two hands."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from casework.tables import case_access
from chassis.clock import new_id
from chassis.testing import ServiceUnderTest
from nrm_events import exchange, identification
from nrm_events.corpus import made
from nrm_events.repatriation import Departed
from shelter.tables import Bed, BedNightBlock, Facility, Handover, Room, Stay, StayAddressee
from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from .givens import LATER, OPENED, at, consented, opened, withdrawn

HOUSE, NGO, CENTRE = "mia-shelter", "ngo-clean-world", "vac"
DECIDED = at("2024-03-25T12:00:00+04:00")
STATES = ("requested", "offered", "admitted")


@dataclass(frozen=True)
class Placed:
    """A case with a request or stay of this state, and hand-overs to the centre and to an NGO."""

    case_id: UUID
    stay: str
    to_centre: UUID
    to_ngo: UUID


async def placed(service: ServiceUnderTest, each: int) -> list[Placed]:
    """So many cases of each state of a stay, with their beds and with who knows of them."""
    found = [Placed(new_id(), state, new_id(), new_id()) for _ in range(each) for state in STATES]
    await service.receives(*(opened(one.case_id) for one in found))
    async with service.session() as session:
        beds = iter(await _beds(session, len(found)))
        for one in found:
            stay = _stay(one, None if one.stay == "requested" else next(beds))
            session.add(stay)
            session.add_all(_handovers(one))
            await session.flush()
            if stay.bed_id:
                nights = Range(date(2024, 3, 4), None)
                session.add(BedNightBlock(id=new_id(), kind="stay", stay_id=stay.id, bed_id=stay.bed_id, nights=nights))
            session.add_all(StayAddressee(stay_id=stay.id, operator=to, reasons=[]) for to in (HOUSE, NGO))
            await session.execute(insert(case_access), _known(one, stay))
    return found


async def _beds(session: AsyncSession, size: int) -> list[UUID]:
    house = Facility(
        id=new_id(), code=str(new_id()), operator=HOUSE, kind="shelter", takes=["adult_female"], protected=False
    )
    room = Room(id=new_id(), facility_id=house.id, number=1)
    beds = [Bed(id=new_id(), room_id=room.id, number=n, child_places=0, accessibility=[]) for n in range(size)]
    for rows in ([house], [room], beds):
        session.add_all(rows)
        await session.flush()
    return [bed.id for bed in beds]


def _stay(one: Placed, bed: UUID | None) -> Stay:
    lives = one.stay == "admitted"
    return Stay(
        id=new_id(),
        case_id=one.case_id,
        state=one.stay,
        version=1,
        asked_by="ngo-amc",
        category="adult",
        sex="female",
        age_group="adult",
        track="SexualExploitation",
        children=0,
        accessibility=[],
        region_rule="any",
        protection="unknown",
        wanted_from=date(2024, 3, 4),
        requested_at=at(OPENED),
        operator=HOUSE if bed else None,
        bed_id=bed,
        admitted_at=at(OPENED) if lives else None,
        counted_from=date(2024, 3, 4) if lives else None,
        ends_on=date(2024, 4, 3) if lives else None,
        last_act_at=at(OPENED),
        reasons=[],
        re_examine_reasons=[],
        recorded_at=at(OPENED),
    )


def _handovers(one: Placed) -> list[Handover]:
    """One to the centre waits for an answer; the NGO serves already."""
    common: dict[str, Any] = {"case_id": one.case_id, "version": 1, "from_agency": "ngo-amc", "re_examine_reasons": []}
    common |= {"requested_at": at(OPENED), "recorded_at": at(OPENED)}
    return [
        Handover(id=one.to_centre, state="requested", to_agency=CENTRE, due_at=at(LATER), **common),
        Handover(id=one.to_ngo, state="acknowledged", to_agency=NGO, acknowledged_at=at(OPENED), **common),
    ]


def _known(one: Placed, stay: Stay) -> list[dict[str, Any]]:
    basis = ("serves" if one.stay == "admitted" else "asked", "place", stay.id)
    rows = [(HOUSE, *basis), (CENTRE, "asked", "handover", one.to_centre), (NGO, "serves", "handover", one.to_ngo)]
    names = ("agency", "basis", "about", "ref")
    return [{"case_id": one.case_id, "since": at(OPENED)} | dict(zip(names, row, strict=True)) for row in rows]


def ends(one: Placed, recipient: str, purpose: str = "shelter") -> identification.ConsentWithdrawn:
    return withdrawn(consented(one.case_id, recipient, purpose, effective_at=DECIDED))


def closed(one: Placed, outcome: str) -> identification.CaseClosed:
    return identification.CaseClosed.model_validate(
        {"effective_at": DECIDED, "case_id": one.case_id, "outcome": outcome}
    )


def declined(one: Placed) -> identification.IdentificationDeclined:
    return identification.IdentificationDeclined(
        effective_at=DECIDED, case_id=one.case_id, decision_id=uuid4(), authority="mia-special", reasons=["no_purpose"]
    )


def revoked(one: Placed) -> identification.RecognitionRevoked:
    return identification.RecognitionRevoked(
        effective_at=DECIDED,
        case_id=one.case_id,
        recognition_id=uuid4(),
        kind="presumed",
        authority="mia-special",
        reasons=["new_facts"],
    )


def identified(one: Placed, age_group: str = "adult") -> identification.VictimIdentified:
    return identification.VictimIdentified.model_validate(
        {
            "effective_at": DECIDED,
            "case_id": one.case_id,
            "recognition_id": uuid4(),
            "authority": "mia-special",
            "age_group": age_group,
            "citizenship": "citizen",
        }
    )


def departed(one: Placed) -> Departed:
    filled = Departed.model_validate_json(made(Departed).value).model_dump()
    return Departed.model_validate(filled | {"effective_at": DECIDED, "case_id": one.case_id})


def answered(one: Placed, *, taken: bool, agency: str = CENTRE) -> exchange.HandoverAnswered:
    return exchange.HandoverAnswered(
        effective_at=at(LATER),
        case_id=one.case_id,
        handover_id=one.to_centre,
        taken=taken,
        reason=None if taken else "no_capacity",
        submission_id=new_id(),
        agency=agency,
    )


def enrolled(one: Placed, agency: str = NGO) -> exchange.CourseEnrolmentTold:
    return exchange.CourseEnrolmentTold(
        effective_at=at(LATER),
        case_id=one.case_id,
        course="sewing",
        enrolled=3,
        needed=10,
        submission_id=new_id(),
        agency=agency,
    )
