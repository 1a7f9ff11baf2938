"""Who must not live where somebody lives, and whether they do (SH-4). Whom a conflict is with is never returned."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from casework.calendar import local_date
from chassis.unit_of_work import UnitOfWork
from sqlalchemy import Select, func, literal, select, union_all
from sqlalchemy.dialects.postgresql import Range

from shelter.tables import Bed, BedNightBlock, CaseFacts, Conflict, Room, Stay

_other = func.coalesce(Conflict.other_case_id, CaseFacts.case_id)
"""The other case, found by its reference where the agency that named the conflict does not know of the case."""


def _active() -> Select[tuple[UUID, UUID]]:
    """Pairs of cases. A reference that is no case's, or not yet, pairs nobody."""
    by_reference = CaseFacts.case_ref == Conflict.other_case_ref
    found = select(Conflict.case_id, _other).outerjoin(CaseFacts, by_reference)
    return found.where(Conflict.state == "active", _other.is_not(None))


async def conflicting_cases(uow: UnitOfWork, case_id: UUID, by: datetime | None = None) -> frozenset[UUID]:
    """SH-4: the cases that must not live where this one lives, as known by that moment, if one is passed."""
    ids = select(Conflict.id)
    by_reference = ids.join(CaseFacts, CaseFacts.case_ref == Conflict.other_case_ref)
    of_case = union_all(
        ids.where(Conflict.case_id == case_id),
        ids.where(Conflict.other_case_id == case_id),
        by_reference.where(CaseFacts.case_id == case_id, Conflict.other_case_id.is_(None)),
    )
    found = _active().where(Conflict.id.in_(of_case))
    rows = await uow.session.execute(found.where(Conflict.since <= by) if by else found)
    return frozenset(other if one == case_id else one for one, other in rows.tuples())


async def conflicts_among(uow: UnitOfWork, case_ids: Collection[UUID]) -> dict[UUID, frozenset[UUID]]:
    """SH-4: by case, those of these cases that must not live where it lives."""
    found = _active().where(Conflict.case_id.in_(case_ids), _other.in_(case_ids))
    pairs = (await uow.session.execute(found)).tuples().all()
    both = [*pairs, *((other, one) for one, other in pairs)]
    return {case_id: frozenset(other for one, other in both if one == case_id) for case_id in {one for one, _ in both}}


async def lives_with_conflict(uow: UnitOfWork, stay: Stay, since: date, by: datetime) -> bool:
    """SH-4: whether somebody with whom a conflict was named by then lives in the bed's house from that night on."""
    others = await conflicting_cases(uow, stay.case_id, by)
    if not others:
        return False
    house = select(Room.facility_id).join(Bed, Bed.room_id == Room.id).where(Bed.id == stay.bed_id).scalar_subquery()
    found = (
        select(Stay.id)
        .join(BedNightBlock, BedNightBlock.stay_id == Stay.id)
        .join(Bed, BedNightBlock.bed_id == Bed.id)
        .join(Room, Bed.room_id == Room.id)
        .where(Room.facility_id == house, Stay.case_id.in_(others), Stay.state == "admitted")
        .where(BedNightBlock.nights.overlaps(Range(since, None)))
    )
    return await uow.session.scalar(found.limit(1)) is not None


async def together(uow: UnitOfWork, conflicts: Collection[Conflict]) -> set[UUID]:
    """Which of these conflicts are between two who have beds in one house tonight."""
    tonight = (
        select(Stay.case_id, Room.facility_id)
        .join(BedNightBlock, BedNightBlock.stay_id == Stay.id)
        .join(Bed, BedNightBlock.bed_id == Bed.id)
        .join(Room, Bed.room_id == Room.id)
        .where(BedNightBlock.nights.op("@>")(literal(local_date(uow.now))))
    )
    one, other = tonight.subquery(), tonight.subquery()
    found = (
        select(Conflict.id)
        .join(one, one.c.case_id == Conflict.case_id)
        .join(other, (other.c.case_id == Conflict.other_case_id) & (other.c.facility_id == one.c.facility_id))
        .where(Conflict.state == "active", Conflict.id.in_([conflict.id for conflict in conflicts]))
    )
    return set(await uow.session.scalars(found))
