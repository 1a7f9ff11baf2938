"""Cases by the reference that people use (ID-7)."""

from typing import Annotated

from casework.cases import CaseFound
from chassis import http
from chassis.paging import Page
from chassis.rights import right
from fastapi import Query

from repatriation.resources import Uow
from repatriation.views import cases as views
from repatriation.views.lists import WantedCase

reads = http.reads()


@reads.get("/api/cases", **right("find_case"))
async def find_case(uow: Uow, wanted: Annotated[WantedCase, Query()]) -> Page[CaseFound]:
    """The case with this reference, or none: for whom a bar, a permit or a return can be begun."""
    return await views.find(uow, wanted)
