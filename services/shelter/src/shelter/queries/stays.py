"""Stays as their readers see them: the place only to its own staff (SH-7)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from chassis import access, answers, audit
from chassis.actor import Actor
from chassis.deadlines import Deadline
from chassis.errors import NotFound
from chassis.clock import end_of_day, local_date
from chassis.paging import page
from chassis.rights import may
from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from shelter.domain import stays as rules
from shelter.queries.conflicts import lives_with_conflict
from shelter.rights import RIGHTS
from shelter.schemas import shapes
from shelter.settings import parameter, parameter_or_none
from shelter.tables import Bed, BedNightBlock, Extension, Facility, Room, ServiceGiven, Stay, StayAddressee

_OF_THE_ADDRESSED = ("offer", "waitlist", "refuse")
_OF_THE_OPERATOR = ("admit", "decide_extension", "record_service", "re_examine", "transfer", "leave")
_STORED = tuple(
    name
    for name in shapes.StayAnswer.model_fields
    if name in Stay.__table__.columns and name not in ("extensions", "services")
)


async def find_stay(session: AsyncSession, who: Actor, stay_id: UUID) -> Stay:
    """NotFound for one that does not exist and for one that the actor may not know of: one answer for both."""
    stay = await session.scalar(select(Stay).where(Stay.id == stay_id, access.visible(who, Stay.case_id)))
    if stay is None:
        raise NotFound
    return stay


async def show_stay(session: AsyncSession, who: Actor, now: datetime, stay: Stay) -> shapes.StayAnswer:
    """The stay with its extensions, services, clocks, warnings, and every action with the reason why not."""
    await session.flush()
    asked = await _addressed(session, stay.id)
    first = stay.counted_from
    return shapes.StayAnswer(
        **{name: getattr(stay, name) for name in _STORED},
        view=rules.view(stay.rules, local_date(now)),
        ends_at=end_of_day(stay.ends_on) if stay.ends_on else None,
        unconditional_until=first + timedelta(days=parameter("unconditional_days", first)) if first else None,
        to=stay.destination,
        warnings=await _warnings(session, who, now, stay),
        place=await _place(session, who, stay),
        addressed_to=[shapes.AddresseeAnswer(**_columns(row, shapes.AddresseeAnswer)) for row in asked],
        extensions=await _many(session, Extension, shapes.ExtensionAnswer, Extension.stay_id == stay.id),
        services=await _many(session, ServiceGiven, shapes.ServiceAnswer, ServiceGiven.stay_id == stay.id),
        actions=_actions(who, stay, asked),
        clocks=answers.clocks(_deadlines(stay), now),
    )


def _columns(row: Any, shape: type[Any]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in shape.model_fields}


async def _many(session: AsyncSession, table: type[Any], shape: type[Any], of: ColumnElement[bool]) -> list[Any]:
    """At most 200 rows, the newest first."""
    rows = await session.scalars(select(table).where(of).order_by(table.id.desc()).limit(200))
    return [shape(**_columns(row, shape)) for row in rows]


async def _addressed(session: AsyncSession, stay_id: UUID) -> Sequence[StayAddressee]:
    asked = select(StayAddressee).where(StayAddressee.stay_id == stay_id).order_by(StayAddressee.operator)
    return (await session.scalars(asked)).all()


async def _place(session: AsyncSession, who: Actor, stay: Stay) -> shapes.OwnPlaceAnswer | None:
    """SH-7: which house, to nobody but the agency that runs it."""
    if stay.bed_id is None or stay.operator != who.agency:
        return None
    row = (
        await session.execute(
            select(Facility.code, Room.number, Bed.number)
            .join(Room, Room.facility_id == Facility.id)
            .join(Bed, Bed.room_id == Room.id)
            .where(Bed.id == stay.bed_id)
        )
    ).one()
    return shapes.OwnPlaceAnswer(facility=row[0], room=row[1], bed=row[2], bed_id=stay.bed_id)


async def _warnings(session: AsyncSession, who: Actor, now: datetime, stay: Stay) -> list[str]:
    """SH-1, SH-3: they tell, and never block. That a conflict lives there is told to the house alone (SH-4)."""
    limit = parameter_or_none("soft_limit_days", stay.counted_from) if stay.counted_from else None
    found = rules.warnings(stay.rules, local_date(now), limit) if stay.state == "admitted" else []
    if stay.state != "admitted" or stay.ends_on is None:
        return found
    today = local_date(now)
    if (
        stay.bed_id
        and stay.operator == who.agency
        and await lives_with_conflict(session, stay, stay.bed_id, now, today)
    ):
        found.append("conflict_in_house")
    held = await session.scalar(select(BedNightBlock.nights).where(BedNightBlock.stay_id == stay.id))
    if held and held.upper and held.upper <= max(stay.ends_on, today):
        found.append("bed_held_no_longer")
    return found


def _actions(who: Actor, stay: Stay, asked: Sequence[StayAddressee]) -> list[answers.ActionAnswer]:
    """What the asker's role gives at all, with the reason why not now: state, whose bed or request it is."""
    addressed: set[str | None] = {row.operator for row in asked if row.refused_at is None}
    owners = dict.fromkeys(_OF_THE_ADDRESSED, addressed)
    owners |= {action: {stay.operator} for action in _OF_THE_OPERATOR}
    owners |= {action: {stay.asked_by, stay.operator} for action in ("decline", "request_extension")}
    owners["refuse"] = addressed | {stay.asked_by}
    refused = {action: "belongs_to_another_agency" for action, agencies in owners.items() if who.agency not in agencies}
    if stay.re_examine_since is None:
        refused.setdefault("re_examine", "nothing_to_re_examine")
    return answers.actions(rules.STAY.list_actions(stay.state, refused, may(RIGHTS, who)))


