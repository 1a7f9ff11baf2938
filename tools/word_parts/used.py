"""Which keys of the page frame and of pages the templates use."""

import re
from collections.abc import Collection, Iterable, Iterator
from operator import methodcaller
from pathlib import Path

from word_parts.needed import TOP

PLACES = ("libs/staffui/src/**/*.html", "libs/staffui/src/**/*.py", "services/*/src/*/pages/**/*.py")
KINDS = ("ui", "page", "caption", "empty", "part", "card", "object", "board", "error", "hint")
BY_TEMPLATES = tuple(f"{kind}." for kind in KINDS)
_QUOTED = re.compile(rf"[\"']((?:{'|'.join(KINDS)})\.[a-z0-9_.{{}}]+?)[\"']")
_PUT_IN = re.compile(r"\\{[^}]*\\}")
DECLARED = ("page", "caption", "empty", "part", "card", "object")
"""Kinds whose keys follow from the declared pages: a pattern in the source proves none of them used."""


def texts(top: Path = TOP) -> list[str]:
    """The text of templates and declarations of pages, file by file."""
    return [path.read_text(encoding="utf-8") for place in PLACES for path in sorted(top.glob(place))]


def _quoted(written: Iterable[str]) -> set[str]:
    """Quoted keys; `{name}` in one stands for whatever the page puts in."""
    return {key for text in written for key in _QUOTED.findall(text)}


def missing(keys: Iterable[str], written: Iterable[str]) -> Iterator[str]:
    """Keys that a template quotes and no file of words has."""
    yield from sorted(
        key for key in _quoted(written) - set(keys) if "{" not in key and not key.endswith((".", ".html"))
    )


def unused(keys: Iterable[str], written: Iterable[str], needed: Collection[str] = ()) -> Iterator[str]:
    """Keys of the frame and of pages that neither a template has nor a declared page needs.

    A template has a key whole or by a pattern. A hint is one of a question. A pattern that leaves the whole name open
    proves a key of an error used and no other.
    """
    quoted = _quoted(written)
    open_to = [key for key in quoted if "{" in key and not key.startswith(DECLARED)]
    narrow = [key for key in open_to if ".{" not in key or key.startswith("error.")]
    patterns = [re.compile(_PUT_IN.sub(r"[\\w-]+", re.escape(key))) for key in narrow]
    for key in keys:
        kind, _, rest = key.partition(".")
        known = key in quoted or key in needed or (kind == "hint" and f"field.{rest}" in needed)
        if key.startswith(BY_TEMPLATES) and not known and not any(map(methodcaller("fullmatch", key), patterns)):
            yield key
