"""The rows of `case_access`: granted and revoked by events and by a service's own acts (read by `casework.access`)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.bulk import as_lists, insert_lists
from chassis.unit_of_work import UnitOfWork
from nrm_events.taking_part import is_police
from sqlalchemy import ColumnElement, Text, Uuid, bindparam, delete, literal, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert

from casework.agencies import kinds
from casework.bases import ENDED, FORMAL_BODY, Basis
from casework.tables import case_access

_column = case_access.c
_BASIS = (_column.basis, _column.about, _column.data_class, _column.ref)
# As text with arrays: one statement whatever the number of cases, compiled and prepared once.
_END = text(
    "delete from case_access using unnest(:case_ids, :names, :refs, :agencies) as ended (case_id, name, ref, agency) "
    "where case_access.case_id = ended.case_id and case_access.basis = ended.name "
    "and (ended.ref is null or case_access.ref = ended.ref) "
    "and (ended.agency is null or case_access.agency = ended.agency)"
).bindparams(
    bindparam("case_ids", type_=ARRAY(Uuid)),
    bindparam("names", type_=ARRAY(Text)),
    bindparam("refs", type_=ARRAY(Uuid)),
    bindparam("agencies", type_=ARRAY(Text)),
)


_GRANT = insert_lists(case_access, *_column.keys()).on_conflict_do_nothing()


@dataclass(frozen=True, order=True)
class Access:
    """A row of `case_access`: the agency may know of the case on this basis since then."""

    case_id: UUID
    agency: str
    basis: Basis
    since: datetime


async def grant(uow: UnitOfWork, rows: Iterable[Access], *, stated: Mapping[str, str | None] | None = None) -> None:
    """From now on these agencies may know of these cases. A row that stands already stays as it is.

    This is the one gate to `case_access`. It writes no consent of a police body, nor of an agency whose kind nobody
    knows (ID-7). `stated` is the kind of agencies as an event states it, where this service may not know them yet.
    """
    allowed = await _without_police(uow, sorted(rows), stated or {})
    for row in allowed:
        if row.agency == uow.actor.agency:
            uow.checked(row.case_id, *_texts(row.basis))
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
        for row in allowed
    ]
    if values:
        await uow.session.execute(_GRANT, as_lists(values))


async def _without_police(uow: UnitOfWork, rows: list[Access], stated: Mapping[str, str | None]) -> list[Access]:
    recipients = {row.agency for row in rows if row.basis.name == "consent"}
    known = await kinds(uow, recipients) if recipients else {}
    police = {code for code in recipients if is_police(known[code] or stated.get(code)) or stated.get(code) == "police"}
    return [row for row in rows if row.basis.name != "consent" or row.agency not in police]


async def revoke(uow: UnitOfWork, case_id: UUID, agency: str, basis: Basis) -> None:
    """This reason is gone; other reasons of the same agency stand."""
    await uow.session.execute(
        delete(case_access).where(_column.case_id == case_id, _column.agency == agency, *_is(basis))
    )


@dataclass(frozen=True)
class Ended:
    """The bases of this name on the case end, of every agency.

    Of one object alone if `ref` is set, of one agency alone if `agency` is.
    """

    case_id: UUID
    name: str
    ref: UUID | None = None
    agency: str | None = None


async def revoke_by(uow: UnitOfWork, case_id: UUID, name: str, ref: UUID | None = None) -> None:
    """End the bases of this name on the case, of every agency; of one object alone if `ref` is set."""
    await revoke_each(uow, [Ended(case_id, name, ref)])


async def revoke_each(uow: UnitOfWork, ended: Iterable[Ended]) -> None:
    """The same for many cases in one statement."""
    rows = list(ended)
    if rows:
        values = {
            "case_ids": [row.case_id for row in rows],
            "names": [row.name for row in rows],
            "refs": [row.ref for row in rows],
            "agencies": [row.agency for row in rows],
        }
        await uow.session.execute(_END, values)


class AccessChanges:
    """Bases that are granted and ended one after the other, in many cases; `write` needs two statements for all.

    What is ended after it was granted is not granted. Rows are deleted before others are inserted, so that what is
    granted after its end stands anew.
    """

    def __init__(self) -> None:
        self._granted: dict[UUID, dict[tuple[str, Basis], Access]] = defaultdict(dict)
        self._ended: list[Ended] = []

    def grant(self, row: Access) -> None:
        """As `grant` does."""
        self._granted[row.case_id].setdefault((row.agency, row.basis), row)

    def end(self, ended: Ended) -> None:
        """As `revoke_each` does."""
        self._ended.append(ended)
        granted = self._granted[ended.case_id]
        for agency, basis in list(granted):
            if basis.name == ended.name and ended.ref in (None, basis.ref) and ended.agency in (None, agency):
                del granted[agency, basis]

    async def write(self, uow: UnitOfWork) -> None:
        """Write the changes and forget them."""
        await revoke_each(uow, self._ended)
        await grant(uow, [row for granted in self._granted.values() for row in granted.values()])
        self._ended.clear()
        self._granted.clear()


async def end_formal_body(uow: UnitOfWork, *case_ids: UUID) -> None:
    """The cases are closed: the body that they were handed over to reads its own record, and acts no more."""
    await _rename_formal_body(uow, case_ids, FORMAL_BODY.about, ENDED)


async def reopen_formal_body(uow: UnitOfWork, *case_ids: UUID) -> None:
    """The cases were reopened: the body that they were handed over to acts in them again (ID-9)."""
    await _rename_formal_body(uow, case_ids, ENDED, FORMAL_BODY.about)


async def _rename_formal_body(uow: UnitOfWork, case_ids: Collection[UUID], was: str, becomes: str) -> None:
    before = (_column.case_id.in_(case_ids), _column.basis == FORMAL_BODY.name, _column.about == was)
    columns = [column if column is not _column.about else literal(becomes) for column in _column]
    after = upsert(case_access).from_select(_column.keys(), select(*columns).where(*before))
    await uow.session.execute(after.on_conflict_do_nothing())  # a case may be closed, reopened and closed again
    changed = await uow.session.execute(delete(case_access).where(*before).returning(_column.case_id, _column.agency))
    for case_id, agency in changed.tuples():
        if agency == uow.actor.agency:  # its own act changed it: the stored answer is repeated to it all the same
            uow.checked(case_id, *_texts(Basis(FORMAL_BODY.name, becomes)))


async def revoke_consents_of(uow: UnitOfWork, *agencies: str) -> None:
    """The agencies know of no case by consent any more: they turned out to be police (ID-7)."""
    await uow.session.execute(delete(case_access).where(_column.agency.in_(agencies), _column.basis == "consent"))


def _is(basis: Basis) -> list[ColumnElement[bool]]:
    return [
        column == value
        for column, value in zip(_BASIS, (basis.name, basis.about, basis.data_class, basis.ref), strict=True)
    ]


def _texts(basis: Basis) -> tuple[str, str, str, str]:
    return basis.name, basis.about, basis.data_class, str(basis.ref)
