"""Event → use case. Handlers take lists: per case in order, otherwise many cases at once."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.actor import Actor
from chassis.inbox import Handler
from chassis.clock import utc_now
from chassis.projection import Projection
from chassis.schema import case_access
from chassis.submissions import Decide, decide_each
from nrm_events import Envelope, Event, exchange
from nrm_events import identification as heard
from nrm_events.repatriation import Departed
from nrm_events.shelter import SubmissionAnswered
from sqlalchemy.ext.asyncio import AsyncSession

from shelter.tables import Base
from shelter.use_cases import hearing, said


async def case_opened(session: AsyncSession, events: Sequence[Envelope]) -> None:
    """The holder may know of its case; the age group decides which places fit (ID-7, SH-4)."""
    opened = {d.case_id: (d.holder, d.age_group, d.effective_at) for d in _of(events)}
    await hearing.open_cases(session, opened)


async def facts_changed(session: AsyncSession, events: Sequence[Envelope]) -> None:
    """Age was established or corrected; a stay goes on, and a person looks at its category (ID-5)."""
    await hearing.change_facts(session, _of(events))


async def victim_referred(session: AsyncSession, events: Sequence[Envelope]) -> None:
    """The body that the case was handed over to may know of it (ID-7)."""
    await hearing.allow_by_referral(session, [(d.case_id, d.to, d.effective_at) for d in _of(events)])


async def referral_acknowledged(session: AsyncSession, events: Sequence[Envelope]) -> None:
    """The body that took the case over may know of it (ID-7)."""
    await hearing.allow_by_referral(session, [(d.case_id, d.by, d.effective_at) for d in _of(events)])


async def consent_granted(session: AsyncSession, events: Sequence[Envelope]) -> None:
    """The recipient may know of the case (ID-12); the police only by the hand-over itself (ID-7)."""
    await hearing.allow_by_consent(session, _of(events))


async def consent_withdrawn(session: AsyncSession, events: Sequence[Envelope]) -> None:
    """What rested on the consent ends, and the end is acknowledged (ID-12)."""
    for data in _of(events):
        await hearing.end_consent(session, data)


async def identification_declined(session: AsyncSession, events: Sequence[Envelope]) -> None:
    """A person looks again at what was granted; nothing is cancelled (ID-9)."""
    for data in _of(events):
        await hearing.mark_for_re_examination(session, data.case_id, data.effective_at, "identification_declined")


async def recognition_revoked(session: AsyncSession, events: Sequence[Envelope]) -> None:
    """A person looks again at what was granted; nothing is cancelled (ID-9)."""
    for data in _of(events):
        await hearing.mark_for_re_examination(session, data.case_id, data.effective_at, "recognition_revoked")


async def case_closed(session: AsyncSession, events: Sequence[Envelope]) -> None:
    """A case that the person withdrew is no longer looked for a place for; nobody is put out (SH-2, SH-3)."""
    for data in _of(events):
        if data.outcome == "withdrawn":
            await hearing.end_by_withdrawal(session, data.case_id, data.effective_at)


async def departed(session: AsyncSession, events: Sequence[Envelope]) -> None:
    """A stay ends as repatriated, and a place is no longer looked for (SH-2)."""
    for data in _of(events):
        await hearing.end_by_departure(session, data.case_id, data.effective_at)


async def handover_answered(session: AsyncSession, events: Sequence[Envelope]) -> None:
    """An agency's system takes over support that was handed to it, or declines; it is answered (SH-8)."""
    await decide_each(session, events, SubmissionAnswered, _at_now(said.answer_handover))


async def course_told(session: AsyncSession, events: Sequence[Envelope]) -> None:
    """An agency's system tells of a course that the person is enrolled on; it is answered (SH-8)."""
    await decide_each(session, events, SubmissionAnswered, _at_now(said.tell_course))


def _at_now(do: Callable[[AsyncSession, Actor, Any, datetime], Awaitable[UUID]]) -> Decide:
    async def decide(session: AsyncSession, who: Actor, heard: Any) -> UUID:
        return await do(session, who, heard, utc_now())

    return decide


async def facts_kept(session: AsyncSession, events: Sequence[Envelope]) -> None:
    """The age group alone (ID-5)."""
    await hearing.keep_facts(session, _of(events))


async def sight_ended(session: AsyncSession, events: Sequence[Envelope]) -> None:
    """Who sees the case alone (ID-12)."""
    await hearing.end_sight_by_consent(session, _of(events))


def _of(events: Sequence[Envelope]) -> list[Any]:
    return [envelope.data for envelope in events]


HANDLERS: Mapping[type[Event], Handler] = {
    heard.CaseOpened: case_opened,
    heard.PersonFactsChanged: facts_changed,
    heard.VictimPresumed: facts_changed,
    heard.VictimIdentified: facts_changed,
    heard.VictimReferred: victim_referred,
    heard.ReferralAcknowledged: referral_acknowledged,
    heard.ConsentGranted: consent_granted,
    heard.ConsentWithdrawn: consent_withdrawn,
    heard.IdentificationDeclined: identification_declined,
    heard.RecognitionRevoked: recognition_revoked,
    heard.CaseClosed: case_closed,
    Departed: departed,
    exchange.HandoverAnswered: handover_answered,
    exchange.CourseEnrolmentTold: course_told,
}

PROJECTIONS = {
    "cases": Projection(
        tables={
            case_access: "basis in ('holder', 'referral') or basis like 'consent:%'",
            Base.metadata.tables["case_facts"]: "true",
        },
        handlers={
            heard.CaseOpened: case_opened,
            heard.PersonFactsChanged: facts_kept,
            heard.VictimPresumed: facts_kept,
            heard.VictimIdentified: facts_kept,
            heard.VictimReferred: victim_referred,
            heard.ReferralAcknowledged: referral_acknowledged,
            heard.ConsentGranted: consent_granted,
            heard.ConsentWithdrawn: sight_ended,
        },
        begins=heard.CaseOpened,
    )
}
