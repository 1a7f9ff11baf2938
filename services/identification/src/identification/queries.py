"""What identification answers about a case, its reports and a year. Every list is filtered by who may know."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from chassis import access, answers
from chassis.actor import Actor
from chassis.deadlines import Deadline
from chassis.errors import NotFound
from chassis.moments import year_bounds
from chassis.rights import may
from nrm_events import SERVICES
from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from identification import schemas
from identification import tables as t
from identification.domain import actions, cases, sharing
from identification.law import parameter_or_none
from identification.rights import RIGHTS

Kept = TypeVar("Kept", bound=t.Base)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


async def _of_case(session: AsyncSession, table: type[Kept], case_id: UUID) -> Sequence[Kept]:
    rows = await session.scalars(
        select(table).where(table.case_id == case_id).order_by(table.id)  # type: ignore[attr-defined]
    )
    return list(rows)


async def hand_over_consent(session: AsyncSession, case_id: UUID) -> t.Consent | None:
    """The consent that a hand-over rests on (ID-7): the special police body reads the identity, so no lesser one."""
    asked = select(t.Consent).where(
        t.Consent.case_id == case_id,
        t.Consent.recipient == cases.SPECIAL_POLICE,
        t.Consent.purpose == "referral",
        t.Consent.data_class == "identity",
        t.Consent.withdrawn_at.is_(None),
    )
    found: t.Consent | None = await session.scalar(asked)
    return found


async def classes_shown(session: AsyncSession, who: Actor, case_id: UUID) -> frozenset[str]:
    """The classes of data that the actor's agency is shown: all where it holds the case or it was handed over to it,
    and otherwise those that the person agreed to (ID-12)."""
    known = await access.agencies(session, case_id)
    if any(agency == who.agency and not basis.startswith("consent:") for agency, basis, _ in known):
        return sharing.EVERYTHING
    asked = select(t.Consent.data_class).where(
        t.Consent.case_id == case_id, t.Consent.recipient == who.agency, t.Consent.withdrawn_at.is_(None)
    )
    return frozenset(await session.scalars(asked))


async def may_be_handed_over(session: AsyncSession, case: t.Case) -> bool:
    """ID-7: consent to the hand-over stands, or none is needed."""
    if not cases.needs_consent(case.source, case.age_group):
        return True
    return await hand_over_consent(session, case.id) is not None


async def was_handed_over(session: AsyncSession, case_id: UUID) -> bool:
    return bool(await session.scalar(select(exists().where(t.Referral.case_id == case_id))))


def standing_decision(case_id: UUID) -> Select[tuple[t.Decision]]:
    """The negative or revoking decision that stands: the newest that nobody reopened (ID-9)."""
    return (
        select(t.Decision)
        .where(t.Decision.case_id == case_id, _moves_the_case(), t.Decision.reopened_at.is_(None))
        .order_by(t.Decision.id.desc())
        .limit(1)
    )


def _moves_the_case() -> ColumnElement[bool]:
    """Revoking a presumed or an NGO recognition leaves the status as it is; every other negative decision ends in
    `not_recognised`."""
    return (t.Decision.kind == "declined") | (t.Decision.about == "formal")


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
    referable = referral is not None or await may_be_handed_over(session, case)
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
        rights_explained=_many(schemas.ExplanationAnswer, await _of_case(session, t.RightsExplanation, case.id)),
        who_knows=[schemas.KnowsAnswer(agency=a, basis=b.partition(":")[0], since=s) for a, b, s in knows],
        hidden_from_police=not any(agency in cases.POLICE for agency, _, _ in knows),
        actions=await _actions(session, who, case, referral is not None, reflections, now),
        clocks=answers.clocks(_deadlines(case, referral, referable, reflections), now),
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
    session: AsyncSession,
    who: Actor,
    case: t.Case,
    handed_over: bool,
    reflections: Sequence[t.Reflection],
    now: datetime,
) -> list[answers.ActionAnswer]:
    """What the actor's role can do with the case, and why not now (principle: refusals explain, rights hide)."""
    decision = await session.scalar(standing_decision(case.id))
    consents = select(t.Consent.id).where(t.Consent.case_id == case.id, t.Consent.withdrawn_at.is_(None))
    recognitions = await _of_case(session, t.RecognitionRow, case.id)
    facts = actions.Facts(
        status=case.status,
        agency=who.agency,
        handed_over=handed_over,
        may_be_handed_over=await may_be_handed_over(session, case),
        authorities=parameter_or_none("recognition_authorities", now) or {},
        held=[cases.Recognition(row.kind, row.authority, row.since, row.revoked_at) for row in recognitions],
        consents_standing=await session.scalar(consents.limit(1)) is not None,
        reflection=next((row.state for row in reflections if row.state != "ended"), None),
        decided_by=decision.authority if decision else None,
        classes=await classes_shown(session, who, case.id),
    )
    return answers.actions(actions.list_actions(facts, may(RIGHTS, who)))


