"""Forms from commands: which question each field is, and what was typed as the body of the API's command.

What cannot be read as its type is sent on as it was typed, so that one place, the API, states what is wrong with it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from casework.calendar import BAKU, end_of_day, local_date
from chassis.errors import Fault, Invalid
from starlette.datastructures import FormData

from staffui import words_of
from staffui.asking import CASE
from staffui.catalogue import Language, has, text
from staffui.pages import Form
from staffui.questions import Question
from staffui.view import Field, Option, When

_MONEY = re.compile(r"(\d{1,3}(?:[ \u00a0]\d{3})*|\d+)(?:[.,](\d{1,2}))?")


def as_declared(asked: Sequence[Question], form: Form, answer: Mapping[str, Any]) -> list[Question]:
    """The questions of this form about this object."""
    names = form.asks(answer) if form.asks else {one.name for one in asked}
    return [replace(one, optional=one.optional and one.name not in form.needs) for one in asked if one.name in names]


def fields(
    language: Language,
    asked: Sequence[Question],
    typed: Mapping[str, Sequence[str]],
    *,
    choices: Mapping[str, Sequence[Option]],
    errors: Mapping[str, str],
    action: str = "",
) -> list[Field]:
    """The questions of an act as they are drawn, with what was typed before."""
    drawn = [_field(language, one, typed, choices=choices.get(one.name), error=errors.get(one.name)) for one in asked]
    own = {field.name: f"field.{action}.{field.name}" for field in drawn}
    return [replace(one, label=text(language, own[one.name])) if has(own[one.name]) else one for one in drawn]


def _field(
    language: Language,
    one: Question,
    typed: Mapping[str, Sequence[str]],
    *,
    choices: Sequence[Option] | None,
    error: str | None,
) -> Field:
    given = list(typed.get(one.name, [one.default] if one.default else []))
    if one.kind == "hidden" and one.default:
        given = [one.default]
    word = one.name.rpartition(".")[2]
    options = choices or one.options or [Option(code, words_of.code(language, word, code)) for code in one.codes]
    if one.kind == "yes_no":
        options = [Option("true", text(language, "ui.yes")), Option("false", text(language, "ui.no"))]
    if one.optional and one.kind in ("radios", "select", "yes_no") and all(o.value for o in options):
        options = [*options, Option("", text(language, "ui.not_asked"))]
    shown = "case_ref" if one.name == CASE else word
    hint = f"hint.{shown}"
    return Field(
        kind=one.kind,
        name=one.name,
        label=one.label or ("" if one.kind in ("hidden", "note") else _label(language, one.name, shown)),
        hint=one.hint or (text(language, hint) if has(hint) else None),
        error=error,
        value=given[0] if given else "",
        parts=[first(typed, f"{one.name}.{part}") for part in ("day", "month", "year")] if one.kind == "date" else (),
        options=[
            Option(o.value, o.text, o.value in given if given else o.value == "" and one.optional) for o in options
        ],
        optional=one.optional,
        most=one.most,
    )


def _label(language: Language, name: str, shown: str) -> str:
    """The words of a nested field where it has its own, as `safe_contact.channel` has."""
    nested = f"field.{name}"
    return text(language, nested) if "." in name and has(nested) else words_of.field(language, shown)


def first(typed: Mapping[str, Sequence[str]], name: str) -> str:
    return next(iter(typed.get(name, ())), "")


def typed_of(form: FormData) -> dict[str, list[str]]:
    """What was typed, by the names of the form; files are not taken."""
    found: dict[str, list[str]] = {}
    for name, value in form.multi_items():
        if isinstance(value, str):
            found.setdefault(name, []).append(value)
    return found


def body(asked: Sequence[Question], typed: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """What was typed as the body of the command; what was left empty is left out."""
    found: dict[str, Any] = {}
    for one in asked:
        value = _value(one, typed)
        if value not in (None, "", []):
            *outer, last = one.sent.split(".")
            inner = found
            for part in outer:
                inner = inner.setdefault(part, {})
            inner[last] = value
    return {one.sent.partition(".")[0]: None for one in asked if one.or_null} | found


def _value(one: Question, typed: Mapping[str, Sequence[str]]) -> object:
    given = first(typed, one.name).strip()
    if one.days:
        return [_iso(line) for line in given.splitlines() if line.strip()]
    if one.kind == "checkboxes":
        return [value for value in typed.get(one.name, ()) if value]
    if one.kind == "date":
        day = _day(typed, one.name)
        return _end_of(day) if day and one.to_end_of_day else day
    if one.kind == "yes_no":
        return {"true": True, "false": False}.get(given)
    if one.kind == "number" or one.name == "version":
        return int(given) if given.isascii() and given.isdigit() and len(given) < 18 else given
    if one.kind == "money":
        return qepik(one.name, given)
    return given


def _day(typed: Mapping[str, Sequence[str]], name: str) -> str | None:
    """A day in ISO form; as it was typed where it is none."""
    day, month, year = (first(typed, f"{name}.{part}").strip() for part in ("day", "month", "year"))
    if not (day or month or year):
        return None
    return f"{year:0>4}-{month:0>2}-{day:0>2}"


def _iso(line: str) -> str:
    """`9.3.2027` in ISO form; as it was typed where it is no day."""
    found = re.fullmatch(r"(\d{1,2})[./\s-]+(\d{1,2})[./\s-]+(\d{4})", line.strip())
    return f"{found[3]}-{found[2]:0>2}-{found[1]:0>2}" if found else line.strip()


def _end_of(day: str) -> str:
    """The last moment of a day; as it was typed where it is none."""
    try:
        return end_of_day(date.fromisoformat(day)).isoformat()
    except ValueError:
        return day


def qepik(name: str, given: str) -> int | str | None:
    """Manat as people write them, in qəpik: 12 · 12,50 · 12.50 · 1 234,50.

    Invalid `ambiguous_amount` for 1.234 and 1,234, which some read as a thousand and others as one.
    """
    if not given:
        return None
    found = _MONEY.fullmatch(given)
    if found:
        whole, part = re.sub(r"[ \u00a0]", "", found[1]), (found[2] or "").ljust(2, "0")
        return int(whole) * 100 + int(part)
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", given):
        raise Invalid(
            "ambiguous_amount",
            "The amount can be read in two ways.",
            faults=[Fault(f"body.{name}", "ambiguous_amount", "write 1234 or 1,23")],
        )
    return given


def typed_as_stored(asked: Sequence[Question], answer: Mapping[str, Any]) -> dict[str, list[str]]:
    """What somebody would have typed for what is stored."""
    found: dict[str, list[str]] = {}
    for one in asked:
        value = answer.get(one.name)
        if value is None:
            continue
        if one.kind == "date":
            parts = zip(("year", "month", "day"), str(value).split("-"), strict=False)
            found |= {f"{one.name}.{part}": [number] for part, number in parts}
        elif one.kind == "money":
            found[one.name] = [f"{value // 100},{value % 100:02}"]
        elif isinstance(value, bool):
            found[one.name] = [str(value).lower()]
        else:
            found[one.name] = [str(part) for part in value] if isinstance(value, list) else [str(value)]
    return found


def happened_at(typed: Mapping[str, Sequence[str]], now: datetime) -> str | None:
    """When it happened, with its zone; None is now. What is no moment goes on as it was typed."""
    choice, hours = first(typed, "when") or "now", first(typed, "when.time").strip().replace(".", ":")
    if choice == "now":
        return None
    day = _day(typed, "when") if choice == "day" else local_date(now).isoformat()
    try:
        at = datetime.fromisoformat(f"{day}T{hours:0>5}").replace(tzinfo=BAKU)
    except ValueError:
        return f"{day}T{hours}"
    return at.isoformat()


def when(typed: Mapping[str, Sequence[str]], error: str | None) -> When:
    """The question when it happened, as it was answered before."""
    choice = first(typed, "when")
    return When(
        choice=choice if choice in ("today", "day") else "now",  # type: ignore[arg-type]  # one of the three
        time=first(typed, "when.time"),
        parts=[first(typed, f"when.{part}") for part in ("day", "month", "year")],
        error=error,
    )
