"""What agencies record of the support that they took over: assistance, and courses (SH-8)."""

from chassis.clock import new_id
from chassis.unit_of_work import UnitOfWork
from nrm_events.shelter import AssistanceGiven, CourseEnrolled
from sqlalchemy import select

from shelter.commands import RecordAssistance, RecordCourse
from shelter.domain.care import check_assistance
from shelter.facts import agencies
from shelter.tables import Assistance, CaseFacts, CourseEnrolment, Handover
from shelter.use_cases.aggregate import load_case


async def record_course(uow: UnitOfWork, command: RecordCourse) -> CourseEnrolment:
    """The person is enrolled on a course; one that lacks enrolment shows how many persons (SH-8)."""
    row = CourseEnrolment(**enrol(uow, await load_case(uow, command.case_id, for_="record_course"), command))
    uow.session.add(row)
    return row


def enrol(uow: UnitOfWork, case: CaseFacts, command: RecordCourse) -> dict[str, object]:
    """The same in a case that was loaded for it: the columns of the row, for the caller to store."""
    at, enrolment_id = uow.effective(command.happened_at, not_before=case.opened_at), new_id()
    told = {"course": command.course, "enrolled": command.enrolled, "needed": command.needed}
    lacking = max(command.needed - command.enrolled, 0)
    uow.emit(
        CourseEnrolled(
            effective_at=at, case_id=case.case_id, enrolment_id=enrolment_id, course=command.course, lacking=lacking
        )
    )
    uow.audit("record_course", subject=f"course-enrolment/{enrolment_id}", case_id=case.case_id, at=at, facts=told)
    ours = {"id": enrolment_id, "case_id": case.case_id, "agency": uow.actor.agency}
    return ours | told | {"effective_at": at, "recorded_at": uow.now}


async def record_assistance(uow: UnitOfWork, command: RecordAssistance) -> Assistance:
    """An agency gave care of this kind; it took the support over before (SH-8). An agency pays (SH-6)."""
    case = await load_case(uow, command.case_id, for_="record_assistance")
    await agencies.check_pays(uow, command.payer, "body.payer")
    handover = await uow.session.scalar(
        select(Handover)
        .where(
            Handover.case_id == case.case_id,
            Handover.to_agency == uow.actor.agency,
            Handover.state == "acknowledged",
        )
        .order_by(Handover.acknowledged_at)
        .limit(1)
    )
    check_assistance(handover is not None)
    assert handover is not None  # noqa: S101  # the rule above just required it
    at = uow.effective(command.happened_at, not_before=handover.acknowledged_at)
    row = Assistance(
        id=new_id(),
        case_id=case.case_id,
        handover_id=handover.id,
        kind=command.kind,
        payer=command.payer,
        agency=uow.actor.agency,
        effective_at=at,
        recorded_at=uow.now,
    )
    uow.session.add(row)
    uow.emit(
        AssistanceGiven(
            effective_at=at, case_id=row.case_id, assistance_id=row.id, kind=command.kind, agency=row.agency
        )
    )
    facts = {"kind": command.kind, "payer": command.payer}
    uow.audit("record_assistance", subject=f"assistance/{row.id}", case_id=row.case_id, at=at, facts=facts)
    return row
