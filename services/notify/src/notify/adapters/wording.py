"""The templates as they stand in `templates/*.yaml`: az, en, ru with versions (NO-4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

import yaml

from notify.domain.texts import Text, says_too_much


@dataclass(frozen=True)
class Version:
    """One version of a template, in force from its first day, with its texts by language."""

    template: str
    version: int
    first_day: date
    texts: Mapping[str, Text]


@cache
def templates() -> Mapping[str, tuple[Version, ...]]:
    """Every template with its versions, oldest first. ValueError when a text reveals more than NO-1 allows."""
    folder = resources.files("notify") / "templates"
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".yaml")), key=lambda file: file.name)
    found = {}
    for file in files:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        found[content["template"]] = tuple(_version(content["template"], one) for one in content["versions"])
    return found


def _version(template: str, content: Mapping[str, Any]) -> Version:
    by_language = {
        language: Text(template, content["version"], language, parts["subject"], parts["body"])
        for language, parts in content["texts"].items()
    }
    for text in by_language.values():
        faults = says_too_much(text.subject) + says_too_much(text.body)
        if faults:
            raise ValueError(f"template {template} v{text.version} {text.language}: {faults}")
    return Version(template, content["version"], content["from"], by_language)


def text_of(template: str, language: str, day: date) -> Text:
    """The text in force on `day`. KeyError for an unknown template or language, or a day before its first version."""
    for version in reversed(templates()[template]):
        if version.first_day <= day:
            return version.texts[language]
    raise KeyError(template)


def languages_of(template: str, day: date) -> tuple[str, ...]:
    """The languages in which the template can be written on `day`."""
    versions = [version for version in templates()[template] if version.first_day <= day]
    return tuple(versions[-1].texts) if versions else ()
