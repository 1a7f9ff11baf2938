"""Voluntary return until departure: the gates one by one, then the way home (RP-5, RP-6)."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypedDict
from uuid import UUID

from casework import agencies
from casework.access import revoke_by
from casework.calendar import local_date
from casework.commands import Change
from casework.endings import CASE_WITHDRAWN, WITHDRAWN
from chassis.clock import new_id
from chassis.database import among, update_alike
from chassis.errors import Invalid, NotPossible
from chassis.unit_of_work import UnitOfWork
from nrm_events.repatriation import (
    Departed,
    DepartureCorrected,
    ReturnCleared,
    ReturnRefused,
    ReturnRequested,
    ReturnSuspended,
    ReturnWithdrawn,
)
from sqlalchemy import select

from repatriation.commands import (
    AssessRisk,
    BookTravel,
    CheckClaims,
    ClearReturn,
    DecideBestInterests,
    Depart,
    DidNotDepart,
    ObtainDocuments,
    RecordReturnConsent,
    RequestReturn,
    WithdrawReturn,
)
from repatriation.domain import returns
from repatriation.facts import cases
from repatriation.facts.returns import facts_of
from repatriation.parameters import value_or_none
from repatriation.rights import SAME_RIGHT
from repatriation.tables import Return
from repatriation.use_cases.aggregate import ITSELF, audit, effective, load_case, load_object, move
from repatriation.use_cases.re_examination import require, settle


class OfAReturn(TypedDict):
    effective_at: datetime
    case_id: UUID
    return_id: UUID


def about(row: Return, at: datetime) -> OfAReturn:
    """What every event of a return states."""
    return {"effective_at": at, "case_id": row.case_id, "return_id": row.id}


async def request(uow: UnitOfWork, command: RequestReturn) -> Return:
    """The person wishes to return (RP-5). Refused: `is_citizen`, `return_already_open`, `not_another_country`."""
    case = await load_case(uow, command.case_id, for_="request_return")
    if case.citizenship == "citizen":
        raise NotPossible("is_citizen", returns.DETAILS["is_citizen"])
    if command.country == "AZ":
        raise Invalid("not_another_country", returns.DETAILS["not_another_country"])
    at = uow.effective(command.happened_at)
    row = Return(
        id=new_id(),
        case_id=command.case_id,
        country=command.country,
        agency=uow.actor.agency,
        state=returns.RETURN.start,
        version=1,
        requested_at=at,
        claims_found=[],
        re_examine=False,
        effective_at=at,
        recorded_at=uow.now,
    )
    uow.session.add(row)
    uow.emit(ReturnRequested(**about(row, at)))
    audit(uow, "request", row, at)
    return row


async def act(uow: UnitOfWork, return_id: UUID, action: str, command: Change) -> tuple[Return, datetime]:
    """The return after an action that its machine and its gates allow, and when that took effect."""
    right = f"{action}_return"
    row = await load_object(uow, Return, return_id, for_=SAME_RIGHT.get(right, right), read=command)
    at = effective(uow, row, command)
    after = returns.decide(row.state, action, await facts_of(uow, row, at), at)
    move(row, after, at)
    return row, at


async def record_consent(uow: UnitOfWork, return_id: UUID, command: RecordReturnConsent) -> Return:
    """The person's consent, which can be withdrawn until departure (RP-5)."""
    row, at = await act(uow, return_id, "record_consent", command)
    row.consent_at = at
    row.agreed_as_child = await cases.was_child_at(uow, row.case_id, at)
    audit(uow, "record_consent", row, at)
    return row


async def assess_risk(uow: UnitOfWork, return_id: UUID, command: AssessRisk) -> Return:
    """RP-5: an assessment whose outcome forbids the return ends it (`refused_risk`)."""
    row = await load_object(uow, Return, return_id, for_="assess_risk_return", read=command)
    at = effective(uow, row, command)
    risk = returns.Risk(command.level, command.retrafficking_risk, at)
    action = returns.assessed(risk)
    move(row, returns.RETURN.after(row.state, action), at)
    row.risk_level, row.retrafficking_risk, row.risk_assessed_at = risk.level, risk.retrafficking, at
    row.risk_assessed_by = uow.actor.sub
    _clear_anew(row)
    if risk.forbids:
        settle(uow, row, at)
        uow.emit(ReturnRefused(**about(row, at)))
    audit(uow, action, row, at, level=risk.level)
    return row


async def decide_best_interests(
    uow: UnitOfWork, return_id: UUID, command: DecideBestInterests, *, reached_opinion_age: bool | None
) -> Return:
    """For a child, by the guardianship authority: best interests, and the child's own opinion (RP-5).

    `reached_opinion_age` is what identification answered; None where it does not know the age.
    """
    row, at = await act(uow, return_id, "decide_best_interests", command)
    opinion_age = value_or_none("return_child_opinion_age", local_date(at))
    returns.require_opinion(command.opinion_heard, opinion_age, reached_opinion_age)
    row.best_interests, row.opinion_heard, row.best_interests_by = (
        command.decision,
        command.opinion_heard,
        uow.actor.sub,
    )
    _clear_anew(row)
    audit(uow, "decide_best_interests", row, at, decision=command.decision)
    return row


