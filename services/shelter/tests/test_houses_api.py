"""Facilities, capacity and beds out of use over HTTP (SH-9); what leaves the service about a house (SH-7)."""

from typing import Any

import pytest
from chassis.testing import ServiceUnderTest
from shelter.settings import FACILITIES
from shelter.use_cases.seeding import read_facilities

from .givens import ASKED, CASEWORKER, LATER, MANAGER, a_requested_stay, a_resident, as_read, best_bed, in_bed

REPAIR = {"reason": "repair", "begins": "2024-03-10", "returns_on": "2024-03-15", "happened_at": ASKED}


async def a_bed(shelter: ServiceUnderTest) -> str:
    items = (await shelter.person(MANAGER).get_ok("/api/facilities"))["items"]
    house = next(item for item in items if item["code"] == "mia-adult")
    return str(house["rooms"][0]["beds"][0]["bed_id"])


def lines(capacity: dict[str, Any]) -> dict[tuple[str, str], tuple[int, int, int, int]]:
    return {
        (line["operator"], line["category"]): (line["beds"], line["out_of_use"], line["held"], line["free"])
        for line in capacity["lines"]
    }


def test_the_file_has_as_many_beds_as_were_published() -> None:
    """SH-9: 50 places for adults and 25 for children; where none was published, the file says so."""
    for entry in read_facilities(FACILITIES):
        beds = sum(room.count * room.beds for room in entry.rooms)
        assert entry.capacity is None or beds == entry.capacity, entry.code


async def test_seeding_again_changes_nothing(shelter: ServiceUnderTest) -> None:
    first = await shelter.person("coordinator.coordinator").get_ok("/api/facilities")
    assert shelter.service.seed
    async with shelter.session() as session:
        await shelter.service.seed(session)
    assert await shelter.person("coordinator.coordinator").get_ok("/api/facilities") == first
    assert sum(item["beds"] for item in first["items"] if item["operator"] == "mia-shelter") == 75


@pytest.mark.parametrize("username", [CASEWORKER, "mia-special.assessor", "coordinator.coordinator", MANAGER])
async def test_a_house_is_named_to_its_own_agency_only(empty_shelter: ServiceUnderTest, username: str) -> None:
    """SH-7: code, region and rooms are for the people who work there."""
    for item in (await empty_shelter.person(username).get_ok("/api/facilities"))["items"]:
        own = username.startswith(item["operator"] + ".")
        assert (item["code"] is not None) == own
        assert (item["rooms"] is not None) == own


async def test_capacity_by_category_and_date(shelter: ServiceUnderTest) -> None:
    """SH-9: beds, out of use, held and free, for any night; before the house opened it has none."""
    await a_resident(shelter)
    caseworker = shelter.person(CASEWORKER)
    on = lines(await caseworker.get_ok("/api/capacity", on="2024-03-11"))
    assert on["mia-shelter", "adult"] == (50, 0, 1, 49)
    assert on["mia-shelter", "child"] == (25, 0, 0, 25)
    assert on["mia-shelter", "adult_with_children"] == (10, 0, 0, 10)
    assert lines(await caseworker.get_ok("/api/capacity", on="2024-03-03"))["mia-shelter", "adult"][2] == 0
    assert ("mia-shelter", "child") not in lines(await caseworker.get_ok("/api/capacity", on="2008-06-01"))


async def test_a_bed_out_of_use_is_not_offered(shelter: ServiceUnderTest) -> None:
    """SH-9, SH-5: reason and date of return; the places say out of use; ended earlier, the bed is back."""
    manager = shelter.person(MANAGER)
    bed = await a_bed(shelter)
    closure = await manager.post_ok(f"/api/beds/{bed}/closures", REPAIR)
    assert (closure["state"], closure["clocks"][0]["kind"]) == ("open", "return_of_bed")
    stay = await a_requested_stay(shelter)
    places = (await manager.get_ok(f"/api/stays/{stay['id']}/places"))["places"]
    place = next(p for p in places if p["bed_id"] == bed)
    assert place["refusals"] == ["out_of_use"]
    assert place["held"] == [{"begins": "2024-03-10", "ends": "2024-03-15", "kind": "closure"}]
    refused = await manager.post(f"/api/stays/{stay['id']}/offer", in_bed(stay, bed))
    assert (refused.status_code, refused.json()["code"]) == (409, "bed_out_of_use")
    assert lines(await manager.get_ok("/api/capacity", on="2024-03-12"))["mia-shelter", "adult"] == (50, 1, 0, 49)
    ended = await manager.post_ok(f"/api/closures/{closure['id']}/end", {"happened_at": ASKED})
    assert (ended["state"], ended["returns_on"]) == ("ended", "2024-03-10")
    await manager.post_ok(f"/api/stays/{stay['id']}/offer", in_bed(stay, bed))
    again = await manager.post(f"/api/closures/{closure['id']}/end", {})
    assert again.json()["code"] == "not_possible_in_state"


