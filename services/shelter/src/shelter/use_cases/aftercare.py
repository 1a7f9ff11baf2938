"""Hand-over after a stay or without one, its acknowledgement, and the care of the assistance centre (SH-8)."""

from datetime import datetime
from uuid import UUID

from chassis import access, audit
from chassis.actor import Actor
from chassis.calendar import due_in_working_days
from chassis.errors import Invalid, NotFound
from chassis.clock import effective, new_id
from chassis.outbox import emit
from nrm_events.shelter import (
    AssistanceGiven,
    CourseEnrolled,
    HandoverAcknowledged,
    HandoverDeclined,
    HandoverRequested,
    HandoverWithdrawn,
)
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shelter.domain.care import HANDOVER, check_assistance
from shelter.schemas import bodies
from shelter.settings import parameter_or_none
from shelter.tables import Assistance, CourseEnrolment, Handover, Stay
from shelter.use_cases.at_hand import require_case, require_own, require_version, take_case


def handover_basis(handover_id: UUID) -> str:
    """Why an agency may know of a case: its support was handed over to it."""
    return f"handover:{handover_id}"


async def hand_over(session: AsyncSession, who: Actor, now: datetime, given: bodies.HandOver) -> Handover:
    """Hand support to another agency (SH-8): it sees the case from now on, and has five working days to acknowledge;
    before the first day of that parameter there was no term, and so there is no clock."""
    case = await take_case(session, who, given.case_id)
    at = effective(given.happened_at, now, not_before=case.opened_at)
    if given.to == who.agency:
        raise Invalid("own_agency", "Support is handed over to another agency.")
    last_stay = await session.scalar(
        select(Stay.id)
        .where(Stay.case_id == case.case_id, Stay.state.in_(("admitted", "ended")), Stay.admitted_at <= at)
        .order_by(Stay.admitted_at.desc(), Stay.id.desc())
        .limit(1)
    )
    days = parameter_or_none("handover_workdays", at)
    handover = Handover(
        id=new_id(),
        case_id=case.case_id,
        stay_id=last_stay,
        state=HANDOVER.start,
        version=1,
        from_agency=who.agency,
        to_agency=given.to,
        requested_at=at,
        due_at=due_in_working_days(at, days) if days is not None else None,
        recorded_at=now,
    )
    session.add(handover)
    await session.flush()  # a second one that waits is refused here, by the database
    await access.allow(session, [(case.case_id, given.to, handover_basis(handover.id), at)])
    emit(
        session,
        HandoverRequested(
            effective_at=at,
            case_id=case.case_id,
            handover_id=handover.id,
            to=given.to,
            from_agency=who.agency,
            due_at=handover.due_at,
        ),
    )
    _note(session, who, "hand_over", handover, at, to=given.to)
    return handover


async def _take(session: AsyncSession, who: Actor, handover_id: UUID, given: bodies.Change) -> Handover:
    """The hand-over, locked after its case. NotFound where the actor may not know of it, Stale where it changed."""
    handover = await session.scalar(
        select(Handover).where(Handover.id == handover_id, access.visible(who, Handover.case_id))
    )
    if handover is None:
        raise NotFound
    await require_case(session, who, handover.case_id)
    await session.refresh(handover, with_for_update=True)
    require_version(given, handover)
    return handover


async def acknowledge(
    session: AsyncSession, who: Actor, now: datetime, handover_id: UUID, given: bodies.Change
) -> Handover:
    """The agency takes the support over (SH-8)."""
    handover = await _take(session, who, handover_id, given)
    after = HANDOVER.after(handover.state, "acknowledge")
    require_own(who, [handover.to_agency])
    at = effective(given.happened_at, now, not_before=handover.requested_at)
    handover.state, handover.acknowledged_at = after, at
    handover.version += 1
    emit(
        session,
        HandoverAcknowledged(effective_at=at, case_id=handover.case_id, handover_id=handover.id, to=handover.to_agency),
    )
    _note(session, who, "acknowledge", handover, at)
    return handover


