"""What is stored of one case, for one answer: tables without a row of it are not read."""

from collections.abc import Mapping, Sequence
from typing import TypeVar, cast
from uuid import UUID

from sqlalchemy import exists, select

from identification import tables as t
from identification.resources import Work

TABLES = (
    t.AgeDoubt,
    t.AgeFinding,
    t.Appeal,
    t.ChildStep,
    t.Consent,
    t.Decision,
    t.EndingAgreement,
    t.HolderOffer,
    t.Opinion,
    t.RecognitionRow,
    t.Referral,
    t.Reflection,
    t.Report,
    t.RightsExplanation,
    t.Screening,
)
Stored = TypeVar("Stored", bound=t.Base)


class CaseRows:
    """The rows of a case. Of most tables it has none, and those are not read. KeyError: a table that TABLES lacks."""

    def __init__(self, uow: Work, case_id: UUID, filled: Mapping[type[t.Base], bool]) -> None:
        self._uow, self._case_id, self._filled = uow, case_id, filled
        self._read: dict[type[t.Base], Sequence[t.Base]] = {}

    async def all(self, table: type[Stored]) -> Sequence[Stored]:
        """In the order of their ids."""
        if not self._filled[table]:
            return ()
        if table not in self._read:
            found = select(table).where(table.case_id == self._case_id).order_by(table.id)  # type: ignore[attr-defined]
            self._read[table] = list(await self._uow.session.scalars(found))
        return cast(Sequence[Stored], self._read[table])

    async def first(self, table: type[Stored]) -> Stored | None:
        """The one with the lowest id."""
        return next(iter(await self.all(table)), None)


async def rows_of(uow: Work, case_id: UUID) -> CaseRows:
    """The rows of a case as they are now."""
    filled = select(*(exists().where(table.case_id == case_id) for table in TABLES))
    found = (await uow.session.execute(filled)).one()
    return CaseRows(uow, case_id, dict(zip(TABLES, found, strict=True)))
