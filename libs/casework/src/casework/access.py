"""Which agency may know of which case, why, and what that lets its people do. The default is no.

Without a row in `case_access` the case does not exist for the agency: not by id, list, search, count or error text
(ID-7). With a row, the rights table decides what the row's basis gives. Nothing here is asked without the name of an
action: `for_`.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.errors import DomainError, Forbidden, NotFound
from chassis.unit_of_work import UnitOfWork
from sqlalchemy import ColumnElement, Row, Select, and_, delete, exists, false, or_, select, true
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import InstrumentedAttribute

from casework.bases import Asked, Basis, covered
from casework.tables import case_access

_column = case_access.c
_BASIS = (_column.basis, _column.about, _column.data_class, _column.ref)


class NotForThisBasis(DomainError):
    """The agency knows of the case for another reason than this action asks for (403)."""

    status = 403

    def __init__(self, action: str) -> None:
        super().__init__(
            "not_for_this_basis",
            "Your agency knows of this case for another reason, which does not allow this.",
            facts={"action": action},
        )


@dataclass(frozen=True, order=True)
class Access:
    """A row of `case_access`: the agency may know of the case on this basis since then."""

    case_id: UUID
    agency: str
    basis: Basis
    since: datetime


async def grant(uow: UnitOfWork, rows: Iterable[Access]) -> None:
    """From now on these agencies may know of these cases. A row that stands already stays as it is."""
    values = [
        {
            "case_id": row.case_id,
            "agency": row.agency,
            "basis": row.basis.name,
            "about": row.basis.about,
            "data_class": row.basis.data_class,
            "ref": row.basis.ref,
            "since": row.since,
        }
        for row in sorted(rows)
    ]
    if values:
        await uow.session.execute(upsert(case_access).on_conflict_do_nothing(), values)


async def revoke(uow: UnitOfWork, case_id: UUID, agency: str, basis: Basis) -> None:
    """This reason is gone; other reasons of the same agency stand."""
    await uow.session.execute(
        delete(case_access).where(_column.case_id == case_id, _column.agency == agency, *_is(basis))
    )


async def revoke_by(uow: UnitOfWork, case_id: UUID, name: str, ref: UUID | None = None) -> None:
    """Whoever knows of the case on a basis of this name (and of this object, if named) knows it no more by that."""
    condition = [_column.case_id == case_id, _column.basis == name]
    if ref is not None:
        condition.append(_column.ref == ref)
    await uow.session.execute(delete(case_access).where(*condition))


def _is(basis: Basis) -> list[ColumnElement[bool]]:
    return [
        column == value
        for column, value in zip(_BASIS, (basis.name, basis.about, basis.data_class, basis.ref), strict=True)
    ]


def cell(uow: UnitOfWork, action: str) -> tuple[Asked, ...] | None:
    """The bases that the actor's roles ask for in this action, joined; None where a role has every case.

    Forbidden where no role of the actor has the action. KeyError for an action that is not in the table.
    """
    found = [asked for role, asked in uow.rights[action].items() if role in uow.actor.roles]
    if not found:
        raise Forbidden(action)
    if any(asked in ("all", "none") for asked in found):
        return None
    joined: list[Asked] = []
    for asked in found:
        if isinstance(asked, tuple):
            joined += asked
    return tuple(dict.fromkeys(joined))


async def require(uow: UnitOfWork, case_id: UUID, *, for_: str) -> frozenset[Basis]:
    """The bases on which the actor's agency knows of the case; empty for a role that has every case.

    NotFound where the agency may not know of it, or it does not exist: the same work for both. NotForThisBasis where
    it knows of the case for a reason that does not give this action.
    """
    uow.checked(case_id, for_)
    asked = cell(uow, for_)
    if asked is None:
        return frozenset()
    held = await bases(uow, case_id)
    check(held, asked, for_)
    return held


def check(held: Collection[Basis], asked: Iterable[Asked], action: str) -> None:
    """NotFound without any basis, NotForThisBasis without one of those that are asked for."""
    if not held:
        raise NotFound
    if not covered(asked, held):
        raise NotForThisBasis(action)


async def bases(uow: UnitOfWork, case_id: UUID, agency: str | None = None) -> frozenset[Basis]:
    """The bases on which an agency (the actor's own, unless named) knows of the case; none is an empty set."""
    asked = select(*_BASIS).where(_column.case_id == case_id, _column.agency == (agency or uow.actor.agency))
    return frozenset(Basis(*row) for row in await uow.session.execute(asked))


def gives(uow: UnitOfWork, action: str, held: Collection[Basis]) -> bool:
    """Whether these bases, with the actor's roles, give the action: what an answer shows and a history leaves out."""
    try:
        asked = cell(uow, action)
    except Forbidden:
        return False
    return asked is None or covered(asked, held)


def visible(
    uow: UnitOfWork, case_id: InstrumentedAttribute[UUID] | ColumnElement[UUID], *, for_: str
) -> ColumnElement[bool]:
    """The condition that a row's case may be known to the actor for this action: every list and count asks it."""
    asked = cell(uow, for_)
    if asked is None:
        return true()
    return exists().where(_column.case_id == case_id, _column.agency == uow.actor.agency, matches(asked))


def matches(
    asked: Sequence[Asked], *, ref: InstrumentedAttribute[UUID] | ColumnElement[UUID] | None = None
) -> ColumnElement[bool]:
    """The condition that a row of `case_access` is one of these bases.

    With `ref`, a removal bar and a request or service of a named kind count for that object alone (ID-12).
    """
    return or_(false(), *(_condition(one, ref) for one in asked))


def _condition(asked: Asked, ref: InstrumentedAttribute[UUID] | ColumnElement[UUID] | None) -> ColumnElement[bool]:
    condition = [_column.basis == asked.name]
    if asked.about:
        condition.append(_column.about.in_(sorted(asked.about)))
    if asked.data_class:
        condition.append(_column.data_class.in_(sorted(asked.data_class)))
    if ref is not None and (asked.name == "told_of_bar" or (asked.name in ("asked", "serves") and asked.about)):
        condition.append(_column.ref == ref)
    return and_(*condition)


def with_bases(
    uow: UnitOfWork, found: Select[Any], case_id: InstrumentedAttribute[UUID] | ColumnElement[UUID]
) -> Select[Any]:
    """The rows of `found` whose case the actor's agency knows of, each with a basis; one statement for both."""
    return found.add_columns(*_BASIS).join(
        case_access, and_(_column.case_id == case_id, _column.agency == uow.actor.agency)
    )


def basis_of(row: Row[Any]) -> Basis:
    """The basis in a row of `with_bases`."""
    return Basis(row.basis, row.about, row.data_class, row.ref)


async def is_known_to(uow: UnitOfWork, case_id: UUID, agencies: Iterable[str]) -> bool:
    """Whether one of these agencies may know of the case: what a rule asks, never what a person is shown."""
    asked = select(exists().where(_column.case_id == case_id, _column.agency.in_(sorted(agencies))))
    return bool(await uow.session.scalar(asked))


async def who_knows(uow: UnitOfWork, case_id: UUID) -> list[Access]:
    """Every agency that may know of the case, on which basis and since when."""
    rows = await uow.session.execute(
        select(_column.agency, *_BASIS, _column.since)
        .where(_column.case_id == case_id)
        .order_by(_column.since, _column.agency)
    )
    return [Access(case_id, row.agency, basis_of(row), row.since) for row in rows]


async def recheck(uow: UnitOfWork, checked: Sequence[Sequence[str]]) -> None:
    """Before a stored answer is repeated: the actor still has every access that the act was done with."""
    for case_id, action in checked:
        await require(uow, UUID(case_id), for_=action)
