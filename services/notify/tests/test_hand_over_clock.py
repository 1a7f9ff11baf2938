"""The 24 hours of the hand-over: warned, breached, met, entered late (NO-3, ID-7)."""

from collections.abc import Callable
from datetime import datetime, timedelta

from nrm_events import identification as ids

from .givens import Scene

At = Callable[[float], datetime]


async def test_a_clock_warns_once_and_breaches_once_and_staff_of_the_right_agency_see_it(scene: Scene, at: At) -> None:
    """NO-3, ID-7: 24 hours, a warning 4 hours before; then the inbox of who must act, then the holder's."""
    await scene.case_opens()
    await scene.bench.receives(scene.referred())
    for hours in (19.9, 20, 21, 24, 25):
        await scene.ticks(at(hours))
    assert await scene.deadlines() == [("DeadlineApproaching", False), ("DeadlineBreached", False)]
    assert await scene.tasks("mia-special") == ["referral_received", "clock_approaching", "clock_breached"]
    assert await scene.tasks("holder") == []
    await scene.ticks(at(24 + 24.1))  # a working day later it goes one level up, once
    await scene.ticks(at(24 + 99))
    assert await scene.tasks("holder") == ["clock_escalated"]


async def test_a_report_that_nobody_hands_over_warns_its_holder(scene: Scene, at: At) -> None:
    """NO-3, ID-7: the 24 hours run from the report, before a case is opened and whether or not it ever is."""
    await scene.bench.receives(scene.awaited())
    for hours in (19.9, 20, 24, 25, 99):
        await scene.ticks(at(hours))
    assert await scene.deadlines() == [("DeadlineApproaching", False), ("DeadlineBreached", False)]
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
    await scene.bench.receives(scene.awaited())
    referral = scene.referred()
    await scene.ticks(at(21))
    await scene.bench.receives(referral)
    assert await scene.tasks("holder") == ["clock_approaching"]
    assert set(await scene.tasks("mia-special")) == {"clock_approaching", "referral_received"}
    (clock,) = await scene.rows("select duty_agency, duty_role, due_at, state from clock")
    assert (*clock,) == ("mia-special", "assessor", at(24), "approaching")
    await scene.bench.receives(scene.acknowledged(referral, at(22)))
    await scene.ticks(at(48))
    assert await scene.deadlines() == [("DeadlineApproaching", False), ("DeadlineMet", False)]


async def test_a_hand_over_after_the_breach_says_no_second_one(scene: Scene, at: At) -> None:
    """NO-3, ID-7: the receiving agency learns that it is late; a working day later it goes up to the holder."""
    await scene.case_opens()
    await scene.bench.receives(scene.awaited())
    referral = scene.referred()
    await scene.ticks(at(30))
    await scene.bench.receives(referral)
    await scene.ticks(at(31))
    assert await scene.deadlines() == [("DeadlineBreached", False)]
    assert set(await scene.tasks("mia-special")) == {"clock_breached", "referral_received"}
    await scene.ticks(at(30 + 25))
    assert await scene.tasks("holder") == ["clock_breached", "clock_escalated"]
    await scene.bench.receives(scene.acknowledged(referral, at(55)))
    assert [row.state for row in await scene.rows("select state from clock")] == ["met_late"]


async def test_what_may_not_be_handed_over_any_more_is_not_waited_for(scene: Scene, at: At) -> None:
    """NO-3, ID-7: the consent was taken back, or the report joined another case; a later consent counts anew."""
    await scene.case_opens()
    await scene.bench.receives(scene.awaited())
    await scene.bench.receives(ids.ReferralNoLongerAwaited(case_id=scene.case_id, effective_at=at(1)))
    await scene.ticks(at(48))
    assert await scene.deadlines() == []
    await scene.bench.receives(scene.awaited(ago=timedelta(hours=48)))
    assert [row.state for row in await scene.rows("select state from clock order by id")] == ["ended", "running"]


async def test_the_times_on_the_events_are_those_of_the_clock_not_of_the_ticker(scene: Scene, at: At) -> None:
    """NO-3: a late ticker does not change when the end was."""
    await scene.case_opens()
    await scene.bench.receives(scene.referred())
    await scene.ticks(at(30))
    breached = [body for name, body in await scene.bench.published(scene.case_id) if name == "DeadlineBreached"]
    assert [datetime.fromisoformat(body["effective_at"]) for body in breached] == [at(24)]


async def test_met_by_the_event_and_nothing_more_is_said(scene: Scene, at: At) -> None:
    """NO-3."""
    await scene.case_opens()
    referral = scene.referred()
    await scene.bench.receives(referral)
    scene.bench.now = at(5)
    await scene.bench.receives(scene.acknowledged(referral, at(4)))
    await scene.ticks(at(30))
    assert await scene.deadlines() == [("DeadlineMet", False)]
    assert [row.state for row in await scene.rows("select state from clock")] == ["met"]


async def test_met_too_late_is_told_apart(scene: Scene, at: At) -> None:
    """NO-3: the breach blocked nothing."""
    await scene.case_opens()
    referral = scene.referred()
    await scene.bench.receives(referral)
    await scene.ticks(at(25))
    await scene.bench.receives(scene.acknowledged(referral, at(25)))
    assert await scene.deadlines() == [("DeadlineBreached", False), ("DeadlineMet", False)]
    assert [row.state for row in await scene.rows("select state from clock")] == ["met_late"]


async def test_an_end_that_comes_before_its_start_is_kept(scene: Scene, at: At) -> None:
    """NO-3: topics know no order between them."""
    await scene.case_opens()
    referral = scene.referred()
    await scene.bench.receives(scene.acknowledged(referral, at(0)))
    assert await scene.deadlines() == []
    await scene.bench.receives(referral)
    assert await scene.deadlines() == [("DeadlineMet", False)]
    assert await scene.rows("select * from early_end where kind = 'referral'") == []


async def test_a_year_on_paper_is_met_without_messages(scene: Scene, at: At) -> None:
    """NO-3, entered late: neither a warning nor a breach, and no text to the person (NO-2)."""
    await scene.case_opens()
    referral = scene.referred(ago=timedelta(days=300))
    await scene.bench.receives(referral)
    await scene.ticks(at(0.5))
    await scene.bench.receives(scene.acknowledged(referral, referral.effective_at + timedelta(hours=3)))
    await scene.bench.receives(scene.identified(ago=timedelta(days=299)))
    await scene.ticks(at(48))
    assert await scene.deadlines() == [("DeadlineMet", True)]
    assert (await scene.message()).state == "skipped"
    assert await scene.sender().send_due() == 0
    assert scene.outside.requests == []


async def test_a_clock_already_breached_when_entered_says_so_once_and_marked(scene: Scene, at: At) -> None:
    """NO-3, entered late."""
    await scene.case_opens()
    await scene.bench.receives(scene.referred(ago=timedelta(days=300)))
    for hours in (0.5, 1, 2, 48):
        await scene.ticks(at(hours))
    assert await scene.deadlines() == [("DeadlineBreached", True)]
