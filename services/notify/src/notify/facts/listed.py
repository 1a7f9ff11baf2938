"""Where the rows of a list are found, in the order of the list: a page costs its own rows.

`clock_seen`, `item_seen` and `message_seen` name the rows to look at; `facts.visible` decides on each of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from casework.agencies import kind
from chassis.unit_of_work import UnitOfWork
from sqlalchemy import ColumnElement, Select, Subquery, exists, func, literal, literal_column, select, tuple_, union

from notify.domain.roles import desk_of
from notify.domain.routes import OPERATOR
from notify.facts import visible
from notify.tables import ClockRow, InboxItem, InboxRead, MessageRow, clock_seen, item_seen, message_seen

COUNTED = 100
"""No count of open work goes further: more than that many is answered as that many."""
_clock, _item, _message = clock_seen.c, item_seen.c, message_seen.c


@dataclass(frozen=True)
class ClockFilter:
    """`mine`: only those on which the actor's agency must act."""

    case_id: UUID | None = None
    state: str | None = None
    kind: str | None = None
    mine: bool = False
    due_before: datetime | None = None


async def clocks(uow: UnitOfWork, wanted: ClockFilter, *, before: UUID | None = None) -> Select[tuple[ClockRow]]:
    """Clocks that the actor may see; `before` is where the page begins, and bounds the table that is walked."""
    shown = await visible.clocks(uow)
    found = select(ClockRow).where(shown)
    if wanted.case_id:
        return found.where(ClockRow.case_id == wanted.case_id, *_on_the_row(uow, wanted))
    listed = found.join(clock_seen, _clock.clock_id == ClockRow.id).where(_clock.agency == uow.actor.agency)
    if wanted.state:
        listed = listed.where(_clock.state == wanted.state)
    if wanted.kind:
        listed = listed.where(_clock.kind == wanted.kind)
    if wanted.mine:
        listed = listed.where(_clock.mine)
    return listed.where(_clock.clock_id < before) if before else listed


def _on_the_row(uow: UnitOfWork, wanted: ClockFilter) -> Sequence[visible.Condition]:
    conditions = []
    if wanted.state:
        conditions.append(ClockRow.state == wanted.state)
    if wanted.kind:
        conditions.append(ClockRow.kind == wanted.kind)
    if wanted.mine:
        conditions.append(visible.is_duty(uow))
    return conditions


async def due_clocks(uow: UnitOfWork, wanted: ClockFilter, last: ClockRow | None) -> Select[tuple[ClockRow]]:
    """Open clocks that the actor may see, the first to end first; after `last`, if there is one."""
    found = (await clocks(uow, wanted)).where(_clock.open)
    if wanted.due_before:
        found = found.where(_clock.due_at < wanted.due_before)
    if last:
        after = tuple_(literal(last.due_at), literal(last.id))
        found = found.where(tuple_(_clock.due_at, _clock.clock_id) > after)
    return found.order_by(_clock.due_at, _clock.clock_id)


async def overdue_clocks(uow: UnitOfWork) -> Select[tuple[int]]:
    """How many visible clocks ran out on which the actor's agency must act; at most `COUNTED`."""
    found = (await clocks(uow, ClockFilter(mine=True))).where(_clock.state == literal_column("'breached'"))
    some = found.with_only_columns(ClockRow.id).limit(COUNTED).subquery()
    return select(func.count()).select_from(some)


@dataclass(frozen=True)
class Lane:
    """The tasks of one box for one role: a stretch of the index, newest last."""

    agency: str
    box: str
    role: str


async def inbox_lanes(uow: UnitOfWork) -> Sequence[Lane]:
    """Where the actor's own tasks are: for a role of theirs; of the holder, for the desk as well."""
    agency, roles = uow.actor.agency, sorted(uow.actor.roles)
    desk = desk_of(await kind(uow, agency), roles)
    return [
        *(Lane(agency, "own", role) for role in roles),
        *(Lane(agency, "holder", role) for role in desk),
    ]


def agency_lanes(uow: UnitOfWork) -> Sequence[Lane]:
    """Where the tasks about agencies' systems are that the actor may see."""
    recipients = dict.fromkeys((OPERATOR, uow.actor.agency))
    return [Lane(to, "agencies", role) for to in recipients for role in sorted(uow.actor.roles)]


def newest(
    lanes: Sequence[Lane],
    shown: ColumnElement[bool],
    *,
    limit: int,
    after: UUID | None = None,
    unread_by: str | None = None,
) -> Select[tuple[UUID]]:
    """The ids of the newest tasks of these lanes that are `shown`: at most `limit` of each lane, each once.

    With `unread_by`, what this person has read is left out by the indexes alone, before any task is looked at.
    """
    of_each = [_of_lane(lane, after, unread_by) for lane in lanes]
    found = [
        select(ids.c.item_id)
        .join(InboxItem, InboxItem.id == ids.c.item_id)
        .where(shown)
        .order_by(ids.c.item_id.desc())
        .limit(limit)
        .subquery()
        for ids in of_each
    ]
    together = union(*(select(one.c.item_id) for one in found)).subquery()
    return select(together.c.item_id).order_by(together.c.item_id.desc()).limit(limit)


def _of_lane(lane: Lane, after: UUID | None, unread_by: str | None) -> Subquery:
    """The offset lets PostgreSQL join nothing before what was read is left out."""
    of_lane = select(_item.item_id).where(_item.agency == lane.agency, _item.box == lane.box, _item.role == lane.role)
    if after:
        of_lane = of_lane.where(_item.item_id < after)
    if unread_by is None:
        return of_lane.subquery()
    is_read = exists().where(InboxRead.item_id == _item.item_id, InboxRead.sub == unread_by)
    return of_lane.where(~is_read).order_by(_item.item_id.desc()).offset(0).subquery()


def messages(
    uow: UnitOfWork, case_id: UUID | None, state: str | None, *, before: UUID | None = None
) -> Select[tuple[MessageRow]]:
    """Messages of cases whose contact the actor may read; `before` as for clocks."""
    found = select(MessageRow).where(visible.messages(uow, "list_messages"))
    if case_id:
        found = found.where(MessageRow.case_id == case_id)
        return found.where(MessageRow.state == state) if state else found
    listed = found.join(message_seen, _message.message_id == MessageRow.id)
    listed = listed.where(_message.agency == uow.actor.agency)
    if state:
        listed = listed.where(_message.state == state)
    return listed.where(_message.message_id < before) if before else listed
