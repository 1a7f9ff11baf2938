"""What an agency's system said: taken once, checked against its agreement, passed on to who decides, answered once."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from chassis.errors import DomainError
from chassis.inbox import Handler, UnhandledMessages
from chassis.message import Message
from chassis.clock import effective, local_date, utc_now
from chassis.outbox import emit
from nrm_events import AGENCY_MESSAGES, Envelope, Event, agencies, exchange
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from exchange.domain.agreements import Agreement
from exchange.tables import Submission, Withdrawal
from exchange.use_cases.telling import answer, joined

SAID = tuple(event for event in AGENCY_MESSAGES.values() if issubclass(event, agencies.Submission))


def handlers_of(agency: str) -> Mapping[type[Event], Handler]:
    """Who it is, is said by the topic and never by the message."""
    return dict.fromkeys(SAID, partial(receive, agency=agency))


def leftover_of(agency: str) -> UnhandledMessages:
    return partial(refuse_unread, agency=agency)


async def receive(session: AsyncSession, envelopes: Sequence[Envelope], *, agency: str) -> None:
    """Each is passed on, or refused at once; one that was taken before is left alone (ID-7, ID-12)."""
    now = utc_now()
    agreement = (await joined(session, [agency])).get(agency)
    for envelope in envelopes:
        said = await _take(session, agency, envelope.id, type(envelope.data).__name__, envelope.data.stream, now)
        if said is None:
            continue
        if refusal := _refusal(agreement, envelope, now):
            await answer(session, said, refusal, None, now)
        elif isinstance(envelope.data, agencies.WithdrawalAcknowledged):
            await _acknowledge(session, said, envelope.data, now)
        else:
            emit(session, passed_on(agency, envelope))


async def _take(
    session: AsyncSession, agency: str, said_id: UUID, kind: str, key: UUID, now: datetime, place: str | None = None
) -> Submission | None:
    """The submission, kept; None when it was kept before: each is answered once."""
    row = upsert(Submission).values(agency=agency, id=said_id, kind=kind, key=key, place=place, received_at=now)
    added: Submission | None = await session.scalar(row.on_conflict_do_nothing().returning(Submission))
    return added


def _refusal(agreement: Agreement | None, envelope: Envelope, now: datetime) -> str | None:
    if agreement is None or not agreement.in_force(local_date(now)):
        return "no_agreement"
    return None if type(envelope.data).__name__ in agreement.may_say else "not_agreed"


def passed_on(agency: str, envelope: Envelope) -> Event:
    """The same for the services, with who said it."""
    told: type[Event] = getattr(exchange, type(envelope.data).__name__)
    return told.model_validate(envelope.data.model_dump() | {"submission_id": envelope.id, "agency": agency})


async def _acknowledge(
    session: AsyncSession, said: Submission, data: agencies.WithdrawalAcknowledged, now: datetime
) -> None:
    """ID-12: the agency let go of what rested on the consent. It can say so of what it was told, and once."""
    ended = await session.get(Withdrawal, data.consent_id, with_for_update=True)
    if ended is None or (ended.agency, ended.case_id) != (said.agency, data.case_id) or ended.told_at is None:
        await answer(session, said, "unknown", None, now)
        return
    try:
        at = effective(data.effective_at, now, not_before=ended.withdrawn_at)
    except DomainError as refused:
        await answer(session, said, refused.code, None, now)
        return
    if ended.acknowledged_at is None:
        ended.acknowledged_at = at
        emit(
            session,
            exchange.WithdrawalAcknowledged(
                effective_at=at,
                case_id=ended.case_id,
                submission_id=said.id,
                agency=said.agency,
                consent_id=ended.consent_id,
            ),
        )
    await answer(session, said, "accepted", ended.case_id, now)


async def refuse_unread(session: AsyncSession, messages: Sequence[Message], *, agency: str) -> None:
    """What is no submission is answered as well, so that its sender learns of it; it parks nothing."""
    now = utc_now()
    for message in messages:
        place = f"{message.partition}@{message.position}"
        said_id = _id_in(message) or uuid5(NAMESPACE_URL, f"{message.topic}/{place}")
        said = await _take(session, agency, said_id, "unread", message.stream, now, place)
        if said:
            await answer(session, said, message.fault or "unknown_type", None, now)


def _id_in(message: Message) -> UUID | None:
    if message.envelope:
        return message.envelope.id
    try:
        return UUID((dict(message.headers).get("ce_id") or b"").decode())
    except ValueError:
        return None


async def pass_on_answers(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
    """Who decided has answered; the agency is told (ID-7: a case that it may not know of is unknown)."""
    now = utc_now()
    for data in _of(envelopes):
        said = await session.get(Submission, (data.agency, data.submission_id), with_for_update=True)
        if said is not None and said.answered_at is None:
            await answer(session, said, data.code, data.case_id, now)


def _of(envelopes: Sequence[Envelope]) -> Iterator[Any]:
    return (envelope.data for envelope in envelopes)
