"""Hand-over, assistance, courses, named conflicts and statistics over HTTP."""

from typing import Annotated, Literal
from uuid import UUID

from casework import answers
from casework.routes import in_parts
from chassis import http
from chassis.paging import After, Limit, Page
from chassis.rights import right
from fastapi import Path

from shelter.answers.houses import YearAnswer
from shelter.answers.support import AssistanceAnswer, ConflictAnswer, CourseAnswer, HandoverAnswer, NamedConflict
from shelter.commands import (
    AcknowledgeHandover,
    DeclineHandover,
    EndConflict,
    EndHandover,
    HandOver,
    NameConflict,
    NameConflictByReference,
    RecordAssistance,
    RecordCourse,
    ReExamineHandover,
    WithdrawHandover,
)
from shelter.resources import Uow
from shelter.use_cases import care, conflicts, handovers, re_examination
from shelter.views import care as care_views
from shelter.views import conflicts as conflict_views
from shelter.views import handovers as views
from shelter.views.year import count_year

commands = http.commands()
reads = http.reads()
HandoverState = Literal["requested", "acknowledged", "declined", "withdrawn", "ended"]


@commands.post("/api/handovers", status_code=201, **in_parts("hand_over"))
async def hand_over(body: HandOver, uow: Uow) -> HandoverAnswer:
    """Hand support to another agency, with or without a stay before (SH-8)."""
    return await views.handover(uow, await handovers.hand_over(uow, body))


@commands.post("/api/handovers/{handover_id}/acknowledgement", **in_parts("acknowledge"))
async def acknowledge(handover_id: UUID, body: AcknowledgeHandover, uow: Uow) -> HandoverAnswer:
    """The agency takes the support over (SH-8)."""
    return await views.handover(uow, await handovers.acknowledge(uow, handover_id, body))


@commands.post("/api/handovers/{handover_id}/withdrawal", **in_parts("withdraw"))
async def withdraw(handover_id: UUID, body: WithdrawHandover, uow: Uow) -> HandoverAnswer:
    """Take a hand-over back before it is acknowledged: made in error, or the person does not wish it (SH-8)."""
    return await views.handover(uow, await handovers.withdraw(uow, handover_id, body))


@commands.post("/api/handovers/{handover_id}/refusal", **in_parts("decline_handover"))
async def decline(handover_id: UUID, body: DeclineHandover, uow: Uow) -> HandoverAnswer:
    """The agency cannot take the support over, with a reason (SH-8)."""
    return await views.handover(uow, await handovers.decline(uow, handover_id, body))


@commands.post("/api/handovers/{handover_id}/re-examination", **in_parts("re_examine_handover"))
async def re_examine_handover(handover_id: UUID, body: ReExamineHandover, uow: Uow) -> HandoverAnswer:
    """The agency that serves looked again after a negative decision, and the support goes on (ID-9)."""
    return await views.handover(uow, await re_examination.re_examine_handover(uow, handover_id, body))


@commands.post("/api/handovers/{handover_id}/end", **in_parts("end_handover"))
async def end_handover(handover_id: UUID, body: EndHandover, uow: Uow) -> HandoverAnswer:
    """The agency that took the support over ends it, with a reason (SH-8)."""
    return await views.handover(uow, await handovers.end(uow, handover_id, body))


@reads.get("/api/handovers", **in_parts("see_handovers"))
async def list_handovers(
    uow: Uow,
    case_id: UUID | None = None,
    state: HandoverState | None = None,
    limit: Limit = 50,
    after: After = None,
) -> Page[HandoverAnswer]:
    return await views.handovers(uow, views.HandoverFilter(case_id=case_id, state=state), limit, after)


@reads.get("/api/handovers/{handover_id}", **in_parts("see_handovers"))
async def read_handover(handover_id: UUID, uow: Uow) -> HandoverAnswer:
    return await views.read_handover(uow, handover_id)


@reads.get("/api/handovers/{handover_id}/history", **right("see_handovers"))
async def read_handover_history(handover_id: UUID, uow: Uow) -> answers.History:
    return await views.history(uow, handover_id)


