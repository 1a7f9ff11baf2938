"""What goes out on each basis (ID-5, ID-7, ID-12, RP-4)."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from chassis.clock import new_id
from exchange.domain.agreements import can_have
from nrm_events import Event
from nrm_events.identification import CaseClosed, VictimPresumed
from nrm_events.shelter import PlaceOffered

from .givens import (
    AMC,
    Door,
    a_line,
    admitted,
    at,
    extended,
    granted,
    handed_over,
    noticed,
    opened,
    support_requested,
)

NEW = "iom-baku"
GUARDIAN, MIGRATION, POLICE = "scfwca", "sms", "police-baku"
CLOSED, PRESUMED, EXTENDED = "identification.CaseClosed", "identification.VictimPresumed", "shelter.ShelterExtended"
STAY = new_id()
ON_EVERY_GROUND = [
    *(
        a_line(CLOSED, "outcome", ground=ground)
        for ground in ("holder", "formal_body", "guardian_authority", "asked", "serves", "told_of_bar")
    ),
    *(
        a_line(PRESUMED, "recognition_id", "kind", ground=ground)
        for ground in ("holder", "formal_body", "guardian_authority")
    ),
    *(a_line(EXTENDED, "ends_at", ground=ground) for ground in ("holder", "guardian_authority", "serves")),
    a_line(CLOSED, "outcome", ground="consent", purpose="medical"),
    a_line(PRESUMED, "recognition_id", "kind", ground="consent", purpose="joint_assessment"),
]


def every_line_of(agency: str, kind: str) -> list[dict[str, Any]]:
    """The lines of all grounds that this agency can have."""
    return [line for line in ON_EVERY_GROUND if can_have(line["ground"], agency, kind)]


def presumed(case: UUID) -> VictimPresumed:
    return VictimPresumed(
        effective_at=at(5),
        case_id=case,
        recognition_id=STAY,
        kind="ngo",
        authority=AMC,
        age_group="unknown",
        citizenship="foreign",
    )


def closed(case: UUID, days: float = 6) -> CaseClosed:
    return CaseClosed(effective_at=at(days), case_id=case, outcome="closed")


REFERENCE = (CLOSED, {"outcome": "closed"})
RECOGNITION = (PRESUMED, {"recognition_id": str(STAY), "kind": "ngo"})
STAYS = (EXTENDED, {"ends_at": "2026-04-11T08:00:00Z"})
WHO_ALONE = {"formal_body": (POLICE, "police"), "told of a bar": (MIGRATION, "migration")}
RECEIVED: list[tuple[str, Callable[[UUID], list[Event]], str, list[tuple[str, dict[str, str]]]]] = [
    ("holder", lambda case: [opened(case, NEW)], "holder", [RECOGNITION, STAYS, REFERENCE]),
    ("formal_body", lambda case: [handed_over(case, POLICE)], "formal_body", [RECOGNITION, REFERENCE]),
    ("asked", lambda case: [support_requested(NEW, case)], "asked", [REFERENCE]),
    (
        "asked for a place",
        lambda case: [PlaceOffered(effective_at=at(1), case_id=case, stay_id=STAY, operator=NEW, lapses_at=at(9))],
        "asked",
        [REFERENCE],
    ),
    ("serves in the stay", lambda case: [admitted(case, NEW, STAY)], "serves", [STAYS, REFERENCE]),
    ("serves in another stay", lambda case: [admitted(case, NEW, new_id())], "serves", [REFERENCE]),
    ("told of a bar", lambda case: [noticed(case, MIGRATION)], "told_of_bar", [REFERENCE]),
    ("consent for medicine", lambda case: [granted(case, NEW, purpose="medical")], "medical", [REFERENCE]),
    (
        "consent for joint assessment",
        lambda case: [granted(case, NEW, purpose="joint_assessment")],
        "joint_assessment",
        [RECOGNITION],
    ),
    (
        "consent for joint assessment, reference alone",
        lambda case: [granted(case, NEW, purpose="joint_assessment", data_class="case_reference")],
        "joint_assessment",
        [(PRESUMED, {"recognition_id": str(STAY)})],
    ),
    ("consent for shelter", lambda case: [granted(case, NEW, purpose="shelter")], "", []),
    ("consent for the removal bar", lambda case: [granted(case, NEW, purpose="removal_bar")], "", []),
    ("nothing", lambda case: [], "", []),
]


@pytest.mark.parametrize(("basis", "begins", "on", "received"), RECEIVED, ids=[row[0] for row in RECEIVED])
async def test_what_an_agency_receives_on_each_basis(
    door: Door,
    basis: str,
    begins: Callable[[UUID], list[Event]],
    on: str,
    received: list[tuple[str, dict[str, str]]],
) -> None:
    """An agreement with every line that there can be, and one basis: the rest stays inside."""
    agency, kind = WHO_ALONE.get(basis, (NEW, "international"))
    await door.joins(agency, kind, edition=9, tells=every_line_of(agency, kind))
    case = new_id()
    for event in [*begins(case), presumed(case), extended(case, 5, STAY), closed(case)]:
        await door.receives(event)
    assert await door.shared_with(agency) == [(event, on, fields) for event, fields in received]


async def test_the_guardianship_authority_receives_of_children_alone(door: Door) -> None:
    """ID-5: by law, and by no consent; until the person is known to be adult."""
    await door.joins(GUARDIAN, "child_protection", tells=every_line_of(GUARDIAN, "child_protection"))
    child, adult = new_id(), new_id()
    await door.receives(opened(child, age_group="child"), opened(adult))
    await door.receives(closed(child), closed(adult))
    assert await door.shared_with(GUARDIAN) == [(CLOSED, "guardian_authority", {"outcome": "closed"})]