def _deadlines(stay: Stay) -> list[Deadline]:
    found = []
    if stay.offered_at and stay.lapses_at:
        answered = stay.admitted_at or (stay.last_act_at if stay.state == "declined" else None)
        found.append(Deadline("place_offer", stay.lapses_at, answered))
    if stay.ends_on:
        found.append(Deadline("stay", end_of_day(stay.ends_on), stay.ended_at))
    return found


def conditions(
    now: datetime,
    *,
    case_id: UUID | None,
    state: str | None,
    view: str | None,
    re_examine: bool | None,
    extension_pending: bool | None,
) -> Iterator[ColumnElement[bool]]:
    """What a list of stays is asked for."""
    if case_id:
        yield Stay.case_id == case_id
    if state:
        yield Stay.state == state
    if view:
        yield _has_view(view, now)
    if re_examine is not None:
        yield Stay.re_examine_since.is_not(None) == re_examine
    if extension_pending is not None:
        waits = exists().where(Extension.stay_id == Stay.id, Extension.state == "requested")
        yield (waits & (Stay.state == "admitted")) == extension_pending


async def list_stays(
    session: AsyncSession,
    who: Actor,
    now: datetime,
    conditions: Iterable[ColumnElement[bool]],
    limit: int,
    after: UUID | None,
) -> tuple[list[shapes.StayLine], UUID | None]:
    """Stays of cases that the actor may know of, newest first."""
    asked = select(Stay).where(access.visible(who, Stay.case_id), *conditions)
    rows, following = await page(session, asked, Stay.id, limit, after)
    return [_line(row, now) for row in rows], following


def _has_view(view: str, now: datetime) -> ColumnElement[bool]:
    """The same derivation as `domain.stays.view`, as a condition."""
    today = local_date(now)
    conditions: dict[str, ColumnElement[bool]] = {
        "upcoming": Stay.state == "offered",
        "resident": (Stay.state == "admitted") & (Stay.ends_on >= today),
        "overdue_decision": (Stay.state == "admitted") & (Stay.ends_on < today),
    }
    return conditions.get(view, (Stay.state == "ended") & (Stay.how == view))


def _line(stay: Stay, now: datetime) -> shapes.StayLine:
    derived = {"view", "re_examine"}
    return shapes.StayLine(
        **{name: getattr(stay, name) for name in shapes.StayLine.model_fields if name not in derived},
        view=rules.view(stay.rules, local_date(now)),
        re_examine=stay.re_examine_since is not None,
    )


async def list_services(
    session: AsyncSession, who: Actor, stay_id: UUID, limit: int, after: UUID | None
) -> tuple[list[shapes.ServiceAnswer], UUID | None]:
    """All that was given, also what an answer about the stay has no room for (SH-6)."""
    stay = await find_stay(session, who, stay_id)
    asked = select(ServiceGiven).where(ServiceGiven.stay_id == stay.id)
    rows, following = await page(session, asked, ServiceGiven.id, limit, after)
    return [shapes.ServiceAnswer(**_columns(row, shapes.ServiceAnswer)) for row in rows], following


async def stay_history(session: AsyncSession, who: Actor, stay_id: UUID) -> answers.History:
    """The acts on a stay, newest first, by role and agency."""
    stay = await find_stay(session, who, stay_id)
    return answers.history(await audit.history(session, subject=f"stay/{stay.id}"))
