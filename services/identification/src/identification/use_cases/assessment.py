"""Screening by indicators, and opinions in a joint assessment (ID-2, ID-4, ID-8)."""

from dataclasses import asdict
from datetime import datetime
from typing import cast
from uuid import UUID

from chassis.clock import new_id
from chassis.errors import Fault, Invalid, NotFound
from nrm_events.identification import OpinionGiven

from identification import facts
from identification.adapters.standards import indicator_sets
from identification.commands import GiveOpinion, Screen
from identification.domain import appeals, opinions
from identification.domain import screening as rules
from identification.domain.cases import check_going
from identification.domain.persons import AgeGroup
from identification.resources import Work
from identification.tables import Case, Decision, Opinion, RecognitionRow, Screening
from identification.use_cases import cases


async def screen(uow: Work, case_id: UUID, command: Screen) -> Case:
    """Store the answers with their explanation, under that version of the set; it advises, people decide (ID-4)."""
    case = await cases.load_going(uow, case_id, for_="screen")
    at = uow.effective(command.happened_at, not_before=case.reported_at)
    chosen = indicator_sets().get(command.indicator_set)
    if chosen is None or chosen.version != command.set_version:
        raise Invalid(
            "unknown_indicator_set",
            "There is no such indicator set in this version.",
            faults=[Fault("body.indicator_set", "unknown_indicator_set", f"known: {', '.join(indicator_sets())}")],
        )
    when_reported = "child" if case.came_of_age else case.age_group  # what was done was done to a child (ID-2)
    elements: dict[rules.Element, rules.Answer] = {
        "act": command.act,
        "means": command.means,
        "purpose": command.purpose,
    }
    explained = rules.screen(chosen, command.answers, elements, cast(AgeGroup, when_reported))
    row = Screening(
        id=new_id(),
        case_id=case.id,
        indicator_set=chosen.code,
        set_version=chosen.version,
        answers=dict(command.answers),
        explanation=asdict(explained),
        screened_at=at,
    )
    uow.session.add(row)
    subject, advice = f"screening/{row.id}", explained.advice
    cases.audit(uow, case, "screen", at, subject=subject, indicator_set=chosen.code, advice=advice)
    return case


async def give_opinion(uow: Work, case_id: UUID, command: GiveOpinion) -> Case:
    """Give an opinion in the joint assessment, or dissent from a recognition or a negative decision (ID-8)."""
    case = await cases.load(uow, case_id, for_="give_opinion")
    if command.about is None:
        check_going(case.status, "give_opinion")
    reasons = opinions.reasons_of(command.stance, command.reasons_for, command.reasons_against)
    appeals.check_reasons(command.reasons_against, was_child=facts.was_child(case), field="reasons_against")
    since, decided, authority = await _what_it_is_about(uow, case, command.about)
    at = uow.effective(command.happened_at, not_before=since)
    row = Opinion(
        id=new_id(),
        case_id=case.id,
        agency=uow.actor.agency,
        stance=command.stance,
        reasons=list(reasons),
        about=command.about,
        dissents=decided not in (None, command.stance),
        given_at=at,
    )
    uow.session.add(row)
    uow.emit(
        OpinionGiven(effective_at=at, case_id=case.id, opinion_id=row.id, dissents=row.dissents, authority=authority)
    )
    cases.audit(uow, case, "give_opinion", at, subject=f"opinion/{row.id}", stance=row.stance, dissents=row.dissents)
    return case


async def _what_it_is_about(uow: Work, case: Case, about: UUID | None) -> tuple[datetime, str | None, str | None]:
    """When the recognition or decision took effect, what it was, and whose; the report, where it is on the case.

    NotPossible `own_decision`: an agency dissents from what another one decided.
    """
    if about is None:
        referral = await facts.referral_of(uow, case.id)
        return case.reported_at, None, referral.to if referral else None
    recognition = await uow.session.get(RecognitionRow, about)
    if recognition and recognition.case_id == case.id:
        opinions.check_not_own(recognition.authority, uow.actor.agency)
        return recognition.since, "victim", recognition.authority
    decision = await uow.session.get(Decision, about)
    if decision and decision.case_id == case.id:
        opinions.check_not_own(decision.authority, uow.actor.agency)
        return decision.decided_at, "not_a_victim", decision.authority
    raise NotFound
