"""What goes out on each basis, and when a basis begins and ends (ID-5, ID-7, ID-12, RP-4, SH-1, SH-8)."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from chassis.clock import new_id
from exchange.domain.agreements import can_have
from nrm_events import Event
from nrm_events.identification import CaseClosed, HolderChanged, VictimPresumed
from nrm_events.repatriation import RemovalBarNoticeEnded
from nrm_events.shelter import HandoverEnded, HandoverWithdrawn, PlaceOffered, PlaceWithdrawn, ShelterLeft

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
    support_taken,
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


ADDRESSED = [
    a_line("shelter.PlaceOffered", "stay_id", ground="addressed", field="operator"),
    a_line("shelter.ShelterAdmitted", "stay_id", ground="addressed", field="operator"),
    a_line("shelter.HandoverRequested", "handover_id", ground="addressed", field="to"),
    a_line("shelter.HandoverWithdrawn", "handover_id", ground="addressed", field="to"),
    a_line("shelter.HandoverEnded", "handover_id", ground="addressed", field="to"),
    a_line("repatriation.RemovalBarNoticed", "bar_id", "stands", ground="addressed", field="told"),
    a_line("repatriation.RemovalBarNoticeEnded", ground="addressed", field="told"),
    a_line(PRESUMED, "recognition_id", ground="addressed", field="authority"),
]


async def test_a_request_goes_to_whom_it_is_made_without_consent(door: Door) -> None:
    """SH-8: the request itself is the basis; other agencies receive nothing."""
    await door.joins(NEW, tells=ADDRESSED)
    case = new_id()
    requested = support_requested(NEW, case)
    await door.receives(requested)
    assert await door.shared_with(NEW) == [
        ("shelter.HandoverRequested", "addressed", {"handover_id": str(requested.handover_id)})
    ]
    assert await door.outbound_topics() == {f"ext.{NEW}.out"}


async def test_the_end_of_a_request_goes_to_whom_it_was_made(door: Door) -> None:
    """The basis ends with the event, and covers it still."""
    await door.joins(NEW, tells=ADDRESSED)
    case = new_id()
    requested = support_requested(NEW, case)
    await door.receives(requested)
    await door.receives(HandoverWithdrawn(effective_at=at(3), case_id=case, handover_id=requested.handover_id, to=NEW))
    bar = noticed(case, NEW)
    await door.receives(bar)
    await door.receives(RemovalBarNoticeEnded(effective_at=at(4), case_id=case, told=NEW))
    assert [event for event, _, _ in await door.shared_with(NEW)] == [
        "shelter.HandoverRequested",
        "shelter.HandoverWithdrawn",
        "repatriation.RemovalBarNoticed",
        "repatriation.RemovalBarNoticeEnded",
    ]


async def test_the_end_of_support_goes_to_who_took_it_over(door: Door) -> None:
    """SH-8, ID-12: the consent was withdrawn; the agency's system receives that, and nothing after it."""
    await door.joins(NEW, tells=[*ADDRESSED, *every_line_of(NEW, "international")])
    case = new_id()
    requested = support_requested(NEW, case)
    await door.receives(requested, support_taken(requested, 3))
    ended = HandoverEnded(effective_at=at(4), case_id=case, handover_id=requested.handover_id, to=NEW)
    await door.receives(ended)
    await door.receives(closed(case))
    about = {"handover_id": str(requested.handover_id)}
    assert await door.shared_with(NEW) == [
        ("shelter.HandoverRequested", "addressed", about),
        ("shelter.HandoverEnded", "addressed", about),
    ]


async def test_a_bar_that_stands_no_more_is_noticed_and_opens_nothing_more(door: Door) -> None:
    """RP-4: of two bars one is lifted, and then the last one."""
    await door.joins(
        MIGRATION, "migration", edition=9, tells=[*ADDRESSED, a_line(CLOSED, "outcome", ground="told_of_bar")]
    )
    case, first, last = new_id(), new_id(), new_id()
    await door.receives(noticed(case, MIGRATION, 1, bar_id=first), noticed(case, MIGRATION, 1, bar_id=last))
    await door.receives(noticed(case, MIGRATION, 2, bar_id=first, stands=False))
    await door.receives(noticed(case, MIGRATION, 3, bar_id=last, stands=False))
    await door.receives(RemovalBarNoticeEnded(effective_at=at(3), case_id=case, told=MIGRATION))
    await door.receives(closed(case))
    bar = "repatriation.RemovalBarNoticed"
    assert [(event, fields) for event, _, fields in await door.shared_with(MIGRATION)] == [
        (bar, {"bar_id": str(first), "stands": True}),
        (bar, {"bar_id": str(last), "stands": True}),
        (bar, {"bar_id": str(first), "stands": False}),
        (bar, {"bar_id": str(last), "stands": False}),
        ("repatriation.RemovalBarNoticeEnded", {}),
    ]


