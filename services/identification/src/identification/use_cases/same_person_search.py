"""The search for the same person before a case opens (ID-18): who is shown, who gets a task, what was said of it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from casework import access, agencies
from chassis.clock import new_id
from chassis.errors import NotFound, NotPossible
from nrm_events.taking_part import is_police
from sqlalchemy import exists, func, select

from identification.domain import cases, names, persons
from identification.resources import Work
from identification.tables import Case, Report, SamePersonSearch, SamePersonTask, SearchDigest
from identification.use_cases import identity

_MOST_CANDIDATES = 20


async def search_same_person(uow: Work, report: Report) -> tuple[UUID, list[dict[str, Any]]]:
    """Look for the same person among all cases; show only those the actor may know of, best first (ID-18).

    A match in another agency's case is shown to nobody: its holder gets a task without the asker's case; police get
    none for a case that is hidden from them.
    """
    await access.require(uow, report.case_id, for_="search_same_person")
    known = await identity.open_person(uow, report.case_id)
    found = await _candidates(uow, report.case_id, known)
    shown: list[dict[str, Any]] = []
    hidden: list[dict[str, Any]] = []
    for candidate in found:
        (shown if await access.is_known_to(uow, candidate["case_id"], [uow.actor.agency]) else hidden).append(candidate)
    search = SamePersonSearch(
        id=new_id(), report_id=report.id, candidates=[str(c["case_id"]) for c in shown], searched_at=uow.now
    )
    uow.session.add(search)
    await uow.session.flush()
    for candidate in hidden:
        await _leave_task(uow, report, candidate["case_id"], search.id)
    uow.audit(
        "search_same_person",
        subject=f"report/{report.id}",
        case_id=report.case_id,
        kind="read",
        purpose="same_person_check",
        facts={"shown": search.candidates},
    )
    return search.id, shown


async def _candidates(uow: Work, case_id: UUID, known: Mapping[str, Any]) -> list[dict[str, Any]]:
    digests = [digest for _, digest in identity.digests_of(uow.resources.vault, known)]
    if not digests:
        return []
    common = await uow.session.execute(
        select(SearchDigest.case_id)
        .where(SearchDigest.digest.in_(digests), SearchDigest.case_id != case_id)
        .group_by(SearchDigest.case_id)
        .order_by(func.bool_or(SearchDigest.kind != "name").desc(), func.count().desc(), SearchDigest.case_id.desc())
        .limit(_MOST_CANDIDATES * 3)
    )
    ours = _described(known)
    ranked: list[dict[str, Any]] = []
    for other_id in common.scalars():
        other = await identity.open_person(uow, other_id)
        score, reasons = names.rank(ours, _described(other))
        if score >= names.POSSIBLE:
            case = await _joined(uow, other_id)
            ranked.append(
                {
                    "case_id": case.id,
                    "case_ref": case.case_ref,
                    "status": case.status,
                    "score": score,
                    "reasons": reasons,
                    "masked_name": _masked(identity.full_names(other)),
                    "birth_year": _birth_year(other),
                }
            )
    best: dict[UUID, dict[str, Any]] = {}
    for candidate in sorted(ranked, key=lambda c: c["score"], reverse=True):
        if candidate["case_id"] != case_id:
            best.setdefault(candidate["case_id"], candidate)
    return list(best.values())[:_MOST_CANDIDATES]


async def _joined(uow: Work, case_id: UUID) -> Case:
    """The case, or the one that its report joined: a person is found under every name they were reported by."""
    joined = await uow.session.scalar(
        select(Report.attached_to).where(Report.case_id == case_id, Report.attached_to.is_not(None)).limit(1)
    )
    return await uow.session.get_one(Case, joined or case_id)


def _described(known: Mapping[str, Any]) -> names.Described:
    return names.Described(
        names=identity.full_names(known),
        birth_year=_birth_year(known),
        citizenship=frozenset(known.get("prs_Citizenship") or ()),
        document=persons.document_key(known.get("prs_IdentityNumber") or ""),
        phone=known.get("prs_MobilePhone"),
    )


def _birth_year(known: Mapping[str, Any]) -> int | None:
    born = known.get("prs_Birthdate")
    return int(born[:4]) if born else None


def _masked(full: Sequence[str]) -> str:
    """First letters only: enough to recognise, not enough to learn."""
    return " ".join(f"{word[0]}…" for word in full[0].split()) if full else ""


async def _leave_task(uow: Work, report: Report, matched: UUID, search_id: UUID) -> None:
    """One for each report, however often it is searched for. None to police for a case hidden from them (ID-7)."""
    holder = (await uow.session.get_one(Case, matched)).holder
    if is_police(await agencies.kind(uow, holder)) and not await access.is_known_to(
        uow, report.case_id, await agencies.police(uow)
    ):
        return
    searches = select(SamePersonSearch.id).where(SamePersonSearch.report_id == report.id)
    left = exists().where(SamePersonTask.case_id == matched, SamePersonTask.search_id.in_(searches))
    if await uow.session.scalar(select(left)):
        return
    uow.session.add(SamePersonTask(id=new_id(), case_id=matched, search_id=search_id, created_at=uow.now))


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


async def check_verdicts(uow: Work, search: SamePersonSearch, verdicts: Mapping[UUID, str]) -> None:
    """A verdict on each candidate and on nobody else. The same person has a new case only where the earlier one ended:
    what is going on is joined, what has ended takes nothing new."""
    shown, said = set(search.candidates), {str(case_id) for case_id in verdicts}
    if said - shown:
        raise NotPossible("not_a_candidate", "Only what the search showed has a verdict.")
    if shown - said:
        facts = {"cases": sorted(shown - said)}
        raise NotPossible("verdict_missing", "Say of each candidate whether it is the same person.", facts=facts)
    same = [case_id for case_id, verdict in verdicts.items() if verdict == "same"]
    going = await uow.session.scalars(select(Case.id).where(Case.id.in_(same), Case.status.not_in(cases.ENDED)))
    if found := sorted(map(str, going)):
        raise NotPossible("joins_known_case", "The report joins the person's case.", facts={"cases": found})
