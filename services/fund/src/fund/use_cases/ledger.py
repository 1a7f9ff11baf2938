"""Money in and corrections: every change of a balance is a new entry (FU-5)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from casework.aggregate import load
from chassis.clock import new_id
from chassis.errors import Invalid
from chassis.unit_of_work import UnitOfWork
from nrm_events.fund import IncomeReceived, RecoveryReversed

from fund import facts
from fund.commands import ReceiveIncome, ReverseEntry
from fund.domain import ledger
from fund.domain.ledger import Posting
from fund.tables import Claim, Entry, Income, LedgerPosting
from fund.use_cases import papers
from fund.use_cases.aggregate import about, audit, transition


async def write_entry(
    uow: UnitOfWork,
    kind: str,
    postings: Sequence[Posting],
    *,
    at: datetime,
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
        recorded_at=uow.now,
        recorded_by=uow.actor.sub,
    )
    uow.session.add(entry)
    await uow.session.flush()
    uow.session.add_all(
        LedgerPosting(entry_id=entry.id, account=p.account, amount_qepik=p.amount_qepik) for p in postings
    )
    await uow.session.flush()
    return entry


async def receive_income(uow: UnitOfWork, command: ReceiveIncome) -> Income:
    """Book money received, with its source and document (FU-4). Invalid `unknown_source`, `court_document_missing`."""
    at = uow.effective(command.happened_at)
    postings = ledger.income(command.source, command.amount_qepik)
    if command.source == "confiscated_property" and command.court_document is None:
        raise Invalid("court_document_missing", "Confiscated property comes with the court's document.")
    await papers.require_free(uow, "money_in", command.document)
    entry = await write_entry(uow, "income", postings, at=at, document=command.document)
    income = Income(
        id=new_id(),
        source=command.source,
        document=command.document,
        court_document=command.court_document,
        amount_qepik=command.amount_qepik,
        entry_id=entry.id,
        effective_at=at,
        recorded_at=uow.now,
    )
    uow.session.add(income)
    uow.emit(
        IncomeReceived(effective_at=at, income_id=income.id, source=income.source, amount_qepik=income.amount_qepik)
    )
    amount = {"source": income.source, "amount_qepik": income.amount_qepik}
    uow.audit("receive_income", subject=f"income/{income.id}", at=at, facts=amount)
    return income


async def reverse_entry(uow: UnitOfWork, entry_id: UUID, command: ReverseEntry) -> Entry:
    """Correct an entry by a new one that points at it (FU-5). Of a claim's entries only a recovery is corrected so."""
    entry = await facts.entry(uow, entry_id)
    claim = await load(uow, Claim, entry.claim_id, for_="recover") if entry.claim_id else None
    ledger.require_reversible(entry.kind, await facts.is_reversed(uow, entry_id))
    at = uow.effective(command.happened_at, not_before=entry.effective_at)
    postings = ledger.reversed_postings(await facts.postings(uow, entry_id))
    correction = await write_entry(
        uow,
        "reversal",
        postings,
        at=at,
        claim_id=entry.claim_id,
        document=entry.document,
        reverses=entry_id,
    )
    if claim:
        _recovered_less(uow, claim, sum(p.amount_qepik for p in postings if p.amount_qepik > 0), at)
    uow.audit("reverse_entry", subject=f"entry/{correction.id}", at=at, facts={"reverses": entry_id})
    return correction


def _recovered_less(uow: UnitOfWork, claim: Claim, amount_qepik: int, at: datetime) -> None:
    """A recovery of the claim was booked by mistake: it did not come back (FU-3, FU-5)."""
    claim.recovered_qepik -= amount_qepik
    if claim.state == "recovered" and claim.recovered_qepik == 0:
        transition(claim, "reverse_recovery", max(at, claim.effective_at))
    else:
        claim.version += 1
    uow.emit(RecoveryReversed(**about(claim, at, amount_qepik)))
    audit(uow, "reverse_recovery", claim, at=at, amount_qepik=amount_qepik)
