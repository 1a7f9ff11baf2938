"""Events start, move and end clocks, tell staff and queue messages, each once (NO-3, NO-4, ID-7, ID-12)."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import uuid4

from notify.app import SERVICE
from notify.domain.kinds import CLOCK_EVENTS
from notify.domain.routes import ROUTED
from nrm_events import EVENTS
from nrm_events import exchange as exc
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


async def test_a_clock_warns_once_and_breaches_once_and_staff_of_the_right_agency_see_it(scene: Scene, at: At) -> None:
    """NO-3, ID-7: 24 hours, a warning 4 hours before; then the inbox of who must act, then the holder's."""
    await scene.case_opens()
    await scene.bench.hears(scene.referred())
    for hours in (19.9, 20, 21, 24, 25):
        await scene.ticks(at(hours))
    assert await scene.said() == [("DeadlineApproaching", False), ("DeadlineBreached", False)]
    assert await scene.tasks("mia-special") == ["referral_received", "clock_approaching", "clock_breached"]
    assert await scene.tasks("holder") == []
    await scene.ticks(at(24 + 24.1))  # a working day later it goes one level up, once
    await scene.ticks(at(24 + 99))
    assert await scene.tasks("holder") == ["clock_escalated"]


async def test_a_report_that_nobody_hands_over_warns_its_holder(scene: Scene, at: At) -> None:
    """NO-3, ID-7: the 24 hours run from the report, before a case is opened and whether or not it ever is."""
    await scene.bench.hears(scene.awaited())
    for hours in (19.9, 20, 24, 25, 99):
        await scene.ticks(at(hours))
    assert await scene.said() == [("DeadlineApproaching", False), ("DeadlineBreached", False)]
    assert await scene.tasks("holder") == ["clock_approaching", "clock_breached"]
    worker, other = (scene.bench.person(f"{ngo}.caseworker") for ngo in ("ngo-amc", "ngo-clean-world"))
    assert [item["task"] for item in (await worker.get_ok("/api/inbox"))["items"]] == [
        "clock_breached",
        "clock_approaching",
    ]
    assert [clock["state"] for clock in (await worker.get_ok("/api/deadlines?mine=true"))["items"]] == ["breached"]
    assert (await other.get_ok("/api/inbox"))["items"] == (await other.get_ok("/api/clocks"))["items"] == []


async def test_the_hand_over_hands_the_clock_on_and_its_acknowledgement_meets_it(scene: Scene, at: At) -> None:
    """NO-3, ID-7: one clock, by one end; what was said of it already is told to who must act now."""
    await scene.case_opens()
    await scene.bench.hears(scene.awaited())
    referral = scene.referred()
    await scene.ticks(at(21))
    await scene.bench.hears(referral)
    assert await scene.tasks("holder") == ["clock_approaching"]
    assert set(await scene.tasks("mia-special")) == {"clock_approaching", "referral_received"}
    (clock,) = await scene.rows("select duty_agency, duty_role, due_at, state from clock")
    assert (*clock,) == ("mia-special", "assessor", at(24), "approaching")
    await scene.bench.hears(scene.acknowledged(referral, at(22)))
    await scene.ticks(at(48))
    assert await scene.said() == [("DeadlineApproaching", False), ("DeadlineMet", False)]


async def test_a_hand_over_after_the_breach_says_no_second_one(scene: Scene, at: At) -> None:
    """NO-3, ID-7: the receiving agency learns that it is late; a working day later it goes up to the holder."""
    await scene.case_opens()
    await scene.bench.hears(scene.awaited())
    referral = scene.referred()
    await scene.ticks(at(30))
    await scene.bench.hears(referral)
    await scene.ticks(at(31))
    assert await scene.said() == [("DeadlineBreached", False)]
    assert set(await scene.tasks("mia-special")) == {"clock_breached", "referral_received"}
    await scene.ticks(at(30 + 25))
    assert await scene.tasks("holder") == ["clock_breached", "clock_escalated"]
    await scene.bench.hears(scene.acknowledged(referral, at(55)))
    assert [row.state for row in await scene.rows("select state from clock")] == ["met_late"]


