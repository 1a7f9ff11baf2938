"""What identification answers about a case, its reports and a year. Every list is filtered by who may know."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from chassis import access, answers
from chassis.actor import Actor
from chassis.deadlines import Deadline
from chassis.errors import NotFound
from chassis.moments import year_bounds
from chassis.rights import may
from nrm_events import SERVICES
from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from identification import schemas
from identification import tables as t
from identification.domain import cases
from identification.law import parameter
from identification.rights import RIGHTS

Row = TypeVar("Row", bound=t.Base)


async def _of_case(session: AsyncSession, table: type[Row], case_id: UUID) -> Sequence[Row]:
    rows = await session.scalars(
        select(table).where(table.case_id == case_id).order_by(table.id)  # type: ignore[attr-defined]
    )
    return list(rows)


async def standing_consent(session: AsyncSession, case_id: UUID, recipient: str, purpose: str) -> t.Consent | None:
    """The consent that stands for this recipient and purpose (ID-12)."""
    found: t.Consent | None = await session.scalar(
        select(t.Consent)
        .where(
            t.Consent.case_id == case_id,
            t.Consent.recipient == recipient,
            t.Consent.purpose == purpose,
            t.Consent.withdrawn_at.is_(None),
        )
        .limit(1)
    )
    return found


async def see_case(session: AsyncSession, who: Actor, case_id: UUID, now: datetime) -> schemas.CaseAnswer:
    """The case, if the actor may know of it."""
    await access.require(session, who, case_id)
    case = await session.get(t.Case, case_id)
    if case is None:
        raise NotFound
    return await case_answer(session, who, case, now)


async def case_answer(session: AsyncSession, who: Actor, case: t.Case, now: datetime) -> schemas.CaseAnswer:
    """Everything about a case but the person."""
    await session.flush()
    referral = await session.scalar(select(t.Referral).where(t.Referral.case_id == case.id))
    reflections = await _of_case(session, t.Reflection, case.id)
    knows = await access.agencies(session, case.id)
    explained = await _of_case(session, t.RightsExplanation, case.id)
    return schemas.CaseAnswer(
        **_columns(case, schemas.CaseSummary),
        source=case.source,
        sex=case.sex,
        categories=case.categories,
        potential_at=case.potential_at,
        recognitions=_many(schemas.RecognitionAnswer, await _of_case(session, t.RecognitionRow, case.id)),
        decisions=_many(schemas.DecisionAnswer, await _of_case(session, t.Decision, case.id)),
        consents=await _consents(session, case.id),
        referral=schemas.ReferralAnswer(**_columns(referral, schemas.ReferralAnswer)) if referral else None,
        reflection=_many(schemas.ReflectionAnswer, reflections)[-1] if reflections else None,
        screenings=_many(schemas.ScreeningAnswer, await _of_case(session, t.Screening, case.id)),
        rights_explained=[row.explained_at for row in explained],
        who_knows=[schemas.KnowsAnswer(agency=a, basis=b.partition(":")[0], since=s) for a, b, s in knows],
        hidden_from_police=not any(agency in cases.POLICE for agency, _, _ in knows),
        actions=await _actions(session, who, case, reflections),
        clocks=answers.clocks(_deadlines(case, referral, reflections), now),
    )


def _columns(row: t.Base, shape: type[Any]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in shape.model_fields}


def _many(shape: type[Any], rows: Sequence[t.Base]) -> list[Any]:
    return [shape(**_columns(row, shape)) for row in rows]


async def _consents(session: AsyncSession, case_id: UUID) -> list[schemas.ConsentAnswer]:
    """Consents; for a withdrawn one, each service with the time of its acknowledgement or none (ID-12)."""
    rows = await _of_case(session, t.Consent, case_id)
    asked = select(t.ConsentAcknowledgement).where(t.ConsentAcknowledgement.consent_id.in_([r.id for r in rows]))
    done = {(a.consent_id, a.service): a.acknowledged_at for a in await session.scalars(asked)}
    others = [service for service in SERVICES if service != "identification"]
    return [
        schemas.ConsentAnswer(
            **{n: getattr(row, n) for n in ("id", "recipient", "purpose", "data_class", "given_at", "withdrawn_at")},
            acknowledgements=[
                schemas.Acknowledged(service=service, acknowledged_at=done.get((row.id, service)))
                for service in others
                if row.withdrawn_at
            ],
        )
        for row in rows
    ]


async def _actions(
    session: AsyncSession, who: Actor, case: t.Case, reflections: Sequence[t.Reflection]
) -> list[answers.ActionAnswer]:
    """What the actor's role can do with the case, and why not now (principle: refusals explain, rights hide)."""
    needs = cases.needs_consent(case.source, case.age_group)
    consent = await standing_consent(session, case.id, cases.SPECIAL_POLICE, "referral") if needs else None
    refused = cases.refusals(case.status, needs and consent is None)
    rights = may(RIGHTS, who)
    return answers.actions(cases.CASE.list_actions(case.status, refused, rights))


