"""An object that was changed since somebody opened its form: what they typed beside what is stored now (J17)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from chassis.errors import DomainError, Invalid

from staffui import formats, forms, words_of
from staffui.pages import Typed
from staffui.questions import Question
from staffui.view import Cell, Column, Differences, Field, Option, Row, Table
from staffui.visit import Visit


async def differences(
    visit: Visit,
    read: Mapping[str, Any],
    *,
    asked: Sequence[Question],
    typed: Typed,
    choices: Mapping[str, Sequence[Option]],
    history: str | None,
) -> Differences:
    """Each question whose answer is another than what is stored, and who changed the object last.

    `read` is the object as the API answers it now, `history` the address of its acts.
    """
    without = [replace(one, default="") for one in asked]
    stored = forms.typed_as_stored(without, _flat(read))
    mine = forms.fields(visit.language, asked, typed, choices=choices, errors={})
    now = forms.fields(visit.language, without, stored, choices=choices, errors={})
    rows = [
        Row([Cell(own.label), _cell(visit, own, "ui.none"), _cell(visit, other, "ui.stale_not_stored")])
        for own, other in zip(mine, now, strict=True)
        if own.kind not in ("hidden", "note") and _words(own) != _words(other)
    ]
    labels = ("ui.stale_question", "ui.stale_yours", "ui.stale_stored")
    columns = [Column(visit.text(label)) for label in labels]
    table = Table(visit.text("ui.stale"), columns, rows, visit.text("ui.stale_no_difference"))
    return Differences(table, await _by(visit, history) if history else None)


def _flat(read: Mapping[str, Any]) -> Mapping[str, Any]:
    """With the fields of nested objects, as questions name them: `contact.hours`."""
    nested = {name: of for name, of in read.items() if isinstance(of, Mapping)}
    return {**read, **{f"{name}.{inner}": value for name, of in nested.items() for inner, value in of.items()}}


def _cell(visit: Visit, one: Field, empty: str) -> Cell:
    words = _words(one)
    return Cell(words) if words else Cell(visit.text(empty), "unknown")


def _words(one: Field) -> str:
    """The answer to a question as somebody reads it; empty where there is none."""
    if one.options:
        return ", ".join(option.text for option in one.options if option.chosen and option.value)
    if one.kind == "date":
        return ".".join(part.strip().zfill(2) for part in one.parts) if any(one.parts) else ""
    return _money(one) if one.kind == "money" else one.value.strip()


def _money(one: Field) -> str:
    """The same amount in the same words, however it was typed."""
    try:
        amount = forms.qepik(one.name, one.value.strip())
    except Invalid:
        return one.value.strip()
    return f"{amount // 100},{amount % 100:02}" if isinstance(amount, int) else amount or ""


async def _by(visit: Visit, history: str) -> str | None:
    """Role, agency and time of the act that was entered last; None where the past cannot be read."""
    try:
        items = (await visit.api.get(history))["items"]
    except DomainError:
        return None
    last = max(items, key=lambda item: datetime.fromisoformat(item["recorded_at"]), default=None)
    if last is None or not last["role"] or not last["agency"]:
        return None
    return visit.text(
        "ui.stale_by",
        role=words_of.code(visit.language, "role", last["role"]),
        agency=words_of.agency(visit.language, last["agency"]),
        time=formats.moment(visit.language, datetime.fromisoformat(last["recorded_at"])),
    )
