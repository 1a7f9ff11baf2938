"""What an agency's system submits through the exchange: decided as over HTTP, and answered in the same transaction."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar
from uuid import UUID

from chassis.actor import Actor
from chassis.errors import DomainError, NotFound
from chassis.unit_of_work import UnitOfWork
from nrm_events import Envelope
from nrm_events.base import Answered
from nrm_events.exchange import SubmissionEvent
from nrm_events.taking_part import AGENCY_ROLE

R = TypeVar("R")
S = TypeVar("S", bound=SubmissionEvent)


def system_of(agency: str) -> Actor:
    """The agency's own system. It has the rights of the role `agency-system` in the service's rights table."""
    client = f"agency-{agency}"
    return Actor(
        sub=client, agency=agency, roles=frozenset({AGENCY_ROLE}), client=client, role=AGENCY_ROLE, scope="case"
    )


async def answer_each(
    uow: UnitOfWork[R],
    submissions: Sequence[Envelope[S]],
    answered: type[Answered],
    decide: Callable[[UnitOfWork[R], S], Awaitable[UUID | None]],
) -> None:
    """Execute each submission wholly or not at all, and answer: accepted, or refused with a code.

    `decide` gets the payload and a unit of work in which the agency's system acts, and returns the case. A case that
    does not exist and one that the agency may not know of have one answer, `unknown` (ID-7).
    """
    for envelope in submissions:
        as_system = uow.acting(system_of(envelope.data.agency))
        try:
            async with as_system.savepoint():
                case_id = await decide(as_system, envelope.data)
        except DomainError as refused:
            _refuse(as_system, envelope, answered, refused)
        else:
            _answer(as_system, envelope, answered, case_id=case_id)


def answer_all(
    uow: UnitOfWork[R],
    submissions: Sequence[Envelope[S]],
    answered: type[Answered],
    decide: Callable[[UnitOfWork[R], S], UUID | None],
) -> None:
    """The same where all that decides was loaded before, and `decide` refuses before it changes anything."""
    for envelope in submissions:
        as_system = uow.acting(system_of(envelope.data.agency))
        try:
            case_id = decide(as_system, envelope.data)
        except DomainError as refused:
            _refuse(as_system, envelope, answered, refused)
        else:
            _answer(as_system, envelope, answered, case_id=case_id)


def _refuse(as_system: UnitOfWork[R], envelope: Envelope[S], answered: type[Answered], refused: DomainError) -> None:
    if refused.status >= 500:
        raise refused
    code = "unknown" if isinstance(refused, NotFound) else refused.code
    submission = envelope.data
    as_system.audit(type(submission).__name__, kind="refusal", outcome=code, subject=submission.subject)
    _answer(as_system, envelope, answered, code=code)


def _answer(
    as_system: UnitOfWork[R],
    envelope: Envelope[S],
    answered: type[Answered],
    *,
    code: str = "accepted",
    case_id: UUID | None = None,
) -> None:
    as_system.emit(
        answered(
            effective_at=envelope.time,
            submission_id=envelope.data.submission_id,
            agency=envelope.data.agency,
            accepted=code == "accepted",
            code=code,
            case_id=case_id,
        )
    )
