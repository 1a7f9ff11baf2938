"""What the clock does and what it never does (SH-3)."""

from datetime import UTC, datetime, timedelta

from chassis.testing import ServiceUnderTest
from shelter.clocks import run_clocks

from .givens import MANAGER, MOVED_IN, WORKER, a_resident, an_offered_stay, as_read, at


async def tick(service: ServiceUnderTest, now: datetime) -> None:
    async with service.session() as session:
        await run_clocks(service.service.unit_of_work(session, now))


async def published(service: ServiceUnderTest, case_id: str) -> list[str]:
    return [name for name, _ in await service.published(case_id)]


async def test_an_overdue_stay_is_told_once_for_each_end(shelter: ServiceUnderTest) -> None:
    """SH-3: loudly, once per end; the person keeps the bed; a new end that passes is told again."""
    stay = await a_resident(shelter)
    case_id = stay["case_id"]
    await tick(shelter, at("2024-04-03T23:59:00+04:00"))
    assert "StayOverdue" not in await published(shelter, case_id)
    for now in ("2024-04-04T00:01:00+04:00", "2024-04-05T00:00:00+04:00", "2031-01-01T00:00:00+04:00"):
        await tick(shelter, at(now))
    assert (await published(shelter, case_id)).count("StayOverdue") == 1
    manager = shelter.person(MANAGER)
    seen = await manager.get_ok(f"/api/stays/{stay['id']}")
    assert (seen["state"], seen["view"], seen["place"]) == ("admitted", "overdue_decision", stay["place"])
    assert {"overdue_decision"} <= set(seen["warnings"])
    assert [c["state"] for c in seen["clocks"] if c["kind"] == "stay"] == ["breached"]
    assert [s["id"] for s in (await manager.get_ok("/api/stays", view="overdue_decision"))["items"]] == [stay["id"]]
    body = {"granted": True, "reason": "recovery", "happened_at": "2024-04-10T09:00:00+04:00"}
    await manager.post_ok(f"/api/stays/{stay['id']}/extension", as_read(stay, body))
    await tick(shelter, at("2024-05-03T12:00:00+04:00"))
    assert (await published(shelter, case_id)).count("StayOverdue") == 1
    await tick(shelter, at("2024-05-04T12:00:00+04:00"))
    assert (await published(shelter, case_id)).count("StayOverdue") == 2


async def test_the_bed_of_an_overdue_stay_is_offered_to_nobody(shelter: ServiceUnderTest) -> None:
    """SH-3, SH-5: not even years later, until somebody decides."""
    stay = await a_resident(shelter)
    other = await an_offered_stay(shelter)
    manager = shelter.person(MANAGER)
    places = (await manager.get_ok(f"/api/stays/{other['id']}/places", **{"from": "2030-01-01"}))["places"]
    bed = next(place for place in places if place["bed_id"] == stay["place"]["bed_id"])
    assert bed["refusals"] == ["full_nights"]
    assert bed["held"] == [{"begins": "2024-03-04", "ends": None, "kind": "stay"}]


async def test_an_offer_without_an_answer_lapses(shelter: ServiceUnderTest) -> None:
    """The bed is free again; an offer that was entered late is answered late, so it lapses by when it was recorded."""
    stay = await an_offered_stay(shelter)
    lapses_at = at(stay["lapses_at"])
    assert lapses_at > datetime.now(UTC) + timedelta(hours=71)
    await tick(shelter, lapses_at - timedelta(minutes=1))
    assert (await shelter.person(MANAGER).get_ok(f"/api/stays/{stay['id']}"))["state"] == "offered"
    await tick(shelter, lapses_at)
    seen = (await shelter.published(stay["case_id"]))[-1]
    assert (seen[0], seen[1]["outcome"], seen[1]["reasons"]) == ("PlaceWithdrawn", "lapsed", ["no_answer"])
    assert (await shelter.person(MANAGER).get(f"/api/stays/{stay['id']}")).status_code == 404
    await tick(shelter, lapses_at + timedelta(days=1))
    assert (await published(shelter, stay["case_id"])).count("PlaceWithdrawn") == 1


async def test_an_answer_in_time_stops_the_clock(shelter: ServiceUnderTest) -> None:
    stay = await an_offered_stay(shelter)
    await shelter.person(WORKER).post_ok(f"/api/stays/{stay['id']}/admission", {"happened_at": MOVED_IN})
    await tick(shelter, at(stay["lapses_at"]) + timedelta(days=1))
    seen = await shelter.person(WORKER).get_ok(f"/api/stays/{stay['id']}")
    assert seen["state"] == "admitted"
    assert [c["state"] for c in seen["clocks"] if c["kind"] == "place_offer"] == ["met"]
