"""Beds out of use (SH-9), and cases that never live in one house (SH-4)."""

from datetime import datetime
from uuid import UUID

from chassis import access, audit
from chassis.actor import Actor
from chassis.errors import Invalid, NotFound, NotPossible, Stale
from chassis.clock import effective, local_date, new_id
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from shelter.domain import nights
from shelter.domain.care import CLOSURE, CONFLICT
from shelter.schemas import bodies
from shelter.tables import BedNightBlock, Closure, Conflict
from shelter.use_cases.at_hand import require_case, require_version
from shelter.use_cases.places import blocks_of_bed, lock_house


async def close_bed(session: AsyncSession, who: Actor, now: datetime, bed_id: UUID, given: bodies.CloseBed) -> Closure:
    """Put a bed out of use with a reason and a date of return (SH-9). Nobody is put out by it: NotPossible `bed_taken`
    where somebody holds the bed on these nights (SH-5)."""
    at = effective(given.happened_at, now)
    await lock_house(session, who.agency, bed_id)
    if given.returns_on <= given.begins:
        raise Invalid("no_night", "The date of return lies after the first night out of use.")
    nights.hold_exactly(await blocks_of_bed(session, bed_id), given.begins, given.returns_on)
    closure = Closure(
        id=new_id(),
        bed_id=bed_id,
        state=CLOSURE.start,
        version=1,
        reason=given.reason,
        begins=given.begins,
        returns_on=given.returns_on,
        effective_at=at,
        recorded_at=now,
    )
    session.add(closure)
    await session.flush()
    held = Range(given.begins, given.returns_on)
    session.add(BedNightBlock(id=new_id(), bed_id=bed_id, nights=held, kind="closure", closure_id=closure.id))
    await session.flush()  # a stay that took the bed at the same time is seen here, by the database
    _note_closure(session, who, "close_bed", closure, at)
    return closure


async def _take_closure(session: AsyncSession, who: Actor, closure_id: UUID) -> tuple[Closure, BedNightBlock | None]:
    closure = await session.get(Closure, closure_id)
    if closure is None:
        raise NotFound
    await lock_house(session, who.agency, closure.bed_id)
    await session.refresh(closure, with_for_update=True)
    return closure, await session.scalar(select(BedNightBlock).where(BedNightBlock.closure_id == closure.id))


async def end_closure(
    session: AsyncSession, who: Actor, now: datetime, closure_id: UUID, given: bodies.EndClosure
) -> Closure:
    """The bed is in use again from this day's night on, earlier than planned or as planned (SH-9)."""
    closure, block = await _take_closure(session, who, closure_id)
    require_version(given, closure, returns_on=closure.returns_on)
    after = CLOSURE.after(closure.state, "end")
    at = effective(given.happened_at, now, not_before=closure.effective_at)
    closure.returns_on = max(closure.begins, min(closure.returns_on, local_date(at)))
    if block and closure.returns_on > closure.begins:
        block.nights = Range(closure.begins, closure.returns_on)
    elif block:
        await session.execute(delete(BedNightBlock).where(BedNightBlock.id == block.id))
    closure.state = after
    closure.version += 1
    await session.flush()
    _note_closure(session, who, "end_closure", closure, at)
    return closure


async def move_return(
    session: AsyncSession, who: Actor, now: datetime, closure_id: UUID, given: bodies.MoveReturn
) -> Closure:
    """Another date of return (SH-9). Stale when the closure was changed since it was read; NotPossible `bed_taken`
    where somebody was promised the bed by then (SH-5)."""
    closure, block = await _take_closure(session, who, closure_id)
    if given.version != closure.version:
        yours, stored = {"returns_on": str(given.returns_on)}, {"returns_on": str(closure.returns_on)}
        raise Stale(given.version, closure.version, yours, stored | {"state": closure.state})
    CLOSURE.after(closure.state, "move_return")
    if block is None:
        raise NotPossible("not_possible_in_state", "The bed is in use again.", facts={"state": closure.state})
    if given.returns_on <= closure.begins:
        raise Invalid("no_night", "The date of return lies after the first night out of use.")
    others = await blocks_of_bed(session, closure.bed_id, but=[block.id])
    nights.hold_exactly(others, closure.begins, given.returns_on)
    block.nights = Range(closure.begins, given.returns_on)
    closure.returns_on = given.returns_on
    closure.version += 1
    await session.flush()
    _note_closure(session, who, "move_return", closure, now)
    return closure


def _note_closure(session: AsyncSession, who: Actor, action: str, closure: Closure, at: datetime) -> None:
    facts = {"reason": closure.reason, "begins": closure.begins, "returns_on": closure.returns_on}
    audit.record(session, who, action, subject=f"closure/{closure.id}", effective_at=at, facts=facts)


async def name_conflict(session: AsyncSession, who: Actor, now: datetime, given: bodies.NameConflict) -> Conflict:
    """Two cases that must not live in one house (SH-4); both must be known to who names it."""
    if given.case_id == given.other_case_id:
        raise Invalid("same_case", "A conflict is between two cases.")
    await require_case(session, who, given.case_id, given.other_case_id)
    at = effective(given.happened_at, now)
    conflict = Conflict(
        id=new_id(),
        case_id=given.case_id,
        other_case_id=given.other_case_id,
        state=CONFLICT.start,
        version=1,
        kind=given.kind,
        named_by=who.agency,
        since=at,
        recorded_at=now,
    )
    session.add(conflict)
    await session.flush()
    _note_conflict(session, who, "name_conflict", conflict, at)
    return conflict


async def end_conflict(
    session: AsyncSession, who: Actor, now: datetime, conflict_id: UUID, given: bodies.Change
) -> Conflict:
    """The two may live in one house again (SH-4). Only who may know of both cases can say so."""
    conflict = await session.scalar(
        select(Conflict).where(
            Conflict.id == conflict_id,
            access.visible(who, Conflict.case_id),
            access.visible(who, Conflict.other_case_id),
        )
    )
    if conflict is None:
        raise NotFound
    await require_case(session, who, conflict.case_id, conflict.other_case_id)
    await session.refresh(conflict, with_for_update=True)
    require_version(given, conflict)
    after = CONFLICT.after(conflict.state, "end")
    conflict.ended_at = effective(given.happened_at, now, not_before=conflict.since)
    conflict.state = after
    conflict.version += 1
    _note_conflict(session, who, "end_conflict", conflict, conflict.ended_at)
    return conflict


def _note_conflict(session: AsyncSession, who: Actor, action: str, conflict: Conflict, at: datetime) -> None:
    facts = {"kind": conflict.kind, "state": conflict.state}
    subject = f"conflict/{conflict.id}"
    audit.record(session, who, action, subject=subject, case_id=conflict.case_id, effective_at=at, facts=facts)
