"""Money in and corrections: every change of a balance is a new entry (FU-5)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from chassis import audit
from chassis.actor import Actor
from chassis.errors import Invalid, NotFound
from chassis.clock import effective, new_id
from chassis.outbox import emit
from nrm_events.fund import IncomeReceived
from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from fund.domain import ledger
from fund.domain.ledger import Posting
from fund.schemas import Command, IncomeReceipt
from fund.tables import Entry, Income, LedgerPosting


async def write_entry(
    session: AsyncSession,
    who: Actor,
    kind: str,
    postings: Sequence[Posting],
    *,
    at: datetime,
    now: datetime,
    claim_id: UUID | None = None,
    document: str | None = None,
    reverses: UUID | None = None,
    repays: UUID | None = None,
) -> Entry:
    """Write an entry with its postings; the database moves the balances and refuses what overdraws (FU-5)."""
    ledger.require_balanced(postings)
    entry = Entry(
        id=new_id(),
        kind=kind,
        claim_id=claim_id,
        document=document,
        reverses=reverses,
        repays=repays,
        effective_at=at,
        recorded_at=now,
        recorded_by=who.sub,
    )
    session.add(entry)
    await session.flush()
    session.add_all(LedgerPosting(entry_id=entry.id, account=p.account, amount_qepik=p.amount_qepik) for p in postings)
    await session.flush()
    return entry


async def lock_free_money(session: AsyncSession) -> int:
    """Free money in qəpik, held until the transaction ends: who comes second sees what the first left (FU-5)."""
    free: int = await session.scalar(select(func.free_money())) or 0
    return free


async def receive_income(session: AsyncSession, who: Actor, now: datetime, given: IncomeReceipt) -> Income:
    """Book money received, with its source and document (FU-4). Invalid `unknown_source`, `court_document_missing`."""
    at = effective(given.happened_at, now)
    postings = ledger.income(given.source, given.amount_qepik)
    if given.source == "confiscated_property" and given.court_document is None:
        raise Invalid("court_document_missing", "Confiscated property comes with the court's document.")
    entry = await write_entry(session, who, "income", postings, at=at, now=now, document=given.document)
    income = Income(
        id=new_id(),
        source=given.source,
        document=given.document,
        court_document=given.court_document,
        amount_qepik=given.amount_qepik,
        entry_id=entry.id,
        effective_at=at,
        recorded_at=now,
    )
    session.add(income)
    emit(
        session,
        IncomeReceived(effective_at=at, income_id=income.id, source=income.source, amount_qepik=income.amount_qepik),
    )
    facts = {"source": income.source, "amount_qepik": income.amount_qepik}
    audit.record(session, who, "receive_income", subject=f"income/{income.id}", effective_at=at, facts=facts)
    return income


async def reverse_entry(session: AsyncSession, who: Actor, now: datetime, entry_id: UUID, given: Command) -> Entry:
    """Correct an entry by a new one that points at it (FU-5); entries of a claim's life change with the claim only."""
    entry = await session.get(Entry, entry_id)
    if entry is None:
        raise NotFound
    reversed_before = await session.scalar(select(exists().where(Entry.reverses == entry_id)))
    ledger.require_reversible(entry.kind, entry.claim_id, bool(reversed_before))
    at = effective(given.happened_at, now, not_before=entry.effective_at)
    written = await session.scalars(select(LedgerPosting).where(LedgerPosting.entry_id == entry_id))
    postings = ledger.reversed_postings([Posting(row.account, row.amount_qepik) for row in written])
    correction = await write_entry(
        session, who, "reversal", postings, at=at, now=now, document=entry.document, reverses=entry_id
    )
    facts = {"reverses": entry_id}
    audit.record(session, who, "reverse_entry", subject=f"entry/{correction.id}", effective_at=at, facts=facts)
    return correction
