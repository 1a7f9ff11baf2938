"""The banned words of tools/house_words.yaml, found in a text."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TypedDict

import yaml

LIST = Path(__file__).parent.parent / "house_words.yaml"
_QUOTED = re.compile(r"``[^`]*``|`[^`]*`|“[^”]*”|\"[^\"\n]*\"|(?<!\w)'[^'\n]*'(?!\w)")


class _Word(TypedDict):
    forms: list[str]
    instead: str
    allowed: list[str]


class _Words(TypedDict):
    words: dict[str, _Word]
    names: list[str]


@cache
def _list() -> _Words:
    words: _Words = yaml.safe_load(LIST.read_text(encoding="utf-8"))
    return words


@cache
def _patterns() -> list[tuple[re.Pattern[str], re.Pattern[str] | None, str]]:
    return [
        (
            re.compile(rf"\b(?:{'|'.join(row['forms'])})\b", re.IGNORECASE),
            re.compile("|".join(row["allowed"]).replace(" ", r"\s+"), re.IGNORECASE) if row["allowed"] else None,
            row["instead"],
        )
        for row in _list()["words"].values()
    ]


def names() -> frozenset[str]:
    """Names of variables and functions that are such a word."""
    return frozenset(_list()["names"])


def found(text: str) -> Iterator[tuple[int, str, str]]:
    """Each banned word of a text: its line, counted from 0, the word, and what to write instead."""
    plain = _QUOTED.sub(_blank, text)
    for word, allowed, instead in _patterns():
        rest = allowed.sub(_blank, plain) if allowed else plain
        for match in word.finditer(rest):
            yield rest.count("\n", 0, match.start()), match.group(), instead


def _blank(match: re.Match[str]) -> str:
    """Spaces of the same length, so that every line stays where it is."""
    return re.sub(r"[^\n]", " ", match.group())
