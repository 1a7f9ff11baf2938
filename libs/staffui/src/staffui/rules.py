"""The rules of a service on a page: value, legal source, verified or not, what comes next (X7)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from casework.rules import TERMS, RuleAnswer

from staffui import formats, words_of
from staffui.catalogue import Language, has, text
from staffui.pages import List, shown
from staffui.view import Cell


def values(language: Language, _now: datetime, of: Sequence[Mapping[str, Any]]) -> Cell:
    """The values of a rule, each with whom or what it is for."""
    items = [_line(language, one) for one in of]
    return Cell(", ".join(items), "list", items=items) if items else Cell(text(language, "ui.none"), "unknown")


def _line(language: Language, one: Mapping[str, Any]) -> str:
    words = _value(language, one["value"], one["unit"])
    return f"{group(language, one['of'])}: {words}" if one["of"] else words


def group(language: Language, code: str) -> str:
    """For whom or what a value is: a clock, a group of persons, a kind of agency."""
    return text(language, f"clock.{code}") if has(f"clock.{code}") else words_of.code(language, "rule", code)


def _value(language: Language, value: str | int | bool | None, unit: str | None) -> str:
    if value is None:
        return text(language, "ui.rule_unset")
    if isinstance(value, bool):
        return text(language, "ui.yes" if value else "ui.no")
    if unit == "qepik":
        return formats.money(language, int(value))
    if isinstance(value, int):
        return text(language, f"ui.n_{unit}", n=value) if unit else formats.number(language, value)
    return words_of.code(language, "rule", value)


RULES = List(
    "/rules",
    "/api/rules",
    RuleAnswer,
    shown(
        RuleAnswer,
        "name:word:rule values since legal:quote:en source verified next_since next_values",
        {"values": values, "next_values": values},
    ),
    filters={"name": ()},
    boxes={"on": "day"},
    words={"name": "rule"},
    aside=True,
)


def of_clock(service: str, kind: str) -> str | None:
    """The page of the rule that a clock's term is counted by; None where another service counts it."""
    owner, name = TERMS.get(kind, ("", ""))  # type: ignore[call-overload]  # a kind of before may be none of today's
    return f"{RULES.path}?name={name}" if owner == service else None
