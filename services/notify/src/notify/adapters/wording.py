"""The templates as they stand in `templates/*.yaml`: az, en, ru with versions (NO-4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

import yaml
from pydantic import BaseModel, Field

from notify.domain.texts import Text, says_too_much


@dataclass(frozen=True)
class Version:
    """One version of a template, in force from its first day, with its texts by language."""

    template: str
    version: int
    first_day: date
    texts: Mapping[str, Text]


class _Parts(BaseModel):
    subject: str
    body: str


class _Row(BaseModel):
    version: int
    first_day: date = Field(alias="from")
    texts: dict[str, _Parts]


class _File(BaseModel):
    template: str
    versions: tuple[_Row, ...]


@cache
def templates() -> Mapping[str, tuple[Version, ...]]:
    """Every template with its versions, oldest first. ValueError when a text reveals more than NO-1 allows."""
    folder = resources.files("notify") / "templates"
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".yaml")), key=lambda file: file.name)
    read = [_File.model_validate(yaml.safe_load(file.read_text(encoding="utf-8"))) for file in files]
    return {file.template: tuple(_version(file.template, row) for row in file.versions) for file in read}


def _version(template: str, row: _Row) -> Version:
    by_language = {
        language: Text(template, row.version, language, parts.subject, parts.body)
        for language, parts in row.texts.items()
    }
    for text in by_language.values():
        faults = says_too_much(text.subject) + says_too_much(text.without_values)
        if faults:
            raise ValueError(f"template {template} v{text.version} {text.language}: {faults}")
    return Version(template, row.version, row.first_day, by_language)


@cache
def tasks() -> Mapping[str, Mapping[str, str]]:
    """What each task requires, by language. ValueError when a text reveals more than NO-1 allows."""
    content = (resources.files("notify") / "tasks.yaml").read_text(encoding="utf-8")
    read: dict[str, dict[str, str]] = yaml.safe_load(content)
    for task, texts in read.items():
        if faults := [fault for text in texts.values() for fault in says_too_much(text)]:
            raise ValueError(f"task {task}: {faults}")
    return read


def text_of(template: str, language: str, day: date) -> Text:
    """The text in force on `day`. KeyError for an unknown template or language, or a day before its first version."""
    for version in reversed(templates()[template]):
        if version.first_day <= day:
            return version.texts[language]
    raise KeyError(template)
