"""Cells of what a case nests: the hand-over, the period of reflection, a screening's result, who has acknowledged."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from staffui import formats, words_of
from staffui.catalogue import Language, text
from staffui.view import Acknowledgements, Cell, Column, Row, Table


def referral(language: Language, now: datetime, value: Mapping[str, Any]) -> Cell:
    """To whom, when, and whether it was acknowledged (ID-7)."""
    return _lines(
        words_of.agency(language, value["to"]),
        _at(language, "referred_at", value),
        _at(language, "acknowledged_at", value),
    )


def reflection(language: Language, now: datetime, value: Mapping[str, Any]) -> Cell:
    """How the period stands and until when it lasts (ID-10)."""
    state = words_of.state(language, "reflection_period", value["state"])
    return _lines(state, *(_at(language, name, value) for name in ("started_at", "ends_at", "ended_at")))


def police(language: Language, now: datetime, value: bool) -> Cell:
    """Whether the police can know of the case, as a sentence of its own (ID-7)."""
    return Cell(text(language, "ui.hidden_from_police" if value else "ui.known_to_police"))


def explanation(language: Language, now: datetime, value: Mapping[str, Any]) -> Cell:
    """Act, means and purpose, each met or not; then what it advises: people decide (ID-2, ID-4)."""
    strip = [
        f"{words_of.field(language, cell['element'])}: {words_of.code(language, 'outcome', cell['state'])}"
        for cell in value["cells"]
    ]
    return _lines(*strip, words_of.code(language, "advice", value["advice"]))


def appeals(language: Language, now: datetime, value: Sequence[Mapping[str, Any]]) -> Cell:
    """To which body, and what it decided (ID-9)."""
    return _lines(*(_appeal(language, one) for one in value))


def _appeal(language: Language, one: Mapping[str, Any]) -> str:
    body = words_of.code(language, "body", one["body"])
    outcome = (
        words_of.code(language, "outcome", one["outcome"]) if one["outcome"] else text(language, "ui.appeal_waits")
    )
    return f"{body}: {outcome}"


def acknowledged(language: Language, case: Mapping[str, Any]) -> list[Acknowledgements]:
    """Of each withdrawn consent who has acknowledged its end, the late ones first (C7, ID-12)."""
    ended = [one for one in case.get("consents") or [] if one["acknowledgements"]]
    return [_acknowledged(language, one) for one in ended]


def _acknowledged(language: Language, consent: Mapping[str, Any]) -> Acknowledgements:
    rows = sorted(consent["acknowledgements"], key=lambda row: row["acknowledged_at"] or "")
    done = sum(1 for row in rows if row["acknowledged_at"])
    caption = text(language, "card.acknowledged", recipient=words_of.agency(language, consent["recipient"]))
    columns = [Column(words_of.field(language, name)) for name in ("service", "acknowledged_at")]
    drawn = [Row([Cell(words_of.agency(language, row["service"])), _when(language, row)]) for row in rows]
    return Acknowledgements(done, len(rows), Table(caption, columns, drawn, text(language, "ui.none")))


def _when(language: Language, row: Mapping[str, Any]) -> Cell:
    if row["acknowledged_at"] is None:
        return Cell(text(language, "ui.clock_waits"), "tag", "late")
    at = datetime.fromisoformat(row["acknowledged_at"])
    return Cell(formats.moment(language, at), "moment", machine=at.isoformat())


def _at(language: Language, name: str, value: Mapping[str, Any]) -> str:
    if value.get(name) is None:
        return ""
    return f"{words_of.field(language, name)}: {formats.moment(language, datetime.fromisoformat(value[name]))}"


def _lines(*lines: str) -> Cell:
    filled = [line for line in lines if line]
    return Cell("", "list", items=filled)
