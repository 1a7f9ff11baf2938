"""The nights of the own houses: who comes, who is in, who leaves, what is out of use (SH-5, SH-9). Nobody else's."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from casework.calendar import local_date
from chassis.unit_of_work import UnitOfWork
from nrm_events.reference import case_reference
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range

from shelter.answers.houses import BoardAnswer, BoardBed, BoardHold
from shelter.domain import stays as rules
from shelter.facts.access import own_record
from shelter.tables import Bed, BedNightBlock, Closure, Facility, Room, Stay

_Taken = tuple[BedNightBlock, Stay | None, Closure | None]


async def board(uow: UnitOfWork, begins: date, nights: int) -> BoardAnswer:
    """Every bed of the actor's agency with what takes it in these nights, to its own staff only (SH-7)."""
    ends = begins + timedelta(days=nights)
    holds: dict[UUID, list[BoardHold]] = {}
    for row in await _blocks(uow, begins, ends):
        holds.setdefault(row[0].bed_id, []).append(_hold(uow, row))
    found = (
        select(Bed.id, Bed.number, Room.number, Facility.code)
        .join(Room, Bed.room_id == Room.id)
        .join(Facility, Room.facility_id == Facility.id)
        .where(Facility.operator == uow.actor.agency)
        .order_by(Facility.code, Room.number, Bed.number)
    )
    beds = [
        BoardBed(bed_id=bed_id, bed=bed, room=room, facility=code, holds=holds.get(bed_id, []))
        for bed_id, bed, room, code in (await uow.session.execute(found)).tuples()
    ]
    return BoardAnswer(begins=begins, ends=ends, beds=beds)


async def _blocks(uow: UnitOfWork, begins: date, ends: date) -> Sequence[_Taken]:
    """What takes a night of the span, with the closure, or the stay where it is the agency's own."""
    found = (
        select(BedNightBlock, Stay, Closure)
        .join(Bed, BedNightBlock.bed_id == Bed.id)
        .join(Room, Bed.room_id == Room.id)
        .join(Facility, Room.facility_id == Facility.id)
        .outerjoin(Stay, (BedNightBlock.stay_id == Stay.id) & own_record(uow, for_="see_board"))
        .outerjoin(Closure, BedNightBlock.closure_id == Closure.id)
        .where(Facility.operator == uow.actor.agency, BedNightBlock.nights.overlaps(Range(begins, ends)))
        .order_by(BedNightBlock.nights)
    )
    return (await uow.session.execute(found)).tuples().all()


def _hold(uow: UnitOfWork, row: _Taken) -> BoardHold:
    block, stay, closure = row
    return BoardHold(
        kind=block.kind,
        begins=block.nights.lower,
        ends=block.nights.upper,
        stay_id=stay.id if stay else None,
        case_id=stay.case_id if stay else None,
        case_ref=case_reference(stay.case_id) if stay else None,
        view=rules.view(stay.rules, local_date(uow.now)) if stay else None,
        stay_ends_on=stay.ends_on if stay else None,
        weigh_again=bool(stay and stay.weigh_again_since),
        closure_id=closure.id if closure else None,
        reason=closure.reason if closure else None,
    )
