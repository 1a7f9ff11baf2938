"""Stories of who was let in for one thing, or not at all: what they do not see (ID-7, ID-12, RP-4, SH-7)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from casework.purposes import PURPOSES
from chassis.actor import Actor
from chassis.testing import Person
from notify.facts import visible
from notify.tables import ClockRow, InboxItem
from nrm_events import exchange as exc
from nrm_events import identification as ids
from nrm_events import repatriation as rep
from nrm_events import shelter as shl
from sqlalchemy import select

from .givens import Scene, a_clock_of_each_kind

At = Callable[[float], datetime]
NGO = "ngo-acu"  # holds nothing in these stories


async def test_police_see_nothing_of_a_case_that_was_not_handed_over_whatever_rows_they_have(
    scene: Scene, at: At
) -> None:
    """ID-7: a hand-over of support, an offer, a bar: one gate, for items, clocks and counts, until the hand-over."""
    await scene.case_opens()
    about = {"case_id": scene.case_id, "effective_at": at(0)}
    await scene.bench.receives(
        shl.HandoverRequested(**about, handover_id=uuid4(), from_agency="ngo-amc", to="mia-shelter", due_at=at(2)),
        shl.PlaceOffered(**about, stay_id=uuid4(), operator="mia-shelter", lapses_at=at(2)),
    )
    await scene.ticks(at(5))
    police = scene.bench.person("mia-shelter.shelter-manager")
    assert await scene.tasks("mia-shelter") == ["handover_received", "clock_breached"], "they are there, and hidden"
    inbox = await police.get_ok("/api/inbox")
    assert (inbox["items"], inbox["unread"], inbox["overdue"], inbox["summary"]) == ([], 0, 0, None)
    assert (await police.get_ok("/api/clocks"))["items"] == (await police.get_ok("/api/deadlines"))["items"] == []
    for row in await scene.rows("select id from clock"):
        hidden, unknown = [await police.get(f"/api/clocks/{id_}") for id_ in (row.id, uuid4())]
        assert (hidden.status_code, hidden.json()["detail"]) == (404, unknown.json()["detail"])
    await scene.bench.receives(scene.referred())
    tasks = [i["task"] for i in (await police.get_ok("/api/inbox"))["items"]]
    assert tasks == ["clock_breached", "handover_received"]


async def test_an_agency_of_unknown_kind_counts_as_police(scene: Scene, at: At) -> None:
    """ID-7: whoever joins without a kind sees nothing that was not handed over; with a kind, what its basis gives."""
    await scene.case_opens()
    about = {"case_id": scene.case_id, "effective_at": at(0), "handover_id": uuid4()}
    await scene.bench.receives(shl.HandoverRequested(**about, from_agency="ngo-amc", to="ngo-later", due_at=at(9)))
    joined = {"effective_at": at(0), "agency_id": uuid4(), "agency": "ngo-later"}
    somebody = Actor("x", "ngo-later", frozenset({"caseworker"}), "x", "caseworker", "case")

    async def seen() -> tuple[int, int]:
        async with scene.unit_of_work() as uow:
            as_somebody = uow.acting(somebody)
            clocks = select(ClockRow.id).where(await visible.clocks(as_somebody))
            items = select(InboxItem.id).where(await visible.items(as_somebody))
            return len((await uow.session.scalars(clocks)).all()), len((await uow.session.scalars(items)).all())

    assert await seen() == (0, 0)
    await scene.bench.receives(exc.AgencyJoined(**joined))
    assert await seen() == (0, 0)
    await scene.bench.receives(exc.AgencyJoined(**joined, kind="ngo"))
    assert await seen() == (1, 1)
    await scene.bench.receives(exc.AgencyJoined(**joined, kind="police"))
    assert await seen() == (0, 0)
    await scene.bench.receives(scene.referred())
    assert await seen() == (1, 1)


async def test_police_that_hold_a_case_see_its_clocks(scene: Scene) -> None:
    """ID-7: the hotline holds what was reported to it."""
    await scene.bench.receives(scene.awaited(holder="mia-hotline"))
    reporter = scene.bench.person("mia-hotline.reporter")
    assert [c["kind"] for c in (await reporter.get_ok("/api/clocks"))["items"]] == ["referral"]


async def test_who_is_let_in_for_a_removal_bar_sees_its_clock_and_nothing_else(scene: Scene, at: At) -> None:
    """RP-4, ID-12: the story of the border service that was told of a case for a bar only."""
    await scene.case_opens()
    await a_clock_of_each_kind(scene, at, uuid4())
    await scene.bench.receives(
        ids.ConsentGranted(
            case_id=scene.case_id,
            effective_at=at(0),
            consent_id=uuid4(),
            recipient="sbs",
            purpose="removal_bar",
            data_class="case_reference",
        )
    )
    border = scene.bench.person("sbs.reporter")
    assert {c["kind"] for c in (await border.get_ok("/api/clocks"))["items"]} == {"removal_bar"}
    assert (await border.get_ok("/api/inbox"))["items"] == []
    assert (await border.get("/api/messages")).status_code == 403


async def test_a_permit_shows_no_bar(scene: Scene, at: At) -> None:
    """RP-4: whoever looks after the permit learns of a bar by its notice alone."""
    await scene.case_opens()
    about = {"case_id": scene.case_id, "effective_at": at(0)}
    await scene.bench.receives(
        rep.RemovalBarRaised(**about, bar_id=uuid4(), until=at(99)),
        rep.PermitGranted(**about, permit_id=uuid4(), valid_until=at(9999).date()),
    )
    seen = (await scene.bench.person("sms.migration-officer").get_ok("/api/clocks"))["items"]
    assert [clock["kind"] for clock in seen] == ["permit"]


async def test_one_bar_shows_no_other(scene: Scene, at: At) -> None:
    """RP-4: the migration service was notified of one of two bars."""
    await scene.case_opens()
    bars = [
        {"case_id": scene.case_id, "effective_at": at(0), "bar_id": uuid4(), "until": at(hours)} for hours in (50, 99)
    ]
    await scene.bench.receives(*(rep.RemovalBarRaised(**bar) for bar in bars))
    await scene.bench.receives(rep.RemovalBarNoticed(**bars[1], told="sms"))
    officer = scene.bench.person("sms.migration-officer")
    seen = (await officer.get_ok("/api/clocks"))["items"]
    assert [clock["object_id"] for clock in seen] == [str(bars[1]["bar_id"])]


async def test_who_asked_for_a_hand_over_sees_its_clock_while_it_serves(scene: Scene, at: At) -> None:
    """SH-8: the operator of the stay waits for this answer, not for that of a hand-over that another asked for."""
    await scene.case_opens()
    about = {"case_id": scene.case_id, "effective_at": at(0)}
    stay, own, others = uuid4(), uuid4(), uuid4()
    await scene.bench.receives(
        shl.ShelterAdmitted(**about, stay_id=stay, operator=NGO, ends_at=at(99)),
        shl.HandoverRequested(**about, handover_id=own, from_agency=NGO, to="vac", due_at=at(9)),
        shl.HandoverRequested(**about, handover_id=others, from_agency="ngo-amc", to="vac", due_at=at(9)),
    )
    manager = scene.bench.person(f"{NGO}.shelter-manager")
    seen = {(c["kind"], c["object_id"]) for c in (await manager.get_ok("/api/clocks"))["items"]}
    assert seen == {("stay", str(stay)), ("handover", str(own))}
    await scene.bench.receives(shl.ShelterLeft(**about, stay_id=stay, how="left", to="vac"))
    assert (await manager.get_ok("/api/clocks"))["items"] == []


async def test_an_operator_sees_its_own_offer_until_it_ends(scene: Scene, at: At) -> None:
    """SH-4: declined, it knows nothing of the case any more."""
    await scene.case_opens()
    about = {"case_id": scene.case_id, "effective_at": at(0), "stay_id": uuid4()}
    await scene.bench.receives(shl.PlaceOffered(**about, operator=NGO, lapses_at=at(9)))
    manager = scene.bench.person(f"{NGO}.shelter-manager")
    assert [c["kind"] for c in (await manager.get_ok("/api/clocks"))["items"]] == ["place_offer"]
    await scene.bench.receives(shl.PlaceWithdrawn(**about, outcome="declined", reasons=[]))
    assert (await manager.get_ok("/api/clocks"))["items"] == []
    assert await scene.rows("select * from case_access where agency = :to", to=NGO) == []


async def test_the_migration_service_sees_a_permit_as_long_as_it_decides_or_the_permit_lasts(
    scene: Scene, at: At
) -> None:
    """RP-1, RP-3: applied, refused and appealed, granted, ended; an extension entered after the end opens it again."""
    await scene.case_opens()
    about = {"case_id": scene.case_id, "effective_at": at(0), "permit_id": uuid4()}
    seen = []
    for event in (
        rep.PermitApplied(**about),
        rep.PermitRefused(**about, reasons=[]),
        rep.PermitAppealed(**about),
        rep.PermitGranted(**about, valid_until=at(9999).date()),
        rep.PermitEnded(**about, how="expired"),
        rep.PermitExtended(**about, valid_until=at(19999).date()),
        rep.PermitEnded(**about, how="surrendered"),
    ):
        await scene.bench.receives(event)
        rows = await scene.rows("select basis from case_access where agency = 'sms'")
        seen.append([row.basis for row in rows])
    assert seen == [["asked"], ["asked"], ["asked"], ["serves"], [], ["serves"], []]


async def test_a_stored_answer_is_not_repeated_after_the_task_is_no_longer_shown(scene: Scene, at: At) -> None:
    """ID-12: of two hand-overs one is withdrawn; the agency knows of the case yet, and not of this task."""
    await scene.case_opens()
    about = {"case_id": scene.case_id, "effective_at": at(0), "to": "vac"}
    first, second = uuid4(), uuid4()
    for id_ in (first, second):
        await scene.bench.receives(
            shl.HandoverRequested(**about, handover_id=id_, from_agency="ngo-amc", due_at=at(99))
        )
    worker = scene.bench.person("vac.reintegration-worker")
    item = await _item_of(worker, first)
    key = str(uuid4())
    read = await worker.post_ok(f"/api/inbox/{item}/read", key=key)
    assert read == await worker.post_ok(f"/api/inbox/{item}/read", key=key)
    await scene.bench.receives(shl.HandoverWithdrawn(**about, handover_id=first))
    assert (await worker.post(f"/api/inbox/{item}/read", {}, key=key)).status_code == 404


async def _item_of(worker: Person, handover: UUID) -> str:
    items: list[dict[str, Any]] = (await worker.get_ok("/api/inbox"))["items"]
    return str(next(item["id"] for item in items if item["subject"] == f"handover/{handover}"))


@pytest.mark.parametrize("purpose", PURPOSES)
async def test_a_consent_to_one_purpose_shows_no_task_for_the_holder(scene: Scene, at: At, purpose: str) -> None:
    """ID-12: an item about a stay, a claim, a permit is the holder's, whatever another agreed to hear of."""
    await scene.case_opens()
    about = {"case_id": scene.case_id, "effective_at": at(0)}
    await scene.bench.receives(
        ids.ConsentGranted(**about, consent_id=uuid4(), recipient=NGO, purpose=purpose, data_class="identity"),
        scene.identified(),
        rep.PermitGranted(**about, permit_id=uuid4(), valid_until=at(9999).date()),
        shl.PlaceOffered(**about, stay_id=uuid4(), operator="ngo-clean-world", lapses_at=at(9)),
    )
    inbox = await scene.bench.person(f"{NGO}.caseworker").get_ok("/api/inbox")
    assert (inbox["items"], inbox["unread"]) == ([], 0)
    assert len((await scene.bench.person("ngo-amc.caseworker").get_ok("/api/inbox"))["items"]) == 3
