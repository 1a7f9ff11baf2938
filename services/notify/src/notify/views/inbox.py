"""Tasks as people see them: their own inbox, and the operator's tasks about agencies' systems."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from casework.calendar import local_date
from chassis import paging
from chassis.paging import Page
from chassis.unit_of_work import UnitOfWork
from nrm_events.reference import case_reference
from sqlalchemy import exists, func, select

from notify.adapters.wording import tasks, text_of
from notify.answers import AgencyTaskAnswer, InboxItemAnswer, InboxPage, Language
from notify.domain.texts import render
from notify.facts import listed, visible
from notify.tables import InboxItem, InboxRead
from notify.views.clocks import count_overdue


@dataclass(frozen=True)
class InboxFilter:
    """`language` is that of the texts."""

    unread: bool = False
    case_id: UUID | None = None
    language: Language = "az"


@dataclass(frozen=True)
class Box:
    """Where the tasks are, and which of them the actor may see."""

    lanes: Sequence[listed.Lane]
    shown: visible.Condition


async def list_inbox(uow: UnitOfWork, wanted: InboxFilter, *, limit: int, after: UUID | None) -> InboxPage:
    """The actor's tasks, newest first, with how many are unread and how many clocks of the agency ran out.

    Both are counted up to 100: whoever has that many needs no number.
    """
    own = Box(await listed.inbox_lanes(uow), await visible.items(uow))
    items, following = await _page(uow, own, wanted, limit=limit, after=after)
    read = await _read_at(uow, items)
    overdue = await count_overdue(uow)
    summary = text_of("tasks_overdue", wanted.language, local_date(uow.now))
    return InboxPage(
        items=[_item(item, read.get(item.id), wanted.language) for item in items],
        next=following,
        unread=await _count_unread(uow, own),
        overdue=overdue,
        summary=render(summary, n=overdue)[1] if overdue else None,
    )


async def list_agency_tasks(
    uow: UnitOfWork, wanted: InboxFilter, *, limit: int, after: UUID | None
) -> Page[AgencyTaskAnswer]:
    """Which agencies' systems have not ended what rested on a withdrawn consent, newest first (ID-12)."""
    own = Box(listed.agency_lanes(uow), await visible.agency_tasks(uow))
    items, following = await _page(uow, own, wanted, limit=limit, after=after)
    read = await _read_at(uow, items)
    return Page(items=[_agency_task(item, read.get(item.id), wanted.language) for item in items], next=following)


async def item(uow: UnitOfWork, row: InboxItem, language: Language) -> InboxItemAnswer:
    """One task of the actor."""
    return _item(row, (await _read_at(uow, [row])).get(row.id), language)


async def agency_task(uow: UnitOfWork, row: InboxItem, language: Language) -> AgencyTaskAnswer:
    """One task of the operator."""
    return _agency_task(row, (await _read_at(uow, [row])).get(row.id), language)


async def _page(
    uow: UnitOfWork, own: Box, wanted: InboxFilter, *, limit: int, after: UUID | None
) -> tuple[list[InboxItem], UUID | None]:
    found = select(InboxItem).where(own.shown)
    if wanted.case_id:
        of_case = found.where(InboxItem.case_id == wanted.case_id)
        found = of_case.where(~_is_read(uow)) if wanted.unread else of_case
    else:
        by = uow.actor.sub if wanted.unread else None
        newest = listed.newest(own.lanes, own.shown, limit=limit + 1, after=after, unread_by=by)
        found = found.where(InboxItem.id.in_(newest))
    return await paging.page(uow.session, found, InboxItem.id, limit=limit, after=after)


async def _count_unread(uow: UnitOfWork, own: Box) -> int:
    unread = listed.newest(own.lanes, own.shown, limit=listed.COUNTED, unread_by=uow.actor.sub).subquery()
    return int(await uow.session.scalar(select(func.count()).select_from(unread)) or 0)


def _is_read(uow: UnitOfWork) -> visible.Condition:
    return exists().where(InboxRead.item_id == InboxItem.id, InboxRead.sub == uow.actor.sub)


async def _read_at(uow: UnitOfWork, items: Sequence[InboxItem]) -> Mapping[UUID, datetime]:
    """When the actor read each of these."""
    rows = await uow.session.execute(
        select(InboxRead.item_id, InboxRead.read_at).where(
            InboxRead.sub == uow.actor.sub, InboxRead.item_id.in_([item.id for item in items])
        )
    )
    return {row.item_id: row.read_at for row in rows}


def _item(row: InboxItem, read_at: datetime | None, language: Language) -> InboxItemAnswer:
    return InboxItemAnswer(
        id=row.id,
        case_id=row.case_id,
        case_ref=case_reference(row.case_id),
        task=row.task,
        subject=row.subject,
        template=row.template,
        text=tasks()[row.task][language],
        created_at=row.created_at,
        read_at=read_at,
    )


def _agency_task(row: InboxItem, read_at: datetime | None, language: Language) -> AgencyTaskAnswer:
    return AgencyTaskAnswer(
        id=row.id,
        agency=row.subject.removeprefix("agency/"),
        task=row.task,
        text=tasks()[row.task][language],
        created_at=row.created_at,
        read_at=read_at,
    )
