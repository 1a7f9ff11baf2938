"""Lists of cases, reports and tasks, and their counts: what one counts is what one sees, by the same condition."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis import access, answers
from chassis.actor import Actor
from chassis.errors import NotFound
from chassis.rights import may
from nrm_events import SERVICES
from sqlalchemy import Select, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from identification import schemas
from identification import tables as t
from identification.domain import cases
from identification.queries import case_deadlines, to_the_hand_over
from identification.rights import RIGHTS


def list_cases(
    who: Actor,
    status: str | None = None,
    holder: str | None = None,
    case_ref: str | None = None,
    unacknowledged: bool = False,
) -> Select[tuple[t.Case]]:
    """The cases that the actor may know of; the same filter is behind every count.

    `unacknowledged`: a service has not yet said that it ended what rested on a consent taken back (ID-12).
    """
    asked = select(t.Case).where(access.visible(who, t.Case.id))
    given = ((t.Case.status, status), (t.Case.holder, holder), (t.Case.case_ref, case_ref))
    asked = asked.where(*(column == value for column, value in given if value))
    return asked.where(t.Case.id.in_(_waiting_for_services())) if unacknowledged else asked


def _waiting_for_services() -> Select[tuple[UUID]]:
    said = func.count(t.ConsentAcknowledgement.service)
    joined = t.ConsentAcknowledgement.consent_id == t.Consent.id
    withdrawn = select(t.Consent.case_id).outerjoin(t.ConsentAcknowledgement, joined)
    others = len(SERVICES) - 1
    return withdrawn.where(t.Consent.withdrawn_at.is_not(None)).group_by(t.Consent.id).having(said < others)


async def counts(session: AsyncSession, who: Actor) -> list[schemas.CountAnswer]:
    """How many cases the actor may know of, by status."""
    asked = list_cases(who).with_only_columns(t.Case.status, func.count()).group_by(t.Case.status)
    found = dict((await session.execute(asked)).tuples().all())
    return [schemas.CountAnswer(status=status, cases=found.get(status, 0)) for status in cases.CASE.states]


async def summaries(session: AsyncSession, rows: Sequence[t.Case], now: datetime) -> list[schemas.CaseSummary]:
    """The rows of a list with their clocks, by three statements whatever their number."""
    ids = [case.id for case in rows]
    referrals = {r.case_id: r for r in await session.scalars(select(t.Referral).where(t.Referral.case_id.in_(ids)))}
    consenting = select(t.Consent.case_id).where(t.Consent.case_id.in_(ids), to_the_hand_over())
    agreed = set(await session.scalars(consenting))
    reflections: dict[UUID, list[t.Reflection]] = {}
    asked = select(t.Reflection).where(t.Reflection.case_id.in_(ids)).order_by(t.Reflection.id)
    for reflection in await session.scalars(asked):
        reflections.setdefault(reflection.case_id, []).append(reflection)
    return [
        schemas.CaseSummary(
            **{name: getattr(case, name) for name in schemas.CaseSummary.model_fields if name != "clocks"},
            clocks=answers.clocks(
                case_deadlines(
                    case,
                    referrals.get(case.id),
                    case.id in referrals or case.id in agreed or not cases.needs_consent(case.source, case.age_group),
                    reflections.get(case.id, []),
                ),
                now,
            ),
        )
        for case in rows
    ]


def list_reports(who: Actor, case_id: UUID | None = None, status: str | None = None) -> Select[tuple[t.Report]]:
    """Reports of cases that the actor may know of; `status` is that of the case: `reported` waits for a desk."""
    asked = select(t.Report).where(access.visible(who, t.Report.case_id))
    if status:
        asked = asked.join(t.Case, t.Case.id == t.Report.case_id).where(t.Case.status == status)
    return asked.where((t.Report.case_id == case_id) | (t.Report.attached_to == case_id)) if case_id else asked


def list_tasks(who: Actor, answered: bool | None = None) -> Select[tuple[t.SamePersonTask]]:
    """For the agency that holds the case alone: who else may know of it learns nothing of the other case (ID-18)."""
    asked = (
        select(t.SamePersonTask)
        .join(t.Case, t.Case.id == t.SamePersonTask.case_id)
        .where(and_(t.Case.holder == who.agency, access.visible(who, t.Case.id)))
    )
    return asked if answered is None else asked.where(t.SamePersonTask.verdict.is_not(None) == answered)


async def list_offers(
    session: AsyncSession, who: Actor, limit: int, after: UUID | None
) -> tuple[list[schemas.OfferAnswer], UUID | None]:
    """For the agency that holds the case which was searched for: who offers to work together, by the person's consent.

    Police learn by it of no case that they may not know of (ID-7, ID-18).
    """
    ours, theirs = aliased(t.Case), aliased(t.Case)
    asked = (
        select(t.SamePersonTask, ours.id, theirs.holder)
        .join(t.SamePersonSearch, t.SamePersonSearch.id == t.SamePersonTask.search_id)
        .join(t.Report, t.Report.id == t.SamePersonSearch.report_id)
        .join(ours, ours.id == func.coalesce(t.Report.attached_to, t.Report.case_id))
        .join(theirs, theirs.id == t.SamePersonTask.case_id)
        .where(ours.holder == who.agency, access.visible(who, ours.id), theirs.id != ours.id)
        .where(t.SamePersonTask.verdict == "same", t.SamePersonTask.person_agrees)
    )
    if who.agency in cases.POLICE:
        asked = asked.where(access.visible(who, theirs.id))
    if after:
        asked = asked.where(t.SamePersonTask.id < after)
    rows = (await session.execute(asked.order_by(t.SamePersonTask.id.desc()).limit(limit + 1))).all()
    offers = [
        schemas.OfferAnswer(id=task.id, case_id=case_id, agency=holder, since=task.answered_at)
        for task, case_id, holder in rows[:limit]
    ]
    return offers, offers[-1].id if len(rows) > limit else None


async def report_answers(session: AsyncSession, who: Actor, reports: Sequence[t.Report]) -> list[schemas.ReportAnswer]:
    """Reports with the state of their cases, by one statement whatever their number."""
    asked = select(t.Case).where(t.Case.id.in_({report.case_id for report in reports}))
    held = {case.id: case for case in await session.scalars(asked)}
    return [_report(who, report, held[report.case_id]) for report in reports]


def _report(who: Actor, report: t.Report, case: t.Case) -> schemas.ReportAnswer:
    named = ("id", "case_id", "source", "received_by", "channel", "channel_hours", "anonymous", "region", "language")
    known: dict[str, Any] = {name: getattr(report, name) for name in (*named, "reported_at", "recorded_at")}
    return schemas.ReportAnswer(
        **known,
        case_ref=case.case_ref,
        status=case.status,
        age_group=case.age_group,
        exploitation=report.codes.get("vic_TypeOfExploitation", []),
        actions=answers.actions(cases.CASE.list_actions(case.status, may=may(RIGHTS, who) & {"register", "attach"})),
    )


async def see_report(session: AsyncSession, who: Actor, report_id: UUID) -> t.Report:
    """The report, if its case may be known to the actor."""
    report = await session.scalar(list_reports(who).where(t.Report.id == report_id))
    if report is None:
        raise NotFound
    return report
