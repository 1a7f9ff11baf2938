"""Who sees which clock, task and message; what can be done with them (NO-2 … NO-4, ID-7)."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from notify.adapters.wording import templates
from nrm_events import repatriation as rep
from nrm_events import shelter as shl

from .givens import Scene

At = Callable[[float], datetime]


async def test_without_consent_police_cannot_learn_that_a_case_exists(scene: Scene, at: At) -> None:
    """ID-7: not by id, list, filter or count; the answer is that of an unknown id, letter for letter."""
    await scene.case_opens("ngo-acu")
    await scene.bench.receives(
        shl.ShelterAdmitted(
            case_id=scene.case_id, effective_at=at(0), stay_id=uuid4(), operator="ngo-acu", ends_at=at(30)
        ),
        scene.identified(),
    )
    await scene.ticks(at(31))
    (clock,) = await scene.rows("select id from clock")
    (item,) = await scene.rows("select id from inbox_item where task = 'clock_breached'")
    police = scene.bench.person("mia-special.assessor")
    for path in ("/api/clocks", "/api/messages", "/api/inbox"):
        seen = await police.get_ok(path, case_id=str(scene.case_id))
        assert seen["items"] == []
        assert (await police.get_ok(path))["items"] == []
    inbox = await police.get_ok("/api/inbox")
    assert (inbox["unread"], inbox["overdue"], inbox["summary"]) == (0, 0, None)
    for path in (f"/api/clocks/{clock.id}", f"/api/clocks/{clock.id}/history"):
        hidden, unknown = await police.get(path), await police.get(path.replace(str(clock.id), str(uuid4())))
        assert (hidden.status_code, hidden.json()["detail"]) == (404, unknown.json()["detail"])
    assert (await police.post(f"/api/inbox/{item.id}/read")).status_code == 404
    holder = scene.bench.person("ngo-acu.shelter-manager")
    assert len((await holder.get_ok("/api/clocks"))["items"]) == 1
    await scene.bench.receives(scene.referred())
    assert {c["kind"] for c in (await police.get_ok("/api/clocks"))["items"]} == {"referral"}, "not the stay (SH-7)"


async def test_a_page_after_a_hidden_clock_is_one_after_a_clock_that_never_was(scene: Scene, at: At) -> None:
    """ID-7: the cursor reveals nothing of the end of a clock that police may not see."""
    await scene.case_opens()
    await scene.bench.receives(
        shl.HandoverRequested(
            case_id=scene.case_id,
            effective_at=at(0),
            handover_id=uuid4(),
            from_agency="ngo-amc",
            to="vac",
            due_at=at(9),
        )
    )
    (hidden,) = await scene.rows("select id from clock")
    scene.case_id = await scene.case_opens(case_id=uuid4())
    await scene.bench.receives(scene.awaited(), scene.referred())
    police = scene.bench.person("mia-special.assessor")
    (seen,) = (await police.get_ok("/api/deadlines"))["items"]
    for after in (hidden.id, uuid4(), seen["id"]):
        assert await police.get_ok("/api/deadlines", after=str(after)) == {"items": [], "next": None}
    holder = scene.bench.person("ngo-amc.caseworker")
    page = await holder.get_ok("/api/deadlines", after=str(hidden.id))
    assert [clock["id"] for clock in page["items"]] == [seen["id"]], "who may see the clock pages after it"


async def test_a_task_of_a_removal_bar_is_not_shown_to_sms_before_it_may_know(scene: Scene, at: At) -> None:
    """ID-7, RP-4: the clock of a bar is the holder's; `sms` sees it only once it was noticed."""
    bar = {"case_id": scene.case_id, "effective_at": at(0), "bar_id": uuid4(), "until": at(99)}
    await scene.case_opens()
    await scene.bench.receives(rep.RemovalBarRaised(**bar))
    officer = scene.bench.person("sms.migration-officer")
    assert (await officer.get_ok("/api/clocks"))["items"] == []
    await scene.bench.receives(rep.RemovalBarNoticed(**bar, told="sms"))
    assert len((await officer.get_ok("/api/clocks"))["items"]) == 1
    assert [i["task"] for i in (await officer.get_ok("/api/inbox"))["items"]] == ["removal_bar_noticed"]


