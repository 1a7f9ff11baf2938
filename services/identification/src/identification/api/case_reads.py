"""Lists, one case, its history, indicator sets, notices, doubts, purposes, the year."""

from typing import Annotated
from uuid import UUID

from casework import agencies
from casework import answers as shapes
from casework.routes import in_parts
from chassis import http
from chassis.errors import Fault, Invalid
from chassis.paging import After, Limit, Page, page
from chassis.rights import right
from fastapi import Path, Query
from nrm_events.reference import read_reference

from identification import answers as a
from identification.adapters.standards import indicator_sets, purposes
from identification.resources import Uow
from identification.tables import AgeDoubt, UnnamedNotice
from identification.views import cases, figures, history, lists, notices

reads = http.reads()
Code = Annotated[str | None, Query(pattern=r"^[a-z_-]{1,40}$")]
Reference = Annotated[str | None, Query(max_length=32, examples=["K7F3-XA9M"])]
Year = Annotated[int, Path(ge=2000, le=2199)]


@reads.get("/api/cases", **in_parts("list_cases"))
async def list_cases(
    uow: Uow,
    limit: Limit = 50,
    after: After = None,
    status: Code = None,
    holder: Code = None,
    case_ref: Reference = None,
    unacknowledged: bool = False,
    offered: bool = False,
) -> Page[a.CaseSummary]:
    """Cases that your agency may know of, newest first, with their clocks. A reference finds one case, or none.

    `unacknowledged`: cases with a withdrawn consent that a service or an agency has not yet acknowledged (ID-12).
    `offered`: cases that another agency requests yours to hold (ID-20).
    """
    wanted = lists.CaseFilter(status, holder, _read(case_ref), unacknowledged, offered)
    rows, next_key = await lists.list_cases(uow, wanted, limit=limit, after=after)
    return Page(items=await lists.summaries(uow, rows), next=next_key)


def _read(case_ref: str | None) -> str | None:
    """The reference as stored, from how people write it; what cannot be one is refused by arithmetic, unsearched."""
    read = read_reference(case_ref) if case_ref is not None else None
    if case_ref is not None and read is None:
        faults = [Fault("query.case_ref", "not_a_reference", "a sign is wrong, or two are exchanged")]
        raise Invalid("not_a_reference", "This cannot be the reference of a case.", faults=faults)
    return read


@reads.get("/api/cases/counts", **right("list_cases"))
async def count_cases(uow: Uow) -> Page[a.CountAnswer]:
    """How many cases of each status your agency may know of; the list of each has as many."""
    return Page(items=await lists.counts(uow))


@reads.get("/api/cases/{case_id}", **in_parts("see_case"))
async def see_case(case_id: UUID, uow: Uow) -> a.CaseAnswer:
    """One case without the person; with what can be done now, and its clocks."""
    return await cases.see_case(uow, case_id)


@reads.get("/api/cases/{case_id}/history", **right("see_case"))
async def see_history(case_id: UUID, uow: Uow) -> shapes.History:
    """What was done in this case, newest first: by role and agency."""
    return await history.see_history(uow, case_id)


@reads.get("/api/age-doubts", **right("see_age_doubts"))
async def list_age_doubts(
    uow: Uow, limit: Limit = 50, after: After = None, settled: bool | None = None
) -> Page[a.AgeDoubtAnswer]:
    """Doubts that a person of your agency's cases is an adult: tasks until age is established (ID-5)."""
    rows, next_key = await page(uow.session, notices.list_doubts(uow, settled), AgeDoubt.id, limit=limit, after=after)
    return Page(items=[notices.doubt(row) for row in rows], next=next_key)


@reads.get("/api/unnamed-notices", **right("see_notices"))
async def list_notices(uow: Uow, limit: Limit = 50, after: After = None) -> Page[a.NoticeAnswer]:
    """For police: presumed victims who were reported without the name; a notice opens no case (ID-7)."""
    rows, next_key = await page(
        uow.session, await notices.list_notices(uow), UnnamedNotice.id, limit=limit, after=after
    )
    return Page(items=[notices.notice(row) for row in rows], next=next_key)


@reads.get("/api/indicator-sets", **right("see_indicators"))
async def see_indicator_sets() -> Page[a.IndicatorSetAnswer]:
    """The versioned indicator sets (ID-4)."""
    return Page(
        items=[
            a.IndicatorSetAnswer(
                indicator_set=chosen.code,
                version=chosen.version,
                legal=chosen.legal,
                verified=chosen.verified,
                indicators=[a.IndicatorAnswer(code=sign.code, text=sign.text) for sign in chosen.indicators],
            )
            for chosen in indicator_sets().values()
        ]
    )


@reads.get("/api/consent-purposes", **right("see_purposes"))
async def see_purposes() -> Page[a.PurposeAnswer]:
    """What a consent to each purpose lets its recipient read and do, in az, en and ru (ID-12)."""
    return Page(items=[a.PurposeAnswer.model_validate(purpose) for purpose in purposes()])


@reads.get("/api/agencies", **right("see_purposes"))
async def see_agencies(uow: Uow) -> Page[a.AgencyAnswer]:
    """The agencies that a consent, a disclosure or an offer can name today."""
    found = await agencies.taking_part(uow)
    return Page(items=[a.AgencyAnswer(agency=code, kind=kind) for code, kind in found.items()])


@reads.get("/api/statistics/{year}", **right("see_statistics"))
async def see_year(year: Year, uow: Uow) -> a.YearAnswer:
    """The year's counts by effective date; no identities (CO-1)."""
    return await figures.year(uow, year)
