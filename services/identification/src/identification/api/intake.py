"""Reports, the search for the same person, and the opening of a case."""

from typing import Annotated
from uuid import UUID

from chassis import http
from chassis.http import Now, Session
from chassis.paging import After, Limit, Page, page
from chassis.rights import Who, right
from fastapi import Query, Request

from identification import queries
from identification import schemas as s
from identification.queries import lists
from identification.tables import Report, SamePersonTask
from identification.use_cases import referred, reports, same_person_search, same_person_tasks
from identification.vault import Vault

commands = http.commands()
reads = http.reads()
Status = Annotated[str | None, Query(pattern=r"^[a-z_]{1,40}$", description="Of the case")]


def vault_of(request: Request) -> Vault:
    vault: Vault = request.app.state.vault
    return vault


@commands.post("/api/reports", status_code=201, **right("receive_report"))
async def receive_report(request: Request, body: s.NewReport, who: Who, session: Session, now: Now) -> s.ReportAnswer:
    """Report a presumed victim: by hotline, visit, inspection, border check, consulate or the person (ID-1)."""
    report = await reports.receive_report(session, vault_of(request), who, body, now)
    return (await lists.report_answers(session, who, [report]))[0]


@commands.post("/api/referral-handles", status_code=201, **right("keep_for_referral"))
async def keep_for_referral(
    request: Request, body: s.NewReferralHandle, who: Who, session: Session, now: Now
) -> s.ReferralHandleAnswer:
    """For agencies' systems: tell of a person here; the message on the bus names the handle, once (ID-1, ID-13)."""
    handle = await referred.keep_for_referral(session, vault_of(request), who, body, now)
    return s.ReferralHandleAnswer(handle_id=handle.id, good_until=handle.good_until)


@reads.get("/api/reports", **right("list_reports"))
async def list_reports(
    who: Who,
    session: Session,
    limit: Limit = 50,
    after: After = None,
    case_id: UUID | None = None,
    status: Status = None,
) -> Page[s.ReportAnswer]:
    """Reports of cases that your agency may know of, newest first; those `reported` wait for the search."""
    rows, next_key = await page(session, lists.list_reports(who, case_id, status), Report.id, limit, after)
    return Page(items=await lists.report_answers(session, who, rows), next=next_key)


@reads.get("/api/reports/{report_id}", **right("list_reports"))
async def see_report(report_id: UUID, who: Who, session: Session) -> s.ReportAnswer:
    """One report."""
    report = await lists.see_report(session, who, report_id)
    return (await lists.report_answers(session, who, [report]))[0]


@reads.post("/api/reports/{report_id}/same-person-search", **right("search_same_person"))
async def search_same_person(
    request: Request, report_id: UUID, who: Who, session: Session, now: Now
) -> s.SamePersonAnswer:
    """Look for the same person among known cases; with reasons, masked, audited (ID-18)."""
    report = await lists.see_report(session, who, report_id)
    search_id, found = await same_person_search.search_same_person(session, vault_of(request), who, report, now)
    return s.SamePersonAnswer(search_id=search_id, candidates=[s.Candidate(**candidate) for candidate in found])


@commands.post("/api/reports/{report_id}/case", status_code=201, **right("register"))
async def register(report_id: UUID, body: s.NewCase, who: Who, session: Session, now: Now) -> s.CaseAnswer:
    """Open the case after the search was looked at (ID-18)."""
    report = await lists.see_report(session, who, report_id)
    case = await reports.register(session, who, report, body.search_id, body.verdicts, body.happened_at, now)
    return await queries.case_answer(session, who, case, now)


@commands.post("/api/reports/{report_id}/attachment", **right("attach"))
async def attach(report_id: UUID, body: s.Attachment, who: Who, session: Session, now: Now) -> s.CaseAnswer:
    """The report joins a known case of the same person (ID-18)."""
    report = await lists.see_report(session, who, report_id)
    case = await reports.attach(session, who, report, body.search_id, body.case_id, body.happened_at, now)
    return await queries.case_answer(session, who, case, now)


@reads.get("/api/same-person-tasks", **right("see_same_person_tasks"))
async def list_tasks(
    who: Who, session: Session, limit: Limit = 50, after: After = None, answered: bool | None = None
) -> Page[s.TaskAnswer]:
    """Cases of your agency whose person somebody else may have met; not who, nor where (ID-18)."""
    rows, next_key = await page(session, lists.list_tasks(who, answered), SamePersonTask.id, limit, after)
    return Page(items=[s.TaskAnswer.model_validate(row, from_attributes=True) for row in rows], next=next_key)


@commands.post("/api/same-person-tasks/{task_id}/answer", **right("answer_same_person_task"))
async def answer_task(
    task_id: UUID, body: s.SamePersonAnswerGiven, who: Who, session: Session, now: Now
) -> s.TaskAnswer:
    """The same person or not, with the reason; with the person's consent the other agency learns of you (ID-18)."""
    task = await same_person_tasks.answer_task(session, who, task_id, body, now)
    return s.TaskAnswer.model_validate(task, from_attributes=True)


@reads.get("/api/same-person-offers", **right("see_same_person_offers"))
async def list_offers(who: Who, session: Session, limit: Limit = 50, after: After = None) -> Page[s.OfferAnswer]:
    """Agencies that work with the same person and offer to do so together, by the person's consent (ID-18)."""
    items, next_key = await lists.list_offers(session, who, limit, after)
    return Page(items=items, next=next_key)