async def test_a_clock_shows_its_state_and_its_history(scene: Scene, at: At) -> None:
    """NO-3."""
    await scene.case_opens()
    await scene.bench.receives(scene.referred())
    await scene.ticks(at(25))
    worker = scene.bench.person("ngo-amc.caseworker")
    (clock,) = (await worker.get_ok("/api/clocks", kind="referral", state="breached"))["items"]
    assert (clock["agency"], clock["role"], clock["entered_late"]) == ("mia-special", "assessor", False)
    assert clock == await worker.get_ok(f"/api/clocks/{clock['id']}")
    assert all(not action["allowed"] and action["reason"] for action in clock["actions"])
    acts = (await worker.get_ok(f"/api/clocks/{clock['id']}/history"))["items"]
    assert [act["action"] for act in acts] == ["clock_breached", "start_clock"]
    assert (await worker.get_ok("/api/clocks", kind="stay"))["items"] == []


async def test_what_ends_first_comes_first_and_pages_to_the_last(scene: Scene, at: At) -> None:
    """NO-3: one list of what is overdue, due and still to come, and a count that is a list."""
    await scene.case_opens()
    about = {"case_id": scene.case_id, "effective_at": at(0)}
    for hours in (90, 3, 50, 3, 700):
        await scene.bench.receives(
            shl.HandoverRequested(**about, handover_id=uuid4(), from_agency="ngo-amc", to="vac", due_at=at(hours)),
            rep.RemovalBarRaised(**about, bar_id=uuid4(), until=at(hours + 1)),
        )
    await scene.ticks(at(30))
    worker = scene.bench.person("ngo-amc.caseworker")
    seen: list[Any] = []
    after: dict[str, Any] = {}
    while True:
        page = await worker.get_ok("/api/deadlines", limit=3, **after)
        seen += page["items"]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert [c["due_at"] for c in seen] == sorted(c["due_at"] for c in seen)
    assert len({c["id"] for c in seen}) == len(seen) == 10
    mine = (await worker.get_ok("/api/deadlines", mine=True, due_before=at(60).isoformat()))["items"]
    assert [(c["kind"], c["state"]) for c in mine] == [
        ("removal_bar", "breached"),
        ("removal_bar", "breached"),
        ("removal_bar", "approaching"),
    ]
    assert len((await worker.get_ok("/api/clocks", mine=True))["items"]) == 5
    overdue = (await worker.get_ok("/api/inbox"))["overdue"]
    assert overdue == len((await worker.get_ok("/api/clocks", mine=True, state="breached"))["items"]) == 2
    other = scene.bench.person("vac.reintegration-worker")
    assert {c["kind"] for c in (await other.get_ok("/api/deadlines"))["items"]} == {"handover"}


async def test_the_inbox_is_each_persons_own_and_counts_what_is_overdue(scene: Scene, at: At) -> None:
    """NO-1 inside too: the text says that something waits; ids lead to the rest."""
    await scene.case_opens()
    referral = scene.referred()
    await scene.bench.receives(referral)
    await scene.ticks(at(25))
    officer = scene.bench.person("mia-special.assessor")
    inbox = await officer.get_ok("/api/inbox", language="en")
    assert [item["task"] for item in inbox["items"]] == ["clock_breached", "referral_received"]
    assert inbox["items"][1]["subject"] == f"referral/{referral.referral_id}"
    assert inbox["items"][1]["text"] == "Acknowledge the referral."
    assert (inbox["unread"], inbox["overdue"], inbox["summary"]) == (2, 1, "Overdue tasks: 1. Sign in.")
    first = inbox["items"][0]["id"]
    read = await officer.post_ok(f"/api/inbox/{first}/read")
    assert read["read_at"]
    assert (await officer.post_ok(f"/api/inbox/{first}/read"))["read_at"] == read["read_at"]
    again = await officer.get_ok("/api/inbox", unread="true")
    assert ([item["task"] for item in again["items"]], again["unread"]) == (["referral_received"], 1)
    colleague = scene.bench.person("mia-special.assessor-2")
    unread = (await colleague.get_ok("/api/inbox", unread="true"))["items"]
    assert [item["task"] for item in unread] == ["clock_breached", "referral_received"], "each reads for themself"
    assert (await scene.bench.person("mia-special.motion-officer").get_ok("/api/inbox"))["items"] == []
    assert (await scene.bench.person("ngo-amc.caseworker").get_ok("/api/inbox"))["items"] == []


