"""The ledger as its readers see it: balance, accounts, entries, incomes, statements and the year's figures."""

from datetime import date, datetime, timedelta
from uuid import UUID

from chassis.actor import Actor
from chassis.answers import ActionAnswer
from chassis.errors import Invalid, NotFound
from chassis.clock import BAKU, local_date, year_bounds
from chassis.paging import page
from chassis.rights import may
from sqlalchemy import Select, case, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from fund.domain.ledger import ACCOUNTS, CLAIM_KINDS, FREE, INCOME_SOURCES, RESERVED, in_its_own_sign, why_irreversible
from fund.domain.statement import Use, suppress_small, total_of
from fund.rights import RIGHTS
from fund.schemas import (
    AccountAnswer,
    BalanceAnswer,
    EntryAnswer,
    IncomeAnswer,
    PostingAnswer,
    SourceAnswer,
    StatementAnswer,
    UseAnswer,
    YearAnswer,
)
from fund.settings import PARAMETERS
from fund.tables import Account, Claim, Entry, Income, LedgerPosting


async def show_balance(session: AsyncSession, now: datetime) -> BalanceAnswer:
    """Money at the bank is what is free and what is reserved (FU-5, FU-7)."""
    rows = await session.execute(select(Account.name, Account.balance_qepik).where(Account.name.in_((FREE, RESERVED))))
    held = dict(rows.tuples().all())
    waiting = await session.scalar(select(func.sum(Claim.amount_qepik)).where(Claim.state == "approved"))
    return BalanceAnswer(
        as_of=now,
        bank_qepik=held[FREE] + held[RESERVED],
        reserved_qepik=held[RESERVED],
        free_qepik=held[FREE],
        waiting_qepik=int(waiting or 0),
    )


async def list_accounts(session: AsyncSession) -> list[AccountAnswer]:
    rows = await session.execute(select(Account.name, Account.balance_qepik))
    held = dict(rows.tuples().all())
    return [AccountAnswer(name=name, balance_qepik=in_its_own_sign(name, held[name])) for name in ACCOUNTS]


async def show_entry(session: AsyncSession, who: Actor, entry: Entry) -> EntryAnswer:
    """An entry with both its sides, its links to corrections, and whether the asker can correct it."""
    return (await _with_postings(session, who, [entry]))[0]


async def find_entry(session: AsyncSession, entry_id: UUID) -> Entry:
    """NotFound for one that does not exist."""
    entry = await session.get(Entry, entry_id)
    if entry is None:
        raise NotFound
    return entry


async def list_entries(
    session: AsyncSession, who: Actor, *, account: str | None, claim_id: UUID | None, limit: int, after: UUID | None
) -> tuple[list[EntryAnswer], UUID | None]:
    """Entries newest first, of one account or one claim if asked."""
    if account is not None and account not in ACCOUNTS:
        raise Invalid("unknown_account", "There is no such account.")
    asked = select(Entry)
    if account is not None:
        asked = asked.where(Entry.id.in_(select(LedgerPosting.entry_id).where(LedgerPosting.account == account)))
    if claim_id is not None:
        asked = asked.where(Entry.claim_id == claim_id)
    rows, following = await page(session, asked, Entry.id, limit, after)
    return await _with_postings(session, who, rows), following


def _actions(who: Actor, entry: Entry, reversed_by: UUID | None) -> list[ActionAnswer]:
    if "reverse_entry" not in may(RIGHTS, who):
        return []
    why_not = why_irreversible(entry.kind, entry.claim_id, reversed_by is not None)
    return [ActionAnswer(action="reverse_entry", allowed=why_not is None, reason=why_not)]


async def _with_postings(session: AsyncSession, who: Actor, entries: list[Entry]) -> list[EntryAnswer]:
    ids = [entry.id for entry in entries]
    sides: dict[UUID, list[PostingAnswer]] = {}
    for row in await session.scalars(
        select(LedgerPosting).where(LedgerPosting.entry_id.in_(ids)).order_by(LedgerPosting.account)
    ):
        sides.setdefault(row.entry_id, []).append(PostingAnswer(account=row.account, amount_qepik=row.amount_qepik))
    correction = aliased(Entry)
    corrected = await session.execute(select(correction.reverses, correction.id).where(correction.reverses.in_(ids)))
    reversed_by = dict(corrected.tuples().all())
    return [
        EntryAnswer(
            id=entry.id,
            kind=entry.kind,
            claim_id=entry.claim_id,
            document=entry.document,
            reverses=entry.reverses,
            reversed_by=reversed_by.get(entry.id),
            effective_at=entry.effective_at,
            recorded_at=entry.recorded_at,
            postings=sides.get(entry.id, []),
            actions=_actions(who, entry, reversed_by.get(entry.id)),
        )
        for entry in entries
    ]


