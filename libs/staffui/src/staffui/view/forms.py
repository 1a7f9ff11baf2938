"""The form of an act, its questions, and what was wrong with the answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from staffui.view.frame import Link
from staffui.view.tables import Card, Cell, Option, Table

FieldKind = Literal[
    "text", "area", "radios", "select", "checkboxes", "yes_no", "date", "money", "number", "hidden", "note"
]
"""A note is no question: its label is a sentence."""


@dataclass(frozen=True)
class Field:
    """A question. `name` is what is posted; a date posts `name.day`, `name.month`, `name.year`.

    `yes_no` posts `true`, `false` or, where it is optional, nothing; `value` or the chosen option is what was chosen.
    """

    kind: FieldKind
    name: str
    label: str
    hint: str | None = None
    error: str | None = None
    value: str = ""
    parts: Sequence[str] = ()
    """Day, month and year as typed."""
    options: Sequence[Option] = ()
    optional: bool = False
    most: int | None = None
    """Characters."""

    @property
    def id(self) -> str:
        return self.name.replace(".", "-").replace("_", "-")


@dataclass(frozen=True)
class When:
    """When did it happen: now, earlier today (hours and minutes), another day (date, hours and minutes).

    It posts `when` (`now`, `today`, `day`), `when.time`, `when.day`, `when.month`, `when.year`.
    """

    choice: Literal["now", "today", "day"] = "now"
    time: str = ""
    parts: Sequence[str] = ("", "", "")
    error: str | None = None

    @property
    def id(self) -> str:
        """The box to which the error summary leads."""
        return {"now": "when", "today": "when-time", "day": "when-day"}[self.choice]


@dataclass(frozen=True)
class Refusal:
    """What did not happen and what to do instead; `code` is for support."""

    title: str
    sentences: Sequence[str]
    code: str
    links: Sequence[Link] = ()


@dataclass(frozen=True)
class Differences:
    """The object was changed meanwhile: what was typed beside what is stored now, and by whom it was changed."""

    table: Table
    by: str | None = None


@dataclass(frozen=True)
class Preview:
    """What will follow from what was typed, before anything is saved. `seen` marks what was typed then.

    Its words are of `language` where that is not the page's, to be read out to a person.
    """

    lead: str
    cards: Sequence[Card]
    seen: str = ""
    language: str = ""


@dataclass(frozen=True)
class FormPage:
    title: str
    back: Link
    action: str
    key: str
    submit: str
    fields: Sequence[Field]
    when: When | None = None
    about: Sequence[tuple[str, Cell]] = ()
    """Facts that the act rests on."""
    version: int | None = None
    refusal: Refusal | None = None
    saved: str | None = None
    """When the draft was saved whose answers stand here."""
    grave: bool = False
    differences: Differences | None = None
    preview: Preview | None = None
    previews: bool = False
    """Whether what follows is shown before it is saved."""

    @property
    def can_be_sent(self) -> bool:
        """False where the form has notes alone: there is nothing to act on."""
        return not self.fields or any(field.kind != "note" for field in self.fields)

    @property
    def errors(self) -> Sequence[tuple[str, str]]:
        """Where and what, for the summary above the form."""
        of_fields = [(field.id, f"{field.label}: {field.error}") for field in self.fields if field.error]
        return [*of_fields, *([(self.when.id, self.when.error)] if self.when and self.when.error else [])]
