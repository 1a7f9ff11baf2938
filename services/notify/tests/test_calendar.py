"""Decrees over HTTP: entered by the coordinator, shown to all staff; clocks follow (NO-3)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from casework.calendar import local_date
from nrm_events import repatriation as rep
from nrm_events import shelter as shl

from .givens import Scene

COORDINATOR = "coordinator.coordinator"
HOLDER = "ngo-amc.caseworker"
HOUSE = "ngo-acu.shelter-manager"
At = Callable[[float], datetime]
BEFORE_FITR = datetime(2027, 3, 1, 8, tzinfo=UTC)  # a Monday; the package estimates 10 and 11 March


def decree(**days: list[str]) -> dict[str, Any]:
    return {"decree": "NK-512-2026", "holidays": [], "working_days": [], "as_published": []} | days


async def calendar(scene: Scene, first: str, last: str) -> dict[str, dict[str, Any]]:
    shown = await scene.bench.person(HOLDER).get_ok("/api/calendar", first=first, last=last)
    return {day["day"]: day for day in shown["items"]}


async def test_the_coordinator_enters_a_decree_and_all_staff_see_it(scene: Scene) -> None:
    """NO-3: an estimated holiday is certain once it is decreed; the event carries days and a number alone."""
    scene.bench.now = BEFORE_FITR
    days = await calendar(scene, "2027-03-01", "2027-03-31")
    estimated = [day for day, shown in days.items() if shown["estimated"]]
    assert estimated
    assert days["2027-03-22"]["name"], "Novruz"
    assert "2027-03-03" not in days, "a day like any other"

    coordinator = scene.bench.person(COORDINATOR)
    entered = await coordinator.post_ok(
        "/api/calendar/decrees", decree(holidays=estimated, working_days=["2027-03-13"])
    )
    assert {day["day"]: (day["works"], day["estimated"]) for day in entered["items"]} == {
        **dict.fromkeys(estimated, (False, False)),
        "2027-03-13": (True, False),
    }
    assert (await calendar(scene, "2027-03-13", "2027-03-13"))["2027-03-13"]["decree"] == "NK-512-2026"
    events = [row.value for row in await scene.rows("select value from outbox")]
    assert len(events) == 1
    assert (await coordinator.post("/api/calendar/decrees", decree(as_published=["2027-03-13"]))).status_code == 200
    assert await calendar(scene, "2027-03-13", "2027-03-13") == {}


@pytest.mark.parametrize(
    ("body", "code", "where"),
    [
        (decree(), "no_days", None),
        (decree(holidays=["2027-03-09"], working_days=["2027-03-09"]), "invalid_days", "body.holidays.0"),
        (decree(holidays=["2207-03-09"]), "invalid_days", "body.holidays.0"),
        (decree(as_published=["2027-03-09"]), "invalid_days", "body.as_published.0"),
        (decree(holidays=["2027-02-30"]), "invalid_request", "body.holidays.0"),
        (decree() | {"decree": "by a word of mouth"}, "invalid_request", "body.decree"),
        (decree(names=["x"]), "invalid_request", "body.names"),
    ],
)
async def test_what_cannot_be_decreed_changes_nothing(
    scene: Scene, body: dict[str, Any], code: str, where: str | None
) -> None:
    """NO-3: the answer names each day that is at fault and why."""
    refused = await scene.bench.person(COORDINATOR).post("/api/calendar/decrees", body)
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    if where:
        assert where in [fault["where"] for fault in refused.json()["faults"]]
    assert await scene.rows("select * from decreed_day") == []
    assert await scene.rows("select * from outbox") == []


@pytest.mark.parametrize("who", [HOLDER, "himaya.operator", "fund.fund-approver"])
async def test_nobody_else_enters_one(scene: Scene, who: str) -> None:
    refused = await scene.bench.person(who).post("/api/calendar/decrees", decree(holidays=["2027-03-09"]))
    assert refused.status_code == 403
    assert await scene.rows("select * from decreed_day") == []


async def test_a_period_is_short_enough_to_read(scene: Scene) -> None:
    for first, last in (("2027-03-01", "2027-02-01"), ("2026-01-01", "2028-01-01")):
        refused = await scene.bench.person(HOLDER).get("/api/calendar", first=first, last=last)
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid_period")


async def test_a_term_that_notify_counts_moves_with_its_warning(scene: Scene, at: At) -> None:
    """ID-9, NO-3: ten working days for the second look; the decree gives and takes a day, the warning goes along."""
    await scene.case_opens()
    required = shl.ReExaminationRequired(
        case_id=scene.case_id, effective_at=at(0), grant="stay", grant_id=uuid4(), reason="x", agency="ngo-acu"
    )
    await scene.bench.receives(required)
    (before,) = await scene.rows("select id, due_at, warn_at, version from clock")
    third = str(local_date(at(2 * 24)))
    coordinator = scene.bench.person(COORDINATOR)
    await coordinator.post_ok("/api/calendar/decrees", decree(holidays=[third]))
    (moved,) = await scene.rows("select due_at, warn_at, version, state from clock")
    assert local_date(moved.due_at) > local_date(before.due_at)
    assert moved.due_at.time() == before.due_at.time()
    assert moved.warn_at > before.warn_at
    assert (moved.state, moved.version) == ("running", before.version + 1)
    await coordinator.post_ok("/api/calendar/decrees", decree(as_published=[third]))
    (back,) = await scene.rows("select due_at, warn_at from clock")
    assert (back.due_at, back.warn_at) == (before.due_at, before.warn_at)


async def test_a_breach_that_a_decree_moves_into_the_future_is_one_no_more(scene: Scene, at: At) -> None:
    """NO-3: a decree entered late for yesterday; the clock runs again, and nobody is asked about the breach."""
    await scene.case_opens()
    required = shl.ReExaminationRequired(
        case_id=scene.case_id, effective_at=at(0), grant="stay", grant_id=uuid4(), reason="x", agency="ngo-acu"
    )
    await scene.bench.receives(required)
    (clock,) = await scene.rows("select due_at from clock")
    await scene.ticks(clock.due_at + timedelta(hours=1))
    assert (await scene.rows("select state from clock"))[0].state == "breached"
    body = decree(holidays=[str(local_date(clock.due_at))])
    await scene.bench.person(COORDINATOR).post_ok("/api/calendar/decrees", body)
    (moved,) = await scene.rows("select state, breached_at, escalate_at from clock")
    assert (moved.state, moved.breached_at, moved.escalate_at) == ("running", None, None)


async def test_an_owner_moves_the_end_that_it_set(scene: Scene, at: At) -> None:
    """SH-8, NO-3: notify does not count another service's term again; it follows the event."""
    await scene.case_opens()
    about: dict[str, Any] = {"case_id": scene.case_id, "handover_id": uuid4(), "to": "vac", "from_agency": "ngo-amc"}
    await scene.bench.receives(shl.HandoverRequested(**about, effective_at=at(0), due_at=at(7 * 24)))
    await scene.bench.person(COORDINATOR).post_ok(
        "/api/calendar/decrees", decree(holidays=[str(local_date(at(7 * 24)))])
    )
    assert (await scene.rows("select due_at from clock"))[0].due_at == at(7 * 24)
    await scene.bench.receives(shl.HandoverDueMoved(**about, effective_at=at(1), due_at=at(8 * 24)))
    (clock,) = await scene.rows("select due_at, state from clock")
    assert (clock.due_at, clock.state) == (at(8 * 24), "running")


