"""A stay from the request to its end, over HTTP, on the real parts."""

import pytest
from chassis.testing import ServiceUnderTest
from shelter.tables import BedNightBlock
from sqlalchemy import func, select

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
)


async def test_a_request_becomes_a_stay(shelter: ServiceUnderTest) -> None:
    """SH-1, SH-4: asked, offered, moved in; 30 days for an adult, told to the bus without a place (SH-7)."""
    stay = await a_resident(shelter)
    assert (stay["state"], stay["view"], stay["ends_on"]) == ("admitted", "overdue_decision", "2024-04-03")
    assert (stay["counted_from"], stay["unconditional_until"]) == ("2024-03-04", "2024-04-03")
    assert stay["place"]["facility"] == "mia-adult"
    published = await shelter.published(stay["case_id"])
    assert [name for name, _ in published] == ["ShelterRequested", "PlaceOffered", "ShelterAdmitted"]
    assert "mia-adult" not in str(published)
    assert at(published[2][1]["ends_at"]) == at("2024-04-03T23:59:59+04:00")


@pytest.mark.parametrize(
    ("category", "age_group", "children", "ends_on"),
    [("child", "child", 0, "2024-05-03"), ("adult_with_children", "adult", 2, "2024-05-03")],
)
async def test_children_and_families_stay_60_days(
    shelter: ServiceUnderTest, category: str, age_group: str, children: int, ends_on: str
) -> None:
    """SH-1, SH-4: a child goes to the children's shelter, a family to a family bed."""
    case_id = await a_case(shelter, age_group=age_group)
    stay = await a_resident(shelter, case_id, category=category, children=children)
    assert stay["ends_on"] == ends_on


async def test_before_the_law_there_is_no_stay(shelter: ServiceUnderTest) -> None:
    """SH-1: before the first day of its parameter the rule did not exist, and the act says so."""
    stay = await a_requested_stay(shelter)
    places = await shelter.person(MANAGER).get(f"/api/stays/{stay['id']}/places", **{"from": "2005-01-01"})
    assert (places.status_code, places.json()["code"]) == (409, "not_in_force")


async def test_extension_needs_decider_reason_and_end(shelter: ServiceUnderTest) -> None:
    """SH-1: asked for by a worker, decided by a manager; one step is 30 days; past 60 days it warns and goes on."""
    stay = await a_resident(shelter)
    path = f"/api/stays/{stay['id']}"
    body = {"reason": "recovery", "happened_at": LATER}
    answered = await shelter.person(WORKER).post_ok(f"{path}/extension-request", body)
    assert [e["state"] for e in answered["extensions"]] == ["requested"]
    twice = await shelter.person(WORKER).post(f"{path}/extension-request", body)
    assert (twice.status_code, twice.json()["code"]) == (409, "extension_pending")
    manager = shelter.person(MANAGER)
    granted = await manager.post_ok(f"{path}/extension", as_read(answered, body | {"granted": True}))
    assert (granted["ends_on"], granted["extensions"][0]["state"]) == ("2024-05-03", "granted")
    assert "soft_limit_exceeded" not in granted["warnings"]
    longer = await manager.post_ok(f"{path}/extension", as_read(granted, body | {"granted": True, "days": 10}))
    assert longer["ends_on"] == "2024-05-13"
    assert "soft_limit_exceeded" in longer["warnings"]
    no = await manager.post_ok(
        f"{path}/extension",
        as_read(longer, {"granted": False, "reason": "ready_to_leave", "happened_at": LATER}),
    )
    assert (no["state"], no["ends_on"]) == ("admitted", "2024-05-13")
    published = [name for name, _ in await shelter.published(stay["case_id"])]
    assert published[3:] == ["ShelterExtended", "ShelterExtended", "ShelterExtensionRefused"]


async def test_leaving_is_possible_at_any_time(shelter: ServiceUnderTest) -> None:
    """SH-2: also on the day of arrival; the bed is free again and the nights that were not slept are too."""
    stay = await a_resident(shelter)
    left = await shelter.person(WORKER).post_ok(f"/api/stays/{stay['id']}/leave", {"happened_at": MOVED_IN})
    assert (left["state"], left["view"], left["how"]) == ("ended", "left", "left")
    async with shelter.session() as session:
        assert await session.scalar(select(func.count(BedNightBlock.id))) == 0


async def test_nobody_is_discharged_to_nowhere_in_the_first_days(shelter: ServiceUnderTest) -> None:
    """SH-2: the first 30 days are unconditional."""
    stay = await a_resident(shelter)
    path = f"/api/stays/{stay['id']}/leave"
    refused = await shelter.person(MANAGER).post(path, {"how": "discharged", "happened_at": LATER})
    assert (refused.status_code, refused.json()["code"]) == (409, "unconditional_days")
    left = await shelter.person(MANAGER).post_ok(path, {"how": "discharged", "to": "vac", "happened_at": LATER})
    assert (left["view"], left["to"]) == ("discharged", "vac")
    assert (await shelter.published(stay["case_id"]))[-1][1]["to"] == "vac"


