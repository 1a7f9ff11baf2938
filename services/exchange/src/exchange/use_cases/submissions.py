"""What an agency's system submits: taken once, checked against its agreement, passed on to who decides, answered once.

Nothing here looks at the case: a submission about a hidden case and one about a case that never was take the same way,
and the deciding service answers both with `unknown` (ID-7).
"""

from collections.abc import Sequence
from uuid import NAMESPACE_URL, UUID, uuid5

from casework.calendar import local_date
from chassis.clock import effective
from chassis.errors import DomainError
from chassis.message import Message
from chassis.unit_of_work import UnitOfWork
from nrm_events import AGENCY_MESSAGES, Envelope, Event, agencies, exchange
from nrm_events.base import Answered
from sqlalchemy.dialects.postgresql import insert as upsert

from exchange.domain.agreements import Agreement
from exchange.tables import Submission, Withdrawal
from exchange.use_cases.agency_outbound import Outbound, answer

SUBMISSIONS: tuple[type[agencies.Submission], ...] = tuple(
    event for event in AGENCY_MESSAGES.values() if issubclass(event, agencies.Submission)
)


async def receive(uow: UnitOfWork, envelopes: Sequence[Envelope[agencies.Submission]], *, agency: str) -> None:
    """Each is passed on, or refused at once; a redelivered one is left alone (ID-7, ID-12).

    The topic decides which agency it is, and never the message.
    """
    recipient = (await Outbound.of(uow, [], [agency])).recipients.get(agency)
    agreement = recipient.agreement if recipient else None
    for envelope in envelopes:
        submission = await _take(
            uow, Submission(agency=agency, id=envelope.id, kind=type(envelope.data).__name__, key=envelope.data.stream)
        )
        if submission is None:
            continue
        if refusal := _refusal(uow, agreement, envelope):
            await answer(uow, submission, refusal)
        elif isinstance(envelope.data, agencies.WithdrawalAcknowledged):
            await _acknowledge(uow, submission, envelope.data)
        else:
            uow.emit(passed_on(agency, envelope))


async def _take(uow: UnitOfWork, new: Submission) -> Submission | None:
    """The submission, stored; None where it was stored before: each is answered once."""
    row = upsert(Submission).values(
        agency=new.agency, id=new.id, kind=new.kind, key=new.key, place=new.place, received_at=uow.now
    )
    added: Submission | None = await uow.session.scalar(row.on_conflict_do_nothing().returning(Submission))
    return added


def _refusal(uow: UnitOfWork, agreement: Agreement | None, envelope: Envelope[agencies.Submission]) -> str | None:
    if agreement is None or not agreement.in_force(local_date(uow.now)):
        return "no_agreement"
    return None if type(envelope.data).__name__ in agreement.may_say else "not_agreed"


def passed_on(agency: str, envelope: Envelope[agencies.Submission]) -> Event:
    """The same for the services, with the agency that submitted it."""
    event: type[Event] = getattr(exchange, type(envelope.data).__name__)
    return event.model_validate(envelope.data.model_dump() | {"submission_id": envelope.id, "agency": agency})


async def _acknowledge(uow: UnitOfWork, submission: Submission, ended: agencies.WithdrawalAcknowledged) -> None:
    """ID-12: the agency deleted what rested on the consent. It can confirm what it was notified of, and once."""
    row = await uow.session.get(Withdrawal, ended.consent_id, with_for_update=True)
    if row is None or (row.agency, row.case_id) != (submission.agency, ended.case_id) or row.sent_at is None:
        await answer(uow, submission, "unknown")
        return
    try:
        at = effective(ended.effective_at, uow.now, not_before=row.withdrawn_at)
    except DomainError as refused:
        await answer(uow, submission, refused.code)
        return
    if row.acknowledged_at is None:
        row.acknowledged_at = at
        uow.emit(
            exchange.WithdrawalAcknowledged(
                effective_at=at,
                case_id=row.case_id,
                submission_id=submission.id,
                agency=submission.agency,
                consent_id=row.consent_id,
            )
        )
    await answer(uow, submission, "accepted", row.case_id)


async def refuse_unread(uow: UnitOfWork, messages: Sequence[Message], *, agency: str) -> None:
    """What is no submission is answered as well, so that its sender learns of it; it parks nothing."""
    for message in messages:
        place = f"{message.partition}@{message.position}"
        submission = await _take(
            uow,
            Submission(
                agency=agency,
                id=_id_in(message) or uuid5(NAMESPACE_URL, f"{message.topic}/{place}"),
                kind="unread",
                key=message.stream,
                place=place,
            ),
        )
        if submission:
            await answer(uow, submission, message.fault or "unknown_type")


def _id_in(message: Message) -> UUID | None:
    if message.envelope:
        return message.envelope.id
    try:
        return UUID((dict(message.headers).get("ce_id") or b"").decode())
    except ValueError:
        return None


async def return_answers(uow: UnitOfWork, envelopes: Sequence[Envelope[Answered]]) -> None:
    """The deciding service has answered; the answer returns to the agency that submitted (ID-7)."""
    for envelope in envelopes:
        decided = envelope.data
        submission = await uow.session.get(Submission, (decided.agency, decided.submission_id), with_for_update=True)
        if submission is not None and submission.answered_at is None:
            await answer(uow, submission, decided.code, decided.case_id if decided.accepted else None)
