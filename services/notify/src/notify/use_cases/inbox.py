"""Staff are told in the inbox: one item per event, template and recipient (NO-4), nothing of the case (NO-1)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis import audit, outbox
from chassis.actor import Actor
from chassis.clock import new_id
from nrm_events import notify as events
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from notify.tables import InboxItem, InboxRead


@dataclass(frozen=True)
class Told:
    """What staff are told: `recipient` is an agency or the holder; `subject` the object by id, such as `stay/…`."""

    case_id: UUID
    event_id: UUID
    recipient: str
    task: str
    subject: str
    at: datetime
    template: str = "new_notification"
    role: str | None = None


async def tell_staff(session: AsyncSession, told: Iterable[Told]) -> None:
    """Put items into inboxes and publish that they can be seen; what is there already stays as it is (NO-4)."""
    rows = [
        {
            "id": new_id(),
            "case_id": one.case_id,
            "event_id": one.event_id,
            "template": one.template,
            "recipient": one.recipient,
            "role": one.role,
            "task": one.task,
            "subject": one.subject,
            "created_at": one.at,
        }
        for one in told
    ]
    if not rows:
        return
    added = await session.execute(
        upsert(InboxItem)
        .values(rows)
        .on_conflict_do_nothing(constraint="uq_inbox_item_event_id_template_recipient")
        .returning(InboxItem.id, InboxItem.case_id, InboxItem.template, InboxItem.created_at)
    )
    for row in added:
        outbox.emit(
            session,
            events.NotificationDelivered(
                case_id=row.case_id,
                effective_at=row.created_at,
                notification_id=row.id,
                template=row.template,
                recipient="staff",
            ),
        )


async def read_item(session: AsyncSession, who: Actor, item: InboxItem, now: datetime) -> None:
    """The person has opened the item; opening it again changes nothing."""
    added = await session.scalar(
        upsert(InboxRead)
        .values(item_id=item.id, sub=who.sub, read_at=now)
        .on_conflict_do_nothing()
        .returning(InboxRead.item_id)
    )
    if added:
        audit.record(session, who, "read_item", subject=f"inbox_item/{item.id}", case_id=item.case_id, effective_at=now)
