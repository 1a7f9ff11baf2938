"""What identification answers about a case. Lists and figures are beside it; all is filtered by who may know."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from chassis import access, answers
from chassis.actor import Actor
from chassis.deadlines import Deadline
from chassis.errors import NotFound
from chassis.rights import may
from nrm_events import SERVICES
from sqlalchemy import ColumnElement, Select, and_, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

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
    asked = select(t.Consent).where(t.Consent.case_id == case_id, to_the_hand_over())
    found: t.Consent | None = await session.scalar(asked)
    return found


def to_the_hand_over() -> ColumnElement[bool]:
    """A consent that stands and that a hand-over can rest on."""
    return and_(
        t.Consent.recipient == cases.SPECIAL_POLICE,
        t.Consent.purpose == "referral",
        t.Consent.data_class == "identity",
        t.Consent.withdrawn_at.is_(None),
    )


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
        .where(t.Decision.case_id == case_id, moves_the_case(), t.Decision.reopened_at.is_(None))
        .order_by(t.Decision.id.desc())
        .limit(1)
    )


def moves_the_case() -> ColumnElement[bool]:
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
    steps = await _of_case(session, t.ChildStep, case.id)
    referable = referral is not None or await may_be_handed_over(session, case)
    return schemas.CaseAnswer(
        **{name: getattr(case, name) for name in schemas.CaseSummary.model_fields if name != "clocks"},
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
        child_steps=_many(schemas.ChildStepAnswer, steps),
        who_knows=[schemas.KnowsAnswer(agency=a, basis=b.partition(":")[0], since=s) for a, b, s in knows],
        hidden_from_police=not any(agency in cases.POLICE for agency, _, _ in knows),
        actions=await _actions(session, who, case, referral is not None, reflections, steps, now),
        clocks=answers.clocks(case_deadlines(case, referral, referable, reflections), now),
    )


def _columns(row: t.Base, shape: type[Any]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in shape.model_fields}


def _many(shape: type[Any], rows: Sequence[t.Base]) -> list[Any]:
    return [shape(**_columns(row, shape)) for row in rows]


async def _consents(session: AsyncSession, case_id: UUID) -> list[schemas.ConsentAnswer]:
    """Consents; for a withdrawn one, each service and agency with the time it acknowledged, or none (ID-12)."""
    rows = await _of_case(session, t.Consent, case_id)
    asked = select(t.ConsentAcknowledgement).where(t.ConsentAcknowledgement.consent_id.in_([r.id for r in rows]))
    done = {(a.consent_id, a.service): a.acknowledged_at for a in await session.scalars(asked)}
    services = [service for service in SERVICES if service != "identification"]
    others = {
        row.id: [*services, *(who for consent, who in done if consent == row.id and who not in services)]
        for row in rows
    }
    return [
        schemas.ConsentAnswer(
            **{n: getattr(row, n) for n in ("id", "recipient", "purpose", "data_class", "given_at", "withdrawn_at")},
            acknowledgements=[
                schemas.Acknowledged(service=service, acknowledged_at=done.get((row.id, service)))
                for service in others[row.id]
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
    steps: Sequence[t.ChildStep],
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
        age_group=case.age_group,
        child_steps={row.step: row.outcome for row in steps},
    )
    return answers.actions(actions.list_actions(facts, may(RIGHTS, who)))


def case_deadlines(
    case: t.Case, referral: t.Referral | None, referable: bool, reflections: Sequence[t.Reflection]
) -> list[Deadline]:
    """The clocks of a case, from what is kept of it."""
    active = next((r for r in reflections if r.ends_at), None)
    reflection = Deadline("reflection", active.ends_at, active.ended_at) if active and active.ends_at else None
    hours: int | None = parameter_or_none("referral_hours", case.reported_at)
    return cases.deadlines(
        case.reported_at, hours, referral.acknowledged_at if referral else None, referable, reflection
    )