def _clear_anew(row: Return) -> None:
    """RP-5: whoever cleared the return has now assessed or decided as well, so that a second person clears it anew."""
    if row.cleared_by in (row.risk_assessed_by, row.best_interests_by):
        row.cleared_by = None


async def check_claims(uow: UnitOfWork, return_id: UUID, command: CheckClaims) -> Return:
    """The open claims are recorded with the return; they warn and do not block (RP-5)."""
    row, at = await act(uow, return_id, "check_claims", command)
    claims = (await cases.open_claims(uow, [row.case_id])).get(row.case_id, [])
    row.claims_checked_at = at
    row.claims_found = [str(claim.claim_id) for claim in claims]
    audit(uow, "check_claims", row, at, open_claims=len(claims))
    return row


async def clear(uow: UnitOfWork, return_id: UUID, command: ClearReturn) -> Return:
    """RP-5: cleared when every gate is passed; otherwise suspended, with each missing gate named."""
    row = await load_object(uow, Return, return_id, for_="clear_return", read=command)
    at = effective(uow, row, command)
    facts = await facts_of(uow, row, at)
    after, missing = returns.clearance(row.state, facts, at)
    move(row, after, at)
    row.cleared_by, row.cleared_as_child = None if missing else uow.actor.sub, facts.is_child
    uow.emit(ReturnSuspended(**about(row, at), reasons=missing) if missing else ReturnCleared(**about(row, at)))
    audit(uow, "suspend" if missing else "clear", row, at, missing=missing)
    return row


async def obtain_documents(uow: UnitOfWork, return_id: UUID, command: ObtainDocuments) -> Return:
    """The state helped with the documents (RP-6)."""
    row, at = await act(uow, return_id, "obtain_documents", command)
    audit(uow, "obtain_documents", row, at)
    return row


async def book_travel(uow: UnitOfWork, return_id: UUID, command: BookTravel) -> Return:
    """Travel is booked, and the payer named; it is never the person (RP-6). Invalid `unknown_payer`."""
    row, at = await act(uow, return_id, "book_travel", command)
    if command.payer not in returns.PAYERS:
        await check_kind(uow, command.payer, returns.PAYING_KINDS, code="unknown_payer", field="payer")
    row.payer = command.payer
    audit(uow, "book_travel", row, at, payer=command.payer)
    return row


async def check_kind(uow: UnitOfWork, agency: str, allowed: tuple[str, ...], *, code: str, field: str) -> None:
    """Invalid with this code where it is no agency of one of these kinds, or left the mechanism."""
    if await agencies.kind(uow, agency) not in allowed:
        raise Invalid(code, "Neither on the list nor an agency of a kind that may.", facts={"kinds": list(allowed)})
    await agencies.check_takes_part(uow, agency, f"body.{field}")


async def depart(uow: UnitOfWork, return_id: UUID, command: Depart) -> Return:
    """The person left, with every gate still passed that day (RP-5)."""
    row, at = await act(uow, return_id, "depart", command)
    row.departed_at = at
    settle(uow, row, at)
    uow.emit(Departed(**about(row, at)))
    audit(uow, "depart", row, at)
    return row


async def did_not_depart(uow: UnitOfWork, return_id: UUID, command: DidNotDepart) -> Return:
    """The person did not leave after all: the booking stands again, and whoever was to receive them waits no more.

    The shelter does not undo the end of its stay: a place is requested anew (RP-5, SH-2).
    """
    row, at = await act(uow, return_id, "did_not_depart", command)
    row.departed_at = row.handover_due_at = None
    row.handover_to = row.handover_from = row.handover_by = None
    await revoke_by(uow, row.case_id, "asked", row.id)
    uow.emit(DepartureCorrected(**about(row, at), reason=command.reason))
    audit(uow, "did_not_depart", row, at, reason=command.reason)
    if await cases.outcome(uow, row.case_id) == WITHDRAWN:
        require(uow, row, CASE_WITHDRAWN, at)
    return row


async def withdraw(uow: UnitOfWork, return_id: UUID, command: WithdrawReturn) -> Return:
    """The person changed their mind before departure, and needs to give no reason (RP-5)."""
    row, at = await act(uow, return_id, "withdraw", command)
    _withdrawn(uow, row, at)
    return row


def _withdrawn(uow: UnitOfWork, row: Return, at: datetime) -> None:
    row.consent_at = None
    settle(uow, row, at)
    uow.emit(ReturnWithdrawn(**about(row, at)))
    audit(uow, "withdraw", row, at)


async def withdraw_for_consent(uow: UnitOfWork, ended: Mapping[tuple[UUID, str], datetime]) -> None:
    """ID-12: what an agency prepared under a consent that is withdrawn ends, if the person has not left yet.

    `ended`: case and agency → when the consent ended.
    """
    if not ended:
        return
    cases_of = {case_id for case_id, _ in ended}
    found = select(Return).where(among(Return.case_id, cases_of), Return.state.in_(returns.BEFORE_DEPARTURE))
    rows = (await uow.session.scalars(found.order_by(Return.id).with_for_update())).all()
    for row in rows:
        if at := ended.get((row.case_id, row.agency)):
            move(row, returns.RETURN.after(row.state, "withdraw"), at)
            _withdrawn(uow.acting(ITSELF), row, at)
    update_alike(rows)
