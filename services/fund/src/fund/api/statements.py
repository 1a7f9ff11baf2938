"""Statements and the year over HTTP (FU-10)."""

from datetime import date
from typing import Annotated

from chassis import http
from chassis.rights import right
from fastapi import Path, Query

from fund.answers import StatementAnswer, YearAnswer
from fund.resources import Uow
from fund.views import statements as views

reads = http.reads()
_FIRST, _LAST = date(2000, 1, 1), date(2199, 12, 31)
Year = Annotated[int, Path(ge=2000, le=2199)]


@reads.get("/api/statements", **right("see_statement"))
async def read_statement(
    uow: Uow,
    first: Annotated[date, Query(alias="from", ge=_FIRST, le=_LAST, examples=["2024-01-01"])],
    last: Annotated[date, Query(alias="to", ge=_FIRST, le=_LAST, examples=["2024-12-31"])],
) -> StatementAnswer:
    """Public: income by source, payments by use; groups under the threshold hidden (FU-10)."""
    return await views.make_statement(uow, first, last)


@reads.get("/api/statistics/{year}", **right("see_statistics"))
async def read_statistics(year: Year, uow: Uow) -> YearAnswer:
    """The year's payments, by the day they took effect in Baku."""
    return await views.year_figures(uow, year)
