"""A claim until it is decided: submitted, approved or rejected, appealed, cancelled, re-examined (FU-6, FU-8, ID-9)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from casework.aggregate import load
from chassis.unit_of_work import UnitOfWork
from nrm_events.fund import ClaimApproved, ClaimCancelled, ClaimRejected, ClaimSubmitted

from fund import facts
from fund.commands import (
    AppealRejection,
    ApproveClaim,
    CancelClaim,
    DecideAppeal,
    RejectClaim,
    RequestInformation,
    SettleReExamination,
    SubmitClaim,
)
from fund.domain import claims as rules
from fund.tables import Claim
from fund.use_cases import papers
from fund.use_cases.aggregate import about, audit, clear_re_examination, decide, transition, void_approval, weigh
from fund.use_cases.payments import reserve_if_possible, set_free


async def submit(uow: UnitOfWork, claim_id: UUID, command: SubmitClaim) -> Claim:
    """Request approval; who requests neither approves nor releases (FU-6). Eligibility by recognitions only (FU-8)."""
    claim = await load(uow, Claim, claim_id, for_="submit", read=command)
    at = await decide(uow, claim, "submit", command.happened_at)
    await papers.require_free_of_claims(uow, claim.kind, claim.case_id, claim.draft(), taker=claim.id)
    claim.requested_by, claim.reasons = uow.actor.sub, []
    transition(claim, "submit", at)
    uow.emit(ClaimSubmitted(**about(claim, at)))
    audit(uow, "submit", claim)
    return claim


async def request_information(uow: UnitOfWork, claim_id: UUID, command: RequestInformation) -> Claim:
    """Send a claim back for what is missing."""
    claim = await load(uow, Claim, claim_id, for_="ask_information", read=command)
    rules.require_codes(command.reasons, rules.INFORMATION_REASONS)
    at = await decide(uow, claim, "ask_information", command.happened_at)
    claim.reasons = list(command.reasons)
    void_approval(claim)
    transition(claim, "ask_information", at)
    audit(uow, "ask_information", claim, reasons=claim.reasons)
    return claim


async def approve(uow: UnitOfWork, claim_id: UUID, command: ApproveClaim) -> Claim:
    """Approve exactly the terms of this version (FU-6); reserve at once where free money suffices (FU-7).

    A sum above the parameter waits for a second approver (FU-2).
    """
    claim = await load(uow, Claim, claim_id, for_="approve", read=command)
    return await _approve(uow, claim, "approve", command.happened_at)


async def _approve(uow: UnitOfWork, claim: Claim, action: str, happened_at: datetime | None) -> Claim:
    at, known = await weigh(uow, claim, action, happened_at)
    claim.payee_revision = await facts.payee_revision(uow, claim.case_id)
    claim.approved_digest, claim.reasons = claim.terms().digest(), []
    if known.needs_second_approver and claim.first_approved_by is None:
        claim.first_approved_by = uow.actor.sub
        transition(claim, "approve_first", at)
        audit(uow, "approve_first", claim, amount_qepik=claim.amount_qepik, digest=claim.approved_digest)
        return claim
    claim.approved_by, claim.approved_at = uow.actor.sub, at
    transition(claim, action, at)
    await uow.session.flush()
    uow.emit(ClaimApproved(**about(claim, at)))
    audit(uow, action, claim, amount_qepik=claim.amount_qepik, digest=claim.approved_digest)
    await reserve_if_possible(uow, claim, at)
    return claim


async def reject(uow: UnitOfWork, claim_id: UUID, command: RejectClaim) -> Claim:
    """Reject with reasons; it can be appealed."""
    claim = await load(uow, Claim, claim_id, for_="reject", read=command)
    return await _reject(uow, claim, "reject", reasons=command.reasons, happened_at=command.happened_at)


async def _reject(
    uow: UnitOfWork, claim: Claim, action: str, *, reasons: Sequence[str], happened_at: datetime | None
) -> Claim:
    rules.require_codes(reasons, rules.REJECTION_REASONS)
    at = await decide(uow, claim, action, happened_at)
    claim.reasons = list(reasons)
    void_approval(claim)
    claim.rejected_by = uow.actor.sub
    clear_re_examination(uow, claim, at)
    transition(claim, action, at)
    uow.emit(ClaimRejected(**about(claim, at), reasons=claim.reasons, final=claim.state == "rejected_final"))
    audit(uow, action, claim, reasons=claim.reasons)
    return claim


async def appeal(uow: UnitOfWork, claim_id: UUID, command: AppealRejection) -> Claim:
    """Record that the person appealed a rejection."""
    claim = await load(uow, Claim, claim_id, for_="appeal", read=command)
    at = await decide(uow, claim, "appeal", command.happened_at)
    transition(claim, "appeal", at)
    audit(uow, "appeal", claim)
    return claim


async def decide_appeal(uow: UnitOfWork, claim_id: UUID, command: DecideAppeal) -> Claim:
    """Grant the appeal, which approves the claim, or reject it for good with reasons."""
    claim = await load(uow, Claim, claim_id, for_="decide_appeal", read=command)
    if command.granted:
        return await _approve(uow, claim, "approve_on_appeal", command.happened_at)
    return await _reject(uow, claim, "reject_on_appeal", reasons=command.reasons, happened_at=command.happened_at)


async def cancel(uow: UnitOfWork, claim_id: UUID, command: CancelClaim) -> Claim:
    """End a claim that was not paid, with a reason; what was set aside is free again (FU-7, ID-9)."""
    claim = await load(uow, Claim, claim_id, for_="cancel", read=command)
    rules.require_codes([command.reason], rules.CANCELLATION_REASONS)
    at = await decide(uow, claim, "cancel", command.happened_at)
    await set_free(uow, claim, at)
    claim.reasons = [command.reason]
    clear_re_examination(uow, claim, at)
    transition(claim, "cancel", at)
    uow.emit(ClaimCancelled(**about(claim, at), reasons=claim.reasons))
    audit(uow, "cancel", claim, reasons=claim.reasons)
    return claim


async def settle_re_examination(uow: UnitOfWork, claim_id: UUID, command: SettleReExamination) -> Claim:
    """A person looked and the claim stands (ID-9); one that does not is rejected, cancelled or recovered instead."""
    claim = await load(uow, Claim, claim_id, for_="settle_re_examination", read=command)
    rules.require_codes([command.reason], rules.STANDING_REASONS)
    if claim.re_examine_since is None:
        raise rules.refusal("no_re_examination_open")
    at = uow.effective(command.happened_at, not_before=claim.re_examine_since)
    clear_re_examination(uow, claim, at)
    claim.version += 1
    audit(uow, "settle_re_examination", claim, at=at, reason=command.reason)
    return claim
