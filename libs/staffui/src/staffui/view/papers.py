"""A paper: what is read on the screen and what is drawn as PDF are this."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from staffui.view.frame import Link
from staffui.view.tables import AsPdf, Card, Table


@dataclass(frozen=True)
class PaperPage:
    """A paper in one language. `about` and `foot` are empty on what strangers are shown."""

    title: str
    sentences: Sequence[str]
    cards: Sequence[Card]
    tables: Sequence[Table]
    dated: datetime
    """When what it states became so; not when it was printed."""
    points: Sequence[str] = ()
    author: str = ""
    about: str = ""
    foot: str = ""
    signed: Sequence[str] = ()
    """Before the lines for signatures."""
    links: Sequence[Link] = ()
    pdf: Sequence[AsPdf] = ()
    post: str | None = None
    """Where the PDF is posted for, because each look is recorded."""
