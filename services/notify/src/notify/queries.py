"""What notify shows. Every query is filtered by what the asker's agency may know of: rows and counts alike (ID-7)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from chassis import access, paging
from chassis.actor import Actor
from chassis.errors import NotFound
from chassis.clock import year_bounds
from chassis.schema import case_access
from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from notify.domain.machines import CLOCK_OPEN
from notify.domain.routes import HOLDER
from notify.domain.visibility import SHOWS_ALL_CLOCKS, SHOWS_CLOCKS
from notify.tables import ClockRow, InboxItem, InboxRead, KnownCase, MessageRow

Row = TypeVar("Row")


async def list_clocks(
    session: AsyncSession,
    who: Actor,
    *,
    case_id: UUID | None,
    state: str | None,
    kind: str | None,
    mine: bool,
    limit: int,
    after: UUID | None,
) -> tuple[Sequence[ClockRow], UUID | None]:
    """Clocks that the asker may see, newest first."""
    asked = select(ClockRow).where(_shown(who))
    asked = _where(asked, ClockRow.case_id == case_id if case_id else None)
    asked = _where(asked, ClockRow.state == state if state else None)
    asked = _where(asked, ClockRow.kind == kind if kind else None)
    asked = _where(asked, _is_duty_of(who) if mine else None)
    return await paging.page(session, asked, ClockRow.id, limit, after)


async def list_due(
    session: AsyncSession, who: Actor, *, mine: bool, due_before: datetime | None, limit: int, after: UUID | None
) -> tuple[Sequence[ClockRow], UUID | None]:
    """Clocks that nothing has met yet, the first to end first (NO-3)."""
    asked = select(ClockRow).where(_shown(who), ClockRow.state.in_(CLOCK_OPEN))
    asked = _where(asked, _is_duty_of(who) if mine else None)
    asked = _where(asked, ClockRow.due_at < due_before if due_before else None)
    place = tuple_(ClockRow.due_at, ClockRow.id)
    last = aliased(ClockRow)
    asked = _where(
        asked, place > select(last.due_at, last.id).where(last.id == after).scalar_subquery() if after else None
    )
    rows = (await session.scalars(asked.order_by(ClockRow.due_at, ClockRow.id).limit(limit + 1))).all()
    return rows[:limit], rows[limit - 1].id if len(rows) > limit else None


async def get_clock(session: AsyncSession, who: Actor, clock_id: UUID) -> ClockRow:
    """NotFound unless the asker may see it."""
    return await _one(session, select(ClockRow).where(ClockRow.id == clock_id, _shown(who)))


def _shown(who: Actor) -> ColumnElement[bool]:
    """Clocks for which the agency knows of the case, and those on which it must act (ID-7, ID-12)."""
    reason = func.split_part(case_access.c.basis, ":", 1)
    fits = [and_(reason == basis, ClockRow.kind.in_(kinds)) for basis, kinds in SHOWS_CLOCKS.items()]
    return exists().where(
        case_access.c.case_id == ClockRow.case_id,
        case_access.c.agency == who.agency,
        or_(reason.in_(SHOWS_ALL_CLOCKS), ClockRow.duty_agency == who.agency, *fits),
    )


async def list_messages(
    session: AsyncSession, who: Actor, *, case_id: UUID | None, state: str | None, limit: int, after: UUID | None
) -> tuple[Sequence[MessageRow], UUID | None]:
    """Messages to persons of cases that the asker may know of, newest first."""
    asked = select(MessageRow).where(access.visible(who, MessageRow.case_id))
    asked = _where(asked, MessageRow.case_id == case_id if case_id else None)
    asked = _where(asked, MessageRow.state == state if state else None)
    return await paging.page(session, asked, MessageRow.id, limit, after)


async def get_message(session: AsyncSession, who: Actor, message_id: UUID, *, lock: bool = False) -> MessageRow:
    """NotFound unless the asker may know of its case."""
    asked = select(MessageRow).where(MessageRow.id == message_id, access.visible(who, MessageRow.case_id))
    if lock:
        asked = asked.with_for_update().execution_options(populate_existing=True)
    return await _one(session, asked)


def _mine(who: Actor) -> ColumnElement[bool]:
    """Items for the asker: to their agency, or to the holder of a case that they hold; of cases they may know of.

    Who works without cases (scope `none`) has items that name none.
    """
    holds = exists().where(KnownCase.case_id == InboxItem.case_id, KnownCase.holder == who.agency)
    if who.scope == "none":
        return and_(InboxItem.recipient == who.agency, InboxItem.role == who.role)
    return and_(
        or_(InboxItem.recipient == who.agency, and_(InboxItem.recipient == HOLDER, holds)),
        or_(InboxItem.role.is_(None), InboxItem.role.in_(sorted(who.roles))),
        access.visible(who, InboxItem.case_id),
    )


def _read_by(who: Actor) -> ColumnElement[bool]:
    return exists().where(InboxRead.item_id == InboxItem.id, InboxRead.sub == who.sub)


async def list_inbox(
    session: AsyncSession, who: Actor, *, unread: bool, case_id: UUID | None, limit: int, after: UUID | None
) -> tuple[list[tuple[InboxItem, datetime | None]], UUID | None]:
    """The asker's items, newest first, with when they read each."""
    asked = _where(select(InboxItem).where(_mine(who)), ~_read_by(who) if unread else None)
    asked = _where(asked, InboxItem.case_id == case_id if case_id else None)
    items, following = await paging.page(session, asked, InboxItem.id, limit, after)
    read = await session.execute(
        select(InboxRead.item_id, InboxRead.read_at).where(
            InboxRead.sub == who.sub, InboxRead.item_id.in_([item.id for item in items])
        )
    )
    read_at: dict[UUID, datetime] = {row.item_id: row.read_at for row in read}
    return [(item, read_at.get(item.id)) for item in items], following


