"""Who sees what by which basis: every part × every basis, the attack stories, the fields (ID-7, ID-12, SH-7)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from casework.bases import Basis, covered
from casework.purposes import PURPOSES
from casework.testing import Scene as AccessScene
from casework.testing import every_basis, wrong_answers
from chassis.actor import Actor
from chassis.testing import Person
from notify.domain.kinds import BY_CODE, KINDS
from notify.domain.routes import ROUTES
from notify.facts import visible
from notify.rights import OF_ONE_OBJECT, PARTS, RIGHTS, Part, right_of
from notify.tables import ClockRow, InboxItem
from nrm_events import exchange as exc
from nrm_events import identification as ids
from nrm_events import repatriation as rep
from nrm_events import shelter as shl
from sqlalchemy import select, text

from .givens import Scene

At = Callable[[float], datetime]
NGO = "ngo-acu"  # holds nothing in these stories, and knows of the case on the basis at hand
OBJECT = uuid4()
BASES = [
    *every_basis(RIGHTS, {"place": OBJECT, "handover": OBJECT, "permit": OBJECT}),
    Basis("told_of_bar", ref=OBJECT),
    *(Basis(name, kind, ref=uuid4()) for name in ("asked", "serves") for kind in ("place", "handover")),
]


def expected(part: Part, basis: Basis) -> bool:
    """By the table, and for parts of one object by the object as well."""
    if not covered(RIGHTS[right_of(part)]["caseworker"], [basis]):  # type: ignore[arg-type]
        return False
    return basis.ref == OBJECT if basis.name in OF_ONE_OBJECT.get(part, ()) else True


async def knows(scene: Scene, basis: Basis | None, agency: str = NGO) -> None:
    """From now on the agency knows of the case on this basis alone, or not at all."""
    values = {"case": scene.case_id, "agency": agency}
    async with scene.bench.session() as session:
        await session.execute(text("delete from case_access where case_id = :case and agency = :agency"), values)
        if basis is not None:
            await session.execute(
                text(
                    "insert into case_access (case_id, agency, basis, about, data_class, ref, since)"
                    " values (:case, :agency, :basis, :about, :class, :ref, now())"
                ),
                values | {"basis": basis.name, "about": basis.about, "class": basis.data_class, "ref": basis.ref},
            )


async def a_clock_of_each_kind(scene: Scene, at: At) -> dict[str, str]:
    """A clock of each kind about one object, by the event that starts it; kind → id."""
    about = {"case_id": scene.case_id, "effective_at": at(0)}
    await scene.bench.hears(
        scene.awaited(),
        ids.ReflectionStarted(**about, reflection_id=OBJECT, ends_at=at(99)),
        shl.PlaceOffered(**about, stay_id=OBJECT, operator="ngo-clean-world", lapses_at=at(99)),
        shl.HandoverRequested(**about, handover_id=OBJECT, from_agency="ngo-amc", to="vac", due_at=at(99)),
        rep.PermitEligible(**about, permit_id=OBJECT, apply_by=at(99)),
        rep.PermitOpinionAsked(**about, permit_id=uuid4(), opinion_id=OBJECT, due_at=at(99)),
        rep.PermitGranted(**about, permit_id=OBJECT, valid_until=at(9999).date()),
        rep.RemovalBarRaised(**about, bar_id=OBJECT, until=at(99)),
        exc.WithdrawalTold(**about, consent_id=OBJECT, agency="moh", acknowledge_by=at(99)),
    )
    await scene.bench.hears(
        shl.ShelterAdmitted(**about | {"case_id": scene.case_id}, stay_id=OBJECT, operator="moh", ends_at=at(99))
    )
    rows = await scene.rows("select kind, id from clock")
    return {row.kind: str(row.id) for row in rows}


async def test_every_kind_of_clock_on_every_basis(scene: Scene, at: At) -> None:
    """ID-7, ID-12: lists and counts show exactly what the table opens; one alone is 200, 403 or 404 likewise."""
    await scene.case_opens()
    clocks = await a_clock_of_each_kind(scene, at)
    assert set(clocks) == set(BY_CODE)
    somebody = scene.bench.person(f"{NGO}.caseworker")
    for basis in [None, *BASES]:
        await knows(scene, basis)
        shown = {kind.code for kind in KINDS if basis is not None and expected(kind.part, basis)}
        listed = (await somebody.get_ok("/api/clocks", limit=200))["items"]
        assert {clock["kind"] for clock in listed} == shown, basis
        for kind, clock_id in clocks.items():
            path = f"/api/clocks/{clock_id}" + ("/history" if kind == "stay" else "")
            status = 200 if kind in shown else 403 if basis else 404
            assert (await somebody.get(path)).status_code == status, (kind, basis)


async def test_every_part_of_the_inbox_on_every_basis(scene: Scene, at: At) -> None:
    """ID-12: an item for the agency is shown by a basis that gives its part, and by no other."""
    await scene.case_opens()
    items = {part: uuid4() for part in PARTS}
    async with scene.bench.session() as session:
        session.add_all(
            InboxItem(
                id=items[part],
                case_id=scene.case_id,
                event_id=items[part],
                template="new_notification",
                recipient=NGO,
                task=part,
                part=part,
                subject=f"x/{OBJECT}",
                object_id=OBJECT,
                created_at=at(0),
            )
            for part in PARTS
        )
    somebody = scene.bench.person(f"{NGO}.caseworker")
    for basis in [None, *BASES]:
        await knows(scene, basis)
        shown = {part for part in PARTS if basis is not None and expected(part, basis)}
        inbox = await somebody.get_ok("/api/inbox", limit=200)
        assert {item["task"] for item in inbox["items"]} == shown, basis
        assert inbox["unread"] == len(shown), basis
    await knows(scene, None)
    for item_id in items.values():
        assert (await somebody.post(f"/api/inbox/{item_id}/read")).status_code == 404


async def test_every_message_on_every_basis(scene: Scene) -> None:
    """NO-2: the holder, the guardianship authority, a consent for contact; the formal body its own alone."""
    await scene.case_opens()
    await scene.bench.hears(scene.identified())
    message = await scene.message()
    assert message.author == "mia-special"
    somebody = scene.bench.person(f"{NGO}.caseworker")
    path = f"/api/messages/{message.id}"
    for basis in [None, *BASES]:
        await knows(scene, basis)
        reads = basis is not None and (
            basis.name in ("holder", "guardian_authority") or (basis.name, basis.data_class) == ("consent", "contact")
        )
        status = 200 if reads else 403 if basis else 404
        assert (await somebody.get(path)).status_code == status, basis
        assert (await somebody.get(f"{path}/history")).status_code == status, basis
        assert len((await somebody.get_ok("/api/messages"))["items"]) == reads, basis
        resent = await somebody.post(f"{path}/resend")
        expected_code = {200: "not_possible_in_state", 403: "not_for_this_basis", 404: "not_found"}
        code = (
            expected_code[status]
            if reads and basis and basis.name != "consent"
            else ("not_found" if basis is None else "not_for_this_basis")
        )
        assert resent.json()["code"] == code, basis


async def test_the_formal_body_reads_its_own_messages_and_sends_none(scene: Scene, at: At) -> None:
    """NO-2, access.md: a payment is not its act; that a message of its own waits it may know."""
    await scene.case_opens()
    await scene.bench.hears(scene.referred(), scene.identified())
    await scene.bench.hears(
        rep.PermitGranted(case_id=scene.case_id, effective_at=at(0), permit_id=uuid4(), valid_until=at(9999).date())
    )
    police = scene.bench.person("mia-special.assessor")
    (own,) = (await police.get_ok("/api/messages"))["items"]
    assert own["actions"] == [{"action": "resend", "allowed": False, "reason": "state_is_queued"}]
    (other,) = await scene.rows("select id from message where author is null")
    assert (await police.get(f"/api/messages/{other.id}")).status_code == 403
    async with scene.bench.session() as session:
        await session.execute(text("update message set state = 'skipped'"))
    (own,) = (await police.get_ok("/api/messages"))["items"]
    assert own["actions"] == [{"action": "resend", "allowed": False, "reason": "not_for_this_basis"}]
    refused = await police.post(f"/api/messages/{own['id']}/resend")
    assert (refused.status_code, refused.json()["code"]) == (403, "not_for_this_basis")
    assert len((await scene.bench.person("ngo-amc.caseworker").get_ok("/api/messages"))["items"]) == 2


async def test_every_action_by_every_role_and_basis_is_what_the_table_holds(scene: Scene) -> None:
    """The harness of all services; what is more than a basis (the own object, the own message) is tested above."""
    await scene.case_opens()
    await scene.bench.hears(scene.referred(to="moj"), scene.identified())  # or police see nothing, on any basis
    message = await scene.message()
    about = AccessScene(
        case_id=scene.case_id,
        ids={"message_id": str(message.id)},
        skip=frozenset({"read_clock", "read_item", "list_clocks", "read_inbox"}),
    )
    wrong = await wrong_answers(scene.bench, about)
    own = [line for line in wrong if "read_message" in line and "by formal_body" in line]
    assert [line for line in wrong if line not in own] == []
    assert {line.partition(" as ")[2].partition(" by ")[0] for line in own} <= set(RIGHTS["read_message"]) - {
        "assessor"
    }


GOLDEN = {
    "clock": "actions agency breached_at case_id case_ref due_at ended_at entered_late id kind object_id role"
    " started_at state version warn_at",
    "item": "case_id case_ref created_at id read_at subject task template text",
    "message": "actions case_id case_ref clocks effective_at id next_at queued_at reason sent_at state template"
    " tries version",
    "agency task": "agency created_at id read_at task text",
}


async def test_the_fields_of_each_answer_are_these(scene: Scene, at: At) -> None:
    """NO-1, ID-12: nothing else is in them; a new field must be thought of here."""
    await scene.case_opens()
    told = {"case_id": scene.case_id, "effective_at": at(0), "consent_id": uuid4(), "agency": "moh"}
    await scene.bench.hears(exc.WithdrawalTold(**told, acknowledge_by=at(5)), scene.identified())
    await scene.ticks(at(6))
    holder, operator = scene.bench.person("ngo-amc.caseworker"), scene.bench.person("himaya.operator")
    found = {
        "clock": (await holder.get_ok("/api/clocks"))["items"],
        "item": (await holder.get_ok("/api/inbox"))["items"],
        "message": (await holder.get_ok("/api/messages"))["items"],
        "agency task": (await operator.get_ok("/api/agency-tasks"))["items"],
    }
    for name, items in found.items():
        assert items, name
        assert {" ".join(sorted(item)) for item in items} == {GOLDEN[name]}


async def test_police_see_nothing_of_a_case_that_was_not_handed_over_whatever_rows_they_have(
    scene: Scene, at: At
) -> None:
    """ID-7: a hand-over of support, an offer, a bar: one gate, for items, clocks and counts, until the hand-over."""
    await scene.case_opens()
    about = {"case_id": scene.case_id, "effective_at": at(0)}
    await scene.bench.hears(
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
    await scene.bench.hears(scene.referred())
    assert [i["task"] for i in (await police.get_ok("/api/inbox"))["items"]] == ["handover_received"]


async def test_an_agency_of_unknown_kind_counts_as_police(scene: Scene, at: At) -> None:
    """ID-7: whoever joins without a kind sees nothing that was not handed over; with a kind, what its basis gives."""
    await scene.case_opens()
    about = {"case_id": scene.case_id, "effective_at": at(0), "handover_id": uuid4()}
    await scene.bench.hears(shl.HandoverRequested(**about, from_agency="ngo-amc", to="ngo-later", due_at=at(9)))
    joined = {"effective_at": at(0), "agency_id": uuid4(), "agency": "ngo-later"}
    somebody = Actor("x", "ngo-later", frozenset({"caseworker"}), "x", "caseworker", "case")

    async def seen() -> tuple[int, int]:
        async with scene.unit_of_work() as uow:
            as_somebody = uow.acting(somebody)
            clocks = select(ClockRow.id).where(await visible.clocks(as_somebody))
            items = select(InboxItem.id).where(await visible.items(as_somebody))
            return len((await uow.session.scalars(clocks)).all()), len((await uow.session.scalars(items)).all())

    assert await seen() == (0, 0)
    await scene.bench.hears(exc.AgencyJoined(**joined))
    assert await seen() == (0, 0)
    await scene.bench.hears(exc.AgencyJoined(**joined, kind="ngo"))
    assert await seen() == (1, 1)
    await scene.bench.hears(exc.AgencyJoined(**joined, kind="police"))
    assert await seen() == (0, 0)
    await scene.bench.hears(scene.referred())
    assert await seen() == (1, 1)


async def test_police_that_hold_a_case_see_its_clocks(scene: Scene) -> None:
    """ID-7: the hotline holds what was reported to it."""
    await scene.bench.hears(scene.awaited(holder="mia-hotline"))
    reporter = scene.bench.person("mia-hotline.reporter")
    assert [c["kind"] for c in (await reporter.get_ok("/api/clocks"))["items"]] == ["referral"]


async def test_who_is_let_in_for_a_removal_bar_sees_its_clock_and_nothing_else(scene: Scene, at: At) -> None:
    """RP-4, ID-12: the story of the border service that was told of a case for a bar only."""
    await scene.case_opens()
    await a_clock_of_each_kind(scene, at)
    await scene.bench.hears(
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
    await scene.bench.hears(
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
    await scene.bench.hears(*(rep.RemovalBarRaised(**bar) for bar in bars))
    await scene.bench.hears(rep.RemovalBarNoticed(**bars[1], told="sms"))
    officer = scene.bench.person("sms.migration-officer")
    seen = (await officer.get_ok("/api/clocks"))["items"]
    assert [clock["object_id"] for clock in seen] == [str(bars[1]["bar_id"])]


async def test_who_asked_for_a_hand_over_sees_its_clock_while_it_serves(scene: Scene, at: At) -> None:
    """SH-8: the operator of the stay waits for this answer, not for that of a hand-over that another asked for."""
    await scene.case_opens()
    about = {"case_id": scene.case_id, "effective_at": at(0)}
    stay, own, others = uuid4(), uuid4(), uuid4()
    await scene.bench.hears(
        shl.ShelterAdmitted(**about, stay_id=stay, operator=NGO, ends_at=at(99)),
        shl.HandoverRequested(**about, handover_id=own, from_agency=NGO, to="vac", due_at=at(9)),
        shl.HandoverRequested(**about, handover_id=others, from_agency="ngo-amc", to="vac", due_at=at(9)),
    )
    manager = scene.bench.person(f"{NGO}.shelter-manager")
    seen = {(c["kind"], c["object_id"]) for c in (await manager.get_ok("/api/clocks"))["items"]}
    assert seen == {("stay", str(stay)), ("handover", str(own))}
    await scene.bench.hears(shl.ShelterLeft(**about, stay_id=stay, how="left", to="vac"))
    assert (await manager.get_ok("/api/clocks"))["items"] == []


async def test_an_operator_sees_its_own_offer_until_it_ends(scene: Scene, at: At) -> None:
    """SH-4: declined, it knows nothing of the case any more."""
    await scene.case_opens()
    about = {"case_id": scene.case_id, "effective_at": at(0), "stay_id": uuid4()}
    await scene.bench.hears(shl.PlaceOffered(**about, operator=NGO, lapses_at=at(9)))
    manager = scene.bench.person(f"{NGO}.shelter-manager")
    assert [c["kind"] for c in (await manager.get_ok("/api/clocks"))["items"]] == ["place_offer"]
    await scene.bench.hears(shl.PlaceWithdrawn(**about, outcome="declined", reasons=[]))
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
        await scene.bench.hears(event)
        rows = await scene.rows("select basis from case_access where agency = 'sms'")
        seen.append([row.basis for row in rows])
    assert seen == [["asked"], ["asked"], ["asked"], ["serves"], [], ["serves"], []]


async def test_a_stored_answer_is_not_repeated_after_the_task_is_no_longer_shown(scene: Scene, at: At) -> None:
    """ID-12: of two hand-overs one is withdrawn; the agency knows of the case yet, and not of this task."""
    await scene.case_opens()
    about = {"case_id": scene.case_id, "effective_at": at(0), "to": "vac"}
    first, second = uuid4(), uuid4()
    for id_ in (first, second):
        await scene.bench.hears(shl.HandoverRequested(**about, handover_id=id_, from_agency="ngo-amc", due_at=at(99)))
    worker = scene.bench.person("vac.reintegration-worker")
    item = await _item_of(worker, first)
    key = str(uuid4())
    read = await worker.post_ok(f"/api/inbox/{item}/read", key=key)
    assert read == await worker.post_ok(f"/api/inbox/{item}/read", key=key)
    await scene.bench.hears(shl.HandoverWithdrawn(**about, handover_id=first))
    assert (await worker.post(f"/api/inbox/{item}/read", {}, key=key)).status_code == 404


async def _item_of(worker: Person, handover: UUID) -> str:
    items: list[dict[str, Any]] = (await worker.get_ok("/api/inbox"))["items"]
    return str(next(item["id"] for item in items if item["subject"] == f"handover/{handover}"))


@pytest.mark.parametrize("purpose", PURPOSES)
async def test_a_consent_to_one_purpose_shows_no_task_for_the_holder(scene: Scene, at: At, purpose: str) -> None:
    """ID-12: an item about a stay, a claim, a permit is the holder's, whatever another agreed to hear of."""
    await scene.case_opens()
    about = {"case_id": scene.case_id, "effective_at": at(0)}
    await scene.bench.hears(
        ids.ConsentGranted(**about, consent_id=uuid4(), recipient=NGO, purpose=purpose, data_class="identity"),
        scene.identified(),
        rep.PermitGranted(**about, permit_id=uuid4(), valid_until=at(9999).date()),
        shl.PlaceOffered(**about, stay_id=uuid4(), operator="ngo-clean-world", lapses_at=at(9)),
    )
    inbox = await scene.bench.person(f"{NGO}.caseworker").get_ok("/api/inbox")
    assert (inbox["items"], inbox["unread"]) == ([], 0)
    assert len((await scene.bench.person("ngo-amc.caseworker").get_ok("/api/inbox"))["items"]) == 3


def test_every_part_of_a_route_is_open_to_whom_the_route_is_for() -> None:
    """A task that its recipient may never see would be a mistake of the tables."""
    for route in ROUTES:
        cell = RIGHTS[right_of(route.part)]["caseworker"]
        assert covered(cell, [Basis("holder")])  # type: ignore[arg-type]