async def test_what_may_not_be_handed_over_any_more_is_not_waited_for(scene: Scene, at: At) -> None:
    """NO-3, ID-7: the consent was taken back, or the report joined another case; a later consent counts anew."""
    await scene.case_opens()
    await scene.bench.hears(scene.awaited())
    await scene.bench.hears(ids.ReferralNoLongerAwaited(case_id=scene.case_id, effective_at=at(1)))
    await scene.ticks(at(48))
    assert await scene.said() == []
    await scene.bench.hears(scene.awaited(ago=timedelta(hours=48)))
    assert [row.state for row in await scene.rows("select state from clock order by id")] == ["ended", "running"]


async def test_the_times_on_the_events_are_those_of_the_clock_not_of_the_ticker(scene: Scene, at: At) -> None:
    """NO-3: a late ticker does not change when the end was."""
    await scene.case_opens()
    await scene.bench.hears(scene.referred())
    await scene.ticks(at(30))
    breached = [body for name, body in await scene.bench.published(scene.case_id) if name == "DeadlineBreached"]
    assert [datetime.fromisoformat(body["effective_at"]) for body in breached] == [at(24)]


async def test_met_by_the_event_and_nothing_more_is_said(scene: Scene, at: At) -> None:
    """NO-3."""
    await scene.case_opens()
    referral = scene.referred()
    await scene.bench.hears(referral)
    scene.bench.now = at(5)
    await scene.bench.hears(scene.acknowledged(referral, at(4)))
    await scene.ticks(at(30))
    assert await scene.said() == [("DeadlineMet", False)]
    assert [row.state for row in await scene.rows("select state from clock")] == ["met"]


async def test_met_too_late_is_told_apart(scene: Scene, at: At) -> None:
    """NO-3: the breach blocked nothing."""
    await scene.case_opens()
    referral = scene.referred()
    await scene.bench.hears(referral)
    await scene.ticks(at(25))
    await scene.bench.hears(scene.acknowledged(referral, at(25)))
    assert await scene.said() == [("DeadlineBreached", False), ("DeadlineMet", False)]
    assert [row.state for row in await scene.rows("select state from clock")] == ["met_late"]


async def test_an_end_that_comes_before_its_start_is_kept(scene: Scene, at: At) -> None:
    """NO-3: topics know no order between them."""
    await scene.case_opens()
    referral = scene.referred()
    await scene.bench.hears(scene.acknowledged(referral, at(0)))
    assert await scene.said() == []
    await scene.bench.hears(referral)
    assert await scene.said() == [("DeadlineMet", False)]
    assert await scene.rows("select * from early_end where kind = 'referral'") == []


async def test_a_year_on_paper_is_met_without_messages(scene: Scene, at: At) -> None:
    """NO-3, entered late: neither a warning nor a breach, and no text to the person (NO-2)."""
    await scene.case_opens()
    referral = scene.referred(ago=timedelta(days=300))
    await scene.bench.hears(referral)
    await scene.ticks(at(0.5))
    await scene.bench.hears(scene.acknowledged(referral, referral.effective_at + timedelta(hours=3)))
    await scene.bench.hears(scene.identified(ago=timedelta(days=299)))
    await scene.ticks(at(48))
    assert await scene.said() == [("DeadlineMet", True)]
    assert (await scene.message()).state == "skipped"
    assert await scene.sender().send_due() == 0
    assert scene.outside.asked == []


async def test_a_clock_already_breached_when_entered_says_so_once_and_marked(scene: Scene, at: At) -> None:
    """NO-3, entered late."""
    await scene.case_opens()
    await scene.bench.hears(scene.referred(ago=timedelta(days=300)))
    for hours in (0.5, 1, 2, 48):
        await scene.ticks(at(hours))
    assert await scene.said() == [("DeadlineBreached", True)]


