"""Every event that opens or closes a case to an agency, and who takes part; the same rows in every service."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest
from casework.bases import (
    ENDED,
    FORMAL_BODY,
    GUARDIAN_AUTHORITY,
    HOLDER,
    Basis,
    consent,
    requested,
    serves,
    told_of_bar,
)
from casework.projection import access_subscriptions
from chassis.subscription import projections
from chassis.testing import ServiceUnderTest
from nrm_events import SERVICES, Event, exchange, identification, repatriation, shelter
from nrm_events.corpus import made
from nrm_events.taking_part import GUARDIANSHIP_AUTHORITY, MIGRATION_SERVICE, SPECIAL_POLICE_BODY

from .givens import AT, known, put

Rows = set[tuple[str, Basis]]
OF_A_CHILD = (GUARDIANSHIP_AUTHORITY, GUARDIAN_AUTHORITY)
ONE, OTHER = uuid4(), uuid4()
STRANGER = ("moh", serves("course", OTHER))


def an(event: type[Event], case_id: UUID, **facts: Any) -> Event:
    """The event with every field filled, and these facts."""
    filled = event.model_validate_json(made(event).value).model_dump()
    return event.model_validate(filled | {"case_id": case_id, "effective_at": AT} | facts)


@dataclass(frozen=True)
class Step:
    """An event with its facts, the rows before it, and those after it."""

    event: type[Event]
    facts: Mapping[str, Any] = field(default_factory=dict)
    before: Rows = field(default_factory=set)
    after: Rows = field(default_factory=set)


ID, SH, RP = identification, shelter, repatriation
CONSENT = {"consent_id": ONE, "recipient": "iom", "purpose": "legal_aid", "data_class": "needs"}
AGREED = ("iom", consent("legal_aid", "needs", ONE))
OTHERS = {("iom", consent("legal_aid", "needs", OTHER)), ("vac", HOLDER), STRANGER}
PLACE, PLACE_ASKED = ("vac", serves("place", ONE)), ("vac", requested("place", ONE))
OTHER_PLACE = {("vac", requested("place", OTHER)), ("iom", serves("place", OTHER))}
HANDOVER, HANDOVER_ASKED = ("mlspp", serves("handover", ONE)), ("mlspp", requested("handover", ONE))
OTHER_HANDOVER = {("mlspp", requested("handover", OTHER)), ("mlspp", serves("handover", OTHER))}
EVERY = [
    Step(ID.CaseOpened, {"holder": "vac", "age_group": "adult"}, after={("vac", HOLDER)}),
    Step(ID.CaseOpened, {"holder": "vac", "age_group": "unknown"}, after={("vac", HOLDER)}),
    Step(ID.CaseOpened, {"holder": "vac", "age_group": "child"}, after={("vac", HOLDER), OF_A_CHILD}),
    *(
        Step(event, {"age_group": age}, before=before, after=after)
        for event in (ID.PersonFactsChanged, ID.VictimPresumed, ID.VictimIdentified)
        for age, before, after in (
            ("child", {STRANGER}, {STRANGER, OF_A_CHILD}),
            ("child", {OF_A_CHILD}, {OF_A_CHILD}),
            ("unknown", {OF_A_CHILD}, {OF_A_CHILD}),
            ("unknown", set[tuple[str, Basis]](), set[tuple[str, Basis]]()),
            ("adult", {OF_A_CHILD, STRANGER}, {STRANGER}),
        )
    ),
    Step(
        ID.HolderChanged,
        {"holder": "iom", "previous": "vac"},
        before={("vac", HOLDER), STRANGER},
        after={("iom", HOLDER), STRANGER},
    ),
    Step(ID.VictimReferred, {"to": SPECIAL_POLICE_BODY}, after={(SPECIAL_POLICE_BODY, FORMAL_BODY)}),
    Step(ID.ConsentGranted, CONSENT | {"recipient_kind": "international"}, before=OTHERS, after={AGREED} | OTHERS),
    Step(ID.ConsentWithdrawn, CONSENT, before={AGREED} | OTHERS, after=OTHERS),
    Step(SH.PlaceOffered, {"stay_id": ONE, "operator": "vac"}, before=OTHER_PLACE, after={PLACE_ASKED} | OTHER_PLACE),
    Step(SH.PlaceWithdrawn, {"stay_id": ONE}, before={PLACE_ASKED} | OTHER_PLACE, after=OTHER_PLACE),
    Step(
        SH.ShelterAdmitted,
        {"stay_id": ONE, "operator": "vac"},
        before={PLACE_ASKED} | OTHER_PLACE,
        after={PLACE} | OTHER_PLACE,
    ),
    Step(SH.ShelterLeft, {"stay_id": ONE}, before={PLACE} | OTHER_PLACE, after=OTHER_PLACE),
    Step(SH.HandoverRequested, {"handover_id": ONE, "to": "mlspp"}, after={HANDOVER_ASKED}),
    Step(
        SH.HandoverAcknowledged,
        {"handover_id": ONE, "to": "mlspp"},
        before={HANDOVER_ASKED} | OTHER_HANDOVER,
        after={HANDOVER} | OTHER_HANDOVER,
    ),
    *(
        Step(event, {"handover_id": ONE}, before={HANDOVER_ASKED} | OTHER_HANDOVER, after=OTHER_HANDOVER)
        for event in (SH.HandoverDeclined, SH.HandoverWithdrawn)
    ),
    Step(SH.HandoverEnded, {"handover_id": ONE}, before={HANDOVER} | OTHER_HANDOVER, after=OTHER_HANDOVER),
    Step(
        ID.CaseClosed,
        before={(SPECIAL_POLICE_BODY, FORMAL_BODY), ("vac", HOLDER), STRANGER},
        after={(SPECIAL_POLICE_BODY, Basis("formal_body", ENDED)), ("vac", HOLDER), STRANGER},
    ),
    Step(
        ID.CaseClosed,
        before={(SPECIAL_POLICE_BODY, FORMAL_BODY), (SPECIAL_POLICE_BODY, Basis("formal_body", ENDED))},
        after={(SPECIAL_POLICE_BODY, Basis("formal_body", ENDED))},
    ),
    Step(
        ID.IdentificationReopened,
        before={(SPECIAL_POLICE_BODY, Basis("formal_body", ENDED)), ("vac", HOLDER), STRANGER},
        after={(SPECIAL_POLICE_BODY, FORMAL_BODY), ("vac", HOLDER), STRANGER},
    ),
    Step(ID.IdentificationReopened, before={STRANGER}, after={STRANGER}),
    Step(
        RP.RemovalBarNoticed,
        {"bar_id": ONE, "told": MIGRATION_SERVICE, "stands": True},
        before={STRANGER},
        after={STRANGER, (MIGRATION_SERVICE, told_of_bar(ONE))},
    ),
    Step(
        RP.RemovalBarNoticed,
        {"bar_id": ONE, "told": MIGRATION_SERVICE, "stands": False},
        before={(MIGRATION_SERVICE, told_of_bar(ONE)), (MIGRATION_SERVICE, told_of_bar(OTHER))},
        after={(MIGRATION_SERVICE, told_of_bar(OTHER))},
    ),
    Step(
        RP.RemovalBarNoticeEnded,
        {"told": MIGRATION_SERVICE},
        before={STRANGER, (MIGRATION_SERVICE, told_of_bar(ONE)), (MIGRATION_SERVICE, told_of_bar(OTHER))},
        after={STRANGER},
    ),
]


@pytest.mark.parametrize("step", EVERY, ids=lambda step: f"{step.event.__name__} {len(step.before)} {len(step.after)}")
async def test_an_event_opens_and_closes_what_it_says_and_nothing_else(desk: ServiceUnderTest, step: Step) -> None:
    """ID-5, ID-7, ID-12, ID-20, SH-1, SH-4, SH-8, RP-4."""
    case_id, other_case = uuid4(), uuid4()
    for case in (case_id, other_case):
        for agency, basis in step.before:
            await put(desk, case, agency, basis)
    (envelope,) = await desk.receives(an(step.event, case_id, **step.facts))
    assert await known(desk, case_id) == step.after
    assert await known(desk, other_case) == step.before, "another case"
    await desk.redelivers(envelope)
    assert await known(desk, case_id) == step.after


def test_every_event_of_the_table_is_tried() -> None:
    tried = {step.event for step in EVERY} | {exchange.AgencyJoined, exchange.AgencyRemoved}
    assert {subscription.event for subscription in access_subscriptions("fund")} == tried


async def test_several_cases_at_once(desk: ServiceUnderTest) -> None:
    cases = [uuid4() for _ in range(5)]
    ages = ("child", "adult", "child", "unknown", "adult")
    opened = [an(ID.CaseOpened, c, holder="vac", age_group=age) for c, age in zip(cases, ages, strict=True)]
    await desk.receives(*opened, *(an(ID.PersonFactsChanged, c, age_group="adult") for c in cases[:1]))
    child = {("vac", HOLDER), OF_A_CHILD}
    expected = [{("vac", HOLDER)}, {("vac", HOLDER)}, child, {("vac", HOLDER)}, {("vac", HOLDER)}]
    assert [await known(desk, case_id) for case_id in cases] == expected


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_does_not_receive_its_own_events(service: str) -> None:
    events = {subscription.event for subscription in access_subscriptions(service)}
    assert not {event for event in events if event.service == service}
    assert all(step.event in events for step in EVERY if step.event.service != service)


def test_what_makes_rows_is_rebuilt_and_who_takes_part_is_not() -> None:
    """An agency is of no case, and its rows do not follow from the events of cases."""
    rebuilt = projections("fund", {}, access_subscriptions("fund"))
    assert rebuilt.keys() == {step.event for step in EVERY}
