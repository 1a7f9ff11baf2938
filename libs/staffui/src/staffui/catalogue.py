"""The words of the pages in Azerbaijani, English and Russian, by key (docs/glossary.md states how they are written)."""

import csv
import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal, get_args

from babel import Locale

Language = Literal["az", "en", "ru"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
NAMES: Mapping[Language, str] = {"az": "Azərbaycanca", "en": "English", "ru": "Русский"}
_VARIABLE = re.compile(r"\{([a-z_]+)\}")
_FORMS = " | "
_CATEGORIES: tuple[str, ...] = ("zero", "one", "two", "few", "many", "other")


class NoText(LookupError):
    """A key that has no words; the check of the catalogue finds it before anybody sees a page."""


@cache
def words() -> Mapping[str, Mapping[str, str]]:
    """All keys with their texts by language."""
    return {row["key"]: row for row in _rows()}


def _rows() -> Iterator[dict[str, str]]:
    for file in sorted(files("staffui").joinpath("words").iterdir(), key=lambda file: file.name):
        if file.name.endswith(".csv"):
            yield from csv.DictReader(file.read_text(encoding="utf-8").splitlines())


def has(key: str) -> bool:
    return key in words()


def text(language: Language, key: str, **variables: object) -> str:
    """The words of a key; `n` among the variables chooses the plural form. NoText for an unknown key."""
    try:
        found = words()[key][language]
    except KeyError:
        raise NoText(key) from None
    if _FORMS in found:
        found = _form(language, found.split(_FORMS), variables.get("n"))
    return _VARIABLE.sub(lambda name: str(variables[name[1]]), found) if variables else found


def first_of(language: Language, *keys: str) -> str:
    """The words of the first key that has some."""
    return text(language, next((key for key in keys if has(key)), keys[-1]))


def _form(language: Language, forms: list[str], count: object) -> str:
    """Forms stand in the order of Babel's plural categories."""
    category = _locale(language).plural_form(int(count) if isinstance(count, int) else 0)
    of_language = _categories(language)
    order = [name for name in _CATEGORIES if name in of_language]
    return forms[min(order.index(category), len(forms) - 1)]


@lru_cache
def _locale(language: Language) -> Locale:
    return Locale(language)


def _categories(language: Language) -> frozenset[str]:
    """Those that whole numbers have; Russian `other` is of fractions."""
    return frozenset(_locale(language).plural_form.tags) | ({"other"} if language != "ru" else frozenset())
