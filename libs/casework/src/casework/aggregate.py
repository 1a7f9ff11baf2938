"""The beginning of every act on an object of a case: load it, check access, lock it, check its version."""

from typing import Protocol, TypeVar
from uuid import UUID

from chassis.errors import NotFound, Stale
from chassis.machine import Machine
from chassis.unit_of_work import UnitOfWork
from sqlalchemy import select
from sqlalchemy.orm import class_mapper

from casework import access
from casework.bases import Basis
from casework.commands import Change, Decision


class PartOfACase(Protocol):
    """A row with a case, e.g. a report."""

    id: UUID
    case_id: UUID


class OfACase(PartOfACase, Protocol):
    """A row with a case, a version and a state, e.g. a stay, a claim, the case itself."""

    version: int


Found = TypeVar("Found", bound=OfACase)
Shown = TypeVar("Shown", bound=PartOfACase)


async def load(
    uow: UnitOfWork, table: type[Found], id_: UUID, *, for_: str, read: Change | Decision | None = None
) -> Found:
    """The object, locked for this transaction; the stream of its case first, so that two never wait crosswise.

    NotFound where it does not exist or the actor's agency may not know of its case; NotForThisBasis (403) where it
    knows of the case for another reason; Stale where it is not the version that the command `read` names.
    """
    case_id = await _case_of(uow, table, id_, for_)
    await uow.lock(case_id)
    # The reason may have ended while this transaction waited (ID-12), or the object joined another case (ID-18).
    await uow.lock(await _case_of(uow, table, id_, for_))
    found = await uow.session.get(table, id_, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    check_version(found, read)
    return found


async def find(uow: UnitOfWork, table: type[Shown], id_: UUID, *, for_: str) -> Shown:
    """The object to be read, without a lock. NotFound and NotForThisBasis as in `load`."""
    await _case_of(uow, table, id_, for_)
    found = await uow.session.get(table, id_)
    if found is None:
        raise NotFound
    return found


async def _case_of(uow: UnitOfWork, table: type[PartOfACase], id_: UUID, action: str) -> UUID:
    """The object's case, where the actor may do this to it. One statement whether it is hidden or absent."""
    needed = access.cell(uow, action)
    own: list[Basis] = []
    columns = class_mapper(table).columns
    of_case = columns.get("case_id", columns.id)  # a case is its own
    wanted = select(of_case).where(columns.id == id_)
    if needed is None:
        case_id = await uow.session.scalar(wanted)
        if case_id is None:
            raise NotFound
    else:
        found = access.with_bases(uow, wanted, of_case)
        rows = (await uow.session.execute(found)).all()
        own = [access.basis_of(row) for row in rows]
        access.check(own, needed, action)
        case_id = rows[0][0]
    access.given(uow, case_id, action, own)
    return UUID(str(case_id))


def check_version(found: OfACase, read: Change | Decision | None) -> None:
    """Stale where the object was changed since the actor read it."""
    if read is not None and read.expected_version not in (None, found.version):
        raise Stale(read.expected_version or 0, found.version, read.entered())


def transition(row: OfACase, machine: Machine, action: str, *, column: str = "state") -> None:
    """Follow the machine to the next state and version; NotPossible names what would be possible instead."""
    setattr(row, column, machine.after(getattr(row, column), action))
    row.version += 1
