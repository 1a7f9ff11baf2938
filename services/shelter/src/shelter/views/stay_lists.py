"""Lists of stays, and of the services given during one."""

from collections.abc import Iterator
from uuid import UUID

from casework import access
from casework.calendar import local_date
from casework.listing import Run, Wanted, among_first, runs
from chassis import paging
from chassis.paging import Page
from chassis.unit_of_work import UnitOfWork
from nrm_events.reference import case_reference
from pydantic import BaseModel
from sqlalchemy import ColumnElement, exists, select

from shelter.answers.stays import ServiceAnswer, StayLine
from shelter.domain import stays as rules
from shelter.facts.access import Bases, bases_on, find_stay, known_stays, ways_to_stays
from shelter.tables import Base, Extension, ServiceGiven, Stay, stay_listed
from shelter.views.parts import BASICS, OPERATOR, REQUEST, Parts, stored
from shelter.views.stays import limited_to, service

_LINE = frozenset(StayLine.model_fields)
_HOW = {"left", "transferred", "discharged", "repatriated"}
_OF_VIEW = {"upcoming": {"offered"}, "resident": {"admitted"}, "overdue_decision": {"admitted"}}
"""The states in which a stay has the view; the other views are how it ended."""


class StayFilter(BaseModel):
    """Filters of a list of stays. One by what a part shows finds only stays whose part the viewer may read."""

    case_id: UUID | None = None
    state: str | None = None
    view: str | None = None
    re_examine: bool | None = None
    extension_pending: bool | None = None


async def stays(uow: UnitOfWork, wanted: StayFilter, limit: int, after: UUID | None) -> Page[StayLine]:
    """Stays that the viewer may know of, newest first."""
    shown = [known_stays(uow, for_="see_stays"), *_conditions(uow, wanted)]
    if not wanted.case_id:
        shown = [among_first(Stay.id, _runs(uow, wanted), shown, Wanted(limit, after))]
    found = select(Stay).where(*shown)
    rows, following = await paging.page(uow.session, found, Stay.id, limit=limit, after=after)
    own = await bases_on(uow, rows) if rows else {}
    return Page(items=[_line(uow, row, own[row.id]) for row in rows], next=following)


def _runs(uow: UnitOfWork, wanted: StayFilter) -> Iterator[Run]:
    """In which indexes the page is found; where a filter is by a part, by what shows that part."""
    if wanted.view == "resident":  # as many as there are beds
        stay = Base.metadata.tables["stay"].alias().c
        yield Run(stay.id, [stay.state == "admitted", stay.ends_on >= local_date(uow.now)])
        return
    chosen: dict[str, list[str] | bool] = {}
    found = [standings for standings in _standings(wanted) if standings is not None]
    if found:
        chosen["standing"] = sorted(set.intersection(*found))
    for name in ("re_examine", "extension_pending"):
        if getattr(wanted, name):
            chosen[name] = True
    parts = ["see_stays"]
    if wanted.view:
        parts = ["read_stay_operator", "read_stay_place"]
    if wanted.re_examine is not None or wanted.extension_pending is not None:
        parts = ["read_stay_care"]
    yield from runs(uow, stay_listed, [way for part in parts for way in ways_to_stays(uow, for_=part)], chosen)


def _standings(wanted: StayFilter) -> Iterator[set[str] | None]:
    """How a stay stands: how it ended, or its state. By state and by view, each None where it is no filter."""
    yield None if wanted.state is None else _HOW if wanted.state == "ended" else {wanted.state}
    yield None if wanted.view is None else _OF_VIEW.get(wanted.view, {wanted.view} & _HOW)


def _conditions(uow: UnitOfWork, wanted: StayFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.case_id:
        yield Stay.case_id == wanted.case_id
    if wanted.state:
        yield Stay.state == wanted.state
    if wanted.view:
        own_offer = known_stays(uow, for_="read_stay_place") & (Stay.operator == uow.actor.agency)
        yield known_stays(uow, for_="read_stay_operator") | own_offer
        yield _has_view(uow, wanted.view)
    if wanted.re_examine is not None:
        yield known_stays(uow, for_="read_stay_care")
        yield Stay.re_examine_since.is_not(None) == wanted.re_examine
    if wanted.extension_pending is not None:
        waits = exists().where(Extension.stay_id == Stay.id, Extension.state == "requested")
        yield known_stays(uow, for_="read_stay_care")
        yield (waits & (Stay.state == "admitted")) == wanted.extension_pending


def _has_view(uow: UnitOfWork, view: str) -> ColumnElement[bool]:
    """The same derivation as `domain.stays.view`, as a condition."""
    today = local_date(uow.now)
    conditions: dict[str, ColumnElement[bool]] = {
        "upcoming": Stay.state == "offered",
        "resident": (Stay.state == "admitted") & (Stay.ends_on >= today),
        "overdue_decision": (Stay.state == "admitted") & (Stay.ends_on < today),
    }
    return conditions.get(view, (Stay.state == "ended") & (Stay.how == view))


def _line(uow: UnitOfWork, row: Stay, own: Bases) -> StayLine:
    parts = Parts.of(uow, row, own)
    found: dict[str, object] = stored(row, BASICS) | {"case_ref": case_reference(row.case_id)}
    if parts.request:
        found |= stored(row, _LINE.intersection(REQUEST))
    if parts.operator:
        found |= stored(row, _LINE.intersection(OPERATOR)) | {"view": rules.view(row.rules, local_date(uow.now))}
    if parts.care:
        found["re_examine"] = row.re_examine_since is not None
    return StayLine.model_validate(found)


async def services(uow: UnitOfWork, stay_id: UUID, limit: int, after: UUID | None) -> Page[ServiceAnswer]:
    """Every service that the viewer may read, also beyond those that the stay's answer has room for (SH-6)."""
    row, own = await find_stay(uow, stay_id, for_="read_stay_services")
    found = select(ServiceGiven).where(ServiceGiven.stay_id == row.id)
    limited = limited_to(uow, own)
    if limited is not None:
        found = found.where(ServiceGiven.service.in_(limited))
    rows, following = await paging.page(uow.session, found, ServiceGiven.id, limit=limit, after=after)
    payer = access.gives(uow, "read_stay_operator", own)
    return Page(items=[service(entry, payer=payer) for entry in rows], next=following)