async def list_incomes(
    session: AsyncSession, *, source: str | None, limit: int, after: UUID | None
) -> tuple[list[IncomeAnswer], UUID | None]:
    """Incomes newest first (FU-4). Invalid `unknown_source`."""
    if source is not None and source not in INCOME_SOURCES:
        raise Invalid("unknown_source", "The source of income is not on the list.")
    asked = select(Income) if source is None else select(Income).where(Income.source == source)
    rows, following = await page(session, asked, Income.id, limit, after)
    return [show_income(row) for row in rows], following


async def find_income(session: AsyncSession, income_id: UUID) -> Income:
    """NotFound for one that does not exist."""
    income = await session.get(Income, income_id)
    if income is None:
        raise NotFound
    return income


def show_income(income: Income) -> IncomeAnswer:
    return IncomeAnswer(**{name: getattr(income, name) for name in IncomeAnswer.model_fields})


_RETURN = aliased(Entry)
_STANDS = (Entry.kind == "payment", ~exists().where(_RETURN.reverses == Entry.id))
"""A payment that the bank gave back reached nobody: no statement counts it, and what was paid instead is counted."""

_USE = case((Claim.kind == "needs_grant", Claim.purpose), else_=Claim.kind)


def _payments(since: datetime, until: datetime) -> Select[tuple[str, int, int]]:
    """Payments by use whose effect lies in [since, until): use, persons, amount."""
    return (
        select(_USE, func.count(Claim.case_id.distinct()), func.sum(Claim.amount_qepik))
        .join(Entry, Entry.claim_id == Claim.id)
        .where(*_STANDS, Entry.effective_at >= since, Entry.effective_at < until)
        .group_by(_USE)
    )


async def make_statement(session: AsyncSession, now: datetime, first: date, last: date) -> StatementAnswer:
    """Income by source and payments by use in a period, both days included; small groups hidden (FU-10)."""
    if last < first:
        raise Invalid("period_ends_before_it_begins", "The period ends before it begins.")
    since = datetime.combine(first, datetime.min.time(), tzinfo=BAKU)
    until = datetime.combine(last, datetime.min.time(), tzinfo=BAKU) + timedelta(days=1)
    threshold: int = PARAMETERS.value("small_cell_threshold", local_date(now))
    income = await _income(session, since, until)
    uses = await _uses(session, since, until)
    shown = suppress_small(uses, threshold)
    total = total_of(uses, await _persons(session, since, until), threshold)
    return StatementAnswer(
        since=first,
        until=last,
        threshold=threshold,
        income=income,
        income_total_qepik=sum(source.amount_qepik for source in income),
        uses=[_show_use(use) for use in shown],
        total=_show_use(total),
    )


async def _income(session: AsyncSession, since: datetime, until: datetime) -> list[SourceAnswer]:
    rows = await session.execute(
        select(LedgerPosting.account, func.sum(LedgerPosting.amount_qepik))
        .join(Entry, Entry.id == LedgerPosting.entry_id)
        .where(LedgerPosting.account.like("income.%"), Entry.effective_at >= since, Entry.effective_at < until)
        .group_by(LedgerPosting.account)
    )
    booked = {account: -int(total) for account, total in rows.tuples()}
    return [SourceAnswer(source=source, amount_qepik=booked.get(f"income.{source}", 0)) for source in INCOME_SOURCES]


async def _uses(session: AsyncSession, since: datetime, until: datetime) -> list[Use]:
    rows = {use: (persons, int(amount)) for use, persons, amount in await session.execute(_payments(since, until))}
    purposes = sorted(set(rows) - set(CLAIM_KINDS))
    return [Use(use, *rows.get(use, (0, 0))) for use in ("allowance", *purposes, "compensation")]


async def _persons(session: AsyncSession, since: datetime, until: datetime) -> int:
    asked = (
        select(func.count(Claim.case_id.distinct()))
        .join(Entry, Entry.claim_id == Claim.id)
        .where(*_STANDS, Entry.effective_at >= since, Entry.effective_at < until)
    )
    return await session.scalar(asked) or 0


def _show_use(use: Use) -> UseAnswer:
    return UseAnswer(use=use.use, persons=use.persons, amount_qepik=use.amount_qepik, suppressed=use.suppressed)


async def year_figures(session: AsyncSession, year: int) -> YearAnswer:
    """The year's payments by the day they took effect in Baku."""
    since, until = year_bounds(year)
    rows = await session.execute(
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
