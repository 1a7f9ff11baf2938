"""Reads the lists that come with the service: indicator sets, HTCDS fields, ISO codes. Each is read once a process."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from chassis.errors import Fault, Invalid

from identification.domain.htcds import Field, Standard, reachable
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
    return Standard(
        fields={field["name"]: _field(field, read["extensions"].get(field["name"], ())) for field in read["fields"]},
        countries=_by_either_code(iso["countries"]),
        languages=_by_either_code(iso["languages"]),
    )


@cache
def purposes() -> list[dict[str, Any]]:
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


def _sentences(rows: Sequence[dict[str, Any]], purpose: str, kind: str) -> dict[str, list[str]]:
    chosen = [row for row in rows if row["kind"] == kind and purpose in row.get("purposes", [purpose])]
    return {language: [row[language] for row in chosen] for language in ("az", "en", "ru")}


def known_language(code: str, where: str) -> str:
    """The code stored for a language, two letters where it has them. Invalid `unknown_language`."""
    kept = htcds().languages.get(code)
    if kept is None:
        faults = [Fault(where, "unknown_language", "not a code of ISO 639")]
        raise Invalid("unknown_language", "No language has this code; nothing was changed.", faults=faults)
    return kept


def usable_contact(contact: Mapping[str, Any], path: str) -> dict[str, Any]:
    """A safe contact as it is stored (NO-2): its address reaches somebody, its language is one."""
    return reachable(contact, path) | {"language": known_language(contact["language"], f"{path}.language")}


def _field(read: dict[str, Any], extension: Sequence[str]) -> Field:
    return Field(
        kind=read["type"], values=frozenset([*read.get("values", ()), *extension]), codes=read.get("codes", "")
    )


def _by_either_code(kept_by_long: dict[str, str]) -> dict[str, str]:
    return kept_by_long | {kept: kept for kept in kept_by_long.values()}


def _text(name: str) -> str:
    return files("identification").joinpath(name).read_text(encoding="utf-8")
