"""An approved claim until its money has arrived: reserved, confirmed, failed, returned, recovered (FU-3, FU-7)."""

from datetime import datetime
from uuid import UUID

from casework.aggregate import load
from chassis.clock import new_id
from chassis.unit_of_work import UnitOfWork
from nrm_events.fund import PaymentFailed, PaymentMade, PaymentRecovered, PaymentReserved, PaymentReturned

from fund import facts
from fund.commands import ConfirmPayment, FailPayment, RecoverPayment, ReserveMoney, ReturnPayment
from fund.domain import claims as rules
from fund.domain import ledger
from fund.tables import Claim, PaymentOrder
from fund.use_cases import papers
from fund.use_cases.aggregate import about, audit, clear_re_examination, decide, mark_re_examination, transition
from fund.use_cases.ledger import write_entry


async def reserve_if_possible(uow: UnitOfWork, claim: Claim, at: datetime) -> None:
    """After an approval: set money aside where it suffices, else the claim stays approved (FU-7)."""
    if ledger.missing(await facts.lock_free_money(uow), claim.amount_qepik) == 0:
        await _reserve(uow, claim, at)


async def reserve(uow: UnitOfWork, claim_id: UUID, command: ReserveMoney) -> Claim:
    """Set money aside for an approved claim, or queue a failed payment anew with its own money (FU-7)."""
    claim = await load(uow, Claim, claim_id, for_="reserve", read=command)
    at = await decide(uow, claim, "reserve", command.happened_at)
    await _reserve(uow, claim, at)
    return claim


async def _reserve(uow: UnitOfWork, claim: Claim, at: datetime) -> None:
    if claim.state not in rules.RESERVING_STATES:
        await write_entry(uow, "reservation", ledger.reservation(claim.amount_qepik), at=at, claim_id=claim.id)
    claim.order_id, claim.released_by = new_id(), None
    transition(claim, "reserve", at)
    uow.emit(PaymentReserved(**about(claim, at)))
    audit(uow, "reserve", claim, amount_qepik=claim.amount_qepik)


async def set_free(uow: UnitOfWork, claim: Claim, at: datetime) -> None:
    """Free what the claim has set aside, if it has (FU-7)."""
    if claim.state in rules.RESERVING_STATES:
        postings = ledger.reservation_released(claim.amount_qepik)
        await write_entry(uow, "reservation_released", postings, at=at, claim_id=claim.id)


async def confirm(uow: UnitOfWork, claim_id: UUID, command: ConfirmPayment) -> Claim:
    """The bank confirmed: reserved money is spent, once per claim (FU-1, FU-7).

    It may confirm what it had called failed, returned or stopped. An order that went out in its place is stopped:
    somebody recalls it at the bank. An order that does not pay the claim as it stands is booked as overpaid.
    """
    claim = await load(uow, Claim, claim_id, for_="confirm", read=command)
    at = await decide(uow, claim, "confirm", command.happened_at)
    order = await facts.order_of(uow, claim, command.order_id)
    rules.require_confirmable(order.outcome, is_own=order.released_by == uow.actor.sub)
    await papers.require_free(uow, "bank_payment", command.bank_reference, taker=order.id)
    other = await facts.other_allowance(uow, claim)
    approved = claim.approved_by is not None and other is None
    order.bank_reference = command.bank_reference
    if rules.settles(claim.state, claim.amount_qepik, order.amount_qepik, approved=approved):
        await _pay(uow, claim, order, at)
    else:
        await _overpay(uow, claim, order, at)
        await _stop_claim(uow, other or claim, at)
    if other:
        mark_re_examination(uow, other, "paid_by_earlier_order", at)
    uow.emit(PaymentMade(**about(claim, at, order.amount_qepik), order_id=order.id))
    audit(uow, "confirm", claim, at=at, order_id=order.id, amount_qepik=order.amount_qepik, surplus=order.surplus)
    return claim


async def _pay(uow: UnitOfWork, claim: Claim, order: PaymentOrder, at: datetime) -> None:
    """The order pays the claim. Money that was free again is set aside first."""
    if claim.state == "ordered" and order.id != claim.order_id:
        await _stop(uow, claim, at)
    if claim.state not in rules.RESERVING_STATES:
        await write_entry(uow, "reservation", ledger.reservation(order.amount_qepik), at=at, claim_id=claim.id)
    _settle(uow, order, "paid", at)
    claim.order_id, claim.released_by, claim.reasons = order.id, order.released_by, []
    await write_entry(
        uow,
        "payment",
        ledger.payment(claim.kind, claim.amount_qepik),
        at=at,
        claim_id=claim.id,
        document=order.bank_reference,
        repays=await facts.newest_entry(uow, claim, "payment_returned"),
    )
    transition(claim, "confirm", at)


