"""The year's figures (CO-1)."""

from typing import Annotated

from chassis import http
from chassis.rights import right
from fastapi import Path

from repatriation.answers import Statistics
from repatriation.resources import Uow
from repatriation.views import statistics as views

reads = http.reads()
Year = Annotated[int, Path(ge=2000, le=2199)]


@reads.get("/api/statistics/{year}", **right("see_statistics"))
async def see_year(year: Year, uow: Uow) -> Statistics:
    """The year's counts by effective date; no identities (CO-1)."""
    return await views.year(uow, year)
