"""The public statement and the year's figures: payments that stand, by the day they took effect (FU-10)."""

from datetime import date, datetime, timedelta

from casework.calendar import BAKU, year_bounds
from chassis.errors import Invalid
from chassis.unit_of_work import UnitOfWork
from sqlalchemy import Select, case, exists, func, select
from sqlalchemy.orm import aliased

from fund import parameters
from fund.answers import SourceAnswer, StatementAnswer, UseAnswer, YearAnswer
from fund.domain.ledger import CLAIM_KINDS, INCOME_SOURCES
from fund.domain.statement import Use, suppress_small, total_of
from fund.tables import Claim, Entry, LedgerPosting

_RETURN = aliased(Entry)
_STANDS = (Entry.kind == "payment", ~exists().where(_RETURN.reverses == Entry.id))
"""A payment that the bank returned reached nobody: no statement counts it, only what was paid instead."""

_USE = case((Claim.kind == "needs_grant", Claim.purpose), else_=Claim.kind)


def _payments(since: datetime, until: datetime) -> Select[tuple[str, int, int]]:
    """Payments by use whose effect lies in [since, until): use, persons, amount."""
    return (
        select(_USE, func.count(Claim.case_id.distinct()), func.sum(Claim.amount_qepik))
        .join(Entry, Entry.claim_id == Claim.id)
        .where(*_STANDS, Entry.effective_at >= since, Entry.effective_at < until)
        .group_by(_USE)
    )


async def make_statement(uow: UnitOfWork, first: date, last: date) -> StatementAnswer:
    """Income by source and payments by use in a period, both days included; small groups hidden (FU-10)."""
    if last < first:
        raise Invalid("period_ends_before_it_begins", "The period ends before it begins.")
    since = datetime.combine(first, datetime.min.time(), tzinfo=BAKU)
    until = datetime.combine(last, datetime.min.time(), tzinfo=BAKU) + timedelta(days=1)
    threshold = parameters.small_cell_threshold(uow.now)
    income = await _income(uow, since, until)
    uses = await _uses(uow, since, until)
    shown = suppress_small(uses, threshold)
    total = total_of(uses, await _persons(uow, since, until), threshold)
    return StatementAnswer(
        since=first,
        until=last,
        threshold=threshold,
        income=income,
        income_total_qepik=sum(source.amount_qepik for source in income),
        uses=[_show_use(use) for use in shown],
        total=_show_use(total),
    )


async def _income(uow: UnitOfWork, since: datetime, until: datetime) -> list[SourceAnswer]:
    rows = await uow.session.execute(
        select(LedgerPosting.account, func.sum(LedgerPosting.amount_qepik))
        .join(Entry, Entry.id == LedgerPosting.entry_id)
        .where(LedgerPosting.account.like("income.%"), Entry.effective_at >= since, Entry.effective_at < until)
        .group_by(LedgerPosting.account)
    )
    booked = {account: -int(total) for account, total in rows.tuples()}
    return [SourceAnswer(source=source, amount_qepik=booked.get(f"income.{source}", 0)) for source in INCOME_SOURCES]


async def _uses(uow: UnitOfWork, since: datetime, until: datetime) -> list[Use]:
    found = await uow.session.execute(_payments(since, until))
    rows = {use: (persons, int(amount)) for use, persons, amount in found}
    purposes = sorted(set(rows) - set(CLAIM_KINDS))
    return [Use(use, *rows.get(use, (0, 0))) for use in ("allowance", *purposes, "compensation")]


async def _persons(uow: UnitOfWork, since: datetime, until: datetime) -> int:
    persons = (
        select(func.count(Claim.case_id.distinct()))
        .join(Entry, Entry.claim_id == Claim.id)
        .where(*_STANDS, Entry.effective_at >= since, Entry.effective_at < until)
    )
    return await uow.session.scalar(persons) or 0


def _show_use(use: Use) -> UseAnswer:
    return UseAnswer(use=use.use, persons=use.persons, amount_qepik=use.amount_qepik, suppressed=use.suppressed)


async def year_figures(uow: UnitOfWork, year: int) -> YearAnswer:
    """The year's payments by the day they took effect in Baku."""
    since, until = year_bounds(year)
    rows = await uow.session.execute(
        select(Claim.kind, func.count(), func.count(Claim.case_id.distinct()), func.sum(Claim.amount_qepik))
        .join(Entry, Entry.claim_id == Claim.id)
        .where(*_STANDS, Entry.effective_at >= since, Entry.effective_at < until)
        .group_by(Claim.kind)
    )
    found = {kind: (payments, persons, int(total)) for kind, payments, persons, total in rows.tuples()}
    allowances, needs = found.get("allowance", (0, 0, 0)), found.get("needs_grant", (0, 0, 0))
    return YearAnswer(
        year=year,
        allowances_paid=allowances[0],
        allowance_total_qepik=allowances[2],
        needs_persons=needs[1],
        needs_total_qepik=needs[2],
    )
