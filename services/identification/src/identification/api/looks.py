"""Lists, one case, its history, indicator sets, the year, the audit."""

from typing import Annotated
from uuid import UUID

from chassis import access, answers, audit, http
from chassis.errors import NotFound
from chassis.http import Now, Session
from chassis.paging import After, Limit, Page, page
from chassis.rights import Who, right
from fastapi import Path, Query

from identification import queries
from identification import schemas as s
from identification.standards import indicator_sets
from identification.tables import Case

reads = http.reads()
Code = Annotated[str | None, Query(pattern=r"^[a-z_-]{1,40}$")]
Year = Annotated[int, Path(ge=2000, le=2199)]


@reads.get("/api/cases", **right("list_cases"))
async def list_cases(
    who: Who, session: Session, limit: Limit = 50, after: After = None, status: Code = None, holder: Code = None
) -> Page[s.CaseSummary]:
    """Cases that your agency may know of, newest first."""
    rows, next_key = await page(session, queries.list_cases(who, status, holder), Case.id, limit, after)
    return Page(items=[s.CaseSummary.model_validate(row, from_attributes=True) for row in rows], next=next_key)


@reads.get("/api/cases/{case_id}", **right("see_case"))
async def see_case(case_id: UUID, who: Who, session: Session, now: Now) -> s.CaseAnswer:
    """One case without the person; with what can be done now, and its clocks."""
    return await queries.see_case(session, who, case_id, now)


@reads.get("/api/cases/{case_id}/history", **right("see_case"))
async def see_history(case_id: UUID, who: Who, session: Session) -> answers.History:
    """What was done in this case, newest first: by role and agency."""
    await access.require(session, who, case_id)
    if await session.get(Case, case_id) is None:
        raise NotFound
    return answers.history(await audit.history(session, case_id=case_id))


@reads.get("/api/indicator-sets", **right("see_indicators"))
async def see_indicator_sets() -> Page[s.IndicatorSetAnswer]:
    """The versioned indicator sets (ID-4)."""
    return Page(
        items=[
            s.IndicatorSetAnswer(
                indicator_set=held.code,
                version=held.version,
                legal=held.legal,
                verified=held.verified,
                indicators=[s.IndicatorAnswer(code=sign.code, text=sign.text) for sign in held.indicators],
            )
            for held in indicator_sets().values()
        ]
    )


@reads.get("/api/statistics/{year}", **right("see_statistics"))
async def see_year(year: Year, session: Session) -> s.YearAnswer:
    """The year's counts by effective date; no identities (CO-1)."""
    return await queries.year(session, year)
