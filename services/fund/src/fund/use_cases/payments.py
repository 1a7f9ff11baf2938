"""An approved claim until its money has arrived: reserved, released by a third person, confirmed, failed, recovered."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.actor import Actor
from chassis.clock import new_id
from chassis.outbox import emit
from nrm_events.fund import (
    PaymentFailed,
    PaymentMade,
    PaymentOrdered,
    PaymentRecovered,
    PaymentReserved,
    PaymentReturned,
)
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from fund import schemas
from fund.domain import claims as rules
from fund.domain import ledger
from fund.queries.standing import visible
from fund.tables import Claim, Entry, PaymentOrder
from fund.use_cases.at_hand import about, act, looked_at, moved, note, take
from fund.use_cases.ledger import lock_free_money, write_entry


async def reserve_if_possible(session: AsyncSession, who: Actor, now: datetime, claim: Claim, at: datetime) -> None:
    """After an approval: set money aside where it suffices, else the claim stays approved (FU-7)."""
    if ledger.missing(await lock_free_money(session), claim.amount_qepik) == 0:
        await _reserve(session, who, now, claim, at)


async def reserve_money(
    session: AsyncSession, who: Actor, now: datetime, claim_id: UUID, given: schemas.Change
) -> Claim:
    """Set money aside for an approved claim, or queue a failed payment anew with the money it still holds (FU-7)."""
    claim = await take(session, who, claim_id, given)
    _, at = await act(session, who, now, claim, "reserve", given.happened_at)
    await _reserve(session, who, now, claim, at)
    return claim


async def _reserve(session: AsyncSession, who: Actor, now: datetime, claim: Claim, at: datetime) -> None:
    if claim.state not in rules.RESERVING_STATES:
        postings = ledger.reservation(claim.amount_qepik)
        await write_entry(session, who, "reservation", postings, at=at, now=now, claim_id=claim.id)
    claim.order_id, claim.released_by = new_id(), None
    moved(claim, rules.CLAIM.after(claim.state, "reserve"), at)
    emit(session, PaymentReserved(**about(claim, at)))
    note(session, who, "reserve", claim, amount_qepik=claim.amount_qepik)


async def set_free(session: AsyncSession, who: Actor, now: datetime, claim: Claim, at: datetime) -> None:
    """Give back what the claim has set aside, if it has (FU-7)."""
    if claim.state in rules.RESERVING_STATES:
        postings = ledger.reservation_released(claim.amount_qepik)
        await write_entry(session, who, "reservation_released", postings, at=at, now=now, claim_id=claim.id)


@dataclass(frozen=True)
class OrderToCome:
    """What identification is asked with before an order is written, and the version that it is written for (FU-6)."""

    case_id: UUID
    order_id: UUID
    version: int


async def order_to_come(
    session: AsyncSession, who: Actor, now: datetime, claim_id: UUID, given: schemas.Change
) -> OrderToCome | None:
    """Whether this person could release the claim now; the order's id is the same at every try (FU-6)."""
    claim = await take(session, who, claim_id, given)
    await act(session, who, now, claim, "release", given.happened_at)
    assert claim.order_id is not None  # noqa: S101  # set by the reservation that the machine just required
    return OrderToCome(claim.case_id, claim.order_id, claim.version)


async def released_order(
    session: AsyncSession, who: Actor, now: datetime, claim_id: UUID, given: schemas.Change
) -> OrderToCome | None:
    """The order that this person has released already, for a repeated request; None when there is none."""
    claim = await session.scalar(select(Claim).where(Claim.id == claim_id, visible(who)))
    if claim is None or claim.order_id is None or claim.released_by != who.sub:
        return None
    return OrderToCome(claim.case_id, claim.order_id, claim.version)


async def release_payment(
    session: AsyncSession, who: Actor, now: datetime, claim_id: UUID, given: schemas.Change
) -> Claim:
    """A third person releases the order of what was approved, and of nothing else (FU-6, FU-7)."""
    claim = await take(session, who, claim_id, given)
    state, at = await act(session, who, now, claim, "release", given.happened_at)
    assert claim.order_id is not None  # noqa: S101  # set by the reservation that the machine just required
    session.add(
        PaymentOrder(
            id=claim.order_id,
            claim_id=claim.id,
            amount_qepik=claim.amount_qepik,
            released_by=who.sub,
            effective_at=at,
        )
    )
    claim.released_by = who.sub
    moved(claim, state, at)
    await session.flush()
    emit(session, PaymentOrdered(**about(claim, at), order_id=claim.order_id))
    note(session, who, "release", claim, order_id=claim.order_id, amount_qepik=claim.amount_qepik)
    return claim


