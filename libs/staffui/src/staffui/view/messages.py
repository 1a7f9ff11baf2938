"""Pages that are a message or one question."""

from collections.abc import Sequence
from dataclasses import dataclass

from staffui.view.frame import Link
from staffui.view.tables import Cell, Option


@dataclass(frozen=True)
class MessagePage:
    """An error, a refusal without a form, or a question with one button."""

    title: str
    sentences: Sequence[str]
    code: str | None = None
    trace: str | None = None
    links: Sequence[Link] = ()
    post: tuple[str, str] | None = None
    """Address and text of its button."""
    facts: Sequence[tuple[str, Cell]] = ()
    """What is shown once."""


@dataclass(frozen=True)
class ChoicePage:
    """One question with a few answers, such as the role in which somebody acts."""

    title: str
    action: str
    name: str
    options: Sequence[Option]
    submit: str
    hint: str | None = None