async def test_working_days_before_an_opinion(scene: Scene, at: At) -> None:
    """NO-3: two working days before Wednesday 25 March 2026 lie before Novruz (20–24 March and a weekend)."""
    await scene.case_opens()
    due = datetime.fromisoformat("2026-03-25T18:00:00+04:00")
    await scene.bench.hears(
        rep.PermitOpinionAsked(case_id=scene.case_id, effective_at=at(0), permit_id=uuid4(), due_at=due)
    )
    (clock,) = await scene.rows("select warn_at, duty_agency, duty_role from clock")
    assert clock.warn_at < datetime.fromisoformat("2026-03-20T00:00:00+04:00")
    assert (clock.duty_agency, clock.duty_role) == ("sms", "migration-officer")


async def test_each_body_that_is_asked_has_a_clock_of_its_own(scene: Scene, at: At) -> None:
    """NO-3, RP-3: the answer of one is not that of the other; a message from before they were told apart works too."""
    await scene.case_opens()
    about = {"case_id": scene.case_id, "effective_at": at(0), "permit_id": uuid4()}
    first, second = uuid4(), uuid4()
    await scene.bench.hears(
        *(rep.PermitOpinionAsked(**about, due_at=at(due), opinion_id=id_) for id_, due in ((first, 99), (second, 200))),
        rep.PermitOpinionGiven(**about, silent=False, opinion_id=first),
    )
    rows = await scene.rows("select object_id, state from clock order by due_at")
    assert [(row.object_id, row.state) for row in rows] == [(first, "met"), (second, "running")]
    await scene.bench.hears(
        rep.PermitOpinionAsked(**about, due_at=at(300)), rep.PermitOpinionGiven(**about, silent=True)
    )
    assert [row.state for row in await scene.rows("select state from clock order by due_at")][2:] == ["met"]


