"""Removal bars as the facts require them: raise what is missing, extend, and lift what they no longer carry (RP-4).

Runs after each event of a case, so that the order in which topics arrive does not matter.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from casework.calendar import local_date
from casework.parameters import NotInForce
from chassis.database import among, update_alike
from chassis.unit_of_work import UnitOfWork
from sqlalchemy import select

from repatriation.domain import bars, permits
from repatriation.facts import cases
from repatriation.parameters import PARAMETERS, considered_until, value_or_none
from repatriation.tables import Bar, Permit, Reflection
from repatriation.use_cases.aggregate import ITSELF
from repatriation.use_cases.bar_changes import Ending, extend, lift, raise_bar
from repatriation.use_cases.bar_notices import Notices, bars_of, notices_of

Persons = Mapping[UUID, bars.Person]
Wanted = Mapping[UUID, list[bars.Wanted]]


async def reconcile(uow: UnitOfWork, at: Mapping[UUID, datetime]) -> None:
    """Make the bars of these cases those that the facts require (RP-4, ID-5, ID-10)."""
    if not at:
        return
    own = uow.acting(ITSELF)
    stored = await bars_of(own, at)
    async with notices_of(own, at) as notices:
        wanted = await _wanted(own, notices.persons)
        for case_id, of_case in stored.items():
            _lift_by_facts(own, notices, of_case, at[case_id])
            changes = bars.reconcile(wanted[case_id], [_as_stored(bar) for bar in of_case])
            for bar in changes.raised:
                raise_bar(own, notices, case_id, bar)
            rows = {row.id: row for row in of_case}
            for standing, until in changes.extended:
                extend(own, notices, rows[standing.bar_id], until, at=at[case_id])
    update_alike(bar for of_case in stored.values() for bar in of_case)


def _as_stored(row: Bar) -> bars.StoredBar:
    return bars.StoredBar(
        row.id,
        row.basis,
        row.source,
        row.state,
        row.since,
        row.until,
        ended_by=row.lifted_by,
        lifted_at=row.lifted_at,
    )


def _lift_by_facts(uow: UnitOfWork, notices: Notices, stored: list[Bar], at: datetime) -> None:
    """A citizen is not removed by anybody, and an adult's bar is no child's; each end is published and audited."""
    for bar in stored:
        person = notices.persons[bar.case_id]
        if bar.state != "standing":
            continue
        if person.citizenship == "citizen":
            lift(uow, notices, bar, Ending("citizen_established", at))
        elif bar.basis == "child" and person.age_group == "adult":
            lift(uow, notices, bar, Ending("adult_established", at))


async def _wanted(uow: UnitOfWork, persons: Persons) -> Wanted:
    """What ought to stand by the facts of each case. A rule that did not exist on its day raises nothing."""
    wanted: dict[UUID, list[bars.Wanted]] = defaultdict(list)
    for found in (_by_recognitions, _by_reflections, _by_permits, _by_claims):
        for case_id, bar in await found(uow, persons):
            if bar:
                wanted[case_id].append(bar)
    return wanted


Found = list[tuple[UUID, bars.Wanted | None]]


async def _by_recognitions(uow: UnitOfWork, persons: Persons) -> Found:
    found: Found = []
    for case_id, recognitions in (await cases.recognitions(uow, persons.keys())).items():
        until = {
            r.recognition_id: considered_until(r.since)
            for r in recognitions
            if value_or_none("removal_bar_months", local_date(r.since)) is not None
        }
        child_rule = [
            r.recognition_id
            for r in recognitions
            if value_or_none("removal_bar_child", local_date(r.since)) is not None
        ]
        found.append((case_id, bars.considered_bar(persons[case_id], recognitions, until)))
        found.append((case_id, bars.child_bar(persons[case_id], recognitions, child_rule)))
    return found


async def _by_reflections(uow: UnitOfWork, persons: Persons) -> Found:
    rows = await uow.session.execute(
        select(Reflection.case_id, Reflection.reflection_id, Reflection.since, Reflection.ends_at).where(
            among(Reflection.case_id, persons), Reflection.ended_at.is_(None)
        )
    )
    return [(r.case_id, bars.reflection_bar(persons[r.case_id], r.reflection_id, r.since, r.ends_at)) for r in rows]


async def _by_permits(uow: UnitOfWork, persons: Persons) -> Found:
    rows = await uow.session.execute(
        select(Permit.case_id, Permit.id, Permit.opened_at).where(
            among(Permit.case_id, persons),
            Permit.ground == permits.ASSISTING,
            Permit.follows.is_(None),
            Permit.proceedings_ended_at.is_(None),
        )
    )
    return [
        (row.case_id, bars.permit_bar(persons[row.case_id], row.id, row.opened_at))
        for row in rows
        if value_or_none("removal_bar_assisting", local_date(row.opened_at)) is not None
    ]


async def _by_claims(uow: UnitOfWork, persons: Persons) -> Found:
    return [
        (case_id, bars.claim_hold(persons[case_id], claim.claim_id, claim.since))
        for case_id, claims in (await cases.open_claims(uow, persons.keys())).items()
        for claim in claims
        if claim.kind == "compensation"
    ]


def audit_missing_rules(uow: UnitOfWork, case_id: UUID, since: datetime, *, is_child: bool) -> None:
    """Before its first day a rule raises nothing (RP-4); the audit records that and everything else goes on."""
    names: Collection[str] = ("removal_bar_months", "removal_bar_child") if is_child else ("removal_bar_months",)
    for name in names:
        try:
            PARAMETERS.row(name, local_date(since))
        except NotInForce as refusal:
            uow.acting(ITSELF).audit(
                "raise",
                subject=f"case/{case_id}",
                case_id=case_id,
                at=since,
                outcome=refusal.code,
                facts=refusal.facts,
            )
