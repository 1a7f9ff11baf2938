"""Event → use case. Handlers take lists; within one, each case has one event, so their order does not matter."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from functools import wraps
from typing import TypeVar, cast

from chassis.inbox import Handler
from chassis.moments import utc_now
from nrm_events import Envelope, Event, fund, identification
from sqlalchemy.ext.asyncio import AsyncSession

from repatriation.use_cases import heard

Told = TypeVar("Told", bound=Event)


def each(use_case: Callable[[AsyncSession, Told, datetime], Awaitable[None]]) -> Handler:
    """A handler that calls the use case for every event of its list, and says what it says."""

    @wraps(use_case, assigned=("__doc__",), updated=())
    async def handle(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
        for envelope in envelopes:
            await use_case(session, cast(Told, envelope.data), utc_now())
            await session.flush()

    return handle


HANDLERS: Mapping[type[Event], Handler] = {
    identification.CaseOpened: each(heard.case_opened),
    identification.PersonFactsChanged: each(heard.person_facts),
    identification.VictimReferred: each(heard.handed_over),
    identification.VictimPresumed: each(heard.recognised),
    identification.VictimIdentified: each(heard.recognised),
    identification.IdentificationDeclined: each(heard.declined),
    identification.RecognitionRevoked: each(heard.revoked),
    identification.ReflectionStarted: each(heard.reflection_started),
    identification.ReflectionEnded: each(heard.reflection_ended),
    identification.ConsentGranted: each(heard.consent_granted),
    identification.ConsentWithdrawn: each(heard.consent_withdrawn),
    fund.ClaimDrafted: each(heard.claim_open),
    fund.ClaimSubmitted: each(heard.claim_open),
    fund.ClaimApproved: each(heard.claim_open),
    fund.PaymentFailed: each(heard.claim_open),
    fund.ClaimCancelled: each(heard.claim_settled),
    fund.ClaimRejected: each(heard.claim_rejected),
    fund.PaymentMade: each(heard.claim_settled),
}
