"""Which agency may know of which case, why, and what that lets its people do. The default is no.

Without a row in `case_access` the case does not exist for the agency: not by id, list, search, count or error text
(ID-7). With a row, the rights table decides what the row's basis gives. Every query names an action: `for_`.

What a command checked is recorded in its unit of work. A stored answer is repeated only while all of it stands
(`recheck`): the access that the act needed, every part that the answer shows, and what the act itself granted.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar
from uuid import UUID

from chassis import audit
from chassis.errors import DomainError, Forbidden, NotFound
from chassis.unit_of_work import UnitOfWork
from sqlalchemy import (
    ColumnElement,
    FromClause,
    Row,
    Select,
    TypeCoerce,
    Uuid,
    and_,
    exists,
    false,
    or_,
    select,
    true,
)
from sqlalchemy.orm import InstrumentedAttribute

from casework.access_rows import Access as Access
from casework.access_rows import AccessChanges as AccessChanges
from casework.access_rows import Ended as Ended
from casework.access_rows import end_formal_body as end_formal_body
from casework.access_rows import grant as grant
from casework.access_rows import reopen_formal_body as reopen_formal_body
from casework.access_rows import revoke as revoke
from casework.access_rows import revoke_by as revoke_by
from casework.access_rows import revoke_consents_of as revoke_consents_of
from casework.access_rows import revoke_each as revoke_each
from casework.bases import ANY_BASIS, Asked, Basis, covered, for_action
from casework.tables import case_access

_column = case_access.c
Columns = TypeVar("Columns", bound=tuple[object, ...])
_BASIS = (_column.basis, _column.about, _column.data_class, _column.ref)


class NotForThisBasis(DomainError):
    """The agency knows of the case for another reason than this action needs (403)."""

    status = 403

    def __init__(self, action: str) -> None:
        super().__init__(
            "not_for_this_basis",
            "Your agency knows of this case for another reason, which does not allow this.",
            facts={"action": action},
        )


def cell(uow: UnitOfWork, action: str) -> tuple[Asked, ...] | None:
    """The bases that the actor's roles need for this action, joined; None where a role has every case.

    A cell that names no basis (`none`, `agency`) gives no case. Forbidden where no role of the actor has the action;
    KeyError for an action that is not in the table.
    """
    found = [needed for role, needed in uow.rights[action].items() if role in uow.actor.roles]
    if not found:
        raise Forbidden(action)
    if "all" in found:
        return None
    wanted = (one for needed in found if isinstance(needed, tuple) for one in _asked(needed, action))
    return tuple(dict.fromkeys(wanted))


async def require(uow: UnitOfWork, case_id: UUID, *, for_: str) -> frozenset[Basis]:
    """The bases on which the actor's agency knows of the case; empty for a role that has every case.

    NotFound where the agency may not know of it, or it does not exist: the same work for both. NotForThisBasis where
    it knows of the case for a reason that does not give this action.
    """
    own = frozenset[Basis]() if cell(uow, for_) is None else await bases(uow, case_id)
    require_by(uow, case_id, own, for_=for_)
    return own


def require_by(uow: UnitOfWork, case_id: UUID, own: Collection[Basis], *, for_: str) -> None:
    """The same by bases that were read before."""
    needed = cell(uow, for_)
    if needed is not None:
        check(own, needed, for_)
    given(uow, case_id, for_, own)


def given(uow: UnitOfWork, case_id: UUID, action: str, own: Collection[Basis]) -> None:
    """Record that these bases gave the action: the right for a repeated answer, the role for the audit."""
    uow.checked(case_id, action)
    audit.acting_as(uow.session, _role(uow, action, own))


def _role(uow: UnitOfWork, action: str, own: Collection[Basis]) -> str:
    """The first of the actor's roles, in the table's order, to which these bases give the action: the audited one."""
    return next(
        role
        for role, needed in uow.rights[action].items()
        if role in uow.actor.roles
        and (needed == "all" or (isinstance(needed, tuple) and covered(_asked(needed, action), own)))
    )


def _asked(needed: Iterable[Asked], action: str) -> Iterator[Asked]:
    return (for_action(wanted, action) for wanted in needed)


def check(own: Collection[Basis], needed: Iterable[Asked], action: str) -> None:
    """NotFound without any basis, NotForThisBasis without one of those that are needed."""
    if not own:
        raise NotFound
    if not covered(needed, own):
        raise NotForThisBasis(action)


async def bases(uow: UnitOfWork, case_id: UUID, agency: str | None = None) -> frozenset[Basis]:
    """The bases on which an agency (the actor's own, unless named) knows of the case; none is an empty set."""
    if agency is None:
        uow.checked(case_id)
    found = select(*_BASIS).where(_column.case_id == case_id, _column.agency == (agency or uow.actor.agency))
    return frozenset(Basis(*row) for row in await uow.session.execute(found))


async def bases_of(
    uow: UnitOfWork, agencies: Collection[str], case_ids: Collection[UUID]
) -> Mapping[tuple[str, UUID], frozenset[Basis]]:
    """The bases on which each of these agencies knows of each of these cases; none is an empty set."""
    found: dict[tuple[str, UUID], set[Basis]] = defaultdict(set)
    rows = select(case_access).where(_column.case_id.in_(case_ids), _column.agency.in_(agencies))
    for row in await uow.session.execute(rows):
        found[row.agency, row.case_id].add(basis_of(row))
    return defaultdict(frozenset, {pair: frozenset(own) for pair, own in found.items()})


def gives(uow: UnitOfWork, action: str, own: Collection[Basis]) -> bool:
    """Whether these bases, with the actor's roles, give the action: what an answer shows and a history leaves out."""
    allowed = _gives(uow, action, own)
    if allowed:
        uow.checked(None, action)
    return allowed


def _gives(uow: UnitOfWork, action: str, own: Collection[Basis]) -> bool:
    try:
        needed = cell(uow, action)
    except Forbidden:
        return False
    return needed is None or covered(needed, own)


CaseId = InstrumentedAttribute[UUID] | ColumnElement[UUID]


def visible(uow: UnitOfWork, case_id: CaseId, *, for_: str) -> ColumnElement[bool]:
    """The condition that the actor may know of a row's case for this action; every list and count has it.

    `case_id` is a column of the query around it; PostgreSQL refuses any other.
    """
    needed = cell(uow, for_)
    if needed is None:
        return true()
    row = case_access.alias()
    outer = _ColumnAround(case_id, Uuid)
    return exists().where(row.c.case_id == outer, row.c.agency == uow.actor.agency, _matches(row, needed, None))


def case_ids(uow: UnitOfWork, *, for_: str) -> Select[tuple[UUID]]:
    """The cases that the actor may know of for this action, as keys of a page; one may come twice.

    For actions that no role has in every case.
    """
    return select(_column.case_id).where(_column.agency == uow.actor.agency, matches(cell(uow, for_) or ()))


class _ColumnAround(TypeCoerce[UUID]):
    """A column of the query around this one. It adds no table here: joined by chance, every row would be visible."""

    inherit_cache = True
    _from_objects = []  # noqa: RUF012  read by SQLAlchemy


def matches(needed: Sequence[Asked], *, ref: CaseId | None = None) -> ColumnElement[bool]:
    """The condition that a row of `case_access` is one of these bases.

    With `ref`, a removal bar and a request or service of a named kind count for that object alone (ID-12).
    """
    return _matches(case_access, needed, ref)


def _matches(row: FromClause, needed: Sequence[Asked], ref: CaseId | None) -> ColumnElement[bool]:
    if ref is None and {*needed} >= {*ANY_BASIS}:
        return true()
    return or_(false(), *(_condition(row, wanted, ref) for wanted in needed))


def _condition(row: FromClause, wanted: Asked, ref: CaseId | None) -> ColumnElement[bool]:
    condition = [row.c.basis == wanted.name]
    if wanted.about:
        condition.append(row.c.about.in_(sorted(wanted.about)))
    if wanted.data_class:
        condition.append(row.c.data_class.in_(sorted(wanted.data_class)))
    if ref is not None and (wanted.name == "told_of_bar" or (wanted.name in ("asked", "serves") and wanted.about)):
        condition.append(row.c.ref == ref)
    return and_(*condition)


def with_bases(
    uow: UnitOfWork, found: Select[Columns], case_id: InstrumentedAttribute[UUID] | ColumnElement[UUID]
) -> Select[Columns]:
    """The rows of `found` whose case the actor's agency knows of, each with a basis; one statement for both.

    The columns of the basis follow those of `found`; `basis_of` reads them.
    """
    known = and_(_column.case_id == case_id, _column.agency == uow.actor.agency)
    return found.add_columns(*_BASIS).join(case_access, known)


def basis_of(row: Row[Columns]) -> Basis:
    """The basis in a row of `with_bases`."""
    return Basis(row.basis, row.about, row.data_class, row.ref)


def known_by(agency: str, case_id: CaseId) -> ColumnElement[bool]:
    """The condition that an agency may know of a row's case. For rules, never for what people are shown."""
    row = case_access.alias()
    return exists().where(row.c.case_id == _ColumnAround(case_id, Uuid), row.c.agency == agency)


async def is_known_to(uow: UnitOfWork, case_id: UUID, agencies: Iterable[str]) -> bool:
    """Whether one of these agencies may know of the case. For rules, never for what people are shown."""
    known = select(exists().where(_column.case_id == case_id, _column.agency.in_(sorted(agencies))))
    return bool(await uow.session.scalar(known))


async def who_knows(uow: UnitOfWork, case_id: UUID) -> list[Access]:
    """Every agency that may know of the case, on which basis and since when."""
    rows = await uow.session.execute(
        select(_column.agency, *_BASIS, _column.since)
        .where(_column.case_id == case_id)
        .order_by(_column.since, _column.agency)
    )
    return [Access(case_id, row.agency, basis_of(row), row.since) for row in rows]


async def recheck(uow: UnitOfWork, checked: Sequence[Sequence[str]]) -> None:
    """Before a stored answer is repeated: all that was checked for it still stands, or NotFound, NotForThisBasis.

    1. The agency must still know of each case by a basis, unless the actor's role has every case.
    2. It must still have each action, by its present bases or by a basis that the act itself granted: whoever accepts
       a request knows of the case on another basis afterwards.
    3. Its present bases must still give each part that the answer shows (`gives`).
    """
    rights: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for case_id, *right in checked:
        rights[case_id].add(tuple(right))
    parts = sorted(action for (action,) in rights.pop("", ()))
    every: set[Basis] = set()
    for case_id, wanted in sorted(rights.items()):
        every |= await _recheck_case(uow, UUID(case_id), wanted)
    for part in parts:
        if not _gives(uow, part, every):
            raise NotForThisBasis(part)


async def _recheck_case(uow: UnitOfWork, case_id: UUID, wanted: set[tuple[str, ...]]) -> frozenset[Basis]:
    own = await bases(uow, case_id)
    granted = {_basis(right) for right in wanted if len(right) == len(_BASIS)}
    cells = {right[0]: cell(uow, right[0]) for right in sorted(wanted) if len(right) == 1}
    if not own and (granted or any(needed is not None for needed in cells.values())):
        raise NotFound
    for action, needed in cells.items():
        if needed is not None and not granted & own:
            check(own, needed, action)
    return own


def _basis(texts: Sequence[str]) -> Basis:
    name, about, data_class, ref = texts
    return Basis(name, about, data_class, UUID(ref))