async def decline(
    session: AsyncSession, who: Actor, now: datetime, handover_id: UUID, given: bodies.DeclineHandover
) -> Handover:
    """The agency cannot take the support over, and says why (SH-8); it knows of the case no longer."""
    handover = await _take(session, who, handover_id, given)
    after = HANDOVER.after(handover.state, "decline_handover")
    require_own(who, [handover.to_agency])
    at = effective(given.happened_at, now, not_before=handover.requested_at)
    handover.state, handover.declined_at, handover.decline_reason = after, at, given.reason
    handover.version += 1
    await access.end(session, [(handover.case_id, handover.to_agency, handover_basis(handover.id))])
    emit(
        session,
        HandoverDeclined(
            effective_at=at,
            case_id=handover.case_id,
            handover_id=handover.id,
            to=handover.to_agency,
            reason=given.reason,
        ),
    )
    _note(session, who, "decline_handover", handover, at, reason=given.reason)
    return handover


async def tell_course(session: AsyncSession, who: Actor, now: datetime, given: bodies.TellCourse) -> CourseEnrolment:
    """The person is enrolled on a course; one that lacks enrolment says so (SH-8)."""
    case = await take_case(session, who, given.case_id)
    row = CourseEnrolment(
        id=new_id(),
        case_id=case.case_id,
        agency=who.agency,
        course=given.course,
        enrolled=given.enrolled,
        needed=given.needed,
        effective_at=effective(given.happened_at, now, not_before=case.opened_at),
        recorded_at=now,
    )
    session.add(row)
    emit(
        session,
        CourseEnrolled(
            effective_at=row.effective_at,
            case_id=row.case_id,
            enrolment_id=row.id,
            course=row.course,
            lacking=max(row.needed - row.enrolled, 0),
        ),
    )
    audit.record(
        session,
        who,
        "tell_course",
        subject=f"course-enrolment/{row.id}",
        case_id=row.case_id,
        effective_at=row.effective_at,
        facts={"course": row.course, "enrolled": row.enrolled, "needed": row.needed},
    )
    return row


async def take_back(
    session: AsyncSession, who: Actor, now: datetime, handover_id: UUID, given: bodies.Change
) -> Handover:
    """Who handed over takes it back before it is acknowledged; the agency loses the sight that it gave (SH-8)."""
    handover = await _take(session, who, handover_id, given)
    HANDOVER.after(handover.state, "withdraw")
    require_own(who, [handover.from_agency])
    at = effective(given.happened_at, now, not_before=handover.requested_at)
    await access.end(session, [(handover.case_id, handover.to_agency, handover_basis(handover.id))])
    withdraw_handover(session, who, handover, at)
    return handover


def withdraw_handover(session: AsyncSession, who: Actor, handover: Handover, at: datetime) -> None:
    """Ended before it was acknowledged: taken back, or the consent that it rested on was withdrawn (ID-12)."""
    handover.state = HANDOVER.after(handover.state, "withdraw")
    handover.withdrawn_at = at
    handover.version += 1
    emit(
        session,
        HandoverWithdrawn(effective_at=at, case_id=handover.case_id, handover_id=handover.id, to=handover.to_agency),
    )
    _note(session, who, "withdraw", handover, at)


async def give_assistance(session: AsyncSession, who: Actor, now: datetime, given: bodies.GiveAssistance) -> Assistance:
    """The assistance centre gave care of this kind; it took the support over before (SH-8). An agency pays (SH-6)."""
    case = await take_case(session, who, given.case_id)
    handover = await session.scalar(
        select(Handover)
        .where(Handover.case_id == case.case_id, Handover.to_agency == who.agency, Handover.state == "acknowledged")
        .order_by(Handover.acknowledged_at)
        .limit(1)
    )
    check_assistance(handover is not None)
    assert handover is not None  # noqa: S101  # the rule above just required it
    at = effective(given.happened_at, now, not_before=handover.acknowledged_at)
    row = Assistance(
        id=new_id(),
        case_id=case.case_id,
        handover_id=handover.id,
        kind=given.kind,
        payer=given.payer,
        agency=who.agency,
        effective_at=at,
        recorded_at=now,
    )
    session.add(row)
    emit(
        session,
        AssistanceGiven(
            effective_at=at, case_id=case.case_id, assistance_id=row.id, kind=given.kind, agency=who.agency
        ),
    )
    audit.record(
        session,
        who,
        "give_assistance",
        subject=f"assistance/{row.id}",
        case_id=case.case_id,
        effective_at=at,
        facts={"kind": given.kind, "payer": given.payer},
    )
    return row


def _note(session: AsyncSession, who: Actor, action: str, handover: Handover, at: datetime, **facts: str) -> None:
    audit.record(
        session,
        who,
        action,
        subject=f"handover/{handover.id}",
        case_id=handover.case_id,
        effective_at=at,
        facts={"state": handover.state} | facts,
    )
