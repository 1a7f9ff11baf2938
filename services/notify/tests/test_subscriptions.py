"""Every event of a table is received once, and what rested on a consent ends with it (NO-4, ID-7, ID-12)."""

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

from notify.app import SERVICE
from notify.domain.kinds import CLOCK_EVENTS
from notify.domain.routes import ROUTED
from nrm_events import EVENTS
from nrm_events import identification as ids
from nrm_events import repatriation as rep
from nrm_events import shelter as shl
from sqlalchemy import text

from .givens import Scene

At = Callable[[float], datetime]


def test_every_event_that_a_table_names_is_subscribed_to() -> None:
    assert set(SERVICE.handlers) >= CLOCK_EVENTS | ROUTED
    assert {e.service for e in SERVICE.handlers} == {"identification", "shelter", "fund", "repatriation", "exchange"}
    assert set(SERVICE.handlers) <= set(EVENTS.values())


async def test_one_notification_per_event_template_and_recipient_whatever_is_redelivered(scene: Scene) -> None:
    """NO-4: the inbox drops it; and were the inbox empty, the table itself would."""
    await scene.case_opens()
    received = await scene.bench.receives(scene.referred(), scene.identified())
    await scene.bench.redelivers(*received)
    async with scene.bench.session() as session:
        await session.execute(text("delete from inbox"))
    await scene.bench.redelivers(received[1])
    async with scene.bench.session() as session:
        await SERVICE.handlers[ids.VictimIdentified](session, [received[1]])
    assert len(await scene.rows("select * from message")) == 1
    assert await scene.tasks("holder") == ["case_recognised"]
    assert await scene.tasks("mia-special") == ["referral_received"]
    published = [name for name, _ in await scene.bench.published(scene.case_id)]
    assert published.count("NotificationQueued") == 1
    assert published.count("NotificationDelivered") == 2


async def test_withdrawn_consent_ends_what_rested_on_it_and_is_acknowledged(scene: Scene, at: At) -> None:
    """ID-12."""
    await scene.case_opens()
    consent = {"case_id": scene.case_id, "effective_at": at(0), "consent_id": uuid4(), "recipient": "iom"}
    consent |= {"purpose": "support", "data_class": "contact"}
    await scene.bench.receives(ids.ConsentGranted(**consent))
    assert {row.agency for row in await scene.rows("select agency from case_access")} == {"ngo-amc", "iom"}
    await scene.bench.receives(ids.ConsentWithdrawn(**consent))
    assert {row.agency for row in await scene.rows("select agency from case_access")} == {"ngo-amc"}
    acknowledged = [body for name, body in await scene.bench.published() if name == "ConsentWithdrawalAcknowledged"]
    assert [body["consent_id"] for body in acknowledged] == [str(consent["consent_id"])]


async def test_who_is_told_of_bars_no_more_knows_of_the_case_no_more(scene: Scene, at: At) -> None:
    """ID-12, RP-4: consent withdrawn, `sms` sees neither clock nor task nor count here either."""
    await scene.case_opens()
    bar = {"case_id": scene.case_id, "effective_at": at(0), "bar_id": uuid4(), "until": at(99)}
    await scene.bench.receives(rep.RemovalBarRaised(**bar), rep.RemovalBarNoticed(**bar, told="sms"))
    officer = scene.bench.person("sms.migration-officer")
    assert len((await officer.get_ok("/api/clocks"))["items"]) == 1
    await scene.bench.receives(
        rep.RemovalBarNoticeEnded(case_id=scene.case_id, effective_at=at(1), told="sms"),
    )
    assert (await officer.get_ok("/api/clocks"))["items"] == []
    inbox = await officer.get_ok("/api/inbox")
    assert (inbox["items"], inbox["unread"]) == ([], 0)


