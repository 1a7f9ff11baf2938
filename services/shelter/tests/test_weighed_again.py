"""A place is weighed at every step that takes nights (SH-4); what fits no more is marked for its house (SH-3)."""

from typing import Any
from uuid import UUID

import pytest
from chassis.testing import ServiceUnderTest
from nrm_events import identification
from sqlalchemy import text

from .givens import (
    ASKED,
    CASEWORKER,
    LATER,
    MANAGER,
    MOVED_IN,
    OFFICER,
    WORKER,
    a_case,
    a_requested_stay,
    a_resident,
    an_offered_stay,
    as_read,
    at,
    beds_of_one_room,
    expected,
    is_offered,
    moves_in,
)
from .test_clocks import tick


async def a_woman_and_a_man_of_one_room(shelter: ServiceUnderTest) -> tuple[dict[str, Any], dict[str, Any]]:
    """She lives there since March; he was promised the other bed from 10 April on, when her days will be over."""
    man = await a_requested_stay(shelter, **expected("2024-04-10", sex="male"))
    beds = await beds_of_one_room(shelter, man)
    man = await is_offered(shelter, man, beds[0])
    woman = await is_offered(shelter, await a_requested_stay(shelter), beds[1])
    return await moves_in(shelter, woman), man


async def test_who_comes_earlier_than_offered_is_weighed_for_those_days_sh_4(shelter: ServiceUnderTest) -> None:
    """SH-4: a man comes while a woman lives in the room; refused with the reason, and another bed takes him in."""
    woman, man = await a_woman_and_a_man_of_one_room(shelter)
    worker, path = shelter.person(WORKER), f"/api/stays/{man['id']}/admission"
    refused = await worker.post(path, {"happened_at": LATER})
    assert (refused.status_code, refused.json()["code"]) == (409, "place_does_not_fit")
    assert refused.json()["facts"]["refusals"] == ["sex"]
    assert woman["case_id"] not in refused.text
    places = (await worker.get_ok(f"/api/stays/{man['id']}/places", **{"from": LATER[:10]}))["places"]
    other = next(place["bed_id"] for place in places if place["fits"])
    moved_in = await worker.post_ok(path, {"bed_id": other, "happened_at": LATER})
    assert (moved_in["place"]["bed_id"], moved_in["counted_from"]) == (other, LATER[:10])
    taken = await worker.post(path, {"bed_id": woman["place"]["bed_id"], "happened_at": LATER})
    assert taken.status_code == 409


async def test_an_extension_ends_before_what_was_promised_in_the_room_sh_1_sh_4(shelter: ServiceUnderTest) -> None:
    """SH-1, SH-4: refused from the night on which he is expected; up to it the stay is longer; she stays (SH-3)."""
    woman, _ = await a_woman_and_a_man_of_one_room(shelter)
    manager, path = shelter.person(MANAGER), f"/api/stays/{woman['id']}/extension"
    step = {"granted": True, "reason": "recovery", "happened_at": LATER}
    refused = await manager.post(path, as_read(woman, step))
    assert (refused.status_code, refused.json()["code"]) == (409, "place_does_not_fit")
    facts = refused.json()["facts"]
    assert (facts["refusals"], facts["held_from"]) == (["sex"], "2024-04-10")
    assert (await manager.post_ok(path, as_read(woman, step | {"days": 7})))["ends_on"] == "2024-04-10"


async def test_an_extension_ends_before_a_named_conflict_comes_sh_4(shelter: ServiceUnderTest) -> None:
    """SH-4: anywhere in the house; whom the conflict is with, and on which nights, is not shown."""
    resident = await a_resident(shelter)
    other = await a_requested_stay(shelter, **expected("2024-04-20"))
    manager = shelter.person(MANAGER)
    places = (await manager.get_ok(f"/api/stays/{other['id']}/places"))["places"]
    await is_offered(shelter, other, places[0]["bed_id"])
    pair = {"case_id": resident["case_id"], "other_case_id": other["case_id"], "kind": "threat"}
    await shelter.person(OFFICER).post_ok("/api/conflicts", pair)
    step = {"granted": True, "reason": "recovery", "happened_at": LATER}
    refused = await manager.post(f"/api/stays/{resident['id']}/extension", as_read(resident, step))
    assert (refused.json()["code"], refused.json()["facts"]["refusals"]) == ("place_does_not_fit", ["conflict"])
    assert "2024-04-20" not in refused.text


async def marked(shelter: ServiceUnderTest) -> set[str]:
    board = await shelter.person(MANAGER).get_ok("/api/board", **{"from": "2024-03-04"})
    return {hold["stay_id"] for bed in board["beds"] for hold in bed["holds"] if hold["weigh_again"]}


async def test_a_conflict_named_while_both_live_there_is_a_task_of_the_house_alone_sh_3_sh_4(
    shelter: ServiceUnderTest,
) -> None:
    """SH-3, SH-4: both stays are marked once, and the holder sees neither another version nor a word of it."""
    one, other = await a_resident(shelter), await a_resident(shelter)
    holder = shelter.person(CASEWORKER)
    before = await holder.get_ok(f"/api/stays/{one['id']}")
    pair = {"case_id": one["case_id"], "other_case_id": other["case_id"], "kind": "threat", "happened_at": MOVED_IN}
    await shelter.person(OFFICER).post_ok("/api/conflicts", pair)
    for _ in range(2):
        await tick(shelter, at(LATER))
    assert await marked(shelter) == {one["id"], other["id"]}
    names = [name for name, _ in await shelter.published(one["case_id"])]
    assert names.count("PlaceToWeighAgain") == 1
    assert await holder.get_ok(f"/api/stays/{one['id']}") == before
    history = await holder.get_ok(f"/api/stays/{one['id']}/history")
    assert "weigh" not in str(history)
    await shelter.person(WORKER).post_ok(f"/api/stays/{other['id']}/leave", {"happened_at": LATER})
    await tick(shelter, at(LATER))
    assert await marked(shelter) == set()


