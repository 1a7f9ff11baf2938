"""Stays on the pages: the list, the stay with its acts, and which beds can be chosen (S2–S4, S7–S9)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, get_args

from staffui import formats, words_of
from staffui.ask import Asked
from staffui.catalogue import Language, text
from staffui.pages import Facts, Form, List, Object, Start, shown
from staffui.view import Cell, Option

from shelter.answers.stays import (
    AddresseeAnswer,
    ExtensionAnswer,
    OperatorAnswer,
    PlaceAnswer,
    PlacesAnswer,
    ServiceAnswer,
    StayAnswer,
    StayLine,
)
from shelter.api.stays import State, View
from shelter.domain.stays import STAY as MACHINE
from shelter.pages import conflicts
from shelter.pages.choices import by_name
from shelter.pages.sheet import TONIGHT


async def operators(asked: Asked, ids: Mapping[str, str], language: Language) -> Sequence[Option]:
    """The agencies that have places, by name (SH-9)."""
    found = await asked.get("/api/agencies")
    return by_name(language, [one["agency"] for one in found["items"] if one["has_places"]])


STAYS = List(
    "/stays",
    "/api/stays",
    StayLine,
    shown(
        StayLine,
        "case_ref:ref state:tag:stay category sex children protection requested_at:since ends_on:clock",
    ),
    filters={
        "view": get_args(View),
        "state": get_args(State),
        "extension_pending": ("true",),
        "re_examine": ("true",),
    },
    opens="/stays/{id}",
    machine=MACHINE,
    begins=(Start("/stays/new", "act.stay.request_place", Form(choices={"addressed_to": operators})), TONIGHT),
)


async def beds_that_fit(asked: Asked, ids: Mapping[str, str], language: Language) -> Sequence[Option]:
    """The own beds that fit, best first, each with why (SH-4)."""
    found = await asked.get("/api/stays/{stay_id}/places".format(**ids))
    return [_bed(place, language) for place in found["places"] if place["fits"]]


def _bed(place: Mapping[str, object], language: Language) -> Option:
    where = text(language, "board.place", **{name: place[name] for name in ("facility", "room", "bed")})
    reasons = place["reasons"] if isinstance(place["reasons"], list) else []
    why = ", ".join(words_of.code(language, "reasons", str(reason)) for reason in reasons)
    return Option(str(place["bed_id"]), f"{where} – {why}" if why else where)


_UNTIL = {"stay": "board.nights_stay", "closure": "board.nights_closure"}
_FROM = {"stay": "board.nights_stay_open", "closure": "board.nights_closure_open"}


def _to_act(ids: Mapping[str, str], answer: Mapping[str, Any], place: Mapping[str, Any]) -> str | None:
    """To the form of the act by which this bed is taken, where it fits and there is one."""
    allowed = {one["action"] for one in answer["actions"] if one["allowed"]}
    act = next((one for one in ("offer", "transfer") if one in allowed), None)
    return f"/stays/{ids['stay_id']}/{act}?bed_id={place['bed_id']}" if act and place["fits"] else None


def _counted(language: Language, now: datetime, refusals: Mapping[str, int]) -> Cell:
    """Why the other places do not fit, and how many of them."""
    words = [f"{words_of.code(language, 'refusals', code)} ({count})" for code, count in refusals.items()]
    return Cell(", ".join(words), "list", items=words)


def _nights(language: Language, now: datetime, held: Sequence[Mapping[str, Any]]) -> Cell:
    """The nights on which the bed is taken or out of use (SH-5)."""
    words = [_taken(language, one["kind"], one["begins"], one["ends"]) for one in held]
    return Cell(", ".join(words), "list", items=words)


def _taken(language: Language, kind: str, begins: str, ends: str | None) -> str:
    """From the first night to the last; `ends` is the first that is free again."""
    first = formats.day(language, date.fromisoformat(begins))
    if ends is None:
        return text(language, _FROM[kind], first=first)
    last = formats.day(language, date.fromisoformat(ends) - timedelta(days=1))
    return text(language, _UNTIL[kind], first=first, last=last)


PLACES = Object(
    "/stays/{stay_id}/places",
    "/api/stays/{stay_id}/places",
    PlacesAnswer,
    None,
    back="/stays/{stay_id}",
    part="places",
    person=shown(PlacesAnswer, "age_group sex children protection"),
    cards=(Facts("need", shown(PlacesAnswer, "category track accessibility region region_rule wanted_from")),),
    tables={
        "places": Facts(
            "places",
            shown(PlaceAnswer, "facility room bed fits reasons refusals held", {"held": _nights}),
            leads=_to_act,
        ),
        "operators": Facts(
            "operators", shown(OperatorAnswer, "operator:agency places_that_fit refusals", {"refusals": _counted})
        ),
    },
    has_past=False,
    only=(),
)
STAY = Object(
    "/stays/{stay_id}",
    "/api/stays/{stay_id}",
    StayAnswer,
    MACHINE,
    back="/stays",
    way=("requested", "offered", "admitted", "ended"),
    person=shown(StayAnswer, "age_group sex children protection"),
    cards=(
        Facts("need", shown(StayAnswer, "category track accessibility region region_rule wanted_from requested_at")),
        Facts(
            "stay",
            shown(
                StayAnswer,
                "operator:agency admitted_at counted_from unconditional_until ends_on ended_at how to re_examine_since"
                " re_examine_reasons",
            ),
        ),
    ),
    tables={
        "addressed_to": Facts("addressed_to", shown(AddresseeAnswer, "operator:agency refused_at reasons")),
        "extensions": Facts("extensions", shown(ExtensionAnswer, "requested_at reason state:tag:extension ends_on")),
        "services": Facts("services", shown(ServiceAnswer, "effective_at service payer:agency")),
    },
    choices={
        ("offer", "bed_id"): beds_that_fit,
        ("admit", "bed_id"): beds_that_fit,
        ("transfer", "bed_id"): beds_that_fit,
    },
    grave=("leave", "refuse"),
    related=conflicts.OF_THE_CASE,
    parts={"places": "/stays/{stay_id}/places"},
    parts_by_act={"places": ("offer", "transfer")},
)