async def get_item(session: AsyncSession, who: Actor, item_id: UUID) -> InboxItem:
    """NotFound unless it is for the asker."""
    return await _one(session, select(InboxItem).where(InboxItem.id == item_id, _mine(who)))


async def read_at(session: AsyncSession, who: Actor, item_id: UUID) -> datetime | None:
    """When the asker read the item."""
    asked = select(InboxRead.read_at).where(InboxRead.item_id == item_id, InboxRead.sub == who.sub)
    at: datetime | None = await session.scalar(asked)
    return at


async def count_unread(session: AsyncSession, who: Actor) -> int:
    """How many items wait for the asker."""
    return int(await session.scalar(select(func.count(InboxItem.id)).where(_mine(who), ~_read_by(who))) or 0)


async def count_overdue(session: AsyncSession, who: Actor) -> int:
    """How many clocks ran out on which the asker's agency must act, of cases that it may know of."""
    counted = select(func.count(ClockRow.id)).where(ClockRow.state == "breached", _is_duty_of(who), _shown(who))
    return int(await session.scalar(counted) or 0)


def _is_duty_of(who: Actor) -> ColumnElement[bool]:
    """Clocks on which the asker's agency must act: named in the clock, or as holder of the case."""
    holds = exists().where(KnownCase.case_id == ClockRow.case_id, KnownCase.holder == who.agency)
    return or_(ClockRow.duty_agency == who.agency, and_(ClockRow.duty_agency.is_(None), holds))


async def count_year(session: AsyncSession, year: int) -> tuple[dict[str, dict[str, int]], dict[str, int]]:
    """Clocks whose end fell into the year (Baku), by kind and state; messages about acts of that year, by state."""
    begin, end = year_bounds(year)
    clocks: dict[str, dict[str, int]] = {}
    rows = await session.execute(
        select(ClockRow.kind, ClockRow.state, func.count())
        .where(ClockRow.due_at >= begin, ClockRow.due_at < end)
        .group_by(ClockRow.kind, ClockRow.state)
    )
    for kind, state, count in rows:
        clocks.setdefault(kind, {})[state] = count
    messages = await session.execute(
        select(MessageRow.state, func.count().label("n"))
        .where(MessageRow.effective_at >= begin, MessageRow.effective_at < end)
        .group_by(MessageRow.state)
    )
    return clocks, {row.state: row.n for row in messages}


async def clocks_of(session: AsyncSession, who: Actor, case_id: UUID) -> Sequence[ClockRow]:
    """The open clocks of a case that the asker may see, the most urgent first; at most fifty."""
    asked = select(ClockRow).where(ClockRow.case_id == case_id, ClockRow.state.in_(CLOCK_OPEN), _shown(who))
    return (await session.scalars(asked.order_by(ClockRow.due_at).limit(50))).all()


def _where(asked: Select[Any], condition: ColumnElement[bool] | None) -> Select[Any]:
    return asked if condition is None else asked.where(condition)


async def _one(session: AsyncSession, asked: Select[tuple[Row]]) -> Row:
    found = (await session.scalars(asked)).one_or_none()
    if found is None:
        raise NotFound
    return found
