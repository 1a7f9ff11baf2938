"""Rows that follow from other services' events alone, so that they can be made anew from the topics."""

from collections.abc import Mapping
from dataclasses import dataclass

from nrm_events import Event
from sqlalchemy import Table

from chassis.inbox import Handler


@dataclass(frozen=True)
class Projection:
    """What can be thrown away and made anew from the topics (docs/how-to/rebuild-a-projection.md).

    `tables` has for each table an SQL condition for the projection's rows; all other rows stay as they are. Each table
    has a `case_id`. `handlers` write these rows and nothing else; they emit and audit nothing. `begins` is the event
    with which every case begins.
    """

    tables: Mapping[Table, str]
    handlers: Mapping[type[Event], Handler]
    begins: type[Event]

    @property
    def topics(self) -> tuple[str, ...]:
        return tuple(sorted({event.topic() for event in self.handlers}))
