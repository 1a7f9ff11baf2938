"""The public statement and the year's figures: payments that stand, by the day they took effect (FU-10).

Both show cells of one table, so they are suppressed and released together (casework.releases).
"""

from datetime import date, datetime

from casework.calendar import year_bounds
from casework.disclosure import Cell
from casework.releases import Figures, Released, release, whole_year
from chassis.unit_of_work import UnitOfWork
from sqlalchemy import case, exists, func, select, tuple_
from sqlalchemy.orm import aliased

from fund import parameters
from fund.answers import SourceAnswer, StatementAnswer, UseAnswer, YearAnswer
from fund.domain.ledger import CLAIM_KINDS, INCOME_SOURCES
from fund.domain.statement import ALLOWANCE, COMPENSATION, NEEDS, TOTAL, TOTALS, relations
from fund.tables import Claim, Entry, LedgerPosting

_RETURN = aliased(Entry)
_STANDS = (
    Entry.kind.in_(("payment", "overpayment")),
    LedgerPosting.account.like("expense.%"),
    ~exists().where(_RETURN.reverses == Entry.id),
)
"""A payment that the bank returned reached nobody: no statement counts it, only what was paid instead."""
_MOVE_INCOME = ("income", "recovery", "reversal")

_NEED = Claim.kind == "needs_grant"
_USE = case((_NEED, Claim.purpose), else_=Claim.kind)
_BY_USE, _BY_NEED, _ALL = 1, 2, 3
"""As `grouping(use, need)` numbers the sums: a bit for each column that it is not of."""


async def make_statement(uow: UnitOfWork, first: date, last: date) -> StatementAnswer:
    """Income by source and payments by use of a year that is over; small groups hidden (FU-10)."""
    year = whole_year(first, last)
    shown = await _release(uow, year)
    income = await _income(uow, *year_bounds(year))
    purposes = sorted(set(shown) - {*CLAIM_KINDS, NEEDS, TOTAL})
    return StatementAnswer(
        since=first,
        until=last,
        threshold=parameters.small_cell_threshold(uow.now),
        income=income,
        income_total_qepik=sum(source.amount_qepik for source in income),
        uses=[_show_use(use, shown[use]) for use in (ALLOWANCE, *purposes, COMPENSATION)],
        total=_show_use(TOTAL, shown[TOTAL]),
    )


async def _release(uow: UnitOfWork, year: int) -> Released:
    """Every cell of the year's payments that this person may be shown (CO-1)."""
    cells = await _cells(uow, *year_bounds(year))
    purposes = sorted(set(cells) - {*CLAIM_KINDS, NEEDS, TOTAL})
    figures = Figures("payments", year, cells, TOTALS, relations(purposes))
    return await release(uow, figures, parameters.small_cell_threshold(uow.now))


async def _cells(uow: UnitOfWork, since: datetime, until: datetime) -> dict[str, Cell]:
    """By use, by needs together, and all; each person once in each. The year's payments are read once."""
    paid = (
        select(Claim.case_id, Claim.id, _USE.label("use"), _NEED.label("need"), LedgerPosting.amount_qepik)
        .join(Entry, Entry.claim_id == Claim.id)
        .join(LedgerPosting, LedgerPosting.entry_id == Entry.id)
        .where(*_STANDS, Entry.effective_at >= since, Entry.effective_at < until)
        .subquery()
        .c
    )
    counts = (
        func.count(paid.case_id.distinct()),
        func.count(paid.id.distinct()),
        func.coalesce(func.sum(paid.amount_qepik), 0),
    )
    sets = func.grouping_sets(tuple_(paid.use), tuple_(paid.need), tuple_())
    rows = await uow.session.execute(
        select(func.grouping(paid.use, paid.need), paid.use, paid.need, *counts).group_by(sets)
    )
    found = {name: Cell(0) for name in (ALLOWANCE, COMPENSATION, NEEDS, TOTAL)}
    for level, use, need, *counted in rows:
        name = {_BY_USE: use, _BY_NEED: NEEDS if need else None, _ALL: TOTAL}[level]
        if name is not None:
            found[name] = Cell(*map(int, counted))
    return found


async def _income(uow: UnitOfWork, since: datetime, until: datetime) -> list[SourceAnswer]:
    rows = await uow.session.execute(
        select(LedgerPosting.account, func.sum(LedgerPosting.amount_qepik))
        .join(Entry, Entry.id == LedgerPosting.entry_id)
        .where(
            Entry.kind.in_(_MOVE_INCOME),
            LedgerPosting.account.like("income.%"),
            Entry.effective_at >= since,
            Entry.effective_at < until,
        )
        .group_by(LedgerPosting.account)
    )
    booked = {account: -int(total) for account, total in rows.tuples()}
    return [SourceAnswer(source=source, amount_qepik=booked.get(f"income.{source}", 0)) for source in INCOME_SOURCES]


def _show_use(use: str, cell: Cell | None) -> UseAnswer:
    return UseAnswer(
        use=use,
        persons=cell and cell.persons,
        amount_qepik=cell and cell.qepik,
        suppressed=cell is None,
    )


async def year_figures(uow: UnitOfWork, year: int) -> YearAnswer:
    """The year's payments by the day they took effect in Baku."""
    shown = await _release(uow, year)
    allowances, needs = shown[ALLOWANCE], shown[NEEDS]
    return YearAnswer(
        year=year,
        allowances_paid=allowances and allowances.times,
        allowance_total_qepik=allowances and allowances.qepik,
        needs_persons=needs and needs.persons,
        needs_total_qepik=needs and needs.qepik,
    )
