"""Beds out of use (SH-9)."""

from datetime import datetime
from uuid import UUID

from casework.calendar import local_date
from casework.commands import Change, Decision
from chassis.clock import new_id
from chassis.errors import Invalid, NotFound, NotPossible, Stale
from chassis.unit_of_work import UnitOfWork
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import Range

from shelter.commands import CloseBed, EndClosure, MoveReturn
from shelter.domain import nights
from shelter.domain.care import CLOSURE
from shelter.facts.places import blocks_of_bed, lock_house
from shelter.tables import BedNightBlock, Closure


async def close_bed(uow: UnitOfWork, bed_id: UUID, command: CloseBed) -> Closure:
    """Put a bed out of use with a reason and a date of return (SH-9).

    Nobody is put out by it: NotPossible `bed_taken` where somebody has the bed on these nights (SH-5).
    """
    at = uow.effective(command.happened_at)
    await lock_house(uow, uow.actor.agency, bed_id)
    _check_night(command.returns_on > command.begins)
    nights.hold_exactly(await blocks_of_bed(uow, bed_id), command.begins, command.returns_on)
    closure = Closure(
        id=new_id(),
        bed_id=bed_id,
        state=CLOSURE.start,
        version=1,
        reason=command.reason,
        begins=command.begins,
        returns_on=command.returns_on,
        effective_at=at,
        recorded_at=uow.now,
    )
    uow.session.add(closure)
    await uow.session.flush()
    taken = Range(command.begins, command.returns_on)
    block = BedNightBlock(id=new_id(), bed_id=bed_id, nights=taken, kind="closure", closure_id=closure.id)
    uow.session.add(block)
    await uow.session.flush()  # a stay that took the bed at the same time is seen here, by the database
    _audit(uow, "close_bed", closure, at)
    return closure


def _check_night(at_least_one: bool) -> None:
    if not at_least_one:
        raise Invalid("no_night", "The date of return lies after the first night out of use.")


async def _load(uow: UnitOfWork, closure_id: UUID, read: Change | Decision) -> tuple[Closure, BedNightBlock | None]:
    """A closure of the own house, locked, with its nights. NotFound of another's, Stale where it changed."""
    closure = await uow.session.get(Closure, closure_id)
    if closure is None:
        raise NotFound
    await lock_house(uow, uow.actor.agency, closure.bed_id)
    await uow.session.refresh(closure, with_for_update=True)
    if read.expected_version not in (None, closure.version):
        raise Stale(read.expected_version or 0, closure.version, read.entered())
    return closure, await uow.session.scalar(select(BedNightBlock).where(BedNightBlock.closure_id == closure.id))


async def end_closure(uow: UnitOfWork, closure_id: UUID, command: EndClosure) -> Closure:
    """The bed is in use again from this day's night on, earlier than planned or as planned (SH-9)."""
    closure, block = await _load(uow, closure_id, command)
    after = CLOSURE.after(closure.state, "end")
    at = uow.effective(command.happened_at, not_before=closure.effective_at)
    closure.returns_on = max(closure.begins, min(closure.returns_on, local_date(at)))
    if block and closure.returns_on > closure.begins:
        block.nights = Range(closure.begins, closure.returns_on)
    elif block:
        await uow.session.execute(delete(BedNightBlock).where(BedNightBlock.id == block.id))
    closure.state = after
    closure.version += 1
    await uow.session.flush()
    _audit(uow, "end_closure", closure, at)
    return closure


async def move_return(uow: UnitOfWork, closure_id: UUID, command: MoveReturn) -> Closure:
    """Another date of return (SH-9). NotPossible `bed_taken` where somebody was promised the bed by then (SH-5)."""
    closure, block = await _load(uow, closure_id, command)
    at = uow.effective(command.happened_at, not_before=closure.effective_at)
    CLOSURE.after(closure.state, "move_return")
    if block is None:
        raise NotPossible("not_possible_in_state", "The bed is in use again.", facts={"state": closure.state})
    _check_night(command.returns_on > closure.begins)
    others = await blocks_of_bed(uow, closure.bed_id, but=[block.id])
    nights.hold_exactly(others, closure.begins, command.returns_on)
    block.nights = Range(closure.begins, command.returns_on)
    closure.returns_on = command.returns_on
    closure.version += 1
    await uow.session.flush()
    _audit(uow, "move_return", closure, at)
    return closure


def _audit(uow: UnitOfWork, action: str, closure: Closure, at: datetime) -> None:
    facts = {"reason": closure.reason, "begins": closure.begins, "returns_on": closure.returns_on}
    uow.audit(action, subject=f"closure/{closure.id}", at=at, facts=facts)