async def test_a_transfer_goes_on_with_the_same_days(shelter: ServiceUnderTest) -> None:
    """SH-1: the end stays; SH-5: the old bed is free from that night on; the new one fits (SH-4)."""
    stay = await a_resident(shelter)
    manager = shelter.person(MANAGER)
    places = (await manager.get_ok(f"/api/stays/{stay['id']}/places"))["places"]
    bed = next(p["bed_id"] for p in places if p["fits"] and p["bed_id"] != stay["place"]["bed_id"])
    moved = await manager.post_ok(f"/api/stays/{stay['id']}/transfer", in_bed(stay, bed, LATER))
    assert moved["id"] != stay["id"]
    assert (moved["transferred_from"], moved["counted_from"], moved["ends_on"]) == (
        stay["id"],
        "2024-03-04",
        "2024-04-03",
    )
    before = await manager.get_ok(f"/api/stays/{stay['id']}")
    assert (before["state"], before["view"]) == ("ended", "transferred")
    published = await shelter.published(stay["case_id"])
    assert [name for name, _ in published[3:]] == ["ShelterLeft", "ShelterTransferred", "ShelterAdmitted"]
    assert published[3][1]["to"] == "not_told"
    year = await shelter.person("coordinator.coordinator").get_ok("/api/statistics/2024")
    assert year["mia_shelter_admissions"] == 1


async def test_services_are_logged_with_an_agency_as_payer(shelter: ServiceUnderTest) -> None:
    """SH-6: codes only; the person cannot be the payer; education is for children; late entries lie in the stay."""
    stay = await a_resident(shelter)
    path = f"/api/stays/{stay['id']}/services"
    worker = shelter.person(WORKER)
    service = {"service": "psychological", "payer": "mia-shelter", "happened_at": LATER}
    assert (await worker.post_ok(path, service))["services"][0]["payer"] == "mia-shelter"
    assert (await worker.post(path, service | {"payer": "person"})).status_code == 422
    assert (await worker.post(path, service | {"service": "massage"})).status_code == 422
    refused = await worker.post(path, service | {"service": "education"})
    assert refused.json()["code"] == "education_is_for_children"
    await worker.post_ok(f"/api/stays/{stay['id']}/leave", {"happened_at": LATER})
    assert len((await worker.post_ok(path, service | {"service": "legal"}))["services"]) == 2
    late = await worker.post(path, service | {"happened_at": "2024-03-21T00:00:00+04:00"})
    assert (late.status_code, late.json()["code"]) == (422, "after_the_stay")


async def test_times_follow_each_other(shelter: ServiceUnderTest) -> None:
    """No act in the future, none before the act it follows."""
    stay = await an_offered_stay(shelter)
    path = f"/api/stays/{stay['id']}/admission"
    worker = shelter.person(WORKER)
    for moment, code in (
        ("2124-01-01T00:00:00Z", "in_the_future"),
        ("2024-03-04T09:59:00+04:00", "before_what_it_follows"),
    ):
        answer = await worker.post(path, {"happened_at": moment})
        assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert (await worker.post(path, {"happened_at": "2024-03-04T12:00:00"})).status_code == 422


async def test_one_person_lives_in_one_place(shelter: ServiceUnderTest) -> None:
    """One open request and one stay per case: the database sees to it."""
    case_id = await a_case(shelter)
    stay = await a_requested_stay(shelter, case_id)
    twice = await shelter.person(CASEWORKER).post("/api/stays", a_request(case_id))
    assert (twice.status_code, twice.json()["code"]) == (409, "request_exists")
    manager = shelter.person(MANAGER)
    offer = {"bed_id": await best_bed(shelter, stay), "happened_at": ASKED}
    await manager.post_ok(f"/api/stays/{stay['id']}/offer", as_read(stay, offer))
    await manager.post_ok(f"/api/stays/{stay['id']}/admission", {"happened_at": MOVED_IN})
    second = await a_requested_stay(shelter, case_id)
    offer = {"bed_id": await best_bed(shelter, second), "happened_at": LATER}
    await manager.post_ok(f"/api/stays/{second['id']}/offer", as_read(second, offer))
    refused = await manager.post(f"/api/stays/{second['id']}/admission", {"happened_at": LATER})
    assert (refused.status_code, refused.json()["code"]) == (409, "already_resident")


async def test_an_answer_lists_actions_with_reasons(shelter: ServiceUnderTest) -> None:
    """Allowed actions and why the others are not; those that the role never has are left out."""
    stay = await a_resident(shelter)
    actions = {a["action"]: a["reason"] for a in stay["actions"]}
    assert actions["leave"] is None
    assert actions["admit"] == "state_is_admitted"
    assert "decide_extension" not in actions
    seen = await shelter.person(CASEWORKER).get_ok(f"/api/stays/{stay['id']}")
    assert "place" not in seen
    assert {a["action"]: a["allowed"] for a in seen["actions"]}["request_extension"]
    history = await shelter.person(CASEWORKER).get_ok(f"/api/stays/{stay['id']}/history")
    assert [item["action"] for item in history["items"]] == ["admit", "offer", "request_place"]
    assert "mia-adult" not in str(seen) + str(history)


async def test_lists_page_by_key(shelter: ServiceUnderTest) -> None:
    for _ in range(3):
        await a_requested_stay(shelter)
    manager = shelter.person(MANAGER)
    first = await manager.get_ok("/api/stays", limit=2)
    rest = await manager.get_ok("/api/stays", limit=2, after=first["next"])
    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (2, 1, None)
    assert (await manager.get_ok("/api/stays", view="resident"))["items"] == []