async def test_an_event_that_names_an_agency_without_a_basis_stays_inside(door: Door) -> None:
    await door.joins(NEW, tells=ADDRESSED)
    case = new_id()
    event = presumed(case).model_copy(update={"authority": NEW})
    await door.receives(event)
    assert await door.sent_to(NEW) == []
    await door.receives(granted(case, NEW, purpose="medical"))
    assert [name for name, _, _ in await door.shared_with(NEW)] == [PRESUMED]


async def test_a_basis_that_ended_opens_nothing_more(door: Door) -> None:
    """SH-2, SH-4, SH-8: the stay, the offer, the request, the bar."""
    await door.joins(NEW, tells=every_line_of(NEW, "international"))
    case, other = new_id(), new_id()
    requested = support_requested(NEW, case)
    for event in [
        admitted(case, NEW, STAY),
        ShelterLeft(effective_at=at(3), case_id=case, stay_id=STAY, how="left", to="family"),
        PlaceOffered(effective_at=at(1), case_id=other, stay_id=STAY, operator=NEW, lapses_at=at(9)),
        PlaceWithdrawn(effective_at=at(2), case_id=other, stay_id=STAY, outcome="lapsed", reasons=[]),
        requested,
        HandoverWithdrawn(effective_at=at(3), case_id=case, handover_id=requested.handover_id, to=NEW),
        noticed(case, NEW),
        RemovalBarNoticeEnded(effective_at=at(4), case_id=case, told=NEW),
        closed(case),
        closed(other),
    ]:
        await door.receives(event)
    assert await door.sent_to(NEW) == []


async def test_support_that_was_taken_over_is_served(door: Door) -> None:
    """SH-8."""
    await door.joins(NEW, tells=every_line_of(NEW, "international"))
    case = new_id()
    requested = support_requested(NEW, case)
    await door.receives(requested)
    await door.receives(support_taken(requested, 3))
    await door.receives(closed(case))
    assert await door.shared_with(NEW) == [(CLOSED, "serves", {"outcome": "closed"})]


async def test_the_former_holder_receives_nothing_of_what_comes_after(door: Door) -> None:
    """ID-20."""
    await door.joins(NEW, tells=every_line_of(NEW, "international"))
    await door.joins("aid-baku", "ngo", tells=every_line_of(NEW, "international"))
    case = new_id()
    await door.receives(opened(case, "aid-baku"))
    await door.receives(HolderChanged(effective_at=at(3), case_id=case, holder=NEW, previous="aid-baku"))
    await door.receives(closed(case))
    assert await door.sent_to("aid-baku") == []
    assert await door.shared_with(NEW) == [(CLOSED, "holder", {"outcome": "closed"})]


async def test_what_came_before_its_basis_on_another_topic_goes_out_with_it(door: Door) -> None:
    await door.joins(NEW, tells=every_line_of(NEW, "international"))
    case = new_id()
    await door.receives(closed(case))
    assert await door.sent_to(NEW) == []
    await door.receives(admitted(case, NEW, STAY, days=2))
    assert await door.shared_with(NEW) == [(CLOSED, "serves", {"outcome": "closed"})]


async def test_the_rows_of_who_knows_what_are_what_a_rebuild_makes(door: Door) -> None:
    """What a rebuild runs makes the same rows as the live handlers, beginnings and ends alike."""
    from chassis.inbox import Consumer
    from exchange.subscriptions import PROJECTIONS
    from sqlalchemy import text

    case, own = new_id(), new_id()
    requested = support_requested(NEW, case)
    events: list[Event] = [
        opened(case),
        admitted(case, NEW, STAY),
        ShelterLeft(effective_at=at(3), case_id=case, stay_id=STAY, how="left", to="family"),
        requested,
        support_taken(requested, 3),
        HandoverEnded(effective_at=at(4), case_id=case, handover_id=requested.handover_id, to=NEW),
        noticed(case, NEW, bar_id=STAY),
        noticed(case, NEW, 3, bar_id=STAY, stands=False),
        RemovalBarNoticeEnded(effective_at=at(3), case_id=case, told=NEW),
        opened(own, AMC, age_group="child"),
        PlaceOffered(effective_at=at(1), case_id=own, stay_id=STAY, operator=NEW, lapses_at=at(9)),
        granted(own, AMC),
    ]
    for event in events:
        await door.receives(event)
    rows = text("select * from case_access order by case_id, agency, basis, ref")
    async with door.service.session() as session:
        live = (await session.execute(rows)).all()
        await session.execute(text("delete from case_access"))
    consumer = Consumer(door.service.database, "again", (), PROJECTIONS["cases"].handlers)
    for event in events:
        await consumer.apply([door.service._message(door.service.envelope(event))])
    async with door.service.session() as session:
        assert (await session.execute(rows)).all() == live
    assert len(live) == 5
