"""The claim at hand: taken, decided by the rules of that day, moved on and noted. Every act on a claim goes so."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis import audit
from chassis.actor import Actor
from chassis.errors import NotFound, Stale
from chassis.clock import effective
from chassis.outbox import lock_streams
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from fund.domain import claims as rules
from fund.queries.standing import facts_of, visible
from fund.schemas import Change
from fund.tables import Claim
from fund.use_cases.ledger import lock_free_money

_SHOWN = ("amount_qepik", "payee", "document", "purpose", "recovered_qepik", "re_examine_reason")


async def take(session: AsyncSession, who: Actor, claim_id: UUID, given: Change | None = None) -> Claim:
    """The claim, locked; its case before it, as the consumer does, so that the two never wait crosswise.

    Stale where it is not what the actor read."""
    asked = select(Claim).where(Claim.id == claim_id, visible(who))
    case_id = await session.scalar(asked.with_only_columns(Claim.case_id))
    if case_id is None:
        raise NotFound
    await lock_streams(session, [case_id])
    found = await session.scalar(asked.with_for_update())  # access may have ended while the case was waited for
    if found is None:
        raise NotFound
    if given is not None and given.version is not None:
        require_version(found, given.version, given.model_dump(mode="json", exclude={"version"}, exclude_none=True))
    return found


def require_version(claim: Claim, given: int, yours: Mapping[str, Any], names: Iterable[str] = _SHOWN) -> None:
    """Stale, with both values, when the claim was changed since it was read; `names` is what is told of the claim."""
    if given != claim.version:
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


def looked_at(claim: Claim) -> None:
    """A person ended the claim: nothing about it waits for re-examination any more (ID-9)."""
    claim.re_examine_since = claim.re_examine_reason = None


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
