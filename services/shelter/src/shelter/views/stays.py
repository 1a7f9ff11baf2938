"""Stays as their viewers see them: each part by its own right, the place to its operator alone (SH-7)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from casework import access, answers
from casework.calendar import end_of_day, local_date
from casework.deadlines import Deadline
from casework.history import visible_history
from chassis.unit_of_work import UnitOfWork
from nrm_events.reference import case_reference
from pydantic import BaseModel
from sqlalchemy import select

from shelter.answers import stays as shapes
from shelter.domain import stays as rules
from shelter.domain.care import services_agreed_to
from shelter.facts.access import Bases, bases_on, find_stay
from shelter.facts.conflicts import lives_with_conflict
from shelter.parameters import parameter, parameter_or_none
from shelter.tables import Bed, BedNightBlock, Extension, Facility, Room, ServiceGiven, Stay, StayAddressee
from shelter.views import actions
from shelter.views.parts import BASICS, OPERATOR, REQUEST, Parts, stored

Shape = TypeVar("Shape", bound=BaseModel)

PART_OF = {
    "request_place": "read_stay_request",
    "change_category": "read_stay_request",
    **dict.fromkeys(
        ("offer", "waitlist", "refuse", "refuse_one", "withdraw_one", "decline", "lapse", "admit", "leave", "transfer"),
        "read_stay_operator",
    ),
    **dict.fromkeys(
        ("request_extension", "decide_extension", "become_overdue", "ask_to_re_examine", "re_examine"),
        "read_stay_care",
    ),
    "record_service": "read_stay_services",
}
_SHOWS_WHO_WAS_ADDRESSED = ("offer", "waitlist", "refuse", "refuse_one", "withdraw_one")
_OF_THE_ADDRESSED = ("offer", "waitlist", "refuse")
_OF_THE_OPERATOR = ("admit", "decide_extension", "record_service", "re_examine", "transfer", "leave")


async def read_stay(uow: UnitOfWork, stay_id: UUID) -> shapes.StayAnswer:
    row, own = await find_stay(uow, stay_id, for_="see_stays")
    return await _answer(uow, row, own)


async def stay(uow: UnitOfWork, row: Stay) -> shapes.StayAnswer:
    """The stay after an act, as far as the actor's agency may know of it now."""
    await uow.session.flush()
    return await _answer(uow, row, (await bases_on(uow, [row]))[row.id])


async def _answer(uow: UnitOfWork, row: Stay, own: Bases) -> shapes.StayAnswer:
    parts = Parts.of(uow, row, own)
    addressed = await _addressees(uow, row.id)
    found: dict[str, object] = stored(row, BASICS) | {
        "case_ref": case_reference(row.case_id),
        "ends_at": end_of_day(row.ends_on) if row.ends_on else None,
        "ended_at": row.ended_at,
        "actions": _actions(uow, row, addressed, own),
        "clocks": answers.clocks(_deadlines(row), uow.now) if parts.operator else [],
    }
    if parts.request:
        found |= stored(row, REQUEST)
        if parts.addressees is not None:
            visible = [entry for entry in addressed if parts.addressees or entry.operator == uow.actor.agency]
            found["addressed_to"] = [_shown(entry, shapes.AddresseeAnswer) for entry in visible]
    if parts.operator:
        found |= stored(row, OPERATOR) | _at_operator(uow, row)
    if parts.care:
        found |= await _care(uow, row, operates=parts.operates)
    if access.gives(uow, "read_stay_services", own):
        found["services"] = await _services(uow, row, own)
    if parts.operates:
        found["place"] = await _place(uow, row)
    return shapes.StayAnswer.model_validate(found)


async def acts_on(uow: UnitOfWork, row: Stay, own: Bases) -> list[answers.ActionAnswer]:
    """What the viewer can do with the stay now, or why not."""
    return _actions(uow, row, await _addressees(uow, row.id), own)


def _at_operator(uow: UnitOfWork, row: Stay) -> dict[str, object]:
    first = row.counted_from
    return {
        "view": rules.view(row.rules, local_date(uow.now)),
        "unconditional_until": first + timedelta(days=parameter("unconditional_days", first)) if first else None,
        "to": row.destination,
    }


async def _care(uow: UnitOfWork, row: Stay, *, operates: bool) -> dict[str, object]:
    """The course of the stay: extensions, what waits for a person, warnings (SH-1, SH-3, ID-9)."""
    found = select(Extension).where(Extension.stay_id == row.id).order_by(Extension.id.desc()).limit(200)
    return {
        "extensions": [_shown(entry, shapes.ExtensionAnswer) for entry in await uow.session.scalars(found)],
        "re_examine_since": row.re_examine_since,
        "re_examine_reason": next(iter(row.re_examine_reasons), None),
        "re_examine_reasons": row.re_examine_reasons,
        "warnings": await _warnings(uow, row, operates=operates),
    }


