"""A case as the actor's bases show it: fields of other parts are absent (ID-7, ID-12)."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from casework import access
from casework import answers as shapes
from casework.bases import Asked, Basis, covered
from casework.deadlines import Deadline
from chassis.machine import Possible
from chassis.rights import may
from nrm_events import SERVICES
from pydantic import BaseModel
from sqlalchemy import select

from identification import answers, facts
from identification import tables as t
from identification.domain import actions, cases, sharing
from identification.parameters import parameter_or_none
from identification.resources import Work
from identification.rights import BEGINNINGS
from identification.views import knows
from identification.views.case_rows import CaseRows, rows_of
from identification.views.notices import doubt

Shape = TypeVar("Shape", bound=BaseModel)


@dataclass(frozen=True)
class _Viewed:
    """A case, its rows, and the bases on which the actor's agency looks at it."""

    case: t.Case
    rows: CaseRows
    bases: Collection[Basis]


async def see_case(uow: Work, case_id: UUID) -> answers.CaseAnswer:
    """The case, if the actor may know of it."""
    await access.require(uow, case_id, for_="see_case")
    return await case_answer(uow, await uow.session.get_one(t.Case, case_id))


async def case_answer(uow: Work, case: t.Case) -> answers.CaseAnswer:
    """The parts of the case that the actor's bases give; after the last basis ended, the reference alone."""
    await uow.session.flush()
    bases = await access.bases(uow, case.id)
    parts: dict[str, object] = {"id": case.id, "case_ref": case.case_ref}
    if bases:
        viewed = _Viewed(case, await rows_of(uow, case.id), bases)
        parts |= await _common(uow, viewed)
        for action, part in _PARTS.items():
            if access.gives(uow, action, bases):
                parts |= await part(uow, viewed)
    return answers.CaseAnswer.model_validate(parts)


async def _common(uow: Work, viewed: _Viewed) -> dict[str, object]:
    """What every basis shows."""
    referable = await facts.may_be_handed_over(uow, viewed.case)
    return {
        "age_group": viewed.case.age_group,
        "clocks": shapes.clocks(await _clocks(uow, viewed, referable), uow.now),
        "actions": shapes.actions(await _actions(uow, viewed, referable)),
        "begins": [act for act, rows in BEGINNINGS.items() if _covers(uow, rows, viewed.bases)],
    }


def _covers(uow: Work, rows: Mapping[str, Collection[Asked]], bases: Collection[Basis]) -> bool:
    """Whether these bases give an act of another service to one of the actor's roles."""
    return any(covered(rows[role], bases) for role in uow.actor.roles & rows.keys())


async def _needs(uow: Work, viewed: _Viewed) -> dict[str, object]:
    """What whoever helps the person has to know."""
    report = await viewed.rows.first(t.Report)
    explained = await viewed.rows.all(t.RightsExplanation)
    interpreter = explained[-1].interpreter if explained else None
    return {"sex": viewed.case.sex, "language": report.language if report else None, "interpreter": interpreter}


async def _progress(uow: Work, viewed: _Viewed) -> dict[str, object]:
    case, referral = viewed.case, await viewed.rows.first(t.Referral)
    reflections = await viewed.rows.all(t.Reflection)
    return {
        **{name: getattr(case, name) for name in PROGRESS},
        "source": case.source,
        "categories": case.categories,
        "potential_at": case.potential_at,
        "refused_at": case.refused_at,
        "duty_met_at": case.duty_met_at,
        "referral": _one(answers.ReferralAnswer, referral) if referral else None,
        "reflection": _one(answers.ReflectionAnswer, reflections[-1]) if reflections else None,
    }


async def _assessment(uow: Work, viewed: _Viewed) -> dict[str, object]:
    rows = viewed.rows
    return {
        "recognitions": _many(answers.RecognitionAnswer, await rows.all(t.RecognitionRow)),
        "decisions": _decisions(await rows.all(t.Decision), await rows.all(t.Appeal)),
        "opinions": _many(answers.OpinionAnswer, await rows.all(t.Opinion)),
        "screenings": _many(answers.ScreeningAnswer, await rows.all(t.Screening)),
    }


def _decisions(rows: Sequence[t.Decision], appeals: Sequence[t.Appeal]) -> list[answers.DecisionAnswer]:
    """Each with its appeals, oldest first (ID-9)."""
    return [_decision(row, [one for one in appeals if one.decision_id == row.id]) for row in rows]


