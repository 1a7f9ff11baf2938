"""Steps that every act on a claim has: decided by the rules of that day, moved on, published, audited."""

from datetime import datetime
from typing import TypedDict
from uuid import UUID

from casework import aggregate
from chassis.unit_of_work import UnitOfWork
from nrm_events.fund import ClaimKind, ClaimReexamined, ReExaminationSettled

from fund import facts
from fund.domain import claims as rules
from fund.tables import Claim


async def decide(uow: UnitOfWork, claim: Claim, action: str, happened_at: datetime | None) -> datetime:
    """When the act takes effect; NotPossible with the code of the rule that forbids it."""
    at, _ = await weigh(uow, claim, action, happened_at)
    return at


async def weigh(
    uow: UnitOfWork, claim: Claim, action: str, happened_at: datetime | None
) -> tuple[datetime, rules.Facts]:
    """The same, with what the rules looked at."""
    rules.CLAIM.after(claim.state, action)
    at = uow.effective(happened_at, not_before=claim.effective_at)
    free = await facts.lock_free_money(uow) if action == "reserve" else 0  # no other act waits for the balance
    known = await facts.about_claim(uow, claim, at, free)
    rules.decide(claim.state, action, known, uow.actor.sub)
    return at, known


def transition(claim: Claim, action: str, at: datetime) -> None:
    """The next state and version, as of `at`."""
    aggregate.transition(claim, rules.CLAIM, action)
    claim.effective_at = at


def clear_re_examination(uow: UnitOfWork, claim: Claim, at: datetime) -> None:
    """A person decided, or a new recognition carries the claim: nothing about it waits any more (ID-9)."""
    if claim.re_examine_since is not None:
        claim.re_examine_since = claim.re_examine_reason = None
        uow.emit(ReExaminationSettled(effective_at=at, case_id=claim.case_id, grant="claim", grant_id=claim.id))


def mark_re_examination(uow: UnitOfWork, claim: Claim, reason: str, since: datetime) -> None:
    """What the claim rests on changed: a person decides what follows (ID-9)."""
    claim.re_examine_since, claim.re_examine_reason = since, reason
    claim.version += 1
    uow.emit(ClaimReexamined(**about(claim, since)))
    audit(uow, "re_examine", claim, at=since, reason=reason)


class AboutClaim(TypedDict):
    """What every event of a claim has."""

    effective_at: datetime
    case_id: UUID
    claim_id: UUID
    kind: ClaimKind
    amount_qepik: int


def void_approval(claim: Claim) -> None:
    """Nobody has approved or rejected the claim as it is now (FU-6)."""
    claim.first_approved_by = claim.approved_by = claim.approved_digest = claim.approved_at = None
    claim.rejected_by = None


def back_to_draft(claim: Claim, at: datetime) -> None:
    """Submitted, approved and ordered anew, or never: no hand is on the claim any more (FU-6)."""
    claim.requested_by = claim.released_by = claim.order_id = None
    void_approval(claim)
    transition(claim, "amend", at)


def about(claim: Claim, at: datetime, amount_qepik: int | None = None) -> AboutClaim:
    """Ids, kind, amount and time of effect."""
    return AboutClaim(
        effective_at=at,
        case_id=claim.case_id,
        claim_id=claim.id,
        kind=claim.kind,
        amount_qepik=claim.amount_qepik if amount_qepik is None else amount_qepik,
    )


def audit(uow: UnitOfWork, action: str, claim: Claim, *, at: datetime | None = None, **more: object) -> None:
    """Audit the act on the claim; `more` are codes, ids and amounts. `at` where the claim itself did not move."""
    uow.audit(
        action,
        subject=f"claim/{claim.id}",
        case_id=claim.case_id,
        at=at or claim.effective_at,
        facts={"state": claim.state} | more,
    )
