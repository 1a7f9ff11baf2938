"""Hand-overs, assistance, named conflicts, and the audit, as their readers see them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from chassis import access, answers, audit
from chassis.actor import Actor
from chassis.deadlines import Deadline
from chassis.errors import NotFound
from chassis.clock import local_date
from chassis.paging import page
from chassis.rights import may
from sqlalchemy import Select, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from shelter.domain.care import CONFLICT, HANDOVER
from shelter.rights import RIGHTS
from shelter.schemas import shapes
from shelter.tables import Assistance, Bed, BedNightBlock, Conflict, CourseEnrolment, Handover, Room, Stay


async def find_handover(session: AsyncSession, who: Actor, handover_id: UUID) -> Handover:
    handover = await session.scalar(
        select(Handover).where(Handover.id == handover_id, access.visible(who, Handover.case_id))
    )
    if handover is None:
        raise NotFound
    return handover


def show_handover(who: Actor, now: datetime, handover: Handover) -> shapes.HandoverAnswer:
    stored = ("id", "case_id", "stay_id", "state", "version", "from_agency", "requested_at", "due_at")
    ours, theirs = handover.from_agency, handover.to_agency
    doers = {"acknowledge": theirs, "decline_handover": theirs, "withdraw": ours}
    refused = {action: "belongs_to_another_agency" for action, agency in doers.items() if agency != who.agency}
    deadlines = [Deadline("handover", handover.due_at, handover.acknowledged_at)] if handover.due_at else []
    return shapes.HandoverAnswer(
        **{name: getattr(handover, name) for name in stored},
        to=handover.to_agency,
        acknowledged_at=handover.acknowledged_at,
        declined_at=handover.declined_at,
        decline_reason=handover.decline_reason,
        withdrawn_at=handover.withdrawn_at,
        actions=answers.actions(HANDOVER.list_actions(handover.state, refused, may(RIGHTS, who))),
        clocks=answers.clocks(deadlines, now) if handover.state in ("requested", "acknowledged") else [],
    )


async def list_handovers(
    session: AsyncSession,
    who: Actor,
    now: datetime,
    *,
    case_id: UUID | None,
    state: str | None,
    limit: int,
    after: UUID | None,
) -> tuple[list[shapes.HandoverAnswer], UUID | None]:
    asked = select(Handover).where(access.visible(who, Handover.case_id))
    if case_id:
        asked = asked.where(Handover.case_id == case_id)
    if state:
        asked = asked.where(Handover.state == state)
    rows, following = await page(session, asked, Handover.id, limit, after)
    return [show_handover(who, now, row) for row in rows], following


async def handover_history(session: AsyncSession, who: Actor, handover_id: UUID) -> answers.History:
    handover = await find_handover(session, who, handover_id)
    return answers.history(await audit.history(session, subject=f"handover/{handover.id}"))


def show_course(row: CourseEnrolment) -> shapes.CourseAnswer:
    stored = ("id", "case_id", "agency", "course", "enrolled", "needed", "effective_at")
    lacking = max(row.needed - row.enrolled, 0)
    return shapes.CourseAnswer(**{name: getattr(row, name) for name in stored}, lacking=lacking)


async def list_courses(
    session: AsyncSession, who: Actor, case_id: UUID | None, limit: int, after: UUID | None
) -> tuple[list[shapes.CourseAnswer], UUID | None]:
    """What was told of each course, newest first."""
    asked = select(CourseEnrolment).where(access.visible(who, CourseEnrolment.case_id))
    if case_id:
        asked = asked.where(CourseEnrolment.case_id == case_id)
    rows, following = await page(session, asked, CourseEnrolment.id, limit, after)
    return [show_course(row) for row in rows], following


def show_assistance(row: Assistance) -> shapes.AssistanceAnswer:
    return shapes.AssistanceAnswer(**{name: getattr(row, name) for name in shapes.AssistanceAnswer.model_fields})


async def list_assistance(
    session: AsyncSession, who: Actor, case_id: UUID | None, limit: int, after: UUID | None
) -> tuple[list[shapes.AssistanceAnswer], UUID | None]:
    asked = select(Assistance).where(access.visible(who, Assistance.case_id))
    if case_id:
        asked = asked.where(Assistance.case_id == case_id)
    rows, following = await page(session, asked, Assistance.id, limit, after)
    return [show_assistance(row) for row in rows], following


def _known_conflicts(who: Actor) -> Select[tuple[Conflict]]:
    """Who may not know of both cases does not see who the conflict is between (SH-4)."""
    return select(Conflict).where(access.visible(who, Conflict.case_id), access.visible(who, Conflict.other_case_id))


async def show_conflict(session: AsyncSession, who: Actor, now: datetime, conflict: Conflict) -> shapes.ConflictAnswer:
    await session.flush()
    return _conflict(who, conflict, await _together(session, now, [conflict]))


def _conflict(who: Actor, conflict: Conflict, together: set[UUID]) -> shapes.ConflictAnswer:
    stored = ("id", "case_id", "other_case_id", "state", "version", "kind", "since", "ended_at")
    rights = {"end"} if "end_conflict" in may(RIGHTS, who) else set()
    return shapes.ConflictAnswer(
        **{name: getattr(conflict, name) for name in stored},
        together_now=conflict.id in together,
        actions=answers.actions(CONFLICT.list_actions(conflict.state, may=rights)),
        clocks=[],
    )


async def _together(session: AsyncSession, now: datetime, conflicts: Sequence[Conflict]) -> set[UUID]:
    """Which of these conflicts are between two who have beds in one house tonight; one question for a whole list."""
    tonight = (
        select(Stay.case_id, Room.facility_id)
        .join(BedNightBlock, BedNightBlock.stay_id == Stay.id)
        .join(Bed, BedNightBlock.bed_id == Bed.id)
        .join(Room, Bed.room_id == Room.id)
        .where(BedNightBlock.nights.op("@>")(literal(local_date(now))))
    )
    one, other = tonight.subquery(), tonight.subquery()
    asked = (
        select(Conflict.id)
        .join(one, one.c.case_id == Conflict.case_id)
        .join(other, (other.c.case_id == Conflict.other_case_id) & (other.c.facility_id == one.c.facility_id))
        .where(Conflict.state == "active", Conflict.id.in_([conflict.id for conflict in conflicts]))
    )
    return set(await session.scalars(asked))


async def list_conflicts(
    session: AsyncSession, who: Actor, now: datetime, case_id: UUID | None, limit: int, after: UUID | None
) -> tuple[list[shapes.ConflictAnswer], UUID | None]:
    asked = _known_conflicts(who)
    if case_id:
        asked = asked.where((Conflict.case_id == case_id) | (Conflict.other_case_id == case_id))
    rows, following = await page(session, asked, Conflict.id, limit, after)
    together = await _together(session, now, rows)
    return [_conflict(who, row, together) for row in rows], following


async def find_conflict(session: AsyncSession, who: Actor, conflict_id: UUID) -> Conflict:
    conflict = await session.scalar(_known_conflicts(who).where(Conflict.id == conflict_id))
    if conflict is None:
        raise NotFound
    return conflict


async def conflict_history(session: AsyncSession, who: Actor, conflict_id: UUID) -> answers.History:
    conflict = await find_conflict(session, who, conflict_id)
    return answers.history(await audit.history(session, subject=f"conflict/{conflict.id}"))
