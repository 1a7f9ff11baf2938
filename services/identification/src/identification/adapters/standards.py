"""Reads the lists that come with the service: indicator sets, HTCDS fields, ISO codes. Each is read once a process."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files

import yaml
from casework.safe_contact import SafeContact, read_contact
from casework.shared_parameters import message_languages
from chassis.errors import Fault, Invalid
from pydantic import BaseModel

from identification.domain.htcds import Field, Standard
from identification.domain.screening import Indicator, IndicatorSet


@cache
def indicator_sets() -> dict[str, IndicatorSet]:
    """The screening sets by code (ID-4), from indicators.yaml."""
    return {
        read["set"]: IndicatorSet(
            code=read["set"],
            version=read["version"],
            legal=read.get("legal"),
            verified=read["verified"],
            indicators=tuple(Indicator(**indicator) for indicator in read["indicators"]),
        )
        for read in yaml.safe_load(_text("indicators.yaml"))
    }


@cache
def htcds() -> Standard:
    """The HTCDS 2.0 fields about a person and the exploitation, with our declared extensions (ID-3)."""
    read, iso = json.loads(_text("htcds_v2.json")), json.loads(_text("iso_codes.json"))
    rows = [_Row.model_validate(field) for field in read["fields"]]
    return Standard(
        fields={row.name: _field(row, read["extensions"].get(row.name, ())) for row in rows},
        countries=_by_either_code(iso["countries"]),
        languages=_by_either_code(iso["languages"]),
    )


@cache
def purposes() -> list[dict[str, object]]:
    """What each purpose of a consent lets its recipient read and do, in words, from purposes.yaml (ID-12)."""
    read = yaml.safe_load(_text("purposes.yaml"))
    return [
        {
            "purpose": purpose,
            "name": name,
            "reads": _sentences(read["sentences"], purpose, "reads"),
            "does": _sentences(read["sentences"], purpose, "does"),
        }
        for purpose, name in read["names"].items()
    ]


def _sentences(rows: Sequence[dict[str, str]], purpose: str, kind: str) -> dict[str, list[str]]:
    chosen = [row for row in rows if row["kind"] == kind and purpose in row.get("purposes", [purpose])]
    return {language: [row[language] for row in chosen] for language in ("az", "en", "ru")}


def known_language(code: str, where: str) -> str:
    """The code stored for a language, two letters where it has them. Invalid `unknown_language`."""
    stored = htcds().languages.get(code)
    if stored is None:
        faults = [Fault(where, "unknown_language", "not a code of ISO 639")]
        raise Invalid("unknown_language", "No language has this code; nothing was changed.", faults=faults)
    return stored


def usable_contact(typed: Mapping[str, object], on: date) -> SafeContact:
    """A safe contact that messages can use on that day (NO-2). Unreachable names what is wrong with it."""
    language = typed.get("language")
    code = htcds().languages.get(language) if isinstance(language, str) else None
    return read_contact({**typed, "language": code}, message_languages(on))


class _Row(BaseModel):
    """A field as htcds_v2.json has it."""

    name: str
    type: str
    values: tuple[str, ...] = ()
    codes: str = ""


def _field(row: _Row, extension: Sequence[str]) -> Field:
    return Field(kind=row.type, values=frozenset([*row.values, *extension]), codes=row.codes)


def _by_either_code(kept_by_long: dict[str, str]) -> dict[str, str]:
    return kept_by_long | {stored: stored for stored in kept_by_long.values()}


def _text(name: str) -> str:
    return files("identification").joinpath(name).read_text(encoding="utf-8")