async def test_lists_page_by_key(scene: Scene) -> None:
    for _ in range(5):
        await scene.bench.receives(scene.referred(case_id=await scene.case_opens(case_id=uuid4())))
    worker = scene.bench.person("ngo-amc.caseworker")
    first = await worker.get_ok("/api/clocks", limit=3)
    rest = await worker.get_ok("/api/clocks", limit=3, after=first["next"])
    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (3, 2, None)
    assert len({clock["id"] for clock in first["items"] + rest["items"]}) == 5


async def test_a_withheld_message_is_seen_by_state_and_sent_again_by_staff(scene: Scene, at: At) -> None:
    """NO-2, NO-4: no address, no text; the safe contact is asked anew, and the reference is a new one."""
    safe, scene.outside.contact = scene.outside.contact, None
    await scene.case_opens()
    await scene.bench.receives(scene.identified())
    await scene.sender().send_due()
    worker = scene.bench.person("ngo-amc.caseworker")
    (message,) = (await worker.get_ok("/api/messages", state="withheld"))["items"]
    assert message["reason"] == "no_safe_contact"
    assert message["actions"] == [{"action": "resend", "allowed": True, "reason": None}]
    scene.outside.contact = safe
    scene.bench.now = at(1)
    stale = await worker.post(f"/api/messages/{message['id']}/resend", {"version": message["version"] - 1})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    again = await worker.post_ok(f"/api/messages/{message['id']}/resend", {"version": message["version"]})
    assert (again["state"], again["version"]) == ("queued", message["version"] + 1)
    await scene.sender().send_due()
    assert [mail["Message-ID"] for mail in scene.outside.mails] == [f"<{message['id']}.2@localhost>"]
    refused = await worker.post(f"/api/messages/{message['id']}/resend")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_possible_in_state")
    shown = await worker.get_ok(f"/api/messages/{message['id']}")
    assert (shown["state"], shown["actions"][0]["reason"]) == ("sent", "state_is_sent")
    acts = [act["action"] for act in (await worker.get_ok(f"/api/messages/{message['id']}/history"))["items"]]
    assert acts == ["send_message", "resend_message", "withhold_message", "queue_message"]


async def test_of_two_resends_at_once_one_wins(scene: Scene) -> None:
    """NO-4: two clients race; nothing is doubled."""
    scene.outside.contact = None
    await scene.case_opens()
    await scene.bench.receives(scene.identified())
    await scene.sender().send_due()
    message = await scene.message()
    worker = scene.bench.person("ngo-amc.caseworker")
    answers = await asyncio.gather(*(worker.post(f"/api/messages/{message.id}/resend") for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert (await scene.message()).round == 2


async def test_acts_in_the_future_or_before_what_they_follow_are_refused(scene: Scene, at: At) -> None:
    await scene.case_opens()
    await scene.bench.receives(scene.referred())
    officer = scene.bench.person("mia-special.assessor")
    (item,) = (await officer.get_ok("/api/inbox"))["items"]
    for moment, code in ((at(1), "in_the_future"), (at(-1), "before_what_it_follows")):
        answer = await officer.post(f"/api/inbox/{item['id']}/read", {"happened_at": moment.isoformat()})
        assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_templates_are_shown_with_versions_and_languages(scene: Scene) -> None:
    """NO-4."""
    items = (await scene.bench.person("himaya.operator").get_ok("/api/templates"))["items"]
    assert {item["template"] for item in items} == set(templates())
    assert all(set(item["texts"]) == {"az", "en", "ru"} for item in items)


async def test_the_coordinator_sees_counts_and_no_case(scene: Scene, at: At) -> None:
    """NO-3, CO-1: by the year in which the end fell, in Baku."""
    await scene.case_opens()
    await scene.bench.receives(scene.referred(), scene.identified(ago=timedelta(days=300)))
    await scene.ticks(at(25))
    coordinator = scene.bench.person("coordinator.coordinator")
    seen = await coordinator.get_ok("/api/statistics/2026")
    assert seen == {"year": 2026, "clocks": {"referral": {"breached": 1}}, "messages": {}}
    assert (await coordinator.get_ok("/api/statistics/2025"))["messages"] == {"skipped": 1}
