"""Messages to the person: queued by events, sent again by staff, confirmed by receipts (NO-2, NO-4)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID, uuid5

from casework.aggregate import load
from casework.calendar import local_date
from chassis.actor import system
from chassis.bulk import as_lists, insert_lists
from chassis.clock import new_id
from chassis.errors import Forbidden, NotFound, NotPossible
from chassis.unit_of_work import UnitOfWork
from nrm_events import notify as events
from sqlalchemy import Table, select

from notify.commands import Resend, TakeReceipt
from notify.domain.machines import NOTIFICATION
from notify.domain.roles import DESK
from notify.domain.routes import HOLDER
from notify.domain.sending import is_over, too_late_for_person
from notify.facts import terms
from notify.tables import KnownCase, MessageRow
from notify.use_cases.inbox import Task, notify_staff

_SYSTEM = system("notify")
_messages = cast(Table, MessageRow.__table__)
_LATER = {"lease", "lease_until", "sent_at"}
_QUEUE = (
    insert_lists(_messages, *(column.name for column in _messages.c if column.name not in _LATER))
    .on_conflict_do_nothing(constraint="uq_message_event_id_template_recipient")
    .returning(_messages.c.id)
)


@dataclass(frozen=True)
class Cause:
    """The event that makes a message; `author` is the agency whose act it follows."""

    case_id: UUID
    event_id: UUID
    effective_at: datetime
    recorded_at: datetime
    author: str | None = None


async def queue_messages(uow: UnitOfWork, template: str, causes: Sequence[Cause], *, lasting: bool = False) -> None:
    """One message per event, template and person (NO-4); about an act entered late none is sent (NO-2)."""
    rows = [_queued(template, cause) | {"lasting": lasting} for cause in causes]
    new = set(await uow.session.scalars(_QUEUE, as_lists(rows)))
    for row in (MessageRow(**queued) for queued in rows if queued["id"] in new):
        note(uow, "queue_message", row, row.effective_at)
        if row.state == NOTIFICATION.start:
            publish(uow, events.NotificationQueued, row, row.queued_at)


def _queued(template: str, cause: Cause) -> dict[str, object]:
    bound = terms.person_late_after(local_date(cause.recorded_at))
    late = too_late_for_person(cause.effective_at, cause.recorded_at, bound)
    return {
        "id": new_id(),
        "case_id": cause.case_id,
        "event_id": cause.event_id,
        "template": template,
        "recipient": "person",
        "author": cause.author,
        "state": NOTIFICATION.after(NOTIFICATION.start, "skip") if late else NOTIFICATION.start,
        "reason": "entered_late" if late else None,
        "effective_at": cause.effective_at,
        "queued_at": cause.recorded_at,
        "next_at": cause.recorded_at,
        "round": 1,
        "tries": 0,
        "unknown_outcomes": 0,
        "version": 1,
    }


async def skip_waiting(uow: UnitOfWork, case_ids: Collection[UUID]) -> None:
    """The cases ended: what was not sent yet goes out no more, unless it is about a decision (NO-2, ID-9)."""
    waiting = select(MessageRow).where(MessageRow.case_id.in_(case_ids), MessageRow.state.in_(("queued", "claimed")))
    rows = (await uow.session.scalars(waiting.order_by(MessageRow.id).with_for_update())).all()
    known = select(KnownCase).where(KnownCase.case_id.in_({row.case_id for row in rows}))
    known = known.execution_options(populate_existing=True)  # closed by a statement that loaded rows do not see
    cases = {case.case_id: case for case in await uow.session.scalars(known)} if rows else {}
    for row in rows:
        _skip_if_over(uow, row, cases.get(row.case_id))


async def skip_if_over(uow: UnitOfWork, row: MessageRow) -> bool:
    """Whether the message is not sent any more, because its case has ended."""
    return _skip_if_over(uow, row, await uow.session.get(KnownCase, row.case_id))


def _skip_if_over(uow: UnitOfWork, row: MessageRow, case: KnownCase | None) -> bool:
    if not _is_over(row, case):
        return False
    step(row, "skip")
    row.reason = "case_ended"
    note(uow, "skip_message", row, uow.now)
    return True


def _is_over(row: MessageRow, case: KnownCase | None) -> bool:
    if case is None or case.closed_at is None:
        return False
    before = row.effective_at <= case.closed_at
    return is_over(withdrawn=case.outcome == "withdrawn", before=before, lasting=row.lasting)


async def resend(uow: UnitOfWork, message_id: UUID, command: Resend) -> MessageRow:
    """Staff want it sent after all; the safe contact is requested anew, and providers get a new reference."""
    row = await load(uow, MessageRow, message_id, for_="resend", read=command)
    at = uow.effective(command.happened_at, not_before=row.effective_at)
    row.state = NOTIFICATION.after(row.state, "resend")
    if _is_over(row, await uow.session.get(KnownCase, row.case_id)):
        raise NotPossible("case_ended", "The case has ended: nothing of before is sent any more.")
    row.round += 1
    row.tries = row.unknown_outcomes = 0
    row.next_at = row.queued_at = uow.now
    row.reason = None
    row.version += 1
    uow.audit("resend_message", subject=f"message/{row.id}", case_id=row.case_id, at=at)
    publish(uow, events.NotificationQueued, row, at)
    return row


async def take_receipt(uow: UnitOfWork, command: TakeReceipt) -> MessageRow:
    """What the provider reports of a message (NO-4). The same receipt again changes nothing.

    Forbidden for a token of another service: providers answer with notify's own. NotFound for an unknown reference,
    NotPossible `receipt_of_earlier_round` for one that was sent again since.
    """
    if uow.actor.client != "notify":
        raise Forbidden("take_receipt")
    at = uow.effective(command.happened_at)
    row = await _of_reference(uow, command.reference)
    if row.state == command.outcome:
        return row
    if command.outcome == "failed":
        await fail(uow, row, "receipt_failed", at)
    else:
        known = row.state == "sent"
        step(row, "confirm")
        if not known:
            mark_sent(uow, row, at)
    uow.audit(
        "take_receipt",
        subject=f"message/{row.id}",
        case_id=row.case_id,
        at=at,
        facts={"outcome": command.outcome},
    )
    return row


async def _of_reference(uow: UnitOfWork, reference: str) -> MessageRow:
    message_id, _, round_ = reference.partition(".")
    case_id = await uow.session.scalar(select(MessageRow.case_id).where(MessageRow.id == UUID(message_id)))
    if case_id is None:
        raise NotFound
    await uow.lock(case_id)
    row = await uow.session.get_one(MessageRow, UUID(message_id), with_for_update=True)
    if str(row.round) != round_:
        raise NotPossible("receipt_of_earlier_round", "The message was sent again since.")
    return row


def step(row: MessageRow, action: str, *, leased: bool = False) -> None:
    """Follow the machine; unless `leased`, no sender has the message any more."""
    row.state = NOTIFICATION.after(row.state, action)
    row.version += 1
    if not leased:
        row.lease = row.lease_until = None


def mark_sent(uow: UnitOfWork, row: MessageRow, at: datetime) -> None:
    """Record that the provider took it."""
    row.sent_at, row.reason = at, None
    note(uow, "send_message", row, at)
    publish(uow, events.NotificationDelivered, row, at)


async def fail(uow: UnitOfWork, row: MessageRow, reason: str, at: datetime) -> None:
    """The message failed for good: the holder gets a task (NO-4)."""
    step(row, "fail")
    row.reason = reason
    note(uow, "fail_message", row, at)
    publish(uow, events.NotificationFailed, row, at, reason=reason)
    await notify_holder(uow, row, "message_failed", at)


async def notify_holder(uow: UnitOfWork, row: MessageRow, task: str, at: datetime) -> None:
    """A task for the holder about the person's contact, once per round."""
    event_id = uuid5(row.id, f"{task}/{row.round}")
    await notify_staff(
        uow, [Task(row.case_id, event_id, HOLDER, task, "contact", f"message/{row.id}", row.id, at, DESK)]
    )


def publish(uow: UnitOfWork, event: type[events.NotificationEvent], row: MessageRow, at: datetime, **more: str) -> None:
    """Emit an event about the message."""
    facts = {"case_id": row.case_id, "notification_id": row.id, "template": row.template, "recipient": "person"}
    uow.emit(event.model_validate({**facts, "effective_at": at, **more}))


def note(uow: UnitOfWork, action: str, row: MessageRow, at: datetime) -> None:
    """Audit what became of the message; notify itself did it, whoever brought the receipt."""
    uow.acting(_SYSTEM).audit(
        action,
        subject=f"message/{row.id}",
        case_id=row.case_id,
        at=at,
        facts={"state": row.state, "reason": row.reason, "tries": row.tries},
    )
