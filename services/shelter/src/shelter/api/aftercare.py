"""Hand-over, assistance, named conflicts, statistics and audit over HTTP."""

from typing import Annotated, Literal
from uuid import UUID

from chassis import answers, http
from chassis.http import Now, Session
from chassis.paging import After, Limit, Page
from chassis.rights import Who, right
from fastapi import Path

from shelter.queries import aftercare as views
from shelter.queries.year import count_year
from shelter.schemas import bodies, shapes
from shelter.schemas.shapes import AssistanceAnswer, ConflictAnswer, CourseAnswer, HandoverAnswer
from shelter.use_cases import aftercare, beds

commands = http.commands()
reads = http.reads()


@commands.post("/api/handovers", status_code=201, **right("hand_over"))
async def hand_over(body: bodies.HandOver, who: Who, session: Session, now: Now) -> HandoverAnswer:
    """Hand support to another agency, with or without a stay before (SH-8)."""
    return views.show_handover(who, now, await aftercare.hand_over(session, who, now, body))


@commands.post("/api/handovers/{handover_id}/acknowledgement", **right("acknowledge"))
async def acknowledge(handover_id: UUID, body: bodies.Change, who: Who, session: Session, now: Now) -> HandoverAnswer:
    """The agency takes the support over (SH-8)."""
    return views.show_handover(who, now, await aftercare.acknowledge(session, who, now, handover_id, body))


@commands.post("/api/handovers/{handover_id}/withdrawal", **right("withdraw"))
async def take_back(handover_id: UUID, body: bodies.Change, who: Who, session: Session, now: Now) -> HandoverAnswer:
    """Take a hand-over back before it is acknowledged: made in error, or the person does not wish it (SH-8)."""
    return views.show_handover(who, now, await aftercare.take_back(session, who, now, handover_id, body))


@commands.post("/api/handovers/{handover_id}/refusal", **right("decline_handover"))
async def decline(
    handover_id: UUID, body: bodies.DeclineHandover, who: Who, session: Session, now: Now
) -> HandoverAnswer:
    """The agency cannot take the support over, and says why (SH-8)."""
    return views.show_handover(who, now, await aftercare.decline(session, who, now, handover_id, body))


@commands.post("/api/course-enrolments", status_code=201, **right("tell_course"))
async def tell_course(body: bodies.TellCourse, who: Who, session: Session, now: Now) -> CourseAnswer:
    """The person is enrolled on a course; one that lacks enrolment says so (SH-8)."""
    return views.show_course(await aftercare.tell_course(session, who, now, body))


@reads.get("/api/course-enrolments", **right("see_courses"))
async def list_courses(
    who: Who, session: Session, case_id: UUID | None = None, limit: Limit = 50, after: After = None
) -> Page[CourseAnswer]:
    """Enrolments on courses, as they were told, newest first."""
    items, following = await views.list_courses(session, who, case_id, limit, after)
    return Page(items=items, next=following)


@reads.get("/api/handovers", **right("see_handovers"))
async def list_handovers(
    who: Who,
    session: Session,
    now: Now,
    case_id: UUID | None = None,
    state: Literal["requested", "acknowledged", "declined", "withdrawn"] | None = None,
    limit: Limit = 50,
    after: After = None,
) -> Page[HandoverAnswer]:
    items, following = await views.list_handovers(
        session, who, now, case_id=case_id, state=state, limit=limit, after=after
    )
    return Page(items=items, next=following)


@reads.get("/api/handovers/{handover_id}", **right("see_handovers"))
async def read_handover(handover_id: UUID, who: Who, session: Session, now: Now) -> HandoverAnswer:
    return views.show_handover(who, now, await views.find_handover(session, who, handover_id))


@reads.get("/api/handovers/{handover_id}/history", **right("see_handovers"))
async def read_handover_history(handover_id: UUID, who: Who, session: Session) -> answers.History:
    return await views.handover_history(session, who, handover_id)


@commands.post("/api/assistance", status_code=201, **right("give_assistance"))
async def give_assistance(body: bodies.GiveAssistance, who: Who, session: Session, now: Now) -> AssistanceAnswer:
    """Care of the assistance centre, after it took the support over (SH-8)."""
    return views.show_assistance(await aftercare.give_assistance(session, who, now, body))


@reads.get("/api/assistance", **right("see_assistance"))
async def list_assistance(
    who: Who, session: Session, case_id: UUID | None = None, limit: Limit = 50, after: After = None
) -> Page[AssistanceAnswer]:
    items, following = await views.list_assistance(session, who, case_id, limit, after)
    return Page(items=items, next=following)


@commands.post("/api/conflicts", status_code=201, **right("name_conflict"))
async def name_conflict(body: bodies.NameConflict, who: Who, session: Session, now: Now) -> ConflictAnswer:
    """Two cases that never live in one house (SH-4)."""
    return await views.show_conflict(session, who, now, await beds.name_conflict(session, who, now, body))


@commands.post("/api/conflicts/{conflict_id}/end", **right("end_conflict"))
async def end_conflict(conflict_id: UUID, body: bodies.Change, who: Who, session: Session, now: Now) -> ConflictAnswer:
    conflict = await beds.end_conflict(session, who, now, conflict_id, body)
    return await views.show_conflict(session, who, now, conflict)


@reads.get("/api/conflicts", **right("see_conflicts"))
async def list_conflicts(
    who: Who, session: Session, now: Now, case_id: UUID | None = None, limit: Limit = 50, after: After = None
) -> Page[ConflictAnswer]:
    """Conflicts between cases that are both known to the asker."""
    items, following = await views.list_conflicts(session, who, now, case_id, limit, after)
    return Page(items=items, next=following)


@reads.get("/api/conflicts/{conflict_id}", **right("see_conflicts"))
async def read_conflict(conflict_id: UUID, who: Who, session: Session, now: Now) -> ConflictAnswer:
    return await views.show_conflict(session, who, now, await views.find_conflict(session, who, conflict_id))


@reads.get("/api/conflicts/{conflict_id}/history", **right("see_conflicts"))
async def read_conflict_history(conflict_id: UUID, who: Who, session: Session) -> answers.History:
    return await views.conflict_history(session, who, conflict_id)


@reads.get("/api/statistics/{year}", **right("see_statistics"))
async def read_statistics(session: Session, year: Annotated[int, Path(ge=1990, le=2199)]) -> shapes.YearAnswer:
    """A year by effective date, Asia/Baku."""
    return await count_year(session, year)