def _decision(row: t.Decision, appeals: Sequence[t.Appeal]) -> answers.DecisionAnswer:
    last = appeals[-1] if appeals else None
    of_appeals: dict[str, object] = {
        "appeals": _many(answers.AppealAnswer, appeals),
        "appealed_at": last.lodged_at if last else None,
        "appeal_rejected_at": last.settled_at if last and last.outcome == "upheld" else None,
        "appeal_decided_by": last.body if last and last.outcome else None,
        "appeal_reference": last.decision_reference if last else None,
    }
    stored = {name: getattr(row, name) for name in answers.DecisionAnswer.model_fields if name not in of_appeals}
    return answers.DecisionAnswer.model_validate(stored | of_appeals)


async def _children(uow: Work, viewed: _Viewed) -> dict[str, object]:
    rows, holds = viewed.rows, facts.has(viewed.bases, "holder")
    doubts = await rows.all(t.AgeDoubt)
    return {
        "child_steps": _many(answers.ChildStepAnswer, await rows.all(t.ChildStep)),
        "age_findings": _many(answers.AgeFindingAnswer, await rows.all(t.AgeFinding)),
        "age_doubts": [doubt(row, named=holds or row.doubted_by == uow.actor.agency) for row in doubts],
        "ending_agreements": _many(answers.AgreementAnswer, await rows.all(t.EndingAgreement)),
    }


async def _rights_explained(uow: Work, viewed: _Viewed) -> dict[str, object]:
    rows = await viewed.rows.all(t.RightsExplanation)
    return {"rights_explained": _many(answers.ExplanationAnswer, rows)}


async def _consents(uow: Work, viewed: _Viewed) -> dict[str, object]:
    """The holder sees all, the formal body not those to others from before the hand-over, others their own (ID-12).

    Of a withdrawn one, each service and agency with the time it acknowledged, or none.
    """
    rows = [row for row in await viewed.rows.all(t.Consent) if await _shows(uow, row, viewed)]
    if not rows:
        return {"consents": []}
    pending = select(t.ConsentAcknowledgement).where(t.ConsentAcknowledgement.consent_id.in_([r.id for r in rows]))
    done = {(a.consent_id, a.service): a.acknowledged_at for a in await uow.session.scalars(pending)}
    services = [service for service in SERVICES if service != "identification"]
    return {"consents": [_consent(row, services, done) for row in rows]}


async def _shows(uow: Work, consent: t.Consent, viewed: _Viewed) -> bool:
    if facts.has(viewed.bases, "holder") or consent.recipient == uow.actor.agency:
        return True
    referral = await viewed.rows.first(t.Referral)
    return facts.has(viewed.bases, "formal_body") and consent.given_at >= _handed_over_at(uow, referral)


def _handed_over_at(uow: Work, referral: t.Referral | None) -> datetime:
    return referral.referred_at if referral else uow.now


def _consent(
    row: t.Consent, services: Sequence[str], done: dict[tuple[UUID, str], datetime | None]
) -> answers.ConsentAnswer:
    others = [*services, *(who for consent, who in done if consent == row.id and who not in services)]
    acknowledged = [
        answers.Acknowledged(service=service, acknowledged_at=done.get((row.id, service)))
        for service in others
        if row.withdrawn_at
    ]
    stored = {name: getattr(row, name) for name in answers.ConsentAnswer.model_fields if name != "acknowledgements"}
    return answers.ConsentAnswer(**stored, acknowledgements=acknowledged)


async def _holder_offers(uow: Work, viewed: _Viewed) -> dict[str, object]:
    rows = await viewed.rows.all(t.HolderOffer)
    own = [row for row in rows if facts.has(viewed.bases, "holder") or row.to == uow.actor.agency]
    return {"holder_offers": _many(answers.HolderOfferAnswer, own)}


async def _who_knows(uow: Work, viewed: _Viewed) -> dict[str, object]:
    return await knows.answered(uow, viewed.case, viewed.bases)


_PARTS: Mapping[str, Callable[[Work, _Viewed], Awaitable[dict[str, object]]]] = {
    "read_needs": _needs,
    "read_progress": _progress,
    "read_assessment": _assessment,
    "read_children": _children,
    "read_rights_explained": _rights_explained,
    "read_consents": _consents,
    "read_holder_offers": _holder_offers,
    "who_knows": _who_knows,
}
PROGRESS = ("status", "version", "holder", "citizenship", "reported_at")


