"""What agencies' systems send through the exchange, done as their people would over HTTP (SH-8)."""

from typing import TypeVar
from uuid import UUID

from chassis.errors import Invalid
from chassis.unit_of_work import UnitOfWork
from nrm_events import exchange
from pydantic import BaseModel, ValidationError

from shelter.commands import AcknowledgeHandover, DeclineHandover, RecordCourse
from shelter.use_cases import care, handovers

Command = TypeVar("Command", bound=BaseModel)


async def answer_handover(uow: UnitOfWork, answer: exchange.HandoverAnswered) -> UUID:
    """The agency takes the support over, or declines with a reason; the case."""
    if answer.taken:
        taken = _command(AcknowledgeHandover, happened_at=answer.effective_at)
        return (await handovers.acknowledge(uow, answer.handover_id, taken)).case_id
    declined = _command(DeclineHandover, happened_at=answer.effective_at, reason=answer.reason)
    return (await handovers.decline(uow, answer.handover_id, declined)).case_id


async def record_course(uow: UnitOfWork, enrolment: exchange.CourseEnrolmentTold) -> UUID:
    """The person is enrolled on a course; the case."""
    command = _command(
        RecordCourse,
        happened_at=enrolment.effective_at,
        case_id=enrolment.case_id,
        course=enrolment.course,
        enrolled=enrolment.enrolled,
        needed=enrolment.needed,
    )
    return (await care.record_course(uow, command)).case_id


def _command(model: type[Command], **fields: object) -> Command:
    try:
        return model.model_validate(fields)
    except ValidationError:
        raise Invalid("payload_malformed", "Unknown code or invalid time.") from None
