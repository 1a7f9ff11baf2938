"""Cases that never live in one house (SH-4)."""

from datetime import datetime
from uuid import UUID

from casework import access, aggregate
from chassis.clock import new_id
from chassis.errors import Invalid, NotFound
from chassis.unit_of_work import UnitOfWork

from shelter.commands import EndConflict, NameConflict
from shelter.domain.care import CONFLICT
from shelter.facts.access import find_conflict
from shelter.tables import Conflict


async def name_conflict(uow: UnitOfWork, command: NameConflict) -> Conflict:
    """Two cases that must not live in one house (SH-4); whoever names it may know of both."""
    await _require_both(uow, (command.case_id, command.other_case_id), for_="name_conflict")
    if command.case_id == command.other_case_id:
        raise Invalid("same_case", "A conflict is between two cases.")
    at = uow.effective(command.happened_at)
    conflict = Conflict(
        id=new_id(),
        case_id=command.case_id,
        other_case_id=command.other_case_id,
        state=CONFLICT.start,
        version=1,
        kind=command.kind,
        named_by=uow.actor.agency,
        since=at,
        recorded_at=uow.now,
    )
    uow.session.add(conflict)
    await uow.session.flush()
    _audit(uow, "name_conflict", conflict, at)
    return conflict


async def end_conflict(uow: UnitOfWork, conflict_id: UUID, command: EndConflict) -> Conflict:
    """The two may live in one house again (SH-4)."""
    conflict = await find_conflict(uow, conflict_id)
    await _require_both(uow, (conflict.case_id, conflict.other_case_id), for_="end_conflict")
    await uow.session.refresh(conflict, with_for_update=True)
    aggregate.check_version(conflict, command)
    at = uow.effective(command.happened_at, not_before=conflict.since)
    aggregate.transition(conflict, CONFLICT, "end")
    conflict.ended_at = at
    _audit(uow, "end_conflict", conflict, at)
    return conflict


async def _require_both(uow: UnitOfWork, case_ids: tuple[UUID, UUID], *, for_: str) -> None:
    """Both cases may be known, also after the wait for their locks. NotFound where either may not (ID-7)."""
    known = [await access.bases(uow, case_id) for case_id in case_ids]
    if not all(known):
        raise NotFound
    await uow.lock(*case_ids)
    for case_id in case_ids:
        await access.require(uow, case_id, for_=for_)


def _audit(uow: UnitOfWork, action: str, conflict: Conflict, at: datetime) -> None:
    facts = {"kind": conflict.kind, "state": conflict.state}
    uow.audit(action, subject=f"conflict/{conflict.id}", case_id=conflict.case_id, at=at, facts=facts)
