"""Tasks in the staff inbox: one item per event, template and recipient (NO-4), nothing of the case (NO-1)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from chassis.bulk import as_lists, insert_lists
from chassis.clock import new_id
from chassis.errors import NotFound
from chassis.unit_of_work import UnitOfWork
from nrm_events import notify as events
from sqlalchemy import ColumnElement, Table, select
from sqlalchemy.dialects.postgresql import insert as upsert

from notify.commands import MarkRead
from notify.facts import visible
from notify.rights import Part
from notify.tables import InboxItem, InboxRead

ITEM = "inbox_item/"
_items = cast(Table, InboxItem.__table__)
_ADD = (
    insert_lists(_items, *(column.name for column in _items.c if column.name != "ended_at"))
    .on_conflict_do_nothing(constraint="uq_inbox_item_event_id_template_recipient")
    .returning(_items.c.id)
)


@dataclass(frozen=True)
class Task:
    """A task for staff: `recipient` is an agency, the holder or the operator; `subject` the object, such as `stay/…`.

    `part` and `object_id` decide by which basis the recipient sees it.
    """

    case_id: UUID
    event_id: UUID
    recipient: str
    task: str
    part: Part
    subject: str
    object_id: UUID
    at: datetime
    roles: tuple[str, ...]
    template: str = "new_notification"


async def notify_staff(uow: UnitOfWork, tasks: Iterable[Task]) -> frozenset[UUID]:
    """Put tasks into inboxes and publish that they can be seen; the event ids of those that are new (NO-4)."""
    by_id = {new_id(): task for task in tasks}
    if not by_id:
        return frozenset()
    rows = [_row(id_, task) for id_, task in by_id.items()]
    new = {id_: by_id[id_] for id_ in await uow.session.scalars(_ADD, as_lists(rows))}
    for id_, task in new.items():
        uow.emit(
            events.NotificationDelivered(
                case_id=task.case_id,
                effective_at=task.at,
                notification_id=id_,
                template=task.template,
                recipient="staff",
            )
        )
    return frozenset(task.event_id for task in new.values())


def _row(id_: UUID, task: Task) -> dict[str, object]:
    return {
        "id": id_,
        "case_id": task.case_id,
        "event_id": task.event_id,
        "template": task.template,
        "recipient": task.recipient,
        "roles": list(task.roles),
        "task": task.task,
        "part": task.part,
        "subject": task.subject,
        "object_id": task.object_id,
        "created_at": task.at,
    }


async def end_tasks(uow: UnitOfWork, ended: Mapping[UUID, datetime], parts: Collection[Part]) -> None:
    """Tasks of these parts of the cases wait for nobody any more since then: the cases have ended."""
    for item in await _open_items(uow, ended, InboxItem.part.in_(sorted(parts))):
        item.ended_at = ended[item.case_id]


async def end_tasks_about(uow: UnitOfWork, ended: Mapping[UUID, datetime], subjects: Collection[str]) -> None:
    """The same of tasks about these objects of the cases."""
    for item in await _open_items(uow, ended, InboxItem.subject.in_(subjects)):
        item.ended_at = ended[item.case_id]


async def _open_items(uow: UnitOfWork, cases: Collection[UUID], which: ColumnElement[bool]) -> Sequence[InboxItem]:
    items = select(InboxItem).where(InboxItem.case_id.in_(cases), InboxItem.ended_at.is_(None), which)
    return (await uow.session.scalars(items.order_by(InboxItem.id).with_for_update())).all()


async def mark_item_read(uow: UnitOfWork, item_id: UUID, command: MarkRead) -> InboxItem:
    """The person has opened a task of their inbox; NotFound unless it is for them."""
    item = await _mark_read(uow, item_id, await visible.items(uow), command)
    uow.checked(item.case_id, f"{ITEM}{item.id}")
    return item


async def mark_agency_task_read(uow: UnitOfWork, item_id: UUID, command: MarkRead) -> InboxItem:
    """The operator has opened a task about an agency's system (ID-12)."""
    return await _mark_read(uow, item_id, await visible.agency_tasks(uow), command)


async def _mark_read(uow: UnitOfWork, item_id: UUID, is_own: ColumnElement[bool], command: MarkRead) -> InboxItem:
    """Opening it again changes nothing."""
    item = (await uow.session.scalars(select(InboxItem).where(InboxItem.id == item_id, is_own))).one_or_none()
    if item is None:
        raise NotFound
    at = uow.effective(command.happened_at, not_before=item.created_at)
    added = await uow.session.scalar(
        upsert(InboxRead)
        .values(item_id=item.id, sub=uow.actor.sub, read_at=at)
        .on_conflict_do_nothing()
        .returning(InboxRead.item_id)
    )
    if added:
        uow.audit("read_item", subject=f"{ITEM}{item.id}", case_id=item.case_id, at=at)
    return item


async def check_still_own(uow: UnitOfWork, item_id: UUID) -> None:
    """NotFound where the task is not for the actor any more: before a stored answer is repeated."""
    own = select(InboxItem.id).where(InboxItem.id == item_id, await visible.items(uow))
    if await uow.session.scalar(own) is None:
        raise NotFound
