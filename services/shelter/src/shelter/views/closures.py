"""Beds of the own agency that are or were out of use (SH-9)."""

from uuid import UUID

from casework import answers
from casework.calendar import end_of_day
from casework.deadlines import Deadline
from chassis import audit, paging
from chassis.errors import NotFound
from chassis.paging import Page
from chassis.rights import may
from chassis.unit_of_work import UnitOfWork
from sqlalchemy import Select, select

from shelter.answers.houses import ClosureAnswer
from shelter.domain.care import CLOSURE
from shelter.tables import Bed, Closure, Facility, Room
from shelter.views.parts import stored


def _own(uow: UnitOfWork) -> Select[tuple[Closure]]:
    return (
        select(Closure)
        .join(Bed, Closure.bed_id == Bed.id)
        .join(Room, Bed.room_id == Room.id)
        .join(Facility, Room.facility_id == Facility.id)
        .where(Facility.operator == uow.actor.agency)
    )


async def closures(uow: UnitOfWork, state: str | None, limit: int, after: UUID | None) -> Page[ClosureAnswer]:
    found = _own(uow).where(Closure.state == state) if state else _own(uow)
    rows, following = await paging.page(uow.session, found, Closure.id, limit=limit, after=after)
    return Page(items=[closure(uow, row) for row in rows], next=following)


async def read_closure(uow: UnitOfWork, closure_id: UUID) -> ClosureAnswer:
    return closure(uow, await _find(uow, closure_id))


async def _find(uow: UnitOfWork, closure_id: UUID) -> Closure:
    row = await uow.session.scalar(_own(uow).where(Closure.id == closure_id))
    if row is None:
        raise NotFound
    return row


def closure(uow: UnitOfWork, row: Closure) -> ClosureAnswer:
    names = ("id", "bed_id", "state", "version", "reason", "begins", "returns_on", "effective_at")
    rights = set(CLOSURE.actions) if "close_bed" in may(uow.rights, uow.actor) else set()
    met_at = end_of_day(row.returns_on) if row.state == "ended" else None
    return ClosureAnswer(
        **stored(row, names),
        actions=answers.actions(CLOSURE.list_actions(row.state, may=rights)),
        clocks=answers.clocks([Deadline("return_of_bed", end_of_day(row.returns_on), met_at)], uow.now),
    )


async def history(uow: UnitOfWork, closure_id: UUID) -> answers.History:
    row = await _find(uow, closure_id)
    return answers.history(await audit.history(uow.session, subject=f"closure/{row.id}"))