async def _overpay(uow: UnitOfWork, claim: Claim, order: PaymentOrder, at: datetime) -> None:
    """The bank paid what the claim does not owe: booked as it is, to be recovered (FU-3, FU-5)."""
    _settle(uow, order, "paid", at)
    order.surplus = True
    postings = ledger.overpayment(claim.kind, order.amount_qepik)
    await write_entry(uow, "overpayment", postings, at=at, claim_id=claim.id, document=order.bank_reference)
    claim.overpaid_qepik += order.amount_qepik
    claim.effective_at = at
    claim.version += 1


async def _stop_claim(uow: UnitOfWork, claim: Claim, at: datetime) -> None:
    """The order that is out is stopped, and its money stays set aside until a person decides (FU-1, FU-7)."""
    if claim.state != "ordered":
        return
    order = await _stop(uow, claim, at)
    claim.reasons = ["paid_by_earlier_order"]
    transition(claim, "fail", max(at, claim.effective_at))
    uow.emit(PaymentFailed(**about(claim, claim.effective_at), order_id=order.id, reason="paid_by_earlier_order"))
    audit(uow, "fail", claim, order_id=order.id, reasons=claim.reasons)


def _settle(uow: UnitOfWork, order: PaymentOrder, outcome: str, at: datetime) -> None:
    order.outcome, order.settled_at, order.settled_by = outcome, at, uow.actor.sub


async def _stop(uow: UnitOfWork, claim: Claim, at: datetime) -> PaymentOrder:
    """The order that is out is not to be paid: an earlier one was (FU-1)."""
    order = await facts.living_order(uow, claim)
    order.outcome, order.failure_reason, order.settled_at = "stopped", "paid_by_earlier_order", at
    await uow.session.flush()
    audit(uow, "stop_order", claim, at=at, order_id=order.id)
    return order


async def fail(uow: UnitOfWork, claim_id: UUID, command: FailPayment) -> Claim:
    """The bank refused the payment; its money stays set aside until a person decides (FU-7)."""
    claim = await load(uow, Claim, claim_id, for_="fail", read=command)
    rules.require_codes([command.reason], rules.FAILURE_REASONS)
    at = await decide(uow, claim, "fail", command.happened_at)
    order = await facts.living_order(uow, claim)
    _settle(uow, order, "failed", at)
    order.failure_reason = command.reason
    claim.reasons = [command.reason]
    transition(claim, "fail", at)
    uow.emit(PaymentFailed(**about(claim, at), order_id=order.id, reason=command.reason))
    audit(uow, "fail", claim, order_id=order.id, reasons=claim.reasons)
    return claim


async def return_payment(uow: UnitOfWork, claim_id: UUID, command: ReturnPayment) -> Claim:
    """The bank returned what it had confirmed: the payment is undone, its money set aside until a person decides.

    It is paid again only after a new approval (FU-6, FU-7), and never twice (FU-1).
    """
    claim = await load(uow, Claim, claim_id, for_="return_payment", read=command)
    rules.require_codes([command.reason], rules.RETURN_REASONS)
    at = await decide(uow, claim, "return_payment", command.happened_at)
    await papers.require_free(uow, "bank_return", command.bank_reference)
    order = await facts.living_order(uow, claim)
    _settle(uow, order, "returned", order.settled_at or at)
    order.failure_reason = command.reason
    await write_entry(
        uow,
        "payment_returned",
        ledger.payment_returned(claim.kind, claim.amount_qepik),
        at=at,
        claim_id=claim.id,
        document=command.bank_reference,
        reverses=await facts.newest_entry(uow, claim, "payment"),
    )
    claim.reasons = [command.reason]
    transition(claim, "return_payment", at)
    uow.emit(PaymentReturned(**about(claim, at), order_id=order.id, reason=command.reason))
    audit(uow, "return_payment", claim, order_id=order.id, reasons=claim.reasons)
    return claim


async def recover(uow: UnitOfWork, claim_id: UUID, command: RecoverPayment) -> Claim:
    """Money came back, from the offender or the payee: booked back, never more than was paid (FU-3)."""
    claim = await load(uow, Claim, claim_id, for_="recover", read=command)
    at = await decide(uow, claim, "recover", command.happened_at)
    await papers.require_free(uow, "money_in", command.document)
    recovered = rules.require_recoverable(claim.paid_qepik(), claim.recovered_qepik, command.amount_qepik)
    postings = ledger.recovery(command.amount_qepik)
    await write_entry(uow, "recovery", postings, at=at, claim_id=claim.id, document=command.document)
    claim.recovered_qepik = recovered
    clear_re_examination(uow, claim, at)
    transition(claim, "recover", at)
    uow.emit(PaymentRecovered(**about(claim, at, command.amount_qepik)))
    audit(uow, "recover", claim, amount_qepik=command.amount_qepik)
    return claim