async def test_a_hand_over_that_was_withdrawn_shows_nothing_any_more(scene: Scene, at: At) -> None:
    """ID-12, SH-8: this one alone, with its task; another to the same agency goes on."""
    await scene.case_opens()
    about = {"case_id": scene.case_id, "effective_at": at(0), "to": "vac"}
    first, second = uuid4(), uuid4()
    for id_ in (first, second):
        await scene.bench.receives(
            shl.HandoverRequested(**about, handover_id=id_, from_agency="ngo-amc", due_at=at(99)),
        )
    worker = scene.bench.person("vac.reintegration-worker")
    await scene.bench.receives(shl.HandoverWithdrawn(**about, handover_id=first))
    subjects = [item["subject"] for item in (await worker.get_ok("/api/inbox"))["items"]]
    assert subjects == [f"handover/{second}"], "an item whose basis ended is not shown any more"
    assert [clock["object_id"] for clock in (await worker.get_ok("/api/clocks"))["items"]] == [str(second)]
    await scene.bench.receives(shl.HandoverWithdrawn(**about, handover_id=second))
    assert (await worker.get_ok("/api/inbox"))["items"] == []
    assert (await worker.get_ok("/api/clocks"))["items"] == []


async def test_the_end_of_support_is_a_task_of_the_holder_and_ends_the_clock(scene: Scene, at: At) -> None:
    """ID-12, SH-8: the agency that took it over sees nothing of it any more; the exchange notifies its system."""
    await scene.case_opens()
    about = {"case_id": scene.case_id, "to": "vac", "handover_id": uuid4()}
    await scene.bench.receives(
        shl.HandoverRequested(**about, effective_at=at(0), from_agency="ngo-amc", due_at=at(9)),
        shl.HandoverEnded(**about, effective_at=at(2)),
    )
    holder, worker = scene.bench.person("ngo-amc.caseworker"), scene.bench.person("vac.reintegration-worker")
    assert [item["task"] for item in (await holder.get_ok("/api/inbox"))["items"]] == ["handover_ended"]
    assert [clock["state"] for clock in (await holder.get_ok("/api/clocks"))["items"]] == ["ended"]
    assert (await worker.get_ok("/api/inbox"))["items"] == []
    assert (await worker.get_ok("/api/clocks"))["items"] == []


async def test_what_is_known_for_one_purpose_shows_no_clock_of_another(scene: Scene, at: At) -> None:
    """ID-12, SH-7: who sees a permit or prepares a return does not learn of the stay, nor who runs the shelter."""
    about = {"case_id": scene.case_id, "effective_at": at(0)}
    await scene.case_opens()
    await scene.bench.receives(
        shl.ShelterAdmitted(**about, stay_id=uuid4(), operator="ngo-acu", ends_at=at(99)),
        ids.ReflectionStarted(**about, reflection_id=uuid4(), ends_at=at(99)),
        rep.PermitApplied(**about, permit_id=uuid4()),
        rep.PermitOpinionAsked(**about, permit_id=uuid4(), opinion_id=uuid4(), due_at=at(99)),
        ids.ConsentGranted(**about, consent_id=uuid4(), recipient="iom", purpose="return", data_class="identity"),
    )
    seen = {}
    for who in ("ngo-amc.caseworker", "ngo-acu.shelter-manager", "sms.migration-officer", "iom.return-officer"):
        clocks = (await scene.bench.person(who).get_ok("/api/clocks"))["items"]
        seen[who.partition(".")[0]] = {clock["kind"] for clock in clocks}
    assert seen == {
        "ngo-amc": {"stay", "reflection", "opinion"},
        "ngo-acu": {"stay"},
        "sms": {"opinion"},
        "iom": set(),
    }
    (stay,) = await scene.rows("select id from clock where kind = 'stay'")
    for path in (f"/api/clocks/{stay.id}", f"/api/clocks/{stay.id}/history"):
        refused = await scene.bench.person("iom.return-officer").get(path)
        assert (refused.status_code, refused.json()["code"]) == (403, "not_for_this_basis")
        assert (await scene.bench.person("moh.reporter").get(path)).status_code == 404, "it knows nothing of the case"


async def test_consent_alone_does_not_show_the_case_to_police(scene: Scene, at: At) -> None:
    """ID-7: only the hand-over does."""
    await scene.case_opens()
    await scene.bench.receives(
        ids.ConsentGranted(
            case_id=scene.case_id,
            effective_at=at(0),
            consent_id=uuid4(),
            recipient="mia-special",
            purpose="referral",
            data_class="identity",
        )
    )
    assert {row.agency for row in await scene.rows("select agency from case_access")} == {"ngo-amc"}
