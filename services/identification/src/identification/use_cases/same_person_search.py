"""The search for the same person before a case opens (ID-18): matches, tasks and verdicts.

The request opens the matches alone that the actor may know of, so that its work, and the time of its answer, does not
depend on a hidden one. Tasks for the holders of hidden matches are left later, by the ticker, from the stored search.
"""

from collections.abc import Collection, Mapping
from uuid import UUID

from casework import access, agencies, aggregate
from chassis.clock import new_id
from chassis.errors import NotFound, NotPossible
from nrm_events.taking_part import is_police
from sqlalchemy import func, select

from identification import facts
from identification.domain import cases
from identification.resources import Work
from identification.tables import Case, Report, SamePersonSearch, SamePersonTask
from identification.use_cases.same_person_matching import Match, matched_case, matches

_MOST_CANDIDATES = 20
_SEARCHES_AT_ONCE = 20


async def search_same_person(uow: Work, report_id: UUID) -> tuple[UUID, list[Match], bool]:
    """Look for the same person among those whose name the actor may read, best first (ID-18).

    The id of the search; at most 20 of them, after all were ranked; whether there are more.

    NotFound, NotForThisBasis: as for every act on the case of the report.
    """
    report = await aggregate.find(uow, Report, report_id, for_="search_same_person")
    visible = access.visible(uow, matched_case(), for_="read_match")
    found = await matches(uow, report, visible)
    shown = found[:_MOST_CANDIDATES]
    search = SamePersonSearch(
        id=new_id(),
        report_id=report.id,
        candidates=[str(match.case.id) for match in shown],
        searched_at=uow.now,
        searched_by=uow.actor.agency,
    )
    uow.session.add(search)
    uow.audit(
        "search_same_person",
        subject=f"report/{report.id}",
        case_id=report.case_id,
        kind="read",
        purpose="same_person_check",
        facts={"shown": search.candidates},
    )
    return search.id, shown, len(found) > len(shown)


async def leave_tasks(uow: Work) -> None:
    """The holder of each match that a search did not show gets a task (ID-18)."""
    unfinished = select(SamePersonSearch).where(SamePersonSearch.tasks_left_at.is_(None))
    found = await uow.session.scalars(
        unfinished.order_by(SamePersonSearch.id).limit(_SEARCHES_AT_ONCE).with_for_update(skip_locked=True)
    )
    for search in found.all():
        await _leave_tasks_of(uow, search)
        search.tasks_left_at = uow.now


async def _leave_tasks_of(uow: Work, search: SamePersonSearch) -> None:
    """One task for each report and case, however often it is searched for.

    A police body gets none where the searching agency's case is hidden from it (ID-7).
    """
    report = await uow.session.get_one(Report, search.report_id)
    others = matched_case().not_in([UUID(shown) for shown in search.candidates])
    found = await matches(uow, report, others)
    hidden = {match.case.id: match.case.holder for match in found if match.case.holder != search.searched_by}
    if not hidden:
        return
    searches = select(SamePersonSearch.id).where(SamePersonSearch.report_id == report.id)
    left = select(SamePersonTask.case_id).where(SamePersonTask.search_id.in_(searches))
    already = set(await uow.session.scalars(left.where(SamePersonTask.case_id.in_(hidden))))
    kinds = await agencies.kinds(uow, hidden.values())
    for case_id, holder in hidden.items():
        if is_police(kinds[holder]) and not await access.is_known_to(uow, report.case_id, [holder]):
            continue
        if case_id not in already:
            uow.session.add(SamePersonTask(id=new_id(), case_id=case_id, search_id=search.id, created_at=uow.now))


async def own_search(uow: Work, report: Report, search_id: UUID) -> SamePersonSearch:
    """The newest search of this report; an older one may lack somebody."""
    search = await uow.session.get(SamePersonSearch, search_id)
    if search is None or search.report_id != report.id:
        raise NotFound
    newest = await uow.session.scalar(
        select(func.max(SamePersonSearch.searched_at)).where(SamePersonSearch.report_id == report.id)
    )
    if newest and search.searched_at < newest:
        raise NotPossible("search_outdated", "A newer search for the same person was made. Look at it first.")
    return search


async def check_verdicts(uow: Work, case: Case, search: SamePersonSearch, verdicts: Mapping[UUID, str]) -> None:
    """A verdict on each candidate and on nobody else.

    The same person has a new case where the earlier one ended, or is one of police without the consent to a hand-over.
    Any other that is going on is joined.
    """
    shown, judged = set(search.candidates), {str(case_id) for case_id in verdicts}
    if judged - shown:
        raise NotPossible("not_a_candidate", "Only what the search showed has a verdict.")
    if shown - judged:
        missing = {"cases": sorted(shown - judged)}
        raise NotPossible("verdict_missing", "Every candidate needs a verdict: the same person or not.", facts=missing)
    same = [case_id for case_id, verdict in verdicts.items() if verdict == "same"]
    of_police = await joins_police(uow, case, same)
    joinable = select(Case.id).where(Case.id.in_(same), Case.id.not_in(of_police), Case.status.not_in(cases.ENDED))
    if found := sorted(map(str, await uow.session.scalars(joinable))):
        raise NotPossible("joins_known_case", "The report joins the person's case.", facts={"cases": found})


async def joins_police(uow: Work, case: Case, known: Collection[UUID]) -> frozenset[UUID]:
    """The known cases of police that `case` may not join, since its person did not agree to them (ID-7).

    A police body that knows of `case` as well learns nothing by joining the two.
    """
    if await facts.may_be_handed_over(uow, case):
        return frozenset()
    already = {row.agency for row in await access.who_knows(uow, case.id)}
    found = set()
    for case_id in known:
        rows = await access.who_knows(uow, case_id)
        acting = {row.agency for row in rows if row.basis.name in ("holder", "formal_body")}
        if await agencies.police_among(uow, acting - already):
            found.add(case_id)
    return frozenset(found)
