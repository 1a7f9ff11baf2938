"""Steps that every act shares: load and lock, effective time, new state and version, audit."""

from datetime import datetime
from uuid import UUID

from casework import access
from casework.aggregate import check_version, load
from casework.commands import Change, Command, Decision
from casework.endings import require_not_withdrawn
from chassis.actor import system
from chassis.errors import NotFound
from chassis.unit_of_work import UnitOfWork
from sqlalchemy import select

from repatriation.facts import visibility
from repatriation.facts.visibility import THINGS, Row
from repatriation.tables import CaseFile

ITSELF = system("repatriation")


async def load_object(uow: UnitOfWork, table: type[Row], id_: UUID, *, for_: str, read: Change | Decision) -> Row:
    """The object, locked, where the actor may do this to it and it is the version that the command names."""
    await visibility.check_ground(uow, table, id_)
    await load(uow, table, id_, for_=for_)
    row, _ = await visibility.find(uow, table, id_, for_=for_)
    check_version(row, read)
    return row


async def load_case(uow: UnitOfWork, case_id: UUID, *, for_: str) -> CaseFile:
    """The facts of the case, locked by its stream, where the actor may begin such an object in it.

    NotPossible `case_withdrawn`.
    """
    await access.require(uow, case_id, for_=for_)
    await uow.lock(case_id)
    await access.require(uow, case_id, for_=for_)  # the reason may have ended while this transaction waited (ID-12)
    found = await uow.session.scalar(
        select(CaseFile).where(CaseFile.case_id == case_id).execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    require_not_withdrawn(found.outcome)
    return found


def effective(uow: UnitOfWork, row: Row, command: Command) -> datetime:
    """When the act took effect: not before the last act on the object."""
    return uow.effective(command.happened_at, not_before=row.effective_at)


def move(row: Row, state: str, at: datetime) -> None:
    """The next state and version."""
    row.state = state
    row.version += 1
    row.effective_at = max(row.effective_at, at)


def audit(uow: UnitOfWork, action: str, row: Row, at: datetime, **facts: object) -> None:
    """Record the act; facts are codes, ids and dates, and never a permit's ground (ID-11)."""
    uow.audit(
        action,
        subject=f"{THINGS[type(row)]}/{row.id}",
        case_id=row.case_id,
        at=at,
        facts={"state": row.state} | facts,
    )