async def confirm_payment(
    session: AsyncSession, who: Actor, now: datetime, claim_id: UUID, given: schemas.Confirmation
) -> Claim:
    """The bank confirmed: reserved money is spent, once per claim (FU-1, FU-7)."""
    claim = await take(session, who, claim_id, given)
    state, at = await act(session, who, now, claim, "confirm", given.happened_at)
    order = await _living_order(session, claim)
    order.outcome, order.bank_reference, order.settled_at = "paid", given.bank_reference, at
    await write_entry(
        session,
        who,
        "payment",
        ledger.payment(claim.kind, claim.amount_qepik),
        at=at,
        now=now,
        claim_id=claim.id,
        document=given.bank_reference,
        repays=await _newest(session, claim, "payment_returned"),
    )
    moved(claim, state, at)
    emit(session, PaymentMade(**about(claim, at), order_id=order.id))
    note(session, who, "confirm", claim, order_id=order.id, amount_qepik=claim.amount_qepik)
    return claim


async def fail_payment(
    session: AsyncSession, who: Actor, now: datetime, claim_id: UUID, given: schemas.Failure
) -> Claim:
    """The bank refused or returned the payment; its money stays set aside until a person decides (FU-7)."""
    claim = await take(session, who, claim_id, given)
    rules.require_codes([given.reason], rules.FAILURE_REASONS)
    state, at = await act(session, who, now, claim, "fail", given.happened_at)
    order = await _living_order(session, claim)
    order.outcome, order.failure_reason, order.settled_at = "failed", given.reason, at
    claim.reasons = [given.reason]
    moved(claim, state, at)
    emit(session, PaymentFailed(**about(claim, at), order_id=order.id, reason=given.reason))
    note(session, who, "fail", claim, order_id=order.id, reasons=claim.reasons)
    return claim


async def return_payment(
    session: AsyncSession, who: Actor, now: datetime, claim_id: UUID, given: schemas.Return
) -> Claim:
    """The bank gave back what it had confirmed: the payment is undone, its money set aside until a person decides.

    It is paid again only after a new approval (FU-6, FU-7), and never twice (FU-1).
    """
    claim = await take(session, who, claim_id, given)
    rules.require_codes([given.reason], rules.RETURN_REASONS)
    state, at = await act(session, who, now, claim, "return_payment", given.happened_at)
    order = await _living_order(session, claim)
    order.outcome, order.failure_reason = "returned", given.reason
    await write_entry(
        session,
        who,
        "payment_returned",
        ledger.payment_returned(claim.kind, claim.amount_qepik),
        at=at,
        now=now,
        claim_id=claim.id,
        document=given.bank_reference,
        reverses=await _newest(session, claim, "payment"),
    )
    claim.reasons = [given.reason]
    moved(claim, state, at)
    emit(session, PaymentReturned(**about(claim, at), order_id=order.id, reason=given.reason))
    note(session, who, "return_payment", claim, order_id=order.id, reasons=claim.reasons)
    return claim


async def _newest(session: AsyncSession, claim: Claim, kind: str) -> UUID | None:
    asked = select(Entry.id).where(Entry.claim_id == claim.id, Entry.kind == kind).order_by(Entry.id.desc()).limit(1)
    found: UUID | None = await session.scalar(asked)
    return found


async def _living_order(session: AsyncSession, claim: Claim) -> PaymentOrder:
    return (await session.scalars(select(PaymentOrder).where(PaymentOrder.id == claim.order_id))).one()


async def recover_payment(
    session: AsyncSession, who: Actor, now: datetime, claim_id: UUID, given: schemas.Recovery
) -> Claim:
    """Money came back, from the offender or the payee: booked back, never more than was paid (FU-3)."""
    claim = await take(session, who, claim_id, given)
    state, at = await act(session, who, now, claim, "recover", given.happened_at)
    recovered = rules.require_recoverable(claim.amount_qepik, claim.recovered_qepik, given.amount_qepik)
    postings = ledger.recovery(given.amount_qepik)
    await write_entry(session, who, "recovery", postings, at=at, now=now, claim_id=claim.id, document=given.document)
    claim.recovered_qepik = recovered
    looked_at(claim)
    moved(claim, state, at)
    emit(session, PaymentRecovered(**about(claim, at, given.amount_qepik)))
    note(session, who, "recover", claim, amount_qepik=given.amount_qepik)
    return claim