def _deadlines(
    case: t.Case, referral: t.Referral | None, referable: bool, reflections: Sequence[t.Reflection]
) -> list[Deadline]:
    active = next((r for r in reflections if r.ends_at), None)
    reflection = Deadline("reflection", active.ends_at, active.ended_at) if active and active.ends_at else None
    hours: int | None = parameter_or_none("referral_hours", case.reported_at)
    return cases.deadlines(
        case.reported_at, hours, referral.acknowledged_at if referral else None, referable, reflection
    )


def list_cases(who: Actor, status: str | None, holder: str | None) -> Select[tuple[t.Case]]:
    """The cases that the actor may know of; the same filter is behind every count."""
    asked = select(t.Case).where(access.visible(who, t.Case.id))
    if status:
        asked = asked.where(t.Case.status == status)
    return asked.where(t.Case.holder == holder) if holder else asked


def list_reports(who: Actor, case_id: UUID | None = None) -> Select[tuple[t.Report]]:
    asked = select(t.Report).where(access.visible(who, t.Report.case_id))
    return asked.where((t.Report.case_id == case_id) | (t.Report.attached_to == case_id)) if case_id else asked


def list_tasks(who: Actor) -> Select[tuple[t.SamePersonTask]]:
    """For the agency that holds the case alone: who else may know of it learns nothing of the other case (ID-18)."""
    return (
        select(t.SamePersonTask)
        .join(t.Case, t.Case.id == t.SamePersonTask.case_id)
        .where(t.Case.holder == who.agency, access.visible(who, t.Case.id))
    )


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
    """The year's counts by effective date in Baku (CO-1 counts build on them).

    Identified: persons with a formal recognition of that year that stands. Potential: persons recorded as such in the
    year, without formal recognition. Not recognised: persons about whom a negative or revoking decision of that year
    stands, whoever was to decide (ID-8, ID-9). A negative decision that was reopened waits for the next one.
    """
    first, end = year_bounds(asked)

    def in_year(moment: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
        return and_(moment >= first, moment < end)

    formal = select(t.RecognitionRow.case_id).where(
        t.RecognitionRow.kind == "formal", t.RecognitionRow.revoked_at.is_(None)
    )
    negative = select(t.Decision.case_id).where(_moves_the_case(), t.Decision.reopened_at.is_(None))
    counts = {
        "reports": select(func.count(t.Report.id)).where(in_year(t.Report.reported_at)),
        "identified": _persons(formal.where(in_year(t.RecognitionRow.since))),
        "potential": select(func.count(t.Case.id)).where(in_year(t.Case.potential_at), t.Case.id.not_in(formal)),
        "not_recognised": _persons(negative.where(in_year(t.Decision.decided_at))),
    }
    found = {name: await session.scalar(query) for name, query in counts.items()}
    return schemas.YearAnswer(year=asked, **{name: count or 0 for name, count in found.items()})


def _persons(case_ids: Select[tuple[UUID]]) -> Select[tuple[int]]:
    return select(func.count(func.distinct(case_ids.subquery().c.case_id)))
