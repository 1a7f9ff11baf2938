"""Lists, one case, its history, indicator sets, the year, the audit."""

from typing import Annotated
from uuid import UUID

from chassis import access, answers, audit, http
from chassis.errors import Fault, Invalid, NotFound
from chassis.http import Now, Session
from chassis.paging import After, Limit, Page, page
from chassis.rights import Who, right
from fastapi import Path, Query

from identification import queries
from identification import schemas as s
from identification.domain import reference
from identification.queries import figures, lists
from identification.standards import indicator_sets
from identification.tables import Case

reads = http.reads()
Code = Annotated[str | None, Query(pattern=r"^[a-z_-]{1,40}$")]
Reference = Annotated[str | None, Query(max_length=32, examples=["K7F3-XA9M"])]
Year = Annotated[int, Path(ge=2000, le=2199)]


@reads.get("/api/cases", **right("list_cases"))
async def list_cases(
    who: Who,
    session: Session,
    now: Now,
    limit: Limit = 50,
    after: After = None,
    status: Code = None,
    holder: Code = None,
    case_ref: Reference = None,
    unacknowledged: bool = False,
) -> Page[s.CaseSummary]:
    """Cases that your agency may know of, newest first, with their clocks. A reference finds one case, or none.

    `unacknowledged`: cases with a consent taken back that a service has not yet acknowledged (ID-12).
    """
    asked = lists.list_cases(who, status, holder, _read(case_ref), unacknowledged)
    rows, next_key = await page(session, asked, Case.id, limit, after)
    return Page(items=await lists.summaries(session, rows, now), next=next_key)


def _read(case_ref: str | None) -> str | None:
    """The reference as stored, from how people write it; what cannot be one is refused by arithmetic, unsearched."""
    read = reference.read(case_ref) if case_ref is not None else None
    if case_ref is not None and read is None:
        faults = [Fault("query.case_ref", "not_a_reference", "a sign is wrong, or two are exchanged")]
        raise Invalid("not_a_reference", "This cannot be the reference of a case.", faults=faults)
    return read


@reads.get("/api/cases/counts", **right("list_cases"))
async def count_cases(who: Who, session: Session) -> Page[s.CountAnswer]:
    """How many cases of each status your agency may know of; the list of each has as many."""
    return Page(items=await lists.counts(session, who))


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
    return await figures.year(session, year)
