"""A claim until it is decided: written, amended, submitted, approved or rejected, appealed, cancelled (FU-2, FU-6)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis import access
from chassis.actor import Actor
from chassis.errors import Forbidden, Invalid, NotFound
from chassis.clock import effective, local_date, new_id
from chassis.outbox import emit, lock_streams
from chassis.schema import case_access
from nrm_events.fund import ApprovalVoided, ClaimApproved, ClaimCancelled, ClaimRejected, ClaimSubmitted
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from fund import schemas
from fund.domain import claims as rules
from fund.queries.standing import terms_of
from fund.settings import PARAMETERS
from fund.tables import CaseRecognition, Claim
from fund.use_cases.at_hand import about, act, looked_at, moved, note, require_version, take
from fund.use_cases.payments import reserve_if_possible, set_free

_TERMS = ("purpose", "amount_qepik", "payee", "document", "awarded_qepik", "from_property_qepik", "property_document")


async def create_claim(session: AsyncSession, who: Actor, now: datetime, given: schemas.ClaimDraft) -> Claim:
    """Draft a needs grant (FU-2) or a compensation (FU-3) for a case that the actor may know of.

    A caseworker drafts needs grants only; a compensation is the Fund's own.
    """
    if given.kind != "needs_grant" and who.scope != "all":
        raise Forbidden("create_claim")
    began = await _hold_case(session, who, given.case_id)
    terms = _checked_terms(given.kind, {name: getattr(given, name) for name in _TERMS}, given.happened_at or now)
    at = effective(given.happened_at, now, not_before=began)
    claim = Claim(
        id=new_id(),
        case_id=given.case_id,
        kind=given.kind,
        state=rules.CLAIM.start,
        version=1,
        recovered_qepik=0,
        reasons=[],
        written_by=who.sub,
        written_by_agency=who.agency,
        effective_at=at,
        recorded_at=now,
        **terms,
    )
    session.add(claim)
    note(session, who, "create_claim", claim, kind=claim.kind, amount_qepik=claim.amount_qepik)
    return claim


async def _hold_case(session: AsyncSession, who: Actor, case_id: UUID) -> datetime:
    """When the case began, and the case held, so that who may know of it stays so until the end.

    NotFound for a case that no event told of, exactly as for one that may not be seen."""
    known = select(case_access.c.since).where(case_access.c.case_id == case_id)
    recognised = select(CaseRecognition.since).where(CaseRecognition.case_id == case_id)
    began: datetime | None = await session.scalar(known.union_all(recognised).order_by("since").limit(1))
    if began is None:
        raise NotFound
    await lock_streams(session, [case_id])
    await access.require(session, who, case_id)
    return began


def _checked_terms(kind: str, terms: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """The terms with the amount of a compensation computed (FU-3). Invalid names what is missing or out of place."""
    if kind == "compensation":
        return _compensation(terms)
    given = [name for name in ("awarded_qepik", "from_property_qepik", "property_document") if terms[name] is not None]
    if given:
        raise Invalid("only_for_compensation", "An award belongs to a claim for compensation.", facts={"fields": given})
    if terms["amount_qepik"] is None:
        raise Invalid("amount_missing", "Say the amount in qəpik.")
    if kind == "allowance" and terms["purpose"] is not None:
        raise Invalid("only_for_needs_grant", "A purpose belongs to a needs grant.")
    if kind == "allowance":
        return dict(terms)
    known = PARAMETERS.value("needs_grants", local_date(at))
    if terms["purpose"] not in known:
        raise Invalid("unknown_purpose", "What the grant is for is not on the list.", facts={"known": known})
    return dict(terms)


def _compensation(terms: Mapping[str, Any]) -> dict[str, Any]:
    if terms["purpose"] is not None:
        raise Invalid("only_for_needs_grant", "A purpose belongs to a needs grant.")
    if terms["document"] is None or terms["awarded_qepik"] is None or terms["from_property_qepik"] is None:
        raise Invalid("court_decision_missing", "Say the court decision, its award and what the property gave.")
    amount = rules.shortfall(terms["awarded_qepik"], terms["from_property_qepik"])
    if terms["amount_qepik"] not in (None, amount):
        raise Invalid("amount_is_not_the_shortfall", "The Fund pays the shortfall.", facts={"shortfall_qepik": amount})
    return {**terms, "amount_qepik": amount}


async def amend_claim(
    session: AsyncSession, who: Actor, now: datetime, claim_id: UUID, given: schemas.Amendment
) -> Claim:
    """Change the terms: an approval is void after it, money set aside is free again, and it is a draft anew (FU-6)."""
    claim = await take(session, who, claim_id)
    changes = {name: value for name in _TERMS if (value := getattr(given, name)) is not None}
    require_version(claim, given.version, changes, changes)
    state, at = await act(session, who, now, claim, "amend", given.happened_at)
    if claim.kind == "allowance" and changes.get("amount_qepik", claim.amount_qepik) != claim.amount_qepik:
        raise rules.refusal("amount_set_by_law")
    merged = {name: getattr(claim, name) for name in _TERMS} | changes
    if claim.kind == "compensation" and "amount_qepik" not in changes:
        merged["amount_qepik"] = None
    terms = _checked_terms(claim.kind, merged, at)
    voided = claim.approved_by is not None
    if voided:
        await set_free(session, who, now, claim, at)
        emit(session, ApprovalVoided(**about(claim, at)))
    for name, value in terms.items():
        setattr(claim, name, value)
    claim.written_by = who.sub  # the agency that drafted it goes on seeing it
    claim.requested_by = claim.approved_by = claim.approved_digest = claim.released_by = claim.order_id = None
    moved(claim, state, at)
    note(session, who, "amend", claim, voided=voided, amount_qepik=claim.amount_qepik)
    return claim


async def submit_claim(
    session: AsyncSession, who: Actor, now: datetime, claim_id: UUID, given: schemas.Change
) -> Claim:
    """Ask for approval; who asks neither approves nor releases (FU-6). Eligibility by recognitions only (FU-8)."""
    claim = await take(session, who, claim_id, given)
    state, at = await act(session, who, now, claim, "submit", given.happened_at)
    claim.requested_by, claim.reasons = who.sub, []
    moved(claim, state, at)
    emit(session, ClaimSubmitted(**about(claim, at)))
    note(session, who, "submit", claim)
    return claim


async def ask_information(
    session: AsyncSession, who: Actor, now: datetime, claim_id: UUID, given: schemas.InformationRequest
) -> Claim:
    """Send a claim back for what is missing."""
    claim = await take(session, who, claim_id, given)
    rules.require_codes(given.reasons, rules.INFORMATION_REASONS)
    state, at = await act(session, who, now, claim, "ask_information", given.happened_at)
    claim.reasons = given.reasons
    moved(claim, state, at)
    note(session, who, "ask_information", claim, reasons=given.reasons)
    return claim


async def approve_claim(
    session: AsyncSession, who: Actor, now: datetime, claim_id: UUID, given: schemas.Approval
) -> Claim:
    """Approve exactly the terms of this version (FU-6); reserve at once where free money suffices (FU-7)."""
    claim = await take(session, who, claim_id)
    require_version(claim, given.version, {})
    return await _approve(session, who, now, claim, "approve", given.happened_at)


async def _approve(
    session: AsyncSession, who: Actor, now: datetime, claim: Claim, action: str, happened_at: datetime | None
) -> Claim:
    state, at = await act(session, who, now, claim, action, happened_at)
    claim.approved_by, claim.approved_digest, claim.reasons = who.sub, terms_of(claim).digest(), []
    moved(claim, state, at)
    await session.flush()
    emit(session, ClaimApproved(**about(claim, at)))
    note(session, who, action, claim, amount_qepik=claim.amount_qepik, digest=claim.approved_digest)
    await reserve_if_possible(session, who, now, claim, at)
    return claim


async def reject_claim(
    session: AsyncSession, who: Actor, now: datetime, claim_id: UUID, given: schemas.Rejection
) -> Claim:
    """Reject with reasons; it can be appealed."""
    claim = await take(session, who, claim_id, given)
    return await _reject(session, who, now, claim, "reject", given.reasons, given.happened_at)


async def _reject(
    session: AsyncSession,
    who: Actor,
    now: datetime,
    claim: Claim,
    action: str,
    reasons: list[str],
    happened_at: datetime | None,
) -> Claim:
    rules.require_codes(reasons, rules.REJECTION_REASONS)
    state, at = await act(session, who, now, claim, action, happened_at)
    claim.reasons = reasons
    looked_at(claim)
    moved(claim, state, at)
    final = state == "rejected_final"
    emit(session, ClaimRejected(**about(claim, at), reasons=reasons, final=final))
    note(session, who, action, claim, reasons=reasons)
    return claim


async def appeal_rejection(
    session: AsyncSession, who: Actor, now: datetime, claim_id: UUID, given: schemas.Change
) -> Claim:
    """Record that the person appealed a rejection."""
    claim = await take(session, who, claim_id, given)
    state, at = await act(session, who, now, claim, "appeal", given.happened_at)
    moved(claim, state, at)
    note(session, who, "appeal", claim)
    return claim


async def decide_appeal(
    session: AsyncSession, who: Actor, now: datetime, claim_id: UUID, given: schemas.AppealDecision
) -> Claim:
    """Grant the appeal, which approves the claim, or reject it for good with reasons."""
    claim = await take(session, who, claim_id)
    require_version(claim, given.version, {})
    if given.granted:
        return await _approve(session, who, now, claim, "approve_on_appeal", given.happened_at)
    return await _reject(session, who, now, claim, "reject_on_appeal", given.reasons, given.happened_at)


async def cancel_claim(
    session: AsyncSession, who: Actor, now: datetime, claim_id: UUID, given: schemas.Cancellation
) -> Claim:
    """End a claim that was not paid, by a person and with a reason; what was set aside is free again (FU-7, ID-9)."""
    claim = await take(session, who, claim_id, given)
    rules.require_codes([given.reason], rules.CANCELLATION_REASONS)
    state, at = await act(session, who, now, claim, "cancel", given.happened_at)
    await set_free(session, who, now, claim, at)
    claim.reasons = [given.reason]
    looked_at(claim)
    moved(claim, state, at)
    emit(session, ClaimCancelled(**about(claim, at), reasons=claim.reasons))
    note(session, who, "cancel", claim, reasons=claim.reasons)
    return claim


async def settle_re_examination(
    session: AsyncSession, who: Actor, now: datetime, claim_id: UUID, given: schemas.ReExamination
) -> Claim:
    """A person looked and the claim stands (ID-9); one that does not is rejected, cancelled or recovered instead."""
    claim = await take(session, who, claim_id, given)
    rules.require_codes([given.reason], rules.STANDING_REASONS)
    if claim.re_examine_since is None:
        raise rules.refusal("no_re_examination_open")
    at = effective(given.happened_at, now, not_before=claim.re_examine_since)
    looked_at(claim)
    claim.version += 1
    note(session, who, "settle_re_examination", claim, at=at, reason=given.reason)
    return claim
