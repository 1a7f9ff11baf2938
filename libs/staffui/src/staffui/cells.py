"""From a value of an answer to a cell: its words by its type, its look by its meaning."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import UUID

from casework.answers import ClockAnswer
from casework.calendar import end_of_day, local_date
from chassis.machine import Machine
from nrm_events.reference import case_reference
from pydantic import BaseModel, TypeAdapter

from staffui import formats, words_of
from staffui.catalogue import Language, first_of, text
from staffui.pages import Shown
from staffui.view import Cell, Tone

_SOON_DAYS = 3
_TONES: Mapping[str, Tone] = {
    "overdue_decision": "late",
    "breached": "late",
    "withheld": "late",
    "failed": "late",
    "approaching": "warns",
    "suspended": "warns",
    "met_late": "warns",
    "met": "good",
    "delivered": "good",
    "active": "good",
    "removed": "off",
    "skipped": "off",
    "unknown": "waits",
    "protected": "warns",
    "requested": "waits",
    "waitlisted": "waits",
    "offered": "waits",
    "upcoming": "waits",
    "admitted": "good",
    "resident": "good",
    "granted": "good",
    "acknowledged": "good",
    "refused": "off",
    "declined": "off",
    "lapsed": "off",
    "ended": "off",
    "withdrawn": "off",
}


@dataclass(frozen=True)
class Reader:
    """For whom a cell is written."""

    language: Language
    now: datetime


def cell(
    reader: Reader, model: type[BaseModel], field: Shown, values: Mapping[str, Any], *, is_over: bool = False
) -> Cell:
    """The cell of a field. One that the viewer may not see is marked so, and is not an empty one.

    `is_over`: nothing more happens to the object, so its terms are days and nothing is late.
    """
    key = key_in(model, field.name)
    if key not in values:
        return Cell(text(reader.language, "ui.not_shown"), "unknown", "off")
    value = values[key]
    if value is None or value == []:
        return Cell(first_of(reader.language, f"none.{field.of}", f"none.{field.name}", "ui.none"), "unknown")
    if field.draw:
        return field.draw(reader.language, reader.now, value)
    annotation: Any = model.model_fields[field.name].annotation
    read = TypeAdapter(annotation).validate_python(value)
    if is_over and field.kind in ("clock", "since"):
        return _by_type(reader, field.name, read)
    if field.kind == "tag" and field.name == "state" and values.get("view"):
        return state(reader, field.of, values)
    return _by_kind(reader, field, read)


def key_in(model: type[BaseModel], name: str) -> str:
    """How the answer names a field of its model."""
    return model.model_fields[name].serialization_alias or model.model_fields[name].alias or name


def state(reader: Reader, machine: str, values: Mapping[str, Any]) -> Cell:
    """The word that staff see, such as "overdue a decision", where there is one beside the state (SH-3)."""
    view, stored = values.get("view"), values.get("state") or values.get("status")
    if not stored:
        return Cell(text(reader.language, "ui.not_shown"), "unknown", "off")
    if view:
        return Cell(words_of.code(reader.language, "view", str(view)), "tag", tone_of(str(view)))
    return Cell(words_of.state(reader.language, machine, str(stored)), "tag", tone_of(str(stored)))


def is_final(machine: Machine | None, stored: object) -> bool:
    """Whether the machine never leaves this state."""
    return machine is not None and {to for (at, _), to in machine.transitions.items() if at == stored} <= {stored}


def _by_kind(reader: Reader, field: Shown, value: object) -> Cell:
    language = reader.language
    if field.kind == "link":
        href = field.of.format(id=value)
        return Cell(text(language, f"object.{href.strip('/').partition('/')[0].replace('-', '_')}"), href=href)
    if field.kind == "ref":
        return Cell(str(value))
    if field.kind == "tag":
        words = words_of.state(language, field.of, str(value)) if field.of else None
        return Cell(words or words_of.code(language, field.name, str(value)), "tag", tone_of(str(value)))
    if field.kind == "word":
        return _words(language, field.of, value)
    if field.kind == "quote":
        return Cell(str(value), language=field.of)
    if field.kind == "case":
        return Cell(reference(str(value)), href=f"/{field.of}?case_id={value}")
    if field.kind == "money" and isinstance(value, int):
        return Cell(formats.money(language, value), "money")
    if field.kind == "agency":
        return Cell(words_of.agency(language, str(value)))
    if field.kind == "clock" and isinstance(value, (date, datetime)):
        return due(reader, value)
    if field.kind == "since" and isinstance(value, datetime):
        return _since(reader, value)
    return _by_type(reader, field.name, value)


def _words(language: Language, kind: str, value: object) -> Cell:
    """The words of keys that begin with `kind`; of an act, those of a history."""
    values = value if isinstance(value, list) else [value]
    items = [
        words_of.done(language, str(v)) if kind == "did" else words_of.word(language, kind, str(v)) for v in values
    ]
    return Cell(", ".join(items), "list" if isinstance(value, list) else "text", items=items)


def _by_type(reader: Reader, name: str, value: object) -> Cell:
    language = reader.language
    if isinstance(value, bool):
        return Cell(text(language, "ui.yes" if value else "ui.no"))
    if isinstance(value, datetime):
        return Cell(formats.moment(language, value), "moment", machine=value.isoformat())
    if isinstance(value, date):
        return Cell(formats.day(language, value), "day", machine=value.isoformat())
    if isinstance(value, (int, float)):
        return Cell(formats.number(language, value), "number")
    if isinstance(value, list) and value and all(isinstance(one, ClockAnswer) for one in value):
        return next_due(reader, value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        items = [words_of.code(language, name, str(one)) for one in value]
        return Cell(", ".join(items), "list", items=items)
    if isinstance(value, UUID):
        return Cell(str(value)[:8])
    return Cell(words_of.code(language, name, str(value)))


def due(reader: Reader, value: date | datetime) -> Cell:
    """A term in words first, then its look: late, soon, or far (NO-3: it never blocks anything)."""
    at = value if isinstance(value, datetime) else end_of_day(value)
    words = formats.left(reader.language, at, reader.now)
    if reader.now > at:
        return Cell(words, "clock", "late", machine=at.isoformat())
    soon = (local_date(at) - local_date(reader.now)).days <= _SOON_DAYS
    return Cell(words, "clock", "warns" if soon else "plain", machine=at.isoformat())


def next_due(reader: Reader, clocks: Sequence[ClockAnswer]) -> Cell:
    """Of the clocks that still run, the one that ends first."""
    running = sorted((one for one in clocks if one.met_at is None), key=lambda one: one.due_at)
    if not running:
        return Cell(text(reader.language, "ui.no_clock"), "unknown")
    drawn = due(reader, running[0].due_at)
    return replace(drawn, text=f"{words_of.clock(reader.language, running[0].kind)}: {drawn.text}")


def _since(reader: Reader, value: datetime) -> Cell:
    days = (local_date(reader.now) - local_date(value)).days
    words = text(reader.language, "ui.days_since", n=days) if days > 0 else text(reader.language, "ui.today")
    return Cell(words, "clock", machine=value.isoformat())


def reference(case_id: str) -> str:
    """The reference of a case, or what was typed where it is no id."""
    try:
        return case_reference(UUID(case_id))
    except ValueError:
        return case_id


def tone_of(value: str) -> Tone:
    return _TONES.get(value, "plain")


def codes_of(annotation: object) -> list[str]:
    """The codes that a type allows, through unions, lists and nested literals."""
    if get_origin(annotation) is Literal:
        return [str(value) for value in get_args(annotation)]
    if get_origin(annotation) is Annotated:
        return codes_of(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType, list, tuple):
        return [code for part in get_args(annotation) for code in codes_of(part)]
    return []
