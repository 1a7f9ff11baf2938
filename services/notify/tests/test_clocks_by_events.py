"""Clocks of stays, permits, opinions, bars and withdrawals, by the events that start and end them (NO-3)."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import uuid4

from nrm_events import exchange as exc
from nrm_events import identification as ids
from nrm_events import repatriation as rep
from nrm_events import shelter as shl

from .givens import Scene

At = Callable[[float], datetime]


async def test_working_days_before_an_opinion(scene: Scene, at: At) -> None:
    """NO-3: two working days before Wednesday 25 March 2026 lie before Novruz (20–24 March and a weekend)."""
    await scene.case_opens()
    due = datetime.fromisoformat("2026-03-25T18:00:00+04:00")
    await scene.bench.receives(
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
    await scene.bench.receives(
        *(rep.PermitOpinionAsked(**about, due_at=at(due), opinion_id=id_) for id_, due in ((first, 99), (second, 200))),
        rep.PermitOpinionGiven(**about, silent=False, opinion_id=first),
    )
    rows = await scene.rows("select object_id, state from clock order by due_at")
    assert [(row.object_id, row.state) for row in rows] == [(first, "met"), (second, "running")]
    await scene.bench.receives(
        rep.PermitOpinionAsked(**about, due_at=at(300)), rep.PermitOpinionGiven(**about, silent=True)
    )
    assert [row.state for row in await scene.rows("select state from clock order by due_at")][2:] == ["met"]


async def test_a_stay_is_extended_and_ends(scene: Scene, at: At) -> None:
    """NO-3, SH-1, SH-3: the end moves; leaving meets it at any time."""
    stay, ends = uuid4(), at(30 * 24)
    await scene.case_opens()
    await scene.bench.receives(
        shl.PlaceOffered(case_id=scene.case_id, effective_at=at(0), stay_id=stay, operator="ngo-acu", lapses_at=at(48)),
        shl.ShelterAdmitted(case_id=scene.case_id, effective_at=at(0), stay_id=stay, operator="ngo-acu", ends_at=ends),
    )
    await scene.ticks(ends)
    scene.bench.now = ends + timedelta(hours=1)
    await scene.bench.receives(
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
    await scene.bench.receives(
        shl.ShelterLeft(
            case_id=scene.case_id, effective_at=scene.bench.clock(), stay_id=stay, how="left", to="not_told"
        )
    )
    assert await scene.deadlines() == [
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
    await scene.bench.receives(
        rep.PermitGranted(case_id=scene.case_id, effective_at=at(0), permit_id=permit, valid_until=date(2026, 9, 1))
    )
    (clock,) = await scene.rows("select due_at from clock")
    assert clock.due_at == datetime.fromisoformat("2026-09-02T00:00:00+04:00")
    await scene.bench.receives(
        rep.PermitExtended(case_id=scene.case_id, effective_at=at(0), permit_id=permit, valid_until=date(2027, 9, 1))
    )
    (clock,) = await scene.rows("select due_at from clock")
    assert clock.due_at == datetime.fromisoformat("2027-09-02T00:00:00+04:00")


async def test_an_advisory_hold_and_a_bar_without_end_have_no_clock(scene: Scene, at: At) -> None:
    """NO-3, RP-4; a bar that gets an end later starts one, one that loses its end stops it."""
    bar, hold = uuid4(), uuid4()
    about = {"case_id": scene.case_id, "effective_at": at(0)}
    await scene.case_opens()
    await scene.bench.receives(
        rep.RemovalBarRaised(**about, bar_id=hold, until=at(99), advisory=True),
        rep.RemovalBarRaised(**about, bar_id=bar),
    )
    assert await scene.rows("select * from clock") == []
    await scene.bench.receives(rep.RemovalBarExtended(**about, bar_id=bar, until=at(999)))
    assert [row.state for row in await scene.rows("select state from clock")] == ["running"]
    await scene.bench.receives(rep.RemovalBarExtended(**about, bar_id=bar))
    assert [row.state for row in await scene.rows("select state from clock")] == ["ended"]
    assert await scene.deadlines() == []


async def test_nobody_awaits_a_person_who_did_not_depart(scene: Scene, at: At) -> None:
    """RP-6, NO-3: the hand-over of a return ends with the departure that did not take place, and warns nobody."""
    await scene.case_opens()
    about = {"case_id": scene.case_id, "effective_at": at(0), "return_id": uuid4()}
    await scene.bench.receives(rep.ReturnHandoverOffered(**about, to="iom", due_at=at(72)))
    assert [row.state for row in await scene.rows("select state from clock")] == ["running"]
    await scene.bench.receives(rep.DepartureCorrected(**about, reason="missed_travel"))
    assert [row.state for row in await scene.rows("select state from clock")] == ["ended"]
    await scene.ticks(at(300))
    assert await scene.deadlines() == []


async def test_a_closed_case_ends_the_clocks_that_only_it_needs(scene: Scene, at: At) -> None:
    """NO-3: the hand-over is not waited for any more; the stay of the same person is."""
    await scene.case_opens()
    stay = shl.ShelterAdmitted(
        case_id=scene.case_id, effective_at=at(0), stay_id=uuid4(), operator="ngo-acu", ends_at=at(720)
    )
    await scene.bench.receives(scene.referred(), stay)
    await scene.bench.receives(ids.CaseClosed(case_id=scene.case_id, effective_at=at(0), outcome="withdrawn"))
    rows = await scene.rows("select kind, state from clock order by kind")
    assert [(row.kind, row.state) for row in rows] == [("referral", "ended"), ("stay", "running")]


async def test_an_agency_that_does_not_let_go_is_seen_by_staff_and_by_the_operator(scene: Scene, at: At) -> None:
    """NO-3, ID-12: warned a working day before, breached once; the operator learns which agency, and of no case."""
    await scene.case_opens()
    withdrawal = {"case_id": scene.case_id, "effective_at": at(0), "consent_id": uuid4(), "agency": "ngo-acu"}
    await scene.bench.receives(exc.WithdrawalTold(**withdrawal, acknowledge_by=at(5 * 24)))
    for hours in (72, 97, 120, 300):
        await scene.ticks(at(hours))
    assert await scene.deadlines() == [("DeadlineApproaching", False), ("DeadlineBreached", False)]
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
    withdrawal = {"case_id": scene.case_id, "effective_at": at(0), "consent_id": uuid4(), "agency": "ngo-acu"}
    await scene.bench.receives(
        exc.WithdrawalTold(**withdrawal, acknowledge_by=at(5 * 24)),
        exc.WithdrawalAcknowledged(**withdrawal | {"effective_at": at(1)}, submission_id=uuid4()),
    )
    await scene.ticks(at(300))
    assert await scene.deadlines() == [("DeadlineMet", False)]
    assert await scene.tasks("operator") == []
