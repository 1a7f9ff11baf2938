"""Voluntary return: the gates one by one, then the way home, the hand-over and the visits after it (RP-5, RP-6)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.actor import Actor
from chassis.errors import Invalid, NotPossible
from chassis.clock import effective, new_id
from chassis.outbox import emit
from nrm_events.repatriation import (
    Departed,
    HandedOver,
    ReturnCleared,
    ReturnClosed,
    ReturnRefused,
    ReturnRequested,
    ReturnSuspended,
    ReturnWithdrawn,
)
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from repatriation import schemas
from repatriation import tables as t
from repatriation.domain import returns
from repatriation.standing import open_claims, return_facts
from repatriation.use_cases.acts import ITSELF, begin, moved, note, require_case, take


def about(row: t.Return, at: datetime) -> dict[str, Any]:
    """What every event of a return says."""
    return {"effective_at": at, "case_id": row.case_id, "return_id": row.id}


async def request_return(session: AsyncSession, who: Actor, now: datetime, given: schemas.ReturnRequest) -> t.Return:
    """The person asks to return (RP-5). Refused: `is_citizen`, `return_already_open`, `not_another_country`."""
    case = await require_case(session, who, given.case_id, "return")
    if case.citizenship == "citizen":
        raise NotPossible("is_citizen", returns.DETAILS["is_citizen"])
    if given.country == "AZ":
        raise Invalid("not_another_country", returns.DETAILS["not_another_country"])
    at = effective(given.happened_at, now)
    row = t.Return(
        id=new_id(),
        case_id=given.case_id,
        country=given.country,
        agency=who.agency,
        state=returns.RETURN.start,
        version=1,
        requested_at=at,
        claims_found=[],
        effective_at=at,
        recorded_at=now,
    )
    session.add(row)
    emit(session, ReturnRequested(**about(row, at)))
    note(session, who, "request", row, at)
    return row


async def _act(
    session: AsyncSession, who: Actor, now: datetime, return_id: UUID, action: str, given: schemas.Command
) -> tuple[t.Return, datetime]:
    """The return moved on by an action that its machine and its gates allow."""
    row = await take(session, who, t.Return, return_id)
    at = begin(row, given, now)
    after = returns.decide(row.state, action, await return_facts(session, row, at), at)
    moved(row, after, at)
    return row, at


async def record_consent(
    session: AsyncSession, who: Actor, now: datetime, return_id: UUID, given: schemas.Command
) -> t.Return:
    """The person's consent, which can be withdrawn until departure (RP-5)."""
    row, at = await _act(session, who, now, return_id, "record_consent", given)
    row.consent_at = at
    note(session, who, "record_consent", row, at)
    return row


async def assess_risk(
    session: AsyncSession, who: Actor, now: datetime, return_id: UUID, given: schemas.RiskAssessment
) -> t.Return:
    """RP-5: an assessment whose outcome forbids the return ends it (`refused_risk`)."""
    row = await take(session, who, t.Return, return_id)
    at = begin(row, given, now)
    risk = returns.Risk(given.level, given.retrafficking_risk, at)
    action = returns.assessed(risk)
    moved(row, returns.RETURN.after(row.state, action), at)
    row.risk_level, row.retrafficking_risk, row.risk_assessed_at = risk.level, risk.retrafficking, at
    if risk.forbids:
        emit(session, ReturnRefused(**about(row, at)))
    note(session, who, action, row, at, level=risk.level)
    return row


async def decide_best_interests(
    session: AsyncSession, who: Actor, now: datetime, return_id: UUID, given: schemas.BestInterests
) -> t.Return:
    """For a child: guardian, best interests, the child's own opinion (RP-5)."""
    row, at = await _act(session, who, now, return_id, "decide_best_interests", given)
    row.guardian, row.best_interests, row.opinion_heard = given.guardian, given.decision, given.opinion_heard
    note(session, who, "decide_best_interests", row, at, decision=given.decision)
    return row


async def check_claims(
    session: AsyncSession, who: Actor, now: datetime, return_id: UUID, given: schemas.Command
) -> t.Return:
    """The open claims are looked at and kept with the return; they warn and do not block (RP-5)."""
    row, at = await _act(session, who, now, return_id, "check_claims", given)
    row.claims_checked_at = at
    row.claims_found = [str(claim.claim_id) for claim in await open_claims(session, row.case_id)]
    note(session, who, "check_claims", row, at, open_claims=len(row.claims_found))
    return row


