"""The working calendar over HTTP: what the law counts working days by (NO-3)."""

from datetime import date
from typing import Annotated

from chassis import http
from chassis.rights import right
from fastapi import Query

from notify.answers import CalendarAnswer
from notify.commands import EnterDecree
from notify.resources import Uow
from notify.use_cases.calendar import enter_decree
from notify.views import calendar

commands = http.commands()
reads = http.reads()


@reads.get("/api/calendar", **right("read_calendar"))
async def get_calendar(
    uow: Uow,
    first: Annotated[date | None, Query(description="Null is today")] = None,
    last: Annotated[date | None, Query(description="At most 400 days later; null is a year later")] = None,
    year: Annotated[
        int | None, Query(ge=2000, le=2199, description="A whole year, in place of `first` and `last`")
    ] = None,
    estimated: Annotated[bool, Query(description="Only holidays whose day is not certain yet")] = False,
) -> CalendarAnswer:
    """Holidays and moved days: published, estimated, decreed. Days that are not listed are as in any week."""
    if year:
        first, last = date(year, 1, 1), date(year, 12, 31)
    return await calendar.show(uow, first, last, estimated=estimated)


@commands.post("/api/calendar/decrees", **right("enter_decree"))
async def post_decree(body: EnterDecree, uow: Uow) -> CalendarAnswer:
    """Enter a decree: terms that run in working days move in every service, and are provisional no more."""
    await enter_decree(uow, body)
    days = sorted((*body.holidays, *body.working_days, *body.as_published))
    return await calendar.show_days(uow, days)
