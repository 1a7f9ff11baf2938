"""A paper: what is read on the screen and what is drawn as PDF are this."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from staffui.view.frame import Link
from staffui.view.tables import Card, Table


@dataclass(frozen=True)
class AsPdf:
    """The way to the paper as PDF in a language, with the language's own name."""

    language: str
    name: str
    href: str


@dataclass(frozen=True)
class PaperPage:
    """A paper in one language. `about` and `foot` are empty on what strangers are shown."""

    title: str
    sentences: Sequence[str]
    cards: Sequence[Card]
    tables: Sequence[Table]
    dated: datetime
    """When what it states became so; not when it was printed."""
    author: str = ""
    about: str = ""
    foot: str = ""
    links: Sequence[Link] = ()
    pdf: Sequence[AsPdf] = ()
    post: str | None = None
    """Where the PDF is posted for, because each look is recorded."""