async def test_a_clock_beside_an_estimated_holiday_is_provisional(scene: Scene) -> None:
    """NO-3: until the decree; a clock in calendar days never is."""
    scene.bench.now = BEFORE_FITR
    await scene.case_opens(holder="ngo-acu")
    about = {"case_id": scene.case_id, "effective_at": BEFORE_FITR}
    await scene.bench.receives(
        shl.ReExaminationRequired(**about, grant="stay", grant_id=uuid4(), reason="x", agency="ngo-acu"),
        shl.ShelterAdmitted(**about, stay_id=uuid4(), operator="ngo-acu", ends_at=BEFORE_FITR + timedelta(days=30)),
    )
    house = scene.bench.person(HOUSE)

    async def provisional() -> dict[str, bool]:
        return {one["kind"]: one["provisional"] for one in (await house.get_ok("/api/clocks"))["items"]}

    assert await provisional() == {"re_examination_of_stay": True, "stay": False}
    estimated = [
        day for day, shown in (await calendar(scene, "2027-03-01", "2027-03-31")).items() if shown["estimated"]
    ]
    await scene.bench.person(COORDINATOR).post_ok("/api/calendar/decrees", decree(holidays=estimated))
    assert await provisional() == {"re_examination_of_stay": False, "stay": False}
    assert date(2027, 3, 9) not in estimated


async def test_a_warning_comes_at_its_moved_time(scene: Scene, at: At) -> None:
    """NO-3: a decree that swaps two days leaves the end and moves the warning; the ticker looks then, not before."""
    await scene.case_opens()
    due = datetime.fromisoformat("2026-03-18T18:00:00+04:00")  # a Wednesday; two working days before is Monday
    asked = rep.PermitOpinionAsked(case_id=scene.case_id, effective_at=at(0), permit_id=uuid4(), due_at=due)
    await scene.bench.receives(asked)
    swap = decree(holidays=["2026-03-17"], working_days=["2026-03-14"])
    await scene.bench.person(COORDINATOR).post_ok("/api/calendar/decrees", swap)
    (clock,) = await scene.rows("select due_at, warn_at, look_at from clock")
    saturday = datetime.fromisoformat("2026-03-14T18:00:00+04:00")
    assert (clock.due_at, clock.warn_at, clock.look_at) == (due, saturday, saturday)
