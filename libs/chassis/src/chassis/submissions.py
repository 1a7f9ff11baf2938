"""What an agency's system said through the exchange: decided as over HTTP, and answered in the same transaction."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

from nrm_events import Envelope
from nrm_events.base import Answered
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import audit
from chassis.actor import Actor
from chassis.database import attempt
from chassis.errors import DomainError, NotFound
from chassis.outbox import emit

ROLE = "agency-system"
Decide = Callable[[AsyncSession, Actor, Any], Awaitable[UUID | None]]


def system_of(agency: str) -> Actor:
    """The agency's own system: it may do what the agency agreed on, in cases that the agency may know of."""
    client = f"agency-{agency}"
    return Actor(sub=client, agency=agency, roles=frozenset({ROLE}), client=client, role=ROLE, scope="case")


async def decide_each(
    session: AsyncSession, submissions: Sequence[Envelope], answered: type[Answered], decide: Decide
) -> None:
    """Do what each asks, or nothing of it, and answer: accepted, or refused with the code of why.

    A case that does not exist and one that the agency may not know of have one answer, `unknown` (ID-7).
    """
    for envelope in submissions:
        said: Any = envelope.data
        who = system_of(said.agency)
        case_id, code = None, "accepted"
        try:
            async with attempt(session):
                case_id = await decide(session, who, said)
        except DomainError as refused:
            if refused.status >= 500:
                raise
            code = "unknown" if isinstance(refused, NotFound) else refused.code
            audit.record(session, who, type(said).__name__, kind="refusal", outcome=code, subject=said.subject)
        emit(
            session,
            answered(
                effective_at=envelope.time,
                submission_id=said.submission_id,
                agency=said.agency,
                accepted=code == "accepted",
                code=code,
                case_id=case_id,
            ),
        )