async def clear(session: AsyncSession, who: Actor, now: datetime, return_id: UUID, given: schemas.Command) -> t.Return:
    """RP-5: cleared when every gate is passed; otherwise suspended, with each missing gate named."""
    row = await take(session, who, t.Return, return_id)
    at = begin(row, given, now)
    after, missing = returns.clearance(row.state, await return_facts(session, row, at), at)
    moved(row, after, at)
    emit(session, ReturnSuspended(**about(row, at), reasons=missing) if missing else ReturnCleared(**about(row, at)))
    note(session, who, "suspend" if missing else "clear", row, at, missing=missing)
    return row


async def obtain_documents(
    session: AsyncSession, who: Actor, now: datetime, return_id: UUID, given: schemas.Command
) -> t.Return:
    """The state helped with the documents (RP-6)."""
    row, at = await _act(session, who, now, return_id, "obtain_documents", given)
    note(session, who, "obtain_documents", row, at)
    return row


async def book_travel(
    session: AsyncSession, who: Actor, now: datetime, return_id: UUID, given: schemas.Travel
) -> t.Return:
    """Travel is booked, and who pays is said; it is never the person (RP-6)."""
    row, at = await _act(session, who, now, return_id, "book_travel", given)
    row.payer = given.payer
    note(session, who, "book_travel", row, at, payer=given.payer)
    return row


async def depart(session: AsyncSession, who: Actor, now: datetime, return_id: UUID, given: schemas.Command) -> t.Return:
    """The person left, with every gate still passed that day (RP-5)."""
    row, at = await _act(session, who, now, return_id, "depart", given)
    row.departed_at = at
    emit(session, Departed(**about(row, at)))
    note(session, who, "depart", row, at)
    return row


async def offer_handover(
    session: AsyncSession, who: Actor, now: datetime, return_id: UUID, given: schemas.Handover
) -> t.Return:
    """A receiving body is asked to take over (RP-6). Invalid `unknown_body`."""
    row, at = await _act(session, who, now, return_id, "offer_handover", given)
    if given.to not in returns.RECEIVING_BODIES:
        raise Invalid("unknown_body", "The body is not on the list.", facts={"known": list(returns.RECEIVING_BODIES)})
    row.handover_to = given.to
    note(session, who, "offer_handover", row, at, to=given.to)
    return row


async def acknowledge_handover(
    session: AsyncSession, who: Actor, now: datetime, return_id: UUID, given: schemas.Command
) -> t.Return:
    """The receiving body took over (RP-6)."""
    row, at = await _act(session, who, now, return_id, "acknowledge_handover", given)
    row.handed_over_at = at
    emit(session, HandedOver(**about(row, at), to=row.handover_to))
    note(session, who, "acknowledge_handover", row, at, to=row.handover_to)
    return row


async def follow_up(
    session: AsyncSession, who: Actor, now: datetime, return_id: UUID, given: schemas.FollowUp
) -> t.Return:
    """A visit after the return is logged (RP-6)."""
    row, at = await _act(session, who, now, return_id, "follow_up", given)
    session.add(t.FollowUp(id=new_id(), return_id=row.id, outcome=given.outcome, visited_at=at, recorded_at=now))
    note(session, who, "follow_up", row, at, outcome=given.outcome)
    return row


async def close(session: AsyncSession, who: Actor, now: datetime, return_id: UUID, given: schemas.Command) -> t.Return:
    """Follow-up ended (RP-6)."""
    row, at = await _act(session, who, now, return_id, "close", given)
    emit(session, ReturnClosed(**about(row, at)))
    note(session, who, "close", row, at)
    return row


async def withdraw(
    session: AsyncSession, who: Actor, now: datetime, return_id: UUID, given: schemas.Command
) -> t.Return:
    """The person changed their mind before departure, and needs to give no reason (RP-5)."""
    row, at = await _act(session, who, now, return_id, "withdraw", given)
    _withdrawn(session, who, row, at)
    return row


def _withdrawn(session: AsyncSession, who: Actor, row: t.Return, at: datetime) -> None:
    row.consent_at = None
    emit(session, ReturnWithdrawn(**about(row, at)))
    note(session, who, "withdraw", row, at)


async def withdraw_for_consent(session: AsyncSession, case_id: UUID, agency: str, at: datetime) -> None:
    """ID-12: what an agency prepared under a consent that is withdrawn ends, if the person has not left yet."""
    rows = await session.scalars(
        select(t.Return)
        .where(
            t.Return.case_id == case_id,
            t.Return.agency == agency,
            t.Return.state.in_(returns.BEFORE_DEPARTURE),
        )
        .with_for_update()
    )
    for row in rows:
        moved(row, returns.RETURN.after(row.state, "withdraw"), at)
        _withdrawn(session, ITSELF, row, at)
