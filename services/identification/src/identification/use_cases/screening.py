"""Screening by indicators; it advises, people decide (ID-2, ID-4)."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import cast
from uuid import UUID

from chassis.actor import Actor
from chassis.errors import Fault, Invalid
from chassis.clock import effective, new_id
from sqlalchemy.ext.asyncio import AsyncSession

from identification.domain import screening as rules
from identification.domain.persons import AgeGroup
from identification.standards import indicator_sets
from identification.tables import Case, Screening
from identification.use_cases.acts import note, open_going_case


async def screen(
    session: AsyncSession,
    who: Actor,
    case_id: UUID,
    set_code: str,
    set_version: int,
    answers: Mapping[str, rules.Answer],
    elements: Mapping[rules.Element, rules.Answer],
    happened_at: datetime | None,
    now: datetime,
) -> Case:
    """Keep the answers with the explanation they gave, under that version of the set."""
    case = await open_going_case(session, who, case_id, "screen")
    at = effective(happened_at, now, not_before=case.reported_at)
    chosen = indicator_sets().get(set_code)
    if chosen is None or chosen.version != set_version:
        raise Invalid(
            "unknown_indicator_set",
            "There is no such indicator set in this version.",
            faults=[Fault("body.indicator_set", "unknown_indicator_set", f"known: {', '.join(indicator_sets())}")],
        )
    when_reported = "child" if case.came_of_age else case.age_group  # what was done was done to a child (ID-2)
    explained = rules.screen(chosen, answers, elements, cast(AgeGroup, when_reported))
    row = Screening(
        id=new_id(),
        case_id=case.id,
        indicator_set=chosen.code,
        set_version=chosen.version,
        answers=dict(answers),
        explanation=asdict(explained),
        screened_at=at,
    )
    session.add(row)
    note(session, who, case, "screen", at, f"screening/{row.id}", indicator_set=chosen.code, advice=explained.advice)
    return case