def _one(shape: type[Shape], row: t.Base) -> Shape:
    return shape(**{name: getattr(row, name) for name in shape.model_fields})


def _many(shape: type[Shape], rows: Sequence[t.Base]) -> list[Shape]:
    return [_one(shape, row) for row in rows]


async def _actions(uow: Work, viewed: _Viewed, referable: bool) -> list[Possible]:
    """What the actor's role can do with the case, and why not now: the basis, the state, a rule."""
    case, rows, bases = viewed.case, viewed.rows, viewed.bases
    recognitions = facts.recognitions_in(await rows.all(t.RecognitionRow))
    standing = facts.standing_in(await rows.all(t.Decision), recognitions)
    appealed = {row.decision_id for row in await rows.all(t.Appeal) if row.outcome is None}
    steps = await rows.all(t.ChildStep)
    reflections = await rows.all(t.Reflection)
    agreements = await rows.all(t.EndingAgreement)
    words = [row for row in agreements if row.used_at is None and row.void_since is None]
    offers = await rows.all(t.HolderOffer)
    offered = next((row for row in offers if row.state == "offered"), None)
    handed_over = await rows.first(t.Referral) is not None
    state = actions.Facts(
        status=case.status,
        agency=uow.actor.agency,
        holder=case.holder,
        bases={basis.name for basis in bases},
        is_police=bool(await facts.police_among(uow, [uow.actor.agency])),
        handed_over=handed_over,
        may_be_handed_over=referable,
        authorities=parameter_or_none("recognition_authorities", uow.now) or {},
        recognitions=recognitions,
        consents_standing=await _has_consent(uow, viewed),
        reflection=next((row.state for row in reflections if row.state != "ended"), None),
        decisions=[
            actions.Standing(d.authority, d.decided_by_person == uow.actor.sub, d.moves_the_case, d.id in appealed)
            for d in standing
        ],
        re_examines_reflection=any(row.re_examine_since for row in reflections if row.state != "ended"),
        classes=sharing.classes_of(bases),
        age_group=case.age_group,
        hand_over_age=facts.hand_over_age(case),
        child_steps={row.step: row.outcome for row in steps},
        agreed=[row.ending for row in words if row.agreed_by != uow.actor.agency],
        agreed_itself=any(row.agreed_by == uow.actor.agency for row in words),
        offered_to=offered.to if offered else None,
        offer_given_by=offered.given_by if offered else None,
        duty=await facts.no_duty_without_name(uow, case, handed_over=handed_over),
        doubted_by_guardianship=await facts.is_doubted_by_guardianship(uow, case),
        goes_on=await facts.goes_on(uow, case),
        erased=case.erased_at is not None,
    )
    in_role = may(uow.rights, uow.actor)
    by_basis = {action for action in in_role if access.gives(uow, action, bases)}
    return actions.list_actions(state, in_role, by_basis, shows_state=access.gives(uow, "read_progress", bases))


async def _has_consent(uow: Work, viewed: _Viewed) -> bool:
    """Whether a consent stands that the actor's agency may take back: as holder any, else its own (ID-12)."""
    standing = [row for row in await viewed.rows.all(t.Consent) if row.withdrawn_at is None]
    if facts.has(viewed.bases, "holder"):
        return bool(standing)
    recording = facts.has(viewed.bases, "formal_body")
    own = uow.actor.agency
    return any(row.recipient == own or (recording and row.recorded_by == own) for row in standing)


async def _clocks(uow: Work, viewed: _Viewed, referable: bool) -> list[Deadline]:
    if not access.gives(uow, "read_progress", viewed.bases):
        return []
    referral = await viewed.rows.first(t.Referral)
    reflections = await viewed.rows.all(t.Reflection)
    return case_deadlines(viewed.case, referral, referral is not None or referable, reflections)


def case_deadlines(
    case: t.Case, referral: t.Referral | None, referable: bool, reflections: Sequence[t.Reflection]
) -> list[Deadline]:
    """The clocks of a case; a duty that was met without the name is met (ID-7)."""
    active = next((r for r in reflections if r.ends_at), None)
    reflection = Deadline("reflection", active.ends_at, active.ended_at) if active and active.ends_at else None
    hours: int | None = parameter_or_none("referral_hours", case.reported_at)
    met_at = (referral.acknowledged_at if referral else None) or case.duty_met_at
    due = referable or case.duty_met_at is not None
    return cases.deadlines(case.reported_at, hours, met_at, reflection, referable=due)
