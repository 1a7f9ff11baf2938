"""What shows no case, over HTTP: templates, statistics."""

from typing import Annotated

from chassis import http
from chassis.rights import right
from fastapi import Path

from notify.answers import StatisticsAnswer, TemplatesAnswer
from notify.resources import Uow
from notify.views import records

reads = http.reads()


@reads.get("/api/templates", **right("read_templates"))
async def list_templates() -> TemplatesAnswer:
    """Every template with its versions and languages (NO-4)."""
    return records.list_templates()


@reads.get("/api/statistics/{year}", **right("read_statistics"))
async def get_statistics(year: Annotated[int, Path(ge=2000, le=2199)], uow: Uow) -> StatisticsAnswer:
    """Clocks met and missed, messages sent and withheld; counts without cases."""
    return await records.count_year(uow, year)
