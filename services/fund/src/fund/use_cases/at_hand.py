"""The claim at hand: taken, decided by the rules of that day, moved on and noted. Every act on a claim goes so."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis import audit
from chassis.actor import Actor
from chassis.errors import NotFound, Stale
from chassis.moments import effective
from chassis.outbox import lock_streams
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from fund.domain import claims as rules
from fund.queries.standing import facts_of, visible
from fund.tables import Claim
from fund.use_cases.ledger import lock_free_money


async def take(session: AsyncSession, who: Actor, claim_id: UUID) -> Claim:
    """The claim, locked; its case before it, as the consumer does, so that the two never wait crosswise."""
    asked = select(Claim).where(Claim.id == claim_id, visible(who))
    found = await session.scalar(asked)
    if found is None:
        raise NotFound
    await lock_streams(session, [found.case_id])
    await session.refresh(found, with_for_update=True)
    return found


def require_version(claim: Claim, given: int, yours: Mapping[str, Any]) -> None:
    """Stale, with both values, when the claim was changed since it was read."""
    if given != claim.version:
        names = yours.keys() or ("amount_qepik", "payee", "document", "purpose")
        stored = {name: getattr(claim, name) for name in names} | {"state": claim.state}
        raise Stale(given, claim.version, yours, stored)


async def act(
    session: AsyncSession, who: Actor, now: datetime, claim: Claim, action: str, happened_at: datetime | None
) -> tuple[str, datetime]:
    """The state after the action and the time of its effect; NotPossible with the code of the rule that forbids it."""
    rules.CLAIM.after(claim.state, action)
    at = effective(happened_at, now, not_before=claim.effective_at)
    free = await lock_free_money(session) if action == "reserve" else 0  # no other act waits for the balance
    facts = await facts_of(session, claim, at, free)
    return rules.decide(claim.state, action, facts, who.sub), at


def moved(claim: Claim, state: str, at: datetime) -> None:
    claim.state = state
    claim.version += 1
    claim.effective_at = at


def about(claim: Claim, at: datetime, amount_qepik: int | None = None) -> dict[str, Any]:
    """What every event of a claim says: ids, kind, amount, time of effect."""
    return {
        "effective_at": at,
        "case_id": claim.case_id,
        "claim_id": claim.id,
        "kind": claim.kind,
        "amount_qepik": claim.amount_qepik if amount_qepik is None else amount_qepik,
    }


def note(
    session: AsyncSession, who: Actor, action: str, claim: Claim, *, at: datetime | None = None, **facts: Any
) -> None:
    """Audit the act on the claim; facts are codes, ids and amounts. `at` where the claim itself did not move."""
    audit.record(
        session,
        who,
        action,
        subject=f"claim/{claim.id}",
        case_id=claim.case_id,
        effective_at=at or claim.effective_at,
        facts={"state": claim.state} | facts,
    )
