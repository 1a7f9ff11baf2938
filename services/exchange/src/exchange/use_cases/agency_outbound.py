"""Everything that goes out to an agency's system passes here, and nothing else writes on `ext.<agency>.out`.

`Outbound._send` is the one gate. It lets a message through to an agency whose system is joined and not suspended. To a
police body, known or joined later, it lets nothing of a case through that was not handed over to it (ID-7); an agency
whose kind nobody stated counts as police.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from casework.calendar import local_date
from chassis.bulk import as_lists, insert_lists
from chassis.locks import Lock
from chassis.unit_of_work import UnitOfWork
from nrm_events import agency_topic
from nrm_events.agencies import ConsentEnded, EventShared, SubmissionAnswered
from sqlalchemy import select, text

from exchange import facts
from exchange.domain.agreements import Agreement, Extract, Happened, Known, extract, is_handed_over
from exchange.facts import Recipient
from exchange.tables import Base, SharedCount, Submission, Withdrawal

_SHARED = text("select pg_advisory_xact_lock_shared(:lock)").bindparams(lock=Lock.SHARING)
_COUNTS = Base.metadata.tables[SharedCount.__tablename__]
_NEW = insert_lists(_COUNTS, *_COUNTS.c.keys())
_COUNT = _NEW.on_conflict_do_update(
    index_elements=[*_COUNTS.primary_key],
    set_={"events": _COUNTS.c.events + _NEW.excluded.events, "last_at": _NEW.excluded.last_at},
)
_EXCLUSIVE = text("select pg_advisory_xact_lock(:lock)").bindparams(lock=Lock.SHARING)


async def lock_sharing_exclusive(uow: UnitOfWork) -> None:
    """Wait until no transaction sends to agencies, and let none begin before this one has ended."""
    await uow.session.execute(_EXCLUSIVE)


@dataclass(frozen=True)
class Outbound:
    """Sends to the systems of active agencies about some cases. No agency is suspended before the transaction ends."""

    uow: UnitOfWork
    recipients: Mapping[str, Recipient]
    reasons: Mapping[tuple[str, UUID], Sequence[Known]]
    _counts: Counter[tuple[str, UUID, str]] = field(default_factory=Counter)

    @classmethod
    async def of(cls, uow: UnitOfWork, cases: Collection[UUID], agencies: Collection[str] | None = None) -> "Outbound":
        """For these agencies, or for all; with why each knows of each case."""
        await uow.session.execute(_SHARED)
        recipients = await facts.recipients(uow, agencies)
        return cls(uow, recipients, await facts.reasons(uow, cases, recipients))

    def agreements_for(self, event: str) -> list[Agreement]:
        """Agreements in force that name the event."""
        return [one.agreement for one in self.recipients.values() if any(one.agreement.lines_for(event))]

    def share(self, agency: str, happened: Happened) -> bool:
        """Send what the agreement and the agency's bases open of the event; whether anything was sent (ID-12).

        `store_counts` stores how much it was.
        """
        recipient = self.recipients[agency]
        known = self.reasons.get((agency, happened.case_id), ())
        found = extract(recipient.agreement, happened, known, local_date(self.uow.now))
        if found is None or not self._send(agency, _shared(happened, recipient.agreement, found)):
            return False
        self._counts[agency, happened.case_id, found.purpose] += 1
        return True

    async def store_counts(self) -> None:
        """Add what was shared to what each agency received of each case."""
        rows = [
            {"agency": agency, "case_id": case_id, "purpose": purpose, "events": events, "last_at": self.uow.now}
            for (agency, case_id, purpose), events in sorted(self._counts.items())
        ]
        if rows:
            await self.uow.session.execute(_COUNT, as_lists(rows))
        self._counts.clear()

    def answer(self, submission: Submission, code: str, case_id: UUID | None = None) -> None:
        """Store the answer (`accepted`, or why not) and send it."""
        submission.code, submission.case_id, submission.answered_at = code, case_id, self.uow.now
        self.send_answer(submission)

    def send_answer(self, submission: Submission) -> None:
        """Send what became of a submission; while the agency is suspended the answer waits."""
        message = SubmissionAnswered(
            effective_at=self.uow.now,
            submission_id=submission.id,
            place=submission.place,
            key=submission.key,
            accepted=submission.code == "accepted",
            code=submission.code or "",
            case_id=submission.case_id,
        )
        if self._send(submission.agency, message):
            submission.sent_at = self.uow.now

    def end_consent(self, ended: Withdrawal) -> None:
        """ID-12: nothing more goes out under the consent, and the agency must delete what rested on it."""
        message = ConsentEnded(
            effective_at=ended.withdrawn_at,
            case_id=ended.case_id,
            consent_id=ended.consent_id,
            purpose=ended.purpose,
            data_class=ended.data_class,
            acknowledge_by=ended.acknowledge_by,
        )
        if self._send(ended.agency, message):
            ended.sent_at = self.uow.now

    def may_receive(self, agency: str, case_id: UUID) -> bool:
        """Whether anything of the case may go to the agency at all: to police after the hand-over alone (ID-7)."""
        recipient = self.recipients.get(agency)
        if recipient is None or not recipient.is_police:
            return recipient is not None
        return is_handed_over(self.reasons.get((agency, case_id), ()))

    def _send(self, agency: str, message: EventShared | ConsentEnded | SubmissionAnswered) -> bool:
        """The gate: whether the message went out.

        An answer always returns, for it is about the agency's own words. To police it names no case that
        was not handed over: an answer about a hidden case and one about a case that never was are the same (ID-7).
        """
        if agency not in self.recipients:
            return False
        if message.case_id is not None and not self.may_receive(agency, message.case_id):
            if not isinstance(message, SubmissionAnswered):
                return False
            message = message.model_copy(update={"case_id": None})
        self.uow.emit(message, topic=agency_topic(agency, "out"))
        return True


def _shared(happened: Happened, agreement: Agreement, found: Extract) -> EventShared:
    return EventShared(
        effective_at=happened.effective_at,
        case_id=happened.case_id,
        event_id=happened.event_id,
        event=happened.event,
        purpose=found.purpose,
        agreement=agreement.edition,
        fields=dict(found.fields),
    )


async def send_what_waits(uow: UnitOfWork, agency: str) -> None:
    """Answers and ends of consents that came while the agency was suspended."""
    answers = list(
        await uow.session.scalars(
            select(Submission)
            .where(Submission.agency == agency, Submission.answered_at.is_not(None), Submission.sent_at.is_(None))
            .order_by(Submission.answered_at, Submission.id)
        )
    )
    ends = list(
        await uow.session.scalars(
            select(Withdrawal)
            .where(Withdrawal.agency == agency, Withdrawal.sent_at.is_(None))
            .order_by(Withdrawal.withdrawn_at)
        )
    )
    cases = {end.case_id for end in ends} | {found.case_id for found in answers if found.case_id}
    out = await Outbound.of(uow, cases, [agency])
    for submission in answers:
        out.send_answer(submission)
    for ended in ends:
        out.end_consent(ended)
