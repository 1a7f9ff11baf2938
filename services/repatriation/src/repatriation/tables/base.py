"""What every table of repatriation is made from."""

from datetime import datetime

from casework.decreed_days import decreed_day
from casework.releases import figure_release
from casework.tables import casework_metadata
from sqlalchemy import DateTime, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import DeclarativeBase, Mapped

NOTE_MAX = 2_000  # characters of the only text that people write here


def one_of(column: str, values: tuple[str, ...]) -> str:
    """SQL that holds a column to a list of codes."""
    return f"{column} in ({', '.join(repr(value) for value in values)})"


class Base(DeclarativeBase):
    metadata = casework_metadata(figure_release, decreed_day)
    type_annotation_map = {  # noqa: RUF012  SQLAlchemy reads a plain class attribute
        str: Text,
        datetime: DateTime(timezone=True),
        list[str]: ARRAY(Text),
    }


class OfACase:
    """An object that people act on: its state, and since when."""

    state: Mapped[str]
    effective_at: Mapped[datetime]
