"""Which bars, permits and returns the actor may see: by the basis, and for what object it counts.

A notice of a bar, an application for a permit and a hand-over of a return open their own object alone (ID-12). A permit
on the ground of assisting exists for permit and motion officers only (ID-11).
"""

from collections.abc import Collection, Iterable, Mapping
from typing import TypeVar
from uuid import UUID

from casework import access
from casework.bases import Asked, Basis, covered
from casework.tables import case_access
from chassis.errors import NotFound
from chassis.unit_of_work import UnitOfWork
from sqlalchemy import ColumnElement, and_, exists, or_, select, true

from repatriation.domain import permits
from repatriation.rights import OWN_KINDS
from repatriation.tables import Bar, Base, CaseFile, Permit, Return, ThingSeen

Row = TypeVar("Row", Bar, Permit, Return)
THINGS: Mapping[type[Base], str] = {Bar: "bar", Permit: "permit", Return: "return"}


def has_right(uow: UnitOfWork, action: str) -> bool:
    """Whether a role of the actor has the action on any basis."""
    return bool(uow.actor.roles & uow.rights[action].keys())


def of_object(own: Collection[Basis], id_: UUID) -> frozenset[Basis]:
    """The bases that count for this object: those of another bar, permit or return do not."""
    return frozenset(basis for basis in own if basis.ref == id_ or not _of_one_object(basis.name, {basis.about}))


def _of_one_object(name: str, kinds: Collection[str]) -> bool:
    return name == "told_of_bar" or (name in ("asked", "serves") and bool(kinds) and OWN_KINDS.issuperset(kinds))


def shown(uow: UnitOfWork, table: type[Row], *, for_: str) -> ColumnElement[bool]:
    """The condition that the actor may see a row of this table. Every list is filtered by it."""
    by_basis = _shown(uow, table, for_)
    if table is not Permit:
        return by_basis
    if not has_right(uow, "see_assisting_ground"):
        return and_(by_basis, Permit.ground == permits.VICTIM)
    return and_(by_basis, or_(Permit.ground == permits.VICTIM, _shown(uow, Permit, "see_assisting_ground")))


def seen(uow: UnitOfWork, table: type[Row]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Where `thing_seen` has what the actor's agency may know of: where a list looks, before `shown` decides."""
    return ThingSeen.agency == uow.actor.agency, ThingSeen.thing == THINGS[table]


def _shown(uow: UnitOfWork, table: type[Row], action: str) -> ColumnElement[bool]:
    cell = access.cell(uow, action)
    if cell is None:
        return true()
    of_one = [wanted for wanted in cell if _of_one_object(wanted.name, wanted.about)]
    of_case = [wanted for wanted in cell if wanted not in of_one]
    row = case_access.c
    basis = or_(access.matches(of_case), access.matches(of_one, ref=table.id))
    return exists().where(row.case_id == table.case_id, row.agency == uow.actor.agency, basis)


async def find(uow: UnitOfWork, table: type[Row], id_: UUID, *, for_: str) -> tuple[Row, frozenset[Basis]]:
    """The object, and the bases that count for it.

    NotFound where it does not exist or the actor may not know of it; NotForThisBasis (403) where the agency knows of
    the case for another reason.
    """
    await check_ground(uow, table, id_)
    found = access.with_bases(uow, select(table).where(table.id == id_), table.case_id)
    rows = (await uow.session.execute(found)).all()
    cell: tuple[Asked, ...] = access.cell(uow, for_) or ()
    own = [access.basis_of(row) for row in rows]
    access.check(own, cell, for_)
    row: Row = rows[0][0]
    counted = of_object(own, row.id)
    if not covered(cell, counted) or not _may_know_ground(uow, row, counted):
        raise NotFound
    access.given(uow, row.case_id, for_, own)
    return row, counted


async def check_ground(uow: UnitOfWork, table: type[Row], id_: UUID) -> None:
    """ID-11: NotFound for a permit on the ground of assisting where no role of the actor may read a ground."""
    if table is not Permit or has_right(uow, "see_assisting_ground"):
        return
    if await uow.session.scalar(select(Permit.ground).where(Permit.id == id_)) == permits.ASSISTING:
        raise NotFound


def _may_know_ground(uow: UnitOfWork, row: Bar | Permit | Return, own: Collection[Basis]) -> bool:
    if not isinstance(row, Permit) or row.ground == permits.VICTIM:
        return True
    return access.gives(uow, "see_assisting_ground", own)


async def bases_of_cases(uow: UnitOfWork, case_ids: Iterable[UUID]) -> Mapping[UUID, list[Basis]]:
    """The bases on which the actor's agency knows of these cases."""
    cases = select(CaseFile.case_id.label("case_id")).where(CaseFile.case_id.in_(set(case_ids)))
    found: dict[UUID, list[Basis]] = {}
    for row in await uow.session.execute(access.with_bases(uow, cases, CaseFile.case_id.expression)):
        found.setdefault(row.case_id, []).append(access.basis_of(row))
    return found
