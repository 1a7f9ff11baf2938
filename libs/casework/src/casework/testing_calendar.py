"""For tests: a decree about the working days, as the calendar's service publishes it (NO-3)."""

from datetime import date, datetime
from uuid import uuid4

from nrm_events.notify import CalendarDecreed


def decreed(
    effective_at: datetime,
    *,
    holidays: tuple[date, ...] = (),
    working_days: tuple[date, ...] = (),
    as_published: tuple[date, ...] = (),
) -> CalendarDecreed:
    """These days are holidays, those are worked on, and of those the published calendar holds again."""
    return CalendarDecreed(
        effective_at=effective_at,
        calendar_id=uuid4(),
        decree="NK-1",
        holidays=list(holidays),
        working_days=list(working_days),
        as_published=list(as_published),
    )
