"""For tests: events of many cases in one poll, and how many statements a service's handlers need for them."""

import json
import re
from collections.abc import Mapping, Sequence
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin
from uuid import uuid4

from chassis.service import Service
from chassis.testing import ServiceUnderTest, statements
from nrm_events import EVENTS, Event
from nrm_events.corpus import made
from nrm_events.taking_part import GUARDIANSHIP_AUTHORITY, MIGRATION_SERVICE
from sqlalchemy import text

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_BY_FIELD: Mapping[str, Sequence[object]] = {
    "recipient": (MIGRATION_SERVICE, GUARDIANSHIP_AUTHORITY),
    "purpose": ("removal_bar", "return", "legal_aid"),
    "step": ("guardian",),
}
"""Values that rules look at, in fields whose type names none."""
_CHANGING = ("citizenship", "age_group")
"""What changes from one event of a case to the next."""


def kinds(service: Service) -> list[type[Event]]:
    """What the service consumes, in the order of the catalogue, which is about that of a case's life."""
    return [event for event in EVENTS.values() if event in service.handlers]


def lives(service: Service, cases: int) -> list[list[Event]]:
    """An event of each kind for so many new cases.

    They differ in whatever is one of a list; citizenship and age change in the course of a case as well.
    """
    return [_life(service, number) for number in range(cases)]


def _life(service: Service, number: int) -> list[Event]:
    ids: dict[str, str] = {}

    def own(found: re.Match[str]) -> str:
        return ids.setdefault(found[0], str(uuid4()))

    every = enumerate(kinds(service))
    return [_varied(event, _UUID.sub(own, made(event).value.decode()), (number, turn)) for turn, event in every]


def _varied(event: type[Event], value: str, place: tuple[int, int]) -> Event:
    """The event of this case; `place`: the case's number, and the event's in its life."""
    fields, (number, turn) = json.loads(value), place
    for name, field in event.model_fields.items():
        if choices := _BY_FIELD.get(name) or _choices(field.annotation):
            fields[name] = choices[(number + turn * (name in _CHANGING)) % len(choices)]
    return event.model_validate(fields)


def _choices(annotation: Any) -> Sequence[object]:
    """The values of a field that is one of a list."""
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    if get_origin(annotation) in (Union, UnionType):
        return [choice for one in get_args(annotation) for choice in _choices(one)]
    return (True, False) if annotation is bool else ()


async def statements_by_kind(service: ServiceUnderTest, cases: int) -> dict[type[Event], int]:
    """How many statements each kind of event needs, alone in a poll, once for each of so many new cases."""
    every = lives(service.service, cases)
    found = {}
    for position, kind in enumerate(kinds(service.service)):
        with statements(service) as seen:
            await service.receives(*(life[position] for life in every))
        found[kind] = len(seen)
    return found


async def parked(service: ServiceUnderTest) -> int:
    """How many events the service could not apply."""
    async with service.session() as session:
        return int(await session.scalar(text("select count(*) from parked_event")) or 0)
