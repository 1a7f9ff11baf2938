"""Cases that never live in one house (SH-4)."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from casework import access, aggregate
from chassis.clock import new_id
from chassis.errors import Fault, Invalid, NotFound
from chassis.unit_of_work import UnitOfWork
from nrm_events.reference import case_reference, read_reference

from shelter.commands import EndConflict, NameConflict, NameConflictByReference
from shelter.domain.care import CONFLICT
from shelter.facts.access import cases_of, find_conflict
from shelter.tables import Conflict


async def name_conflict(uow: UnitOfWork, command: NameConflict) -> Conflict:
    """Two cases that must not live in one house (SH-4); whoever names it may know of both."""
    await _require(uow, [command.case_id, command.other_case_id], for_="name_conflict")
    reference = case_reference(command.other_case_id)
    return await _add(uow, command, other_case_id=command.other_case_id, other_case_ref=reference)


async def name_by_reference(uow: UnitOfWork, command: NameConflictByReference) -> Conflict:
    """The same with a case in another agency's hands (SH-4); whoever names it may know of the first.

    Of the reference nothing is looked up, so that nobody learns by it whether there is such a case, or a stay (ID-7).
    The houses keep the two apart all the same, also where the case is opened later.
    """
    await _require(uow, [command.case_id], for_="name_conflict")
    reference = read_reference(command.other_case_ref)
    if reference is None:
        fault = Fault("body.other_case_ref", "malformed_reference", "has a wrong character")
        raise Invalid("malformed_reference", "No case can have this reference.", faults=[fault])
    return await _add(uow, command, other_case_id=None, other_case_ref=reference)


async def _add(
    uow: UnitOfWork, command: NameConflict | NameConflictByReference, *, other_case_id: UUID | None, other_case_ref: str
) -> Conflict:
    if other_case_ref == case_reference(command.case_id):
        raise Invalid("same_case", "A conflict is between two cases.")
    at = uow.effective(command.happened_at)
    conflict = Conflict(
        id=new_id(),
        case_id=command.case_id,
        other_case_id=other_case_id,
        other_case_ref=other_case_ref,
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


async def end_conflict(
    uow: UnitOfWork, conflict_id: UUID, command: EndConflict, *, by_reference: bool = False
) -> Conflict:
    """The two may live in one house again (SH-4)."""
    conflict = await find_conflict(uow, conflict_id, by_reference=by_reference)
    await _require(uow, cases_of(conflict), for_="end_conflict")
    await uow.session.refresh(conflict, with_for_update=True)
    aggregate.check_version(conflict, command)
    at = uow.effective(command.happened_at, not_before=conflict.since)
    aggregate.transition(conflict, CONFLICT, "end")
    conflict.ended_at = at
    _audit(uow, "end_conflict", conflict, at)
    return conflict


async def _require(uow: UnitOfWork, case_ids: Collection[UUID], *, for_: str) -> None:
    """The cases may be known, also after the wait for their locks. NotFound where one may not (ID-7)."""
    known = [await access.bases(uow, case_id) for case_id in case_ids]
    if not all(known):
        raise NotFound
    await uow.lock(*case_ids)
    for case_id in case_ids:
        await access.require(uow, case_id, for_=for_)


def _audit(uow: UnitOfWork, action: str, conflict: Conflict, at: datetime) -> None:
    facts = {"kind": conflict.kind, "state": conflict.state}
    uow.audit(action, subject=f"conflict/{conflict.id}", case_id=conflict.case_id, at=at, facts=facts)
