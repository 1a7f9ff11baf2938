"""When a basis begins and ends, and what is addressed to whom (ID-5, ID-7, ID-12, RP-4, SH-1, SH-8)."""

from chassis.clock import new_id
from nrm_events import Event
from nrm_events.identification import HolderChanged
from nrm_events.repatriation import RemovalBarNoticeEnded
from nrm_events.shelter import HandoverEnded, HandoverWithdrawn, PlaceOffered, PlaceWithdrawn, ShelterLeft

from .givens import (
    AMC,
    Door,
    a_line,
    admitted,
    at,
    granted,
    noticed,
    opened,
    support_requested,
    support_taken,
)
from .test_bases import CLOSED, MIGRATION, NEW, PRESUMED, STAY, closed, every_line_of, presumed

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
