"""What shows no case, over HTTP: templates, statistics."""

from typing import Annotated

from casework.calendar import local_date
from chassis import http
from chassis.rights import right
from fastapi import Path, Query

from notify.answers import ClockCounts, Language, MessageCounts, StatisticsAnswer, TemplatesAnswer
from notify.resources import Uow
from notify.views import records

reads = http.reads()
Year = Annotated[int | None, Query(ge=2000, le=2199, description="Null is the current year in Baku")]


@reads.get("/api/templates", **right("read_templates"))
async def list_templates(language: Language = "az") -> TemplatesAnswer:
    """Every template with its versions and languages (NO-4); `subject` and `body` are in the one that is named."""
    return records.list_templates(language)


@reads.get("/api/statistics/{year}", **right("read_statistics"))
async def get_statistics(year: Annotated[int, Path(ge=2000, le=2199)], uow: Uow) -> StatisticsAnswer:
    """Clocks met and missed, messages sent and withheld; counts without cases."""
    return await records.count_year(uow, year)


@reads.get("/api/clock-counts", **right("read_statistics"))
async def count_clocks(uow: Uow, year: Year = None) -> ClockCounts:
    """Clocks met and missed by kind, of the year in which their end falls."""
    return await records.count_clocks(uow, year or local_date(uow.now).year)


@reads.get("/api/message-counts", **right("read_statistics"))
async def count_messages(uow: Uow, year: Year = None) -> MessageCounts:
    """Messages to persons by state, of the year of what they are about."""
    return await records.count_messages(uow, year or local_date(uow.now).year)