async def _services(uow: UnitOfWork, row: Stay, own: Bases) -> list[shapes.ServiceAnswer]:
    """At most 200, the newest first; a list of its own has them all."""
    services = select(ServiceGiven).where(ServiceGiven.stay_id == row.id)
    limited = limited_to(uow, own)
    if limited is not None:
        services = services.where(ServiceGiven.service.in_(limited))
    rows = await uow.session.scalars(services.order_by(ServiceGiven.id.desc()).limit(200))
    payer = access.gives(uow, "read_stay_operator", own)
    return [service(entry, payer=payer) for entry in rows]


def limited_to(uow: UnitOfWork, own: Bases) -> list[str] | None:
    """The services that a viewer by consent alone may read (ID-12); None for operator and guardianship authority."""
    if access.gives(uow, "read_stay_services", {basis for basis in own if basis.name != "consent"}):
        return None
    return sorted(services_agreed_to(own))


def service(row: ServiceGiven, *, payer: bool) -> shapes.ServiceAnswer:
    """A service; who paid for it would show where the person lives (SH-7)."""
    found = stored(row, ("id", "service", "effective_at", *(["payer"] if payer else [])))
    return shapes.ServiceAnswer.model_validate(found)


def _shown(row: object, shape: type[Shape]) -> Shape:
    return shape.model_validate(stored(row, shape.model_fields))


async def _addressees(uow: UnitOfWork, stay_id: UUID) -> Sequence[StayAddressee]:
    found = select(StayAddressee).where(StayAddressee.stay_id == stay_id).order_by(StayAddressee.operator)
    return (await uow.session.scalars(found)).all()


async def _place(uow: UnitOfWork, row: Stay) -> shapes.OwnPlaceAnswer | None:
    """SH-7: which house, to nobody but the agency that runs it."""
    if row.bed_id is None:
        return None
    found = (
        await uow.session.execute(
            select(Facility.code, Room.number, Bed.number)
            .join(Room, Room.facility_id == Facility.id)
            .join(Bed, Bed.room_id == Room.id)
            .where(Bed.id == row.bed_id)
        )
    ).one()
    return shapes.OwnPlaceAnswer(facility=found[0], room=found[1], bed=found[2], bed_id=row.bed_id)


async def _warnings(uow: UnitOfWork, row: Stay, *, operates: bool) -> list[str]:
    """SH-1, SH-3: they never block. That a conflict lives there is shown to the house alone (SH-4)."""
    if row.state != "admitted" or row.ends_on is None:
        return []
    today = local_date(uow.now)
    limit = parameter_or_none("soft_limit_days", row.counted_from) if row.counted_from else None
    found = rules.warnings(row.rules, today, limit)
    if operates and row.bed_id and await lives_with_conflict(uow, row, today, uow.now):
        found.append("conflict_in_house")
    nights = await uow.session.scalar(select(BedNightBlock.nights).where(BedNightBlock.stay_id == row.id))
    if nights and nights.upper and nights.upper <= max(row.ends_on, today):
        found.append("bed_held_no_longer")
    return found


def _actions(uow: UnitOfWork, row: Stay, addressed: Sequence[StayAddressee], own: Bases) -> list[answers.ActionAnswer]:
    """What the viewer's role has, with the reason why not now: state, basis, whose bed or request it is."""
    waiting: set[str | None] = {entry.operator for entry in addressed if entry.refused_at is None}
    owners = dict.fromkeys(_OF_THE_ADDRESSED, waiting)
    owners |= {action: {row.operator} for action in _OF_THE_OPERATOR}
    owners |= {action: {row.asked_by, row.operator} for action in ("decline", "request_extension")}
    owners["refuse"] = waiting | {row.asked_by}
    refused = actions.of_others(uow, owners)
    if row.re_examine_since is None:
        refused.setdefault("re_examine", "nothing_to_re_examine")
    return actions.possible(uow, rules.STAY.list_actions(row.state, refused), own)


def _deadlines(row: Stay) -> list[Deadline]:
    found = []
    if row.offered_at and row.lapses_at:
        answered = row.admitted_at or (row.last_act_at if row.state == "declined" else None)
        found.append(Deadline("place_offer", row.lapses_at, answered))
    if row.ends_on:
        found.append(Deadline("stay", end_of_day(row.ends_on), row.ended_at))
    return found


async def history(uow: UnitOfWork, stay_id: UUID) -> answers.History:
    """The acts on a stay, newest first, by role and agency, of the parts that the viewer may read."""
    row, own = await find_stay(uow, stay_id, for_="see_stays")
    acts = await visible_history(uow, row.case_id, own, PART_OF, subject=f"stay/{row.id}")
    if not access.gives(uow, "read_stay_addressees", own):
        acts = [
            replace(act, facts={k: v for k, v in act.facts.items() if k != "addressed_to"})
            for act in acts
            if act.action not in _SHOWS_WHO_WAS_ADDRESSED or act.agency == uow.actor.agency
        ]
    return answers.history(acts)
