"""Reads for rules: whose system is joined and on which agreement, and why an agency knows of a case."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from casework.agencies import kinds
from casework.bases import Basis
from casework.tables import case_access
from chassis.unit_of_work import UnitOfWork
from nrm_events.taking_part import is_police
from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, and_, exists, select

from exchange.domain.agreements import Agreement, Known, Line
from exchange.tables import Agency, AgreementRow, Withheld

_access = case_access.c


@dataclass(frozen=True)
class Recipient:
    """An agency whose system is joined and not suspended; its kind, and the agreement that is in force."""

    kind: str | None
    agreement: Agreement

    @property
    def is_police(self) -> bool:
        return is_police(self.kind)


async def recipients(uow: UnitOfWork, codes: Collection[str] | None = None) -> Mapping[str, Recipient]:
    """Every active agency, or those of `codes` that are."""
    query = (
        select(AgreementRow.content)
        .join(Agency, (Agency.code == AgreementRow.agency) & (Agency.edition == AgreementRow.edition))
        .where(Agency.state == "active")
    )
    if codes is not None:
        query = query.where(Agency.code.in_(codes))
    agreements = [read_agreement(content) for content in await uow.session.scalars(query)]
    kind_of = await kinds(uow, [agreement.agency for agreement in agreements])
    return {agreement.agency: Recipient(kind_of[agreement.agency], agreement) for agreement in agreements}


class _StoredLine(BaseModel):
    event: str
    fields: tuple[str, ...]
    ground: str
    legal: str
    purpose: str | None = None
    field: str | None = None


class _StoredAgreement(BaseModel):
    """An edition of whichever format: earlier ones state no kind, and a purpose on every line."""

    agency: str
    edition: int
    since: date = Field(alias="from")
    until: date | None = None
    may_say: frozenset[str]
    tells: tuple[_StoredLine, ...]


def read_agreement(content: Mapping[str, object]) -> Agreement:
    """A stored edition as the rules read it."""
    stored = _StoredAgreement.model_validate(content)
    return Agreement(
        agency=stored.agency,
        edition=stored.edition,
        since=stored.since,
        until=stored.until,
        may_say=stored.may_say,
        lines=tuple(Line(**dict(line)) for line in stored.tells),
    )


def known_by_then() -> ColumnElement[bool]:
    """The condition that the agency knew of the case when the event that waits took effect (ID-12)."""
    of_agency = and_(_access.case_id == Withheld.case_id, _access.agency == Withheld.agency)
    return exists().where(of_agency, _access.since <= Withheld.effective_at)


async def reasons(
    uow: UnitOfWork, cases: Collection[UUID], agencies: Collection[str]
) -> Mapping[tuple[str, UUID], Sequence[Known]]:
    """Why each of these agencies knows of each of these cases; a pair without a reason is left out."""
    found: dict[tuple[str, UUID], list[Known]] = defaultdict(list)
    if not cases or not agencies:
        return found
    rows = await uow.session.execute(
        select(case_access).where(_access.case_id.in_(set(cases)), _access.agency.in_(set(agencies)))
    )
    for row in rows:
        basis = Basis(row.basis, row.about, row.data_class, row.ref)
        found[row.agency, row.case_id].append(Known(basis, row.since))
    return found
