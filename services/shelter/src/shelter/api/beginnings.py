"""What a request for a place or a hand-over begins with, over HTTP: the case, and who can be named."""

from typing import Annotated

from casework.cases import CaseFound
from chassis import http
from chassis.paging import Page
from chassis.rights import right
from fastapi import Query

from shelter.answers.support import AgencyAnswer
from shelter.resources import Uow
from shelter.views import beginnings as views

reads = http.reads()
Reference = Annotated[str, Query(max_length=32, description="As people write it", examples=["K7F3-XA9M"])]


@reads.get("/api/cases", **right("find_case"))
async def find_case(uow: Uow, case_ref: Reference) -> Page[CaseFound]:
    """The case with this reference, or none: of whom a place or support can be requested (ID-7)."""
    return await views.find_case(uow, case_ref)


@reads.get("/api/agencies", **right("see_facilities"))
async def see_agencies(uow: Uow) -> Page[AgencyAnswer]:
    """The agencies of today that have places (SH-9) or take support over (SH-8), by code."""
    return await views.agencies_of_today(uow)