@commands.post("/api/course-enrolments", status_code=201, **right("record_course"))
async def record_course(body: RecordCourse, uow: Uow) -> CourseAnswer:
    """The person is enrolled on a course; one that lacks enrolment shows how many persons (SH-8)."""
    return care_views.course(await care.record_course(uow, body))


@reads.get("/api/course-enrolments", **right("see_courses"))
async def list_courses(
    uow: Uow, case_id: UUID | None = None, limit: Limit = 50, after: After = None
) -> Page[CourseAnswer]:
    """Enrolments on courses that the own agency recorded or the person agreed to show, newest first."""
    return await care_views.courses(uow, case_id, limit, after)


@commands.post("/api/assistance", status_code=201, **right("record_assistance"))
async def record_assistance(body: RecordAssistance, uow: Uow) -> AssistanceAnswer:
    """Care by an agency that took the support over (SH-8)."""
    return care_views.care(await care.record_assistance(uow, body))


@reads.get("/api/assistance", **right("see_assistance"))
async def list_assistance(
    uow: Uow, case_id: UUID | None = None, limit: Limit = 50, after: After = None
) -> Page[AssistanceAnswer]:
    """Care that the own agency gave or the person agreed to show, newest first."""
    return await care_views.assistance(uow, case_id, limit, after)


@commands.post("/api/conflicts", status_code=201, **in_parts("name_conflict"))
async def name_conflict(body: NameConflict, uow: Uow) -> ConflictAnswer:
    """Two cases that never live in one house (SH-4)."""
    return await conflict_views.conflict(uow, await conflicts.name_conflict(uow, body))


@commands.post("/api/conflicts-by-reference", status_code=201, **right("name_conflict"))
async def name_by_reference(body: NameConflictByReference, uow: Uow) -> NamedConflict:
    """A conflict with a case in another agency's hands (SH-4); whether there is one is not shown."""
    return await conflict_views.by_reference(uow, await conflicts.name_by_reference(uow, body))


@commands.post("/api/conflicts-by-reference/{named_id}/end", **right("end_conflict"))
async def end_by_reference(named_id: UUID, body: EndConflict, uow: Uow) -> NamedConflict:
    return await conflict_views.by_reference(uow, await conflicts.end_conflict(uow, named_id, body, by_reference=True))


@reads.get("/api/conflicts-by-reference", **right("see_conflicts"))
async def list_by_reference(
    uow: Uow, case_id: UUID | None = None, limit: Limit = 50, after: After = None
) -> Page[NamedConflict]:
    """Conflicts that were named by reference for a case that the viewer knows of."""
    return await conflict_views.conflicts_by_reference(uow, case_id, limit, after)


@commands.post("/api/conflicts/{conflict_id}/end", **in_parts("end_conflict"))
async def end_conflict(conflict_id: UUID, body: EndConflict, uow: Uow) -> ConflictAnswer:
    return await conflict_views.conflict(uow, await conflicts.end_conflict(uow, conflict_id, body))


@reads.get("/api/conflicts", **in_parts("see_conflicts"))
async def list_conflicts(
    uow: Uow, case_id: UUID | None = None, limit: Limit = 50, after: After = None
) -> Page[ConflictAnswer]:
    """Conflicts between cases that are both known to the viewer."""
    return await conflict_views.conflicts(uow, case_id, limit, after)


@reads.get("/api/conflicts/{conflict_id}", **in_parts("see_conflicts"))
async def read_conflict(conflict_id: UUID, uow: Uow) -> ConflictAnswer:
    return await conflict_views.read_conflict(uow, conflict_id)


@reads.get("/api/conflicts/{conflict_id}/history", **right("see_conflicts"))
async def read_conflict_history(conflict_id: UUID, uow: Uow) -> answers.History:
    return await conflict_views.history(uow, conflict_id)


@reads.get("/api/statistics/{year}", **right("see_statistics"))
async def read_statistics(uow: Uow, year: Annotated[int, Path(ge=1990, le=2199)]) -> YearAnswer:
    """A year by effective date, Asia/Baku."""
    return await count_year(uow, year)
