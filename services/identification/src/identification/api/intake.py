"""Reports, the search for the same person, and the opening of a case."""

from typing import Annotated
from uuid import UUID

from casework.routes import in_parts
from chassis import http
from chassis.paging import After, Limit, Page, page
from chassis.rights import right
from fastapi import Query

from identification import answers as a
from identification import commands as c
from identification.resources import Uow
from identification.tables import SamePersonTask
from identification.use_cases import endings, referred, reports, same_person_search, same_person_tasks
from identification.use_cases.same_person_matching import Match
from identification.views import lists
from identification.views import reports as report_views
from identification.views.cases import case_answer

commands = http.commands()
reads = http.reads()
Status = Annotated[str | None, Query(pattern=r"^[a-z_]{1,40}$", description="Of the case")]


@commands.post("/api/reports", status_code=201, **in_parts("receive_report"))
async def receive_report(command: c.ReceiveReport, uow: Uow) -> a.ReportAnswer:
    """Report a presumed victim: by hotline, visit, inspection, border check, consulate or the person (ID-1)."""
    report = await reports.receive_report(uow, command)
    return (await report_views.report_answers(uow, [report]))[0]


@commands.post("/api/referral-handles", status_code=201, **right("keep_for_referral"))
async def store_for_referral(command: c.StoreForReferral, uow: Uow) -> a.ReferralHandleAnswer:
    """For agencies' systems: report a person here; the message on the bus names the handle, once (ID-1, ID-13)."""
    handle, warnings = await referred.store_for_referral(uow, command)
    return a.ReferralHandleAnswer(
        handle_id=handle.id,
        good_until=handle.good_until,
        warnings=[a.WarningAnswer(where=w.where, code=w.code, message=w.message) for w in warnings],
    )


@reads.get("/api/reports", **in_parts("list_reports"))
async def list_reports(
    uow: Uow, limit: Limit = 50, after: After = None, case_id: UUID | None = None, status: Status = None
) -> Page[a.ReportAnswer]:
    """Reports of cases that your agency may know of, newest first; those `reported` wait for the search."""
    rows, next_key = await lists.list_reports(uow, case_id, status, limit=limit, after=after)
    return Page(items=await report_views.report_answers(uow, rows), next=next_key)


@reads.get("/api/reports/{report_id}", **in_parts("list_reports"))
async def see_report(report_id: UUID, uow: Uow) -> a.ReportAnswer:
    """One report."""
    report = await report_views.see_report(uow, report_id)
    return (await report_views.report_answers(uow, [report]))[0]


@reads.post("/api/reports/{report_id}/same-person-search", **right("search_same_person"))
async def search_same_person(report_id: UUID, uow: Uow) -> a.SamePersonAnswer:
    """Look for the same person among known cases; with reasons, masked, audited (ID-18)."""
    search_id, found, more = await same_person_search.search_same_person(uow, report_id)
    return a.SamePersonAnswer(search_id=search_id, candidates=[_candidate(match) for match in found], more=more)


def _candidate(match: Match) -> a.Candidate:
    case = match.case
    return a.Candidate(
        case_id=case.id,
        case_ref=case.case_ref,
        status=case.status,
        score=match.score,
        reasons=list(match.reasons),
        masked_name=match.masked_name,
        birth_year=match.birth_year,
    )


@commands.post("/api/reports/{report_id}/case", status_code=201, **in_parts("register"))
async def register(report_id: UUID, command: c.Register, uow: Uow) -> a.CaseAnswer:
    """Open the case after the search was read (ID-18)."""
    return await case_answer(uow, await reports.register(uow, report_id, command))


@commands.post("/api/reports/{report_id}/attachment", **in_parts("attach"))
async def attach(report_id: UUID, command: c.Attach, uow: Uow) -> a.CaseAnswer:
    """The report joins a known case of the same person (ID-18)."""
    return await case_answer(uow, await reports.attach(uow, report_id, command))


@commands.post("/api/reports/{report_id}/closing", **in_parts("close_report"))
async def close_report(report_id: UUID, command: c.CloseReport, uow: Uow) -> a.ReportAnswer:
    """Close a report of which no case comes, with the reason (ID-20)."""
    return (await report_views.report_answers(uow, [await endings.close_report(uow, report_id, command)]))[0]


@reads.get("/api/same-person-tasks", **right("see_same_person_tasks"))
async def list_tasks(
    uow: Uow, limit: Limit = 50, after: After = None, answered: bool | None = None
) -> Page[a.TaskAnswer]:
    """Cases of your agency whose person somebody else may have met; not who, nor where (ID-18)."""
    rows, next_key = await page(
        uow.session, await lists.list_tasks(uow, answered), SamePersonTask.id, limit=limit, after=after
    )
    return Page(items=await lists.task_answers(uow, rows), next=next_key)


@reads.get("/api/same-person-tasks/{task_id}", **right("see_same_person_tasks"))
async def see_task(task_id: UUID, uow: Uow) -> a.TaskAnswer:
    """One task about the same person (ID-18)."""
    return (await lists.task_answers(uow, [await lists.see_task(uow, task_id)]))[0]


@commands.post("/api/same-person-tasks/{task_id}/answer", **right("answer_same_person_task"))
async def answer_task(task_id: UUID, command: c.AnswerSamePersonTask, uow: Uow) -> a.TaskAnswer:
    """The same person or not, with the reason; with the person's consent the other agency learns of you (ID-18)."""
    task = await same_person_tasks.answer_task(uow, task_id, command)
    return (await lists.task_answers(uow, [task]))[0]


@reads.get("/api/same-person-offers", **right("see_same_person_offers"))
async def list_offers(uow: Uow, limit: Limit = 50, after: After = None) -> Page[a.OfferAnswer]:
    """Agencies that work with the same person and offer to do so together, by the person's consent (ID-18)."""
    items, next_key = await lists.list_offers(uow, limit, after)
    return Page(items=items, next=next_key)
