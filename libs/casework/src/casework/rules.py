"""The rules of a service as everybody in it reads them: its parameters on a day, and what comes next.

A rule of the law is a row of `parameters.yaml`; nobody changes one here (X7).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated, Literal

from chassis.clock import utc_now
from chassis.http import reads
from chassis.rights import Rights, right
from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from casework.calendar import local_date
from casework.deadlines import ClockName
from casework.parameters import Parameter, Parameters

ACTION = "see_rules"
Unit = Literal["minutes", "hours", "days", "working_days", "months", "qepik"]
Source = Literal["S0", "S1", "P", "R", "own"]
_UNITS: Mapping[str, Unit] = {"m": "minutes", "h": "hours", "d": "days", "wd": "working_days"}
_BY_NAME: Mapping[str, Unit] = {
    "workdays": "working_days",
    "hours": "hours",
    "days": "days",
    "months": "months",
    "qepik": "qepik",
}
_DURATION = re.compile(r"(\d+)(wd|[mhd])")
_OF_SYSTEMS = frozenset({"service", "agency-system"})
TERMS: Mapping[ClockName, tuple[str, str]] = {
    "referral": ("identification", "referral_hours"),
    "street_child": ("identification", "street_child_placement_hours"),
    "reflection": ("identification", "reflection_days"),
    "appeal": ("identification", "appeal_days"),
    "appeal_decision": ("identification", "appeal_decision_days"),
    "protection": ("identification", "protection_motion_hours"),
    "place_offer": ("shelter", "offer_answer_hours"),
    "stay": ("shelter", "base_days"),
    "handover": ("shelter", "handover_workdays"),
    "permit_application": ("repatriation", "permit_apply_before_days"),
    "motion": ("repatriation", "permit_motion_workdays"),
    "permit_decision": ("repatriation", "permit_decision_workdays"),
    "opinion": ("repatriation", "permit_opinion_workdays"),
    "return_handover": ("repatriation", "return_handover_days"),
    "removal_bar": ("repatriation", "removal_bar_months"),
    "withdrawal": ("exchange", "acknowledge_workdays"),
}
"""Clock → the service that counts its term, and the parameter that the term has its length from (NO-3)."""


class RuleValue(BaseModel):
    """One value of a rule: `of` is the group or kind for which it holds, null: for all."""

    of: str | None = Field(examples=["child"])
    value: str | int | bool | None = Field(description="null: it is unset, and nothing blocks on it")
    unit: Unit | None


class RuleAnswer(BaseModel):
    """A rule as it is in force on the day, and what follows it."""

    name: str = Field(examples=["referral_hours"])
    values: list[RuleValue]
    since: date
    legal: str = Field(description="Where it stands in the law, quoted; or that it stands nowhere")
    source: Source = Field(description="S0, S1: needs assessment; P: public text; R: recalled; own: our practice")
    verified: bool = Field(description="Read in the legal text itself")
    note: str | None
    next_since: date | None = Field(description="The day from which another row, or none, is in force")
    next_values: list[RuleValue] | None


class RulesAnswer(BaseModel):
    """All rules of the service in force on the day."""

    on: date
    items: list[RuleAnswer]


def router(parameters: Parameters) -> APIRouter:
    """`GET /api/rules`: the rules of one service."""
    made = reads()

    @made.get("/api/rules", **right(ACTION))
    async def see_rules(
        on: date | None = None, name: Annotated[str | None, Query(pattern=r"^[a-z_]{1,60}$")] = None
    ) -> RulesAnswer:
        """Parameters in force on a day, today if none is named: value, source, verified, since when, what is next."""
        day = on or local_date(utc_now())
        rules = [rule for key, rows in parameters if name in (None, key) for rule in in_force(key, rows, day)]
        return RulesAnswer(on=day, items=rules)

    return made


def open_to_all(rights: Rights) -> Rights:
    """The rights of a service, and that each person with any of them reads its rules."""
    roles = dict.fromkeys(role for cells in rights.values() for role in cells if role not in _OF_SYSTEMS)
    return {**rights, ACTION: dict.fromkeys(roles, "none")}


def in_force(name: str, rows: Sequence[Parameter], day: date) -> Iterator[RuleAnswer]:
    """Of each group of persons the row that holds on the day, with the row after it. Nothing where none holds yet."""
    groups = list(dict.fromkeys(row.applies_to for row in rows))
    for group in groups:
        of_group = [row for row in rows if row.applies_to == group]
        valid = [row for row in of_group if row.holds_on(day)]
        if valid:
            later = next((row for row in of_group if row.valid_from > day), None)
            yield _answer(name, valid[-1], later)


def _answer(name: str, row: Parameter, later: Parameter | None) -> RuleAnswer:
    return RuleAnswer(
        name=name,
        values=_values(name, row),
        since=row.valid_from,
        legal=row.legal,
        source=row.source,
        verified=row.verified,
        note=row.note,
        next_since=later.valid_from if later else row.until,
        next_values=_values(name, later) if later else None,
    )


def _values(name: str, row: Parameter) -> list[RuleValue]:
    of = row.applies_to if row.applies_to != "all" else None
    return list(_flat(row.value, of, _BY_NAME.get(name.rpartition("_")[2])))


def _flat(value: object, of: str | None, unit: Unit | None) -> Iterator[RuleValue]:
    """Each value with the innermost group that it is for; a key may be its unit."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            is_unit = key in _BY_NAME and isinstance(inner, int)
            yield from _flat(inner, of if is_unit else str(key), _BY_NAME[key] if is_unit else unit)
    elif isinstance(value, list):
        for inner in value:
            yield from _flat(inner, of, unit)
    elif isinstance(value, str) and (found := _DURATION.fullmatch(value)):
        yield RuleValue(of=of, value=int(found[1]), unit=_UNITS[found[2]])
    else:
        plain = value if isinstance(value, (str, int, bool)) else None
        yield RuleValue(of=of, value=plain, unit=unit if isinstance(plain, int) else None)
