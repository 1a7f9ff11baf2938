"""What agencies' systems say through the exchange, done as the agency itself would over HTTP (SH-8)."""

from datetime import datetime
from typing import TypeVar
from uuid import UUID

from chassis.actor import Actor
from chassis.errors import Invalid
from nrm_events import exchange
from pydantic import BaseModel, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from shelter.schemas import bodies
from shelter.use_cases import aftercare

Read = TypeVar("Read", bound=BaseModel)


async def answer_handover(session: AsyncSession, who: Actor, said: exchange.HandoverAnswered, now: datetime) -> UUID:
    """The agency takes the support over, or says why it cannot; the case."""
    if said.taken:
        taken = _read(bodies.Change, happened_at=said.effective_at)
        return (await aftercare.acknowledge(session, who, now, said.handover_id, taken)).case_id
    declined = _read(bodies.DeclineHandover, happened_at=said.effective_at, reason=said.reason)
    return (await aftercare.decline(session, who, now, said.handover_id, declined)).case_id


async def tell_course(session: AsyncSession, who: Actor, said: exchange.CourseEnrolmentTold, now: datetime) -> UUID:
    """The person is enrolled on a course; the case."""
    told = _read(
        bodies.TellCourse,
        happened_at=said.effective_at,
        case_id=said.case_id,
        course=said.course,
        enrolled=said.enrolled,
        needed=said.needed,
    )
    return (await aftercare.tell_course(session, who, now, told)).case_id


def _read(shape: type[Read], **said: object) -> Read:
    try:
        return shape.model_validate(said)
    except ValidationError:
        raise Invalid("payload_malformed", "A code or a time is on no list.") from None