async def test_nobody_is_put_out_by_a_closure(shelter: ServiceUnderTest) -> None:
    """SH-3, SH-5: a resident holds the bed without an end, so a closure on it is refused until they moved."""
    stay = await a_resident(shelter)
    manager = shelter.person(MANAGER)
    bed = stay["place"]["bed_id"]
    for begins, until in (("2024-03-10", "2024-03-15"), ("2030-01-01", "2030-01-05")):
        body = REPAIR | {"begins": begins, "returns_on": until}
        refused = await manager.post(f"/api/beds/{bed}/closures", body)
        assert (refused.status_code, refused.json()["code"]) == (409, "bed_taken")
        assert refused.json()["facts"]["held_until"] is None


async def test_an_extension_that_meets_a_closure_says_from_when(shelter: ServiceUnderTest) -> None:
    """SH-1, SH-5: the bed is promised to repair; the decider reads it, the person is not put out."""
    manager = shelter.person(MANAGER)
    stay = await a_requested_stay(shelter)
    bed = await best_bed(shelter, stay)
    later = REPAIR | {"begins": "2024-04-10", "returns_on": "2024-04-20"}
    await manager.post_ok(f"/api/beds/{bed}/closures", later)
    await manager.post_ok(f"/api/stays/{stay['id']}/offer", in_bed(stay, bed))
    admitted = await manager.post_ok(f"/api/stays/{stay['id']}/admission", {"happened_at": ASKED})
    assert "bed_held_no_longer" in admitted["warnings"]
    body = {"granted": True, "reason": "recovery", "happened_at": ASKED}
    refused = await manager.post(f"/api/stays/{stay['id']}/extension", as_read(admitted, body))
    assert (refused.status_code, refused.json()["code"]) == (409, "bed_out_of_use")
    assert refused.json()["facts"]["held_from"] == "2024-04-10"
    short = await manager.post_ok(f"/api/stays/{stay['id']}/extension", as_read(admitted, body | {"days": 7}))
    assert short["ends_on"] == "2024-04-10"


async def test_a_transfer_asks_for_the_days_that_are_left_only(shelter: ServiceUnderTest) -> None:
    """SH-1, SH-4: a bed that is free for the rest of the stay fits, though it would not for a whole one."""
    stay = await a_resident(shelter)
    manager = shelter.person(MANAGER)
    path = f"/api/stays/{stay['id']}"
    places = (await manager.get_ok(f"{path}/places", **{"from": "2024-03-20"}))["places"]
    bed = next(place["bed_id"] for place in places if place["fits"])
    await manager.post_ok(f"/api/beds/{bed}/closures", REPAIR | {"begins": "2024-04-03", "returns_on": "2024-04-20"})
    moved = await manager.post_ok(f"{path}/transfer", in_bed(stay, bed, LATER))
    assert (moved["place"]["bed_id"], moved["ends_on"]) == (bed, "2024-04-03")


async def test_a_stale_date_of_return_is_refused(shelter: ServiceUnderTest) -> None:
    """Two windows: the second learns that it changed, and nothing is overwritten."""
    manager = shelter.person(MANAGER)
    closure = await manager.post_ok(f"/api/beds/{await a_bed(shelter)}/closures", REPAIR)
    path = f"/api/closures/{closure['id']}/return-date"
    moved = await manager.post_ok(path, {"version": 1, "returns_on": "2024-03-20"})
    assert (moved["returns_on"], moved["version"]) == ("2024-03-20", 2)
    stale = await manager.post(path, {"version": 1, "returns_on": "2024-03-25"})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    facts = stale.json()["facts"]
    assert facts == {"given_version": 1, "stored_version": 2, "fields": ["returns_on"]}
    assert (await manager.post(path, {"version": 2, "returns_on": "2024-03-10"})).json()["code"] == "no_night"
    listed = await manager.get_ok("/api/closures", state="open")
    assert [item["id"] for item in listed["items"]] == [closure["id"]]
    history = await manager.get_ok(f"/api/closures/{closure['id']}/history")
    assert [item["action"] for item in history["items"]] == ["move_return", "close_bed"]


async def test_another_agency_has_nothing_to_do_with_a_bed(shelter: ServiceUnderTest) -> None:
    """SH-7: its beds and closures do not exist for others."""
    bed = await a_bed(shelter)
    closure = await shelter.person(MANAGER).post_ok(f"/api/beds/{bed}/closures", REPAIR)
    stranger = shelter.person("ngo-amc.shelter-manager")
    assert (await stranger.post(f"/api/beds/{bed}/closures", REPAIR)).status_code == 404
    assert (await stranger.get(f"/api/closures/{closure['id']}")).status_code == 404
    assert (await stranger.post(f"/api/closures/{closure['id']}/end", {})).status_code == 404
    assert (await stranger.get_ok("/api/closures"))["items"] == []
