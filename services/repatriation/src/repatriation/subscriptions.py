"""Event → use case. Handlers take lists; within one, each case has one event, so their order does not matter."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from functools import wraps
from typing import TypeVar, cast

from chassis.inbox import Handler
from chassis.clock import utc_now
from chassis.projection import Projection
from chassis.schema import case_access
from nrm_events import Envelope, Event, fund, identification
from sqlalchemy.ext.asyncio import AsyncSession

from repatriation.rights import CONSENT_BASES
from repatriation.tables import Base
from repatriation.use_cases import facts, heard

Told = TypeVar("Told", bound=Event)


def each(use_case: Callable[[AsyncSession, Told, datetime], Awaitable[None]]) -> Handler:
    """A handler that calls the use case for every event of its list, and says what it says."""

    @wraps(use_case, assigned=("__doc__",), updated=())
    async def handle(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
        for envelope in envelopes:
            await use_case(session, cast(Told, envelope.data), utc_now())
            await session.flush()

    return handle


def kept(use_case: Callable[[AsyncSession, Told], Awaitable[None]]) -> Handler:
    """The same for what keeps facts alone."""

    async def handle(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
        for envelope in envelopes:
            await use_case(session, cast(Told, envelope.data))
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
    fund.PaymentReturned: each(heard.claim_open),
    fund.ClaimCancelled: each(heard.claim_settled),
    fund.ClaimRejected: each(heard.claim_rejected),
    fund.PaymentMade: each(heard.claim_settled),
}

_FROM_EVENTS = ", ".join(repr(basis) for basis in ("holder", "referral", *CONSENT_BASES))
PROJECTIONS = {
    "cases": Projection(
        tables={case_access: f"basis in ({_FROM_EVENTS})"}
        | {
            Base.metadata.tables[name]: "true"
            for name in ("case_file", "recognition", "reflection", "consent", "claim_seen")
        },
        handlers={
            identification.CaseOpened: kept(facts.case_opened),
            identification.PersonFactsChanged: kept(facts.person_facts),
            identification.VictimReferred: kept(facts.handed_over),
            identification.VictimPresumed: kept(facts.recognised_person),
            identification.VictimIdentified: kept(facts.recognised_person),
            identification.RecognitionRevoked: kept(facts.revoked),
            identification.ReflectionStarted: kept(facts.reflection_started),
            identification.ReflectionEnded: kept(facts.reflection_ended),
            identification.ConsentGranted: kept(facts.consent_granted),
            identification.ConsentWithdrawn: kept(facts.consent_withdrawn),
            fund.ClaimDrafted: kept(facts.claim_open),
            fund.ClaimSubmitted: kept(facts.claim_open),
            fund.ClaimApproved: kept(facts.claim_open),
            fund.PaymentFailed: kept(facts.claim_open),
            fund.PaymentReturned: kept(facts.claim_open),
            fund.ClaimCancelled: kept(facts.claim_settled),
            fund.ClaimRejected: kept(facts.claim_settled),
            fund.PaymentMade: kept(facts.claim_settled),
        },
        begins=identification.CaseOpened,
    )
}
