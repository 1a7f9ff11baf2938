"""The ledger as its readers see it: balance, accounts, entries and incomes (FU-4, FU-5)."""

from collections.abc import Sequence
from uuid import UUID

from casework.answers import ActionAnswer
from chassis.errors import Invalid, NotFound
from chassis.paging import Page, page
from chassis.rights import may
from chassis.unit_of_work import UnitOfWork
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from fund import facts
from fund.answers import AccountAnswer, BalanceAnswer, EntryAnswer, IncomeAnswer, PostingAnswer
from fund.domain.ledger import ACCOUNTS, FREE, INCOME_SOURCES, RESERVED, in_its_own_sign, why_irreversible
from fund.tables import Account, Claim, Entry, Income, LedgerPosting
from fund.views.filters import EntryFilter, IncomeFilter


async def show_balance(uow: UnitOfWork) -> BalanceAnswer:
    """Money at the bank is what is free and what is reserved (FU-5, FU-7)."""
    at_bank = select(Account.name, Account.balance_qepik).where(Account.name.in_((FREE, RESERVED)))
    balances = dict((await uow.session.execute(at_bank)).tuples().all())
    waiting = await uow.session.scalar(select(func.sum(Claim.amount_qepik)).where(Claim.state == "approved"))
    return BalanceAnswer(
        as_of=uow.now,
        bank_qepik=balances[FREE] + balances[RESERVED],
        reserved_qepik=balances[RESERVED],
        free_qepik=balances[FREE],
        waiting_qepik=int(waiting or 0),
    )


async def list_accounts(uow: UnitOfWork) -> Page[AccountAnswer]:
    """Every account, in the ledger's order."""
    rows = await uow.session.execute(select(Account.name, Account.balance_qepik))
    balances = dict(rows.tuples().all())
    return Page(
        items=[AccountAnswer(name=name, balance_qepik=in_its_own_sign(name, balances[name])) for name in ACCOUNTS]
    )


async def read_entry(uow: UnitOfWork, entry_id: UUID) -> EntryAnswer:
    """NotFound for one that does not exist."""
    return await show_entry(uow, await facts.entry(uow, entry_id))


async def show_entry(uow: UnitOfWork, entry: Entry) -> EntryAnswer:
    """An entry with both its sides, its links to corrections, and whether the reader can correct it."""
    return (await _with_postings(uow, [entry]))[0]


async def list_entries(uow: UnitOfWork, filter_: EntryFilter) -> Page[EntryAnswer]:
    """Entries newest or oldest first. Invalid `unknown_account`."""
    if filter_.account is not None and filter_.account not in ACCOUNTS:
        raise Invalid("unknown_account", "There is no such account.")
    wanted = select(Entry)
    if filter_.account is not None:
        sides = select(LedgerPosting.entry_id).where(LedgerPosting.account == filter_.account)
        wanted = wanted.where(Entry.id.in_(sides))
    if filter_.claim_id is not None:
        wanted = wanted.where(Entry.claim_id == filter_.claim_id)
    rows, following = await page(
        uow.session, wanted, Entry.id, limit=filter_.limit, after=filter_.after, order=filter_.order
    )
    return Page(items=await _with_postings(uow, rows), next=following)


async def _with_postings(uow: UnitOfWork, entries: Sequence[Entry]) -> list[EntryAnswer]:
    ids = [entry.id for entry in entries]
    sides: dict[UUID, list[PostingAnswer]] = {}
    for row in await uow.session.scalars(
        select(LedgerPosting).where(LedgerPosting.entry_id.in_(ids)).order_by(LedgerPosting.account)
    ):
        sides.setdefault(row.entry_id, []).append(PostingAnswer(account=row.account, amount_qepik=row.amount_qepik))
    correction = aliased(Entry)
    corrected = select(correction.reverses, correction.id).where(correction.reverses.in_(ids))
    reversed_by = dict((await uow.session.execute(corrected)).tuples().all())
    return [
        EntryAnswer(
            id=entry.id,
            kind=entry.kind,
            state="corrected" if entry.id in reversed_by else "booked",
            claim_id=entry.claim_id,
            document=entry.document,
            amount_qepik=sum(side.amount_qepik for side in sides.get(entry.id, []) if side.amount_qepik > 0),
            reverses=entry.reverses,
            reversed_by=reversed_by.get(entry.id),
            effective_at=entry.effective_at,
            recorded_at=entry.recorded_at,
            postings=sides.get(entry.id, []),
            actions=_actions(uow, entry, reversed_by.get(entry.id)),
        )
        for entry in entries
    ]


def _actions(uow: UnitOfWork, entry: Entry, reversed_by: UUID | None) -> list[ActionAnswer]:
    if "reverse_entry" not in may(uow.rights, uow.actor):
        return []
    why_not = why_irreversible(entry.kind, reversed_by is not None)
    return [ActionAnswer(action="reverse_entry", allowed=why_not is None, reason=why_not)]


async def list_incomes(uow: UnitOfWork, filter_: IncomeFilter) -> Page[IncomeAnswer]:
    """Incomes newest or oldest first (FU-4). Invalid `unknown_source`."""
    if filter_.source is not None and filter_.source not in INCOME_SOURCES:
        raise Invalid("unknown_source", "The source of income is not on the list.")
    wanted = select(Income) if filter_.source is None else select(Income).where(Income.source == filter_.source)
    rows, following = await page(
        uow.session, wanted, Income.id, limit=filter_.limit, after=filter_.after, order=filter_.order
    )
    return Page(items=[show_income(row) for row in rows], next=following)


async def read_income(uow: UnitOfWork, income_id: UUID) -> IncomeAnswer:
    """NotFound for one that does not exist."""
    income = await uow.session.get(Income, income_id)
    if income is None:
        raise NotFound
    return show_income(income)


def show_income(income: Income) -> IncomeAnswer:
    """Money received, as it was booked (FU-4)."""
    return IncomeAnswer(**{name: getattr(income, name) for name in IncomeAnswer.model_fields})
