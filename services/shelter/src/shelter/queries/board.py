"""The nights of the own houses: who comes, who is in, who leaves, what is out of use (SH-5, SH-9). Nobody else's."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from chassis import access
from chassis.actor import Actor
from chassis.clock import local_date
from sqlalchemy import Row, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from shelter.domain import stays as rules
from shelter.schemas.shapes import BoardAnswer, BoardBed, BoardHold
from shelter.tables import Bed, BedNightBlock, Closure, Facility, Room, Stay


async def show_board(session: AsyncSession, who: Actor, now: datetime, begins: date, nights: int) -> BoardAnswer:
    """Every bed of the actor's agency with what holds it in these nights, to its own staff only (SH-7)."""
    ends = begins + timedelta(days=nights)
    held: dict[UUID, list[BoardHold]] = {}
    for row in await _blocks(session, who, begins, ends):
        held.setdefault(row.BedNightBlock.bed_id, []).append(_hold(row, now))
    asked = (
        select(Bed.id, Bed.number, Room.number, Facility.code)
        .join(Room, Bed.room_id == Room.id)
        .join(Facility, Room.facility_id == Facility.id)
        .where(Facility.operator == who.agency)
        .order_by(Facility.code, Room.number, Bed.number)
    )
    beds = [
        BoardBed(bed_id=bed_id, bed=bed, room=room, facility=code, holds=held.get(bed_id, []))
        for bed_id, bed, room, code in (await session.execute(asked)).tuples()
    ]
    return BoardAnswer(begins=begins, ends=ends, beds=beds)


async def _blocks(session: AsyncSession, who: Actor, begins: date, ends: date) -> Sequence[Row[Any]]:
    """What holds a night of the span, with the stay, if the actor may know of its case, or the closure."""
    asked = (
        select(BedNightBlock, Stay, Closure)
        .join(Bed, BedNightBlock.bed_id == Bed.id)
        .join(Room, Bed.room_id == Room.id)
        .join(Facility, Room.facility_id == Facility.id)
        .outerjoin(Stay, (BedNightBlock.stay_id == Stay.id) & access.visible(who, Stay.case_id))
        .outerjoin(Closure, BedNightBlock.closure_id == Closure.id)
        .where(Facility.operator == who.agency, BedNightBlock.nights.overlaps(Range(begins, ends)))
        .order_by(BedNightBlock.nights)
    )
    return (await session.execute(asked)).all()


def _hold(row: Row[Any], now: datetime) -> BoardHold:
    block, stay, closure = row
    return BoardHold(
        kind=block.kind,
        begins=block.nights.lower,
        ends=block.nights.upper,
        stay_id=stay.id if stay else None,
        case_id=stay.case_id if stay else None,
        view=rules.view(stay.rules, local_date(now)) if stay else None,
        stay_ends_on=stay.ends_on if stay else None,
        closure_id=closure.id if closure else None,
        reason=closure.reason if closure else None,
    )
