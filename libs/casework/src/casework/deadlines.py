"""A legal clock as an object shows it. It warns and never blocks (NO-3). Pure."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Deadline:
    """`kind` runs until `due_at`; `met_at` is when what it waits for took effect."""

    kind: str
    due_at: datetime
    met_at: datetime | None = None

    def state(self, now: datetime) -> str:
        """`running`, `breached`, `met` or `met_late`, as of `now`."""
        if self.met_at:
            return "met" if self.met_at <= self.due_at else "met_late"
        return "running" if now <= self.due_at else "breached"