async def test_room_mates_of_who_is_found_to_be_a_child_are_marked_too_sh_4(shelter: ServiceUnderTest) -> None:
    """ID-5, SH-4: nobody is put out; of an offer and a stay the offer is marked, and nobody is admitted to it."""
    first = await a_requested_stay(shelter)
    beds = await beds_of_one_room(shelter, first)
    resident = await moves_in(shelter, await is_offered(shelter, first, beds[0]))
    offered = await is_offered(shelter, await a_requested_stay(shelter), beds[1])
    found = {"case_id": UUID(resident["case_id"]), "age_group": "child", "citizenship": "foreign"}
    await shelter.receives(identification.PersonFactsChanged(effective_at=at(LATER), **found))
    await tick(shelter, at(LATER))
    assert await marked(shelter) == {offered["id"]}
    refused = await shelter.person(WORKER).post(f"/api/stays/{offered['id']}/admission", {"happened_at": LATER})
    assert refused.json()["facts"]["refusals"] == ["age_group"]


async def test_nobody_moves_into_a_bed_that_somebody_still_lives_in_sh_3(shelter: ServiceUnderTest) -> None:
    """SH-3: her nights were planned to end; she lives there all the same, and who was promised the bed cannot come."""
    later = await a_requested_stay(shelter, **expected("2024-04-10"))
    bed = (await beds_of_one_room(shelter, later))[0]
    later = await is_offered(shelter, later, bed)
    resident = await moves_in(shelter, await is_offered(shelter, await a_requested_stay(shelter), bed))
    shelter.now = at("2024-04-11T12:00:00+04:00")
    worker, path = shelter.person(WORKER), f"/api/stays/{later['id']}/admission"
    refused = await worker.post(path, {})
    assert (refused.status_code, refused.json()["code"]) == (409, "bed_taken")
    await tick(shelter, shelter.now)
    assert "PlaceToWeighAgain" in [name for name, _ in await shelter.published(later["case_id"])]
    repair = {"reason": "repair", "begins": "2024-04-11", "returns_on": "2024-04-12"}
    await shelter.person(MANAGER).post_ok(f"/api/stays/{later['id']}/decline", {})
    closed = await shelter.person(MANAGER).post(f"/api/beds/{bed}/closures", repair)
    assert closed.json()["code"] == "bed_taken", "nor is she put out by a repair"
    await worker.post_ok(f"/api/stays/{resident['id']}/leave", {})
    await shelter.person(MANAGER).post_ok(f"/api/beds/{bed}/closures", repair)


async def test_the_worker_on_duty_at_night_offers_and_admits_sh_4(shelter: ServiceUnderTest) -> None:
    """SH-4: without a manager; the history shows by which role."""
    stay = await a_requested_stay(shelter)
    bed = (await beds_of_one_room(shelter, stay, WORKER))[0]
    admitted = await moves_in(shelter, await is_offered(shelter, stay, bed, WORKER))
    history = (await shelter.person(MANAGER).get_ok(f"/api/stays/{admitted['id']}/history"))["items"]
    by_role = {item["action"]: item["role"] for item in history}
    assert "shelter-worker" in str(by_role["offer"])
    assert "shelter-worker" in str(by_role["admit"])


@pytest.mark.parametrize("protection", [None, "unknown"])
async def test_an_unknown_need_finds_protected_places_first_then_others_sh_7(
    shelter: ServiceUnderTest, protection: str | None
) -> None:
    """SH-7: no officer must state `standard` to find a place; each other place shows the reason why it comes last."""
    addressed = ["mia-shelter", "scfwca"]
    case = await a_case(shelter, "scfwca")
    stay = await a_requested_stay(
        shelter, case, "scfwca.caseworker", addressed_to=addressed, protection=protection, track="Other"
    )
    seen = await shelter.person("scfwca.caseworker").get_ok(f"/api/stays/{stay['id']}/places")
    best = {line["operator"]: line["best_score"] for line in seen["operators"]}
    assert best["mia-shelter"] > best["scfwca"]
    fitting = [place for place in seen["places"] if place["fits"]]
    assert fitting
    assert all("house_not_protected" in place["reasons"] for place in fitting)
    offered = await is_offered(shelter, stay, fitting[0]["bed_id"], "scfwca.shelter-manager")
    assert offered["protection"] == "unknown"


async def test_the_offer_that_became_unfit_is_declined_and_its_mark_goes_sh_4(shelter: ServiceUnderTest) -> None:
    resident, offered = await a_resident(shelter), await an_offered_stay(shelter)
    pair = {"case_id": resident["case_id"], "other_case_id": offered["case_id"], "kind": "threat"}
    await shelter.person(OFFICER).post_ok("/api/conflicts", pair)
    await tick(shelter, at(ASKED))
    assert await marked(shelter) == {offered["id"]}
    await shelter.person(MANAGER).post_ok(f"/api/stays/{offered['id']}/decline", {"happened_at": LATER})
    await tick(shelter, at(ASKED))
    async with shelter.session() as session:
        left = await session.scalar(text("select count(*) from stay where weigh_again_since is not null"))
    assert left == 0
