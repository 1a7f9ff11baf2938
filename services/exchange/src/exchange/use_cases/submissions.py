"""What an agency's system submits: taken once, checked against its agreement, passed on to who decides, answered once.

Nothing here looks at the case: a submission about a hidden case and one about a case that never was take the same way,
and the deciding service answers both with `unknown` (ID-7).
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

from casework.calendar import local_date
from chassis.clock import effective
from chassis.database import update_alike
from chassis.errors import DomainError
from chassis.message import Message
from chassis.unit_of_work import UnitOfWork
from nrm_events import AGENCY_MESSAGES, Envelope, Event, agencies, exchange
from nrm_events.base import Answered
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert

from exchange.domain.agreements import Agreement
from exchange.tables import Submission, Withdrawal
from exchange.use_cases.agency_outbound import Outbound

SUBMISSIONS: tuple[type[agencies.Submission], ...] = tuple(
    event for event in AGENCY_MESSAGES.values() if issubclass(event, agencies.Submission)
)


async def receive(uow: UnitOfWork, envelopes: Sequence[Envelope[agencies.Submission]], *, agency: str) -> None:
    """Each is passed on, or refused at once; a redelivered one is left alone (ID-7, ID-12).

    The topic decides which agency it is, and never the message.
    """
    acknowledged = [e.data for e in envelopes if isinstance(e.data, agencies.WithdrawalAcknowledged)]
    out = await Outbound.of(uow, {one.case_id for one in acknowledged}, [agency])
    recipient = out.recipients.get(agency)
    agreement = recipient.agreement if recipient else None
    news = [_Taken(e.id, type(e.data).__name__, e.data.stream) for e in envelopes]
    submissions = await _take(uow, agency, news)
    taken = dict(submissions)
    withdrawals = await _withdrawals(uow, {one.consent_id for one in acknowledged})
    for envelope in envelopes:
        submission = taken.pop(envelope.id, None)
        if submission is None:
            continue
        if refusal := _refusal(uow, agreement, envelope):
            out.answer(submission, refusal)
        elif isinstance(envelope.data, agencies.WithdrawalAcknowledged):
            _acknowledge(out, submission, envelope.data, withdrawals.get(envelope.data.consent_id))
        else:
            uow.emit(passed_on(agency, envelope))
    update_alike(submissions.values())


class _Taken(NamedTuple):
    """What came in on an agency's topic; `place` is where, of what cannot be read."""

    id: UUID
    kind: str
    key: UUID
    place: str | None = None


async def _take(uow: UnitOfWork, agency: str, news: Sequence[_Taken]) -> dict[UUID, Submission]:
    """The submissions, stored, by id; without those that were stored before: each is answered once."""
    if not news:
        return {}
    rows = [one._asdict() | {"agency": agency, "received_at": uow.now} for one in news]
    stored = upsert(Submission).values(rows).on_conflict_do_nothing().returning(Submission)
    return {submission.id: submission for submission in await uow.session.scalars(stored)}


async def _withdrawals(uow: UnitOfWork, consent_ids: Collection[UUID]) -> dict[UUID, Withdrawal]:
    if not consent_ids:
        return {}
    found = select(Withdrawal).where(Withdrawal.consent_id.in_(consent_ids)).order_by(Withdrawal.consent_id)
    return {row.consent_id: row for row in await uow.session.scalars(found.with_for_update())}


def _refusal(uow: UnitOfWork, agreement: Agreement | None, envelope: Envelope[agencies.Submission]) -> str | None:
    if agreement is None or not agreement.in_force(local_date(uow.now)):
        return "no_agreement"
    return None if type(envelope.data).__name__ in agreement.may_say else "not_agreed"


def passed_on(agency: str, envelope: Envelope[agencies.Submission]) -> Event:
    """The same for the services, with the agency that submitted it."""
    event: type[Event] = getattr(exchange, type(envelope.data).__name__)
    return event.model_validate(envelope.data.model_dump() | {"submission_id": envelope.id, "agency": agency})


def _acknowledge(
    out: Outbound, submission: Submission, ended: agencies.WithdrawalAcknowledged, row: Withdrawal | None
) -> None:
    """ID-12: the agency deleted what rested on the consent. It can confirm what it was notified of, and once."""
    if row is None or (row.agency, row.case_id) != (submission.agency, ended.case_id) or row.sent_at is None:
        out.answer(submission, "unknown")
        return
    try:
        at = effective(ended.effective_at, out.uow.now, not_before=row.withdrawn_at)
    except DomainError as refused:
        out.answer(submission, refused.code)
        return
    if row.acknowledged_at is None:
        row.acknowledged_at = at
        out.uow.emit(
            exchange.WithdrawalAcknowledged(
                effective_at=at,
                case_id=row.case_id,
                submission_id=submission.id,
                agency=submission.agency,
                consent_id=row.consent_id,
            )
        )
    out.answer(submission, "accepted", row.case_id)


async def refuse_unread(uow: UnitOfWork, messages: Sequence[Message], *, agency: str) -> None:
    """What is no submission is answered as well, so that its sender learns of it; it parks nothing."""
    out = await Outbound.of(uow, [], [agency])
    news = [_unread(message) for message in messages]
    taken = await _take(uow, agency, news)
    for message, new in zip(messages, news, strict=True):
        if submission := taken.pop(new.id, None):
            out.answer(submission, message.fault or "unknown_type")


def _unread(message: Message) -> _Taken:
    place = f"{message.partition}@{message.position}"
    known = _id_in(message) or uuid5(NAMESPACE_URL, f"{message.topic}/{place}")
    return _Taken(known, "unread", message.stream, place)


def _id_in(message: Message) -> UUID | None:
    if message.envelope:
        return message.envelope.id
    try:
        return UUID((dict(message.headers).get("ce_id") or b"").decode())
    except ValueError:
        return None


async def return_answers(uow: UnitOfWork, envelopes: Sequence[Envelope[Answered]]) -> None:
    """The deciding service has answered; the answer returns to the agency that submitted (ID-7)."""
    answers = [envelope.data for envelope in envelopes]
    cases = {decided.case_id for decided in answers if decided.accepted and decided.case_id}
    out = await Outbound.of(uow, cases, {decided.agency for decided in answers})
    submissions = await _submissions(uow, answers)
    for decided in answers:
        submission = submissions.get((decided.agency, decided.submission_id))
        if submission is not None and submission.answered_at is None:
            out.answer(submission, decided.code, decided.case_id if decided.accepted else None)
    update_alike(submissions.values())


async def _submissions(uow: UnitOfWork, answers: Sequence[Answered]) -> dict[tuple[str, UUID], Submission]:
    found = (
        select(Submission)
        .where(Submission.agency.in_({decided.agency for decided in answers}))
        .where(Submission.id.in_({decided.submission_id for decided in answers}))
        .order_by(Submission.agency, Submission.id)
    )
    return {(row.agency, row.id): row for row in await uow.session.scalars(found.with_for_update())}