async def test_who_is_told_of_bars_no_more_knows_of_the_case_no_more(scene: Scene, at: At) -> None:
    """ID-12, RP-4: consent withdrawn, `sms` sees neither clock nor task nor count here either."""
    await scene.case_opens()
    bar = {"case_id": scene.case_id, "effective_at": at(0), "bar_id": uuid4(), "until": at(99)}
    await scene.bench.hears(rep.RemovalBarRaised(**bar), rep.RemovalBarNoticed(**bar, told="sms"))
    officer = scene.bench.person("sms.migration-officer")
    assert len((await officer.get_ok("/api/clocks"))["items"]) == 1
    await scene.bench.hears(
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
        await scene.bench.hears(
            shl.HandoverRequested(**about, handover_id=id_, from_agency="ngo-amc", due_at=at(99)),
        )
    worker = scene.bench.person("vac.reintegration-worker")
    await scene.bench.hears(shl.HandoverWithdrawn(**about, handover_id=first))
    subjects = [item["subject"] for item in (await worker.get_ok("/api/inbox"))["items"]]
    assert subjects == [f"handover/{second}"], "an item whose basis ended is not shown any more"
    assert [clock["object_id"] for clock in (await worker.get_ok("/api/clocks"))["items"]] == [str(second)]
    await scene.bench.hears(shl.HandoverWithdrawn(**about, handover_id=second))
    assert (await worker.get_ok("/api/inbox"))["items"] == []
    assert (await worker.get_ok("/api/clocks"))["items"] == []


async def test_the_end_of_support_is_a_task_of_the_holder_and_ends_the_clock(scene: Scene, at: At) -> None:
    """ID-12, SH-8: the agency that took it over sees nothing of it any more; the exchange notifies its system."""
    await scene.case_opens()
    about = {"case_id": scene.case_id, "to": "vac", "handover_id": uuid4()}
    await scene.bench.hears(
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
    await scene.bench.hears(
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


async def test_a_stay_is_extended_and_ends(scene: Scene, at: At) -> None:
    """NO-3, SH-1, SH-3: the end moves; leaving meets it at any time."""
    stay, ends = uuid4(), at(30 * 24)
    await scene.case_opens()
    await scene.bench.hears(
        shl.PlaceOffered(case_id=scene.case_id, effective_at=at(0), stay_id=stay, operator="ngo-acu", lapses_at=at(48)),
        shl.ShelterAdmitted(case_id=scene.case_id, effective_at=at(0), stay_id=stay, operator="ngo-acu", ends_at=ends),
    )
    await scene.ticks(ends)
    scene.bench.now = ends + timedelta(hours=1)
    await scene.bench.hears(
        shl.ShelterExtended(
            case_id=scene.case_id,
            effective_at=ends + timedelta(hours=1),
            stay_id=stay,
            extension_id=uuid4(),
            ends_at=ends + timedelta(days=30),
            reason="health",
        )
    )
    await scene.ticks(ends + timedelta(days=24))
    await scene.bench.hears(
        shl.ShelterLeft(
            case_id=scene.case_id, effective_at=scene.bench.clock(), stay_id=stay, how="left", to="not_told"
        )
    )
    assert await scene.said() == [
        ("DeadlineMet", False),  # the offer, by the admission
        ("DeadlineBreached", False),
        ("DeadlineApproaching", False),
        ("DeadlineMet", False),
    ]
    assert [t for t in await scene.tasks("ngo-acu") if t != "clock_breached"] == ["clock_approaching"]


async def test_a_permit_is_over_when_its_last_day_is(scene: Scene, at: At) -> None:
    """NO-3, RP-1: a date, not a moment; an extension moves it."""
    permit = uuid4()
    await scene.case_opens()
    await scene.bench.hears(
        rep.PermitGranted(case_id=scene.case_id, effective_at=at(0), permit_id=permit, valid_until=date(2026, 9, 1))
    )
    (clock,) = await scene.rows("select due_at from clock")
    assert clock.due_at == datetime.fromisoformat("2026-09-02T00:00:00+04:00")
    await scene.bench.hears(
        rep.PermitExtended(case_id=scene.case_id, effective_at=at(0), permit_id=permit, valid_until=date(2027, 9, 1))
    )
    (clock,) = await scene.rows("select due_at from clock")
    assert clock.due_at == datetime.fromisoformat("2027-09-02T00:00:00+04:00")


async def test_an_advisory_hold_and_a_bar_without_end_have_no_clock(scene: Scene, at: At) -> None:
    """NO-3, RP-4; a bar that gets an end later starts one, one that loses its end stops it."""
    bar, hold = uuid4(), uuid4()
    about = {"case_id": scene.case_id, "effective_at": at(0)}
    await scene.case_opens()
    await scene.bench.hears(
        rep.RemovalBarRaised(**about, bar_id=hold, until=at(99), advisory=True),
        rep.RemovalBarRaised(**about, bar_id=bar),
    )
    assert await scene.rows("select * from clock") == []
    await scene.bench.hears(rep.RemovalBarExtended(**about, bar_id=bar, until=at(999)))
    assert [row.state for row in await scene.rows("select state from clock")] == ["running"]
    await scene.bench.hears(rep.RemovalBarExtended(**about, bar_id=bar))
    assert [row.state for row in await scene.rows("select state from clock")] == ["ended"]
    assert await scene.said() == []


async def test_a_closed_case_ends_the_clocks_that_only_it_needs(scene: Scene, at: At) -> None:
    """NO-3: the hand-over is not waited for any more; the stay of the same person is."""
    await scene.case_opens()
    stay = shl.ShelterAdmitted(
        case_id=scene.case_id, effective_at=at(0), stay_id=uuid4(), operator="ngo-acu", ends_at=at(720)
    )
    await scene.bench.hears(scene.referred(), stay)
    await scene.bench.hears(ids.CaseClosed(case_id=scene.case_id, effective_at=at(0), outcome="withdrawn"))
    rows = await scene.rows("select kind, state from clock order by kind")
    assert [(row.kind, row.state) for row in rows] == [("referral", "ended"), ("stay", "running")]


async def test_one_notification_per_event_template_and_recipient_whatever_is_redelivered(scene: Scene) -> None:
    """NO-4: the inbox drops it; and were the inbox empty, the table itself would."""
    await scene.case_opens()
    heard = await scene.bench.hears(scene.referred(), scene.identified())
    await scene.bench.redelivers(*heard)
    async with scene.bench.session() as session:
        await session.execute(text("delete from inbox"))
    await scene.bench.redelivers(heard[1])
    async with scene.bench.session() as session:
        await SERVICE.handlers[ids.VictimIdentified](session, [heard[1]])
    assert len(await scene.rows("select * from message")) == 1
    assert await scene.tasks("holder") == ["case_recognised"]
    assert await scene.tasks("mia-special") == ["referral_received"]
    told = [name for name, _ in await scene.bench.published(scene.case_id)]
    assert told.count("NotificationQueued") == 1
    assert told.count("NotificationDelivered") == 2


async def test_withdrawn_consent_ends_what_rested_on_it_and_is_acknowledged(scene: Scene, at: At) -> None:
    """ID-12."""
    await scene.case_opens()
    consent = {"case_id": scene.case_id, "effective_at": at(0), "consent_id": uuid4(), "recipient": "iom"}
    consent |= {"purpose": "support", "data_class": "contact"}
    await scene.bench.hears(ids.ConsentGranted(**consent))
    assert {row.agency for row in await scene.rows("select agency from case_access")} == {"ngo-amc", "iom"}
    await scene.bench.hears(ids.ConsentWithdrawn(**consent))
    assert {row.agency for row in await scene.rows("select agency from case_access")} == {"ngo-amc"}
    said = [body for name, body in await scene.bench.published() if name == "ConsentWithdrawalAcknowledged"]
    assert [body["consent_id"] for body in said] == [str(consent["consent_id"])]


async def test_an_agency_that_does_not_let_go_is_seen_by_staff_and_by_the_operator(scene: Scene, at: At) -> None:
    """NO-3, ID-12: warned a working day before, breached once; the operator learns which agency, and of no case."""
    await scene.case_opens()
    told = {"case_id": scene.case_id, "effective_at": at(0), "consent_id": uuid4(), "agency": "ngo-acu"}
    await scene.bench.hears(exc.WithdrawalTold(**told, acknowledge_by=at(5 * 24)))
    for hours in (72, 97, 120, 300):
        await scene.ticks(at(hours))
    assert await scene.said() == [("DeadlineApproaching", False), ("DeadlineBreached", False)]
    assert await scene.tasks("holder") == await scene.tasks("operator") == ["clock_approaching", "clock_breached"]
    assert await scene.tasks("ngo-acu") == []
    operator = scene.bench.person("himaya.operator")
    answer = await operator.get("/api/agency-tasks")
    assert str(scene.case_id) not in answer.text
    assert [item["agency"] for item in answer.json()["items"]] == ["ngo-acu", "ngo-acu"]
    assert {(await operator.get(path)).status_code for path in ("/api/clocks", "/api/inbox")} == {403}
    await operator.post_ok(f"/api/agency-tasks/{answer.json()['items'][0]['id']}/read")
    assert len((await operator.get_ok("/api/agency-tasks", unread="true"))["items"]) == 1
    (clock,) = (await scene.bench.person("ngo-amc.caseworker").get_ok("/api/clocks"))["items"]
    assert (clock["kind"], clock["agency"], clock["state"]) == ("withdrawal", "ngo-acu", "breached")


async def test_who_lets_go_in_time_is_not_warned_of(scene: Scene, at: At) -> None:
    """NO-3, ID-12."""
    await scene.case_opens()
    told = {"case_id": scene.case_id, "effective_at": at(0), "consent_id": uuid4(), "agency": "ngo-acu"}
    await scene.bench.hears(
        exc.WithdrawalTold(**told, acknowledge_by=at(5 * 24)),
        exc.WithdrawalAcknowledged(**told | {"effective_at": at(1)}, submission_id=uuid4()),
    )
    await scene.ticks(at(300))
    assert await scene.said() == [("DeadlineMet", False)]
    assert await scene.tasks("operator") == []


async def test_consent_alone_does_not_show_the_case_to_police(scene: Scene, at: At) -> None:
    """ID-7: only the hand-over does."""
    await scene.case_opens()
    await scene.bench.hears(
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