def _deadlines(case: t.Case, referral: t.Referral | None, reflections: Sequence[t.Reflection]) -> list[Deadline]:
    referable = referral is not None or not cases.needs_consent(case.source, case.age_group)
    active = next((r for r in reflections if r.ends_at), None)
    reflection = Deadline("reflection", active.ends_at, active.ended_at) if active and active.ends_at else None
    hours: int | None = parameter("referral_hours", case.reported_at)
    return cases.deadlines(
        case.reported_at, hours, referral.acknowledged_at if referral else None, referable, reflection
    )


def list_cases(who: Actor, status: str | None, holder: str | None) -> Select[tuple[t.Case]]:
    """The cases that the actor may know of; the same filter is behind every count."""
    asked = select(t.Case).where(access.visible(who, t.Case.id))
    if status:
        asked = asked.where(t.Case.status == status)
    return asked.where(t.Case.holder == holder) if holder else asked


def list_reports(who: Actor) -> Select[tuple[t.Report]]:
    return select(t.Report).where(access.visible(who, t.Report.case_id))


async def report_answer(session: AsyncSession, who: Actor, report: t.Report) -> schemas.ReportAnswer:
    case = await session.get_one(t.Case, report.case_id)
    named = ("id", "case_id", "source", "received_by", "channel", "channel_hours", "anonymous", "region", "language")
    return schemas.ReportAnswer(
        **{name: getattr(report, name) for name in (*named, "reported_at", "recorded_at")},
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


async def year(session: AsyncSession, asked: int) -> schemas.YearAnswer:
    """The year's counts by effective date (CO-1 counts build on them).

    Identified: persons with a formal recognition of that year that stands. Potential: persons recorded as such in the
    year whose case ended it without formal recognition. Not recognised: persons whose last decision is negative.
    """
    first, end = year_bounds(asked)
    formal = select(t.RecognitionRow.case_id).where(
        t.RecognitionRow.kind == "formal", t.RecognitionRow.revoked_at.is_(None)
    )
    in_year = (t.RecognitionRow.since >= first) & (t.RecognitionRow.since < end)
    counts = {
        "reports": select(func.count(t.Report.id)).where(t.Report.reported_at >= first, t.Report.reported_at < end),
        "identified": select(func.count(func.distinct(formal.where(in_year).subquery().c.case_id))),
        "potential": select(func.count(t.Case.id)).where(
            t.Case.potential_at >= first, t.Case.potential_at < end, t.Case.id.not_in(formal)
        ),
        "not_recognised": select(func.count(func.distinct(t.Decision.case_id))).where(
            t.Decision.kind == "declined",
            t.Decision.decided_at >= first,
            t.Decision.decided_at < end,
            t.Decision.case_id.in_(
                select(t.Case.id).where(t.Case.status.in_(("not_recognised", "appealed", "closed")))
            ),
            t.Decision.case_id.not_in(formal),
        ),
    }
    found = {name: await session.scalar(query) for name, query in counts.items()}
    return schemas.YearAnswer(year=asked, **{name: count or 0 for name, count in found.items()})
