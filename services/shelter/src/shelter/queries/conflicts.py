"""Who must not live where somebody lives, and whether they do (SH-4). Who it is, only those who may know are told."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from shelter.tables import Bed, BedNightBlock, Conflict, Room, Stay


async def conflicting_cases(session: AsyncSession, case_id: UUID, by: datetime | None = None) -> frozenset[UUID]:
    """The cases that must not live where this one lives (SH-4), by what was known at that moment if one is said."""
    asked = select(Conflict).where(
        Conflict.state == "active", or_(Conflict.case_id == case_id, Conflict.other_case_id == case_id)
    )
    rows = await session.scalars(asked.where(Conflict.since <= by) if by else asked)
    return frozenset(row.other_case_id if row.case_id == case_id else row.case_id for row in rows)


async def lives_with_conflict(session: AsyncSession, stay: Stay, bed_id: UUID, at: datetime, since: date) -> bool:
    """SH-4: whether somebody with whom a conflict was named by `at` lives in the bed's house from that night on."""
    others = await conflicting_cases(session, stay.case_id, at)
    if not others:
        return False
    house = select(Room.facility_id).join(Bed, Bed.room_id == Room.id).where(Bed.id == bed_id).scalar_subquery()
    asked = (
        select(Stay.id)
        .join(BedNightBlock, BedNightBlock.stay_id == Stay.id)
        .join(Bed, BedNightBlock.bed_id == Bed.id)
        .join(Room, Bed.room_id == Room.id)
        .where(Room.facility_id == house, Stay.case_id.in_(others), Stay.state == "admitted")
        .where(BedNightBlock.nights.overlaps(Range(since, None)))
    )
    return await session.scalar(asked.limit(1)) is not None
