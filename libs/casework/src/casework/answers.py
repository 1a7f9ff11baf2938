"""Shapes that every object's answer has: what can be done now and why not, its clocks, its history."""

from collections.abc import Iterable
from datetime import datetime

from chassis.audit import HistoryItem
from chassis.machine import Possible
from pydantic import BaseModel, Field

from casework.deadlines import Deadline


class ActionAnswer(BaseModel):
    """One thing that can be done, or the code of the reason why it is not possible now."""

    action: str = Field(examples=["refer"])
    allowed: bool
    reason: str | None = None


class ClockAnswer(BaseModel):
    kind: str
    due_at: datetime
    met_at: datetime | None = None
    state: str = Field(description="running, breached, met or met_late; a clock never blocks")
    provisional: bool = Field(default=False, description="An estimated holiday may still move `due_at` (NO-3)")


class HistoryAnswer(BaseModel):
    """An act: when it happened and when it was entered, by role and agency, never by name."""

    action: str
    effective_at: datetime
    recorded_at: datetime
    role: str | None
    agency: str | None
    facts: dict[str, object]


class History(BaseModel):
    items: list[HistoryAnswer]


def actions(possible: Iterable[Possible]) -> list[ActionAnswer]:
    return [ActionAnswer(action=p.action, allowed=p.allowed, reason=p.reason) for p in possible]


def clocks(deadlines: Iterable[Deadline], now: datetime) -> list[ClockAnswer]:
    return [
        ClockAnswer(
            kind=d.kind,
            due_at=d.due_at,
            met_at=d.met_at,
            state=d.state(now),
            provisional=d.provisional and d.met_at is None,
        )
        for d in deadlines
    ]


def history(items: Iterable[HistoryItem]) -> History:
    return History(items=[HistoryAnswer(**vars(item)) for item in items])
