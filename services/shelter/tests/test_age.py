"""Who is found to be a child while a place is looked for, held or lived in (ID-5, SH-1, SH-4)."""

from typing import Any
from uuid import UUID

import pytest
from chassis.testing import ServiceUnderTest
from nrm_events import identification
from shelter.domain.stays import category_of

from .givens import (
    ASKED,
    CASEWORKER,
    LATER,
    MANAGER,
    MOVED_IN,
    WORKER,
    a_case,
    a_request,
    a_requested_stay,
    a_resident,
    an_offered_stay,
    as_read,
    at,
    best_bed,
    in_bed,
    opens,
)


async def is_found_to_be_a_child(shelter: ServiceUnderTest, stay: dict[str, Any]) -> None:
    await shelter.receives(
        identification.PersonFactsChanged(
            effective_at=at(ASKED), case_id=UUID(stay["case_id"]), age_group="child", citizenship="foreign"
        )
    )


@pytest.mark.parametrize(
    ("category", "age_group", "children", "expected"),
    [
        ("adult", "child", 0, "child"),
        ("adult_with_children", "child", 1, "child"),
        ("child", "adult", 0, "adult"),
        ("child", "adult", 2, "adult_with_children"),
        ("adult", "unknown", 0, "adult"),
        ("child", "unknown", 1, "child"),
    ],
)
def test_the_category_follows_the_age_id_5(category: str, age_group: str, children: int, expected: str) -> None:
    assert category_of(category, age_group, children) == expected


async def test_who_waits_and_is_found_to_be_a_child_gets_a_childs_place_id_5(shelter: ServiceUnderTest) -> None:
    """ID-5, SH-4: no house for adults fits any more, and the days are those of a child (SH-1)."""
    stay = await a_requested_stay(shelter)
    bed_for_adults = await best_bed(shelter, stay)
    await is_found_to_be_a_child(shelter, stay)
    manager = shelter.person(MANAGER)
    seen = await opens(manager, stay)
    refused = await manager.post(f"/api/stays/{stay['id']}/offer", in_bed(seen, bed_for_adults))
    assert refused.status_code == 409
    assert "age_group" in refused.json()["facts"]["refusals"]
    places = (await manager.get_ok(f"/api/stays/{stay['id']}/places"))["places"]
    assert {place["facility"] for place in places if place["fits"]} == {"mia-child"}
    await manager.post_ok(f"/api/stays/{stay['id']}/offer", in_bed(seen, places[0]["bed_id"]))
    moved_in = await manager.post_ok(f"/api/stays/{stay['id']}/admission", {"happened_at": MOVED_IN})
    assert (moved_in["category"], moved_in["ends_on"]) == ("child", "2024-05-03")


async def test_an_offer_to_who_is_found_to_be_a_child_is_weighed_at_the_door_id_5(shelter: ServiceUnderTest) -> None:
    """ID-5, SH-4: no child moves in among adults; another bed of the operator takes it in, for a child's days."""
    stay = await an_offered_stay(shelter)
    await is_found_to_be_a_child(shelter, stay)
    worker, path = shelter.person(WORKER), f"/api/stays/{stay['id']}/admission"
    refused = await worker.post(path, {"happened_at": MOVED_IN})
    assert refused.json()["facts"]["refusals"] == ["age_group"]
    places = (await worker.get_ok(f"/api/stays/{stay['id']}/places"))["places"]
    moved_in = await worker.post_ok(path, {"bed_id": places[0]["bed_id"], "happened_at": MOVED_IN})
    assert (moved_in["place"]["facility"], moved_in["ends_on"]) == ("mia-child", "2024-05-03")
    assert moved_in["re_examine_reason"] == "age_group_changed"


async def test_a_declined_offer_asks_nobody_to_look_again_id_9(shelter: ServiceUnderTest) -> None:
    stay = await an_offered_stay(shelter)
    await is_found_to_be_a_child(shelter, stay)
    await shelter.person(CASEWORKER).post_ok(f"/api/stays/{stay['id']}/decline", {"happened_at": ASKED})
    assert (await shelter.person(CASEWORKER).get_ok("/api/stays", re_examine="true"))["items"] == []


async def test_a_resident_who_is_found_to_be_a_child_moves_to_the_childrens_shelter_id_5(
    shelter: ServiceUnderTest,
) -> None:
    """ID-5, SH-4: the places that are shown and the transfer go by the age that was established."""
    stay = await a_resident(shelter)
    await is_found_to_be_a_child(shelter, stay)
    manager = shelter.person(MANAGER)
    places = (await manager.get_ok(f"/api/stays/{stay['id']}/places"))["places"]
    assert {place["facility"] for place in places if place["fits"]} == {"mia-child"}
    seen = await opens(manager, stay)
    moved = await manager.post_ok(f"/api/stays/{stay['id']}/transfer", in_bed(seen, places[0]["bed_id"], LATER))
    assert (moved["category"], moved["place"]["facility"]) == ("child", "mia-child")


async def test_a_child_with_a_child_is_kept_together_sh_4(shelter: ServiceUnderTest) -> None:
    """SH-4, SH-1: a girl with a baby asks for one place for both; only a bed for children with a cot fits."""
    case_id = await a_case(shelter, "scfwca", "child")
    mother = {"category": "child", "children": 1, "protection": "standard", "addressed_to": ["scfwca", "mia-shelter"]}
    stay = await a_requested_stay(shelter, case_id, "scfwca.caseworker", **mother)
    manager = shelter.person("scfwca.shelter-manager")
    seen = await manager.get_ok(f"/api/stays/{stay['id']}/places")
    fitting = [place for place in seen["places"] if place["fits"]]
    assert len(fitting) == 11  # one cot in each Family Support Centre
    police = next(line for line in seen["operators"] if line["operator"] == "mia-shelter")
    assert (police["places_that_fit"], police["refusals"]["children_together"]) == (1, 64)
    await manager.post_ok(
        f"/api/stays/{stay['id']}/offer",
        in_bed(stay, fitting[0]["bed_id"]),
    )


async def test_a_place_is_asked_for_by_the_age_on_its_day_id_5(shelter: ServiceUnderTest) -> None:
    """ID-5, SH-1: who came of age since: a paper of before is entered as a child's, one of after as an adult's."""
    case_id = await a_case(shelter, age_group="child")
    await shelter.receives(
        identification.PersonFactsChanged(
            effective_at=at(LATER), case_id=case_id, age_group="adult", citizenship="foreign"
        )
    )
    before = await a_requested_stay(shelter, case_id, category="child", happened_at=ASKED)
    assert (before["category"], before["age_group"]) == ("child", "child")
    await shelter.person(CASEWORKER).post_ok(f"/api/stays/{before['id']}/refusal", as_read(before, GIVEN_UP))
    body = a_request(case_id, category="child", happened_at=LATER)
    after = await shelter.person(CASEWORKER).post("/api/stays", body)
    assert (after.status_code, after.json()["code"]) == (422, "category_not_of_age_group")
    grown = await a_requested_stay(shelter, case_id, category="adult", happened_at=LATER)
    assert grown["age_group"] == "adult"


GIVEN_UP = {"reasons": ["withdrawn_by_person"], "happened_at": ASKED}
