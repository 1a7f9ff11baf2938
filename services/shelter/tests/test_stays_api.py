"""A stay from the request to its end, over HTTP, on the real parts."""

import asyncio
from uuid import uuid4

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
    OFFICER,
    WORKER,
    a_case,
    a_hidden_case,
    a_request,
    a_requested_stay,
    a_resident,
    an_offered_stay,
    at,
    best_bed,
)


async def test_a_request_becomes_a_stay(shelter: ServiceUnderTest) -> None:
    """SH-1, SH-4: asked, offered, moved in; 30 days for an adult, told to the bus without a place (SH-7)."""
    stay = await a_resident(shelter)
    assert (stay["state"], stay["view"], stay["ends_on"]) == ("admitted", "overdue_decision", "2024-04-03")
    assert (stay["counted_from"], stay["unconditional_until"]) == ("2024-03-04", "2024-04-03")
    assert stay["place"]["facility"] == "mia-adult"
    told = await shelter.published(stay["case_id"])
    assert [name for name, _ in told] == ["ShelterRequested", "PlaceOffered", "ShelterAdmitted"]
    assert "mia-adult" not in str(told)
    assert at(told[2][1]["ends_at"]) == at("2024-04-03T23:59:59+04:00")


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


async def test_two_clients_offer_the_last_bed(shelter: ServiceUnderTest) -> None:
    """SH-5: one wins, the other reads which nights are held, and nothing is doubled."""
    stays = [await a_requested_stay(shelter) for _ in range(3)]
    bed = await best_bed(shelter, stays[0])
    manager = shelter.person(MANAGER)
    body = {"bed_id": bed, "happened_at": ASKED}
    answers = await asyncio.gather(*(manager.post(f"/api/stays/{stay['id']}/offer", body) for stay in stays))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    refused = next(answer.json() for answer in answers if answer.status_code == 409)
    assert refused["code"] == "bed_taken"
    assert refused["facts"]["held"] == [["2024-03-04", None]]


async def test_the_same_stay_is_offered_once(shelter: ServiceUnderTest) -> None:
    """Two managers offer two beds to one person at the same time: one of them does."""
    stay = await a_requested_stay(shelter)
    places = (await shelter.person(MANAGER).get_ok(f"/api/stays/{stay['id']}/places"))["places"]
    answers = await asyncio.gather(
        *(
            shelter.person(MANAGER).post(
                f"/api/stays/{stay['id']}/offer", {"bed_id": place["bed_id"], "happened_at": ASKED}
            )
            for place in places[:3]
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    told = [name for name, _ in await shelter.published(stay["case_id"])]
    assert told.count("PlaceOffered") == 1


async def test_refused_places_say_why(shelter: ServiceUnderTest) -> None:
    """SH-4: the places that do not fit stand last, each with every reason; only the own house is named (SH-7)."""
    case_id = await a_case(shelter, "ngo-clean-world")
    by = "ngo-clean-world.caseworker"
    stay = await a_requested_stay(shelter, case_id, by, sex="male", addressed_to=["ngo-clean-world", "mia-shelter"])
    own = await shelter.person("ngo-clean-world.shelter-manager").get_ok(f"/api/stays/{stay['id']}/places")
    assert {code for place in own["places"] for code in place["refusals"]} == {"sex"}
    assert {place["facility"] for place in own["places"]} == {"clean-world"}
    asker = await shelter.person(by).get_ok(f"/api/stays/{stay['id']}/places")
    police = next(line for line in asker["operators"] if line["operator"] == "mia-shelter")
    assert police["places_that_fit"] == 50
    assert police["refusals"] == {"age_group": 25}
    refused = await shelter.person("ngo-clean-world.shelter-manager").post(
        f"/api/stays/{stay['id']}/offer", {"bed_id": own["places"][0]["bed_id"], "happened_at": ASKED}
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "place_does_not_fit")
    assert refused.json()["facts"]["refusals"] == ["sex"]


async def test_a_case_hidden_from_police_goes_to_no_police_house(shelter: ServiceUnderTest) -> None:
    """ID-7, SH-4: the request to a police-run operator is refused with its reason, and the police see nothing."""
    case_id = await a_hidden_case(shelter)
    refused = await shelter.person(CASEWORKER).post("/api/stays", a_request(case_id))
    assert (refused.status_code, refused.json()["code"]) == (409, "police_operator_case_hidden")
    stay = await a_requested_stay(shelter, case_id, addressed_to=["ngo-amc"], track="ForcedLabour")
    for username in (OFFICER, MANAGER, "ngo-acu.shelter-manager"):
        person = shelter.person(username)
        assert (await person.get_ok("/api/stays"))["items"] == []
        hidden = await person.get(f"/api/stays/{stay['id']}")
        unknown = await person.get(f"/api/stays/{uuid4()}")
        assert (hidden.status_code, hidden.json()["detail"]) == (404, unknown.json()["detail"])
        asked = await person.post("/api/stays", a_request(case_id))
        nobody = await person.post("/api/stays", a_request(uuid4()))
        assert asked.status_code == nobody.status_code == 404
        assert (await person.post(f"/api/stays/{stay['id']}/refusal", {"reasons": ["sex"]})).status_code == 404


async def test_those_who_were_asked_lose_sight_when_somebody_took_the_person_in(shelter: ServiceUnderTest) -> None:
    """SH-4, SH-7: an operator knows of a case as long as it is asked, and as long as the person lived with it."""
    case_id = await a_case(shelter)
    stay = await a_requested_stay(shelter, case_id, addressed_to=["mia-shelter", "ngo-clean-world"])
    other = shelter.person("ngo-clean-world.shelter-manager")
    assert len((await other.get_ok("/api/stays"))["items"]) == 1
    body = {"bed_id": await best_bed(shelter, stay), "happened_at": ASKED}
    await shelter.person(MANAGER).post_ok(f"/api/stays/{stay['id']}/offer", body)
    await shelter.person(WORKER).post_ok(f"/api/stays/{stay['id']}/admission", {"happened_at": MOVED_IN})
    assert (await other.get_ok("/api/stays"))["items"] == []
    assert len((await shelter.person(MANAGER).get_ok("/api/stays"))["items"]) == 1


async def test_the_last_refusal_refuses_the_request(shelter: ServiceUnderTest) -> None:
    """SH-4: one operator cannot refuse for the others; each refusal has reasons."""
    stay = await a_requested_stay(shelter, addressed_to=["mia-shelter", "ngo-clean-world"])
    path = f"/api/stays/{stay['id']}/refusal"
    first = await shelter.person(MANAGER).post_ok(path, {"reasons": ["no_free_bed"], "happened_at": ASKED})
    assert first["state"] == "requested"
    assert (await shelter.person(MANAGER).get(f"/api/stays/{stay['id']}")).status_code == 404
    clean_world = shelter.person("ngo-clean-world.shelter-manager")
    last = await clean_world.post_ok(path, {"reasons": ["full_nights"], "happened_at": ASKED})
    assert last["state"] == "refused"
    seen = await shelter.person(CASEWORKER).get_ok(f"/api/stays/{stay['id']}")
    assert seen["reasons"] == ["full_nights", "no_free_bed"]
    name, told = (await shelter.published(stay["case_id"]))[-1]
    assert (name, told["outcome"]) == ("PlaceWithdrawn", "refused")


async def test_the_asker_may_end_the_request_for_the_person_only(shelter: ServiceUnderTest) -> None:
    stay = await a_requested_stay(shelter)
    path = f"/api/stays/{stay['id']}/refusal"
    asker = shelter.person(CASEWORKER)
    refused = await asker.post(path, {"reasons": ["sex"], "happened_at": ASKED})
    assert (refused.status_code, refused.json()["code"]) == (403, "belongs_to_another_agency")
    ended = await asker.post_ok(path, {"reasons": ["withdrawn_by_person"], "happened_at": ASKED})
    assert ended["state"] == "refused"


async def test_a_declined_offer_frees_the_bed(shelter: ServiceUnderTest) -> None:
    """SH-2: no reason is demanded; SH-5: the bed can be offered to the next at once."""
    stay = await an_offered_stay(shelter)
    bed = stay_bed = (await shelter.person(MANAGER).get_ok(f"/api/stays/{stay['id']}"))["place"]["bed_id"]
    declined = await shelter.person(CASEWORKER).post_ok(f"/api/stays/{stay['id']}/decline", {"happened_at": ASKED})
    assert (declined["state"], declined["reasons"]) == ("declined", ["not_given"])
    assert "place" not in declined
    other = await a_requested_stay(shelter)
    offered = await shelter.person(MANAGER).post_ok(
        f"/api/stays/{other['id']}/offer", {"bed_id": bed, "happened_at": ASKED}
    )
    assert offered["place"]["bed_id"] == stay_bed


async def test_a_waiting_request_is_offered_later(shelter: ServiceUnderTest) -> None:
    stay = await a_requested_stay(shelter)
    manager = shelter.person(MANAGER)
    waiting = await manager.post_ok(f"/api/stays/{stay['id']}/waitlist", {"happened_at": ASKED})
    assert waiting["state"] == "waitlisted"
    assert [s["id"] for s in (await manager.get_ok("/api/stays", state="waitlisted"))["items"]] == [stay["id"]]
    offered = await manager.post_ok(
        f"/api/stays/{stay['id']}/offer", {"bed_id": await best_bed(shelter, stay), "happened_at": LATER}
    )
    assert (offered["state"], offered["view"], offered["offered_from"]) == ("offered", "upcoming", "2024-03-20")


async def test_extension_needs_decider_reason_and_end(shelter: ServiceUnderTest) -> None:
    """SH-1: asked for by a worker, decided by a manager; one step is 30 days; past 60 days it warns and goes on."""
    stay = await a_resident(shelter)
    path = f"/api/stays/{stay['id']}"
    body = {"reason": "recovery", "happened_at": LATER}
    asked = await shelter.person(WORKER).post_ok(f"{path}/extension-request", body)
    assert [e["state"] for e in asked["extensions"]] == ["requested"]
    twice = await shelter.person(WORKER).post(f"{path}/extension-request", body)
    assert (twice.status_code, twice.json()["code"]) == (409, "extension_pending")
    manager = shelter.person(MANAGER)
    granted = await manager.post_ok(f"{path}/extension", body | {"granted": True})
    assert (granted["ends_on"], granted["extensions"][0]["state"]) == ("2024-05-03", "granted")
    assert "soft_limit_exceeded" not in granted["warnings"]
    longer = await manager.post_ok(f"{path}/extension", body | {"granted": True, "days": 10})
    assert longer["ends_on"] == "2024-05-13"
    assert "soft_limit_exceeded" in longer["warnings"]
    no = await manager.post_ok(
        f"{path}/extension", {"granted": False, "reason": "ready_to_leave", "happened_at": LATER}
    )
    assert (no["state"], no["ends_on"]) == ("admitted", "2024-05-13")
    told = [name for name, _ in await shelter.published(stay["case_id"])]
    assert told[3:] == ["ShelterExtended", "ShelterExtended", "ShelterExtensionRefused"]


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
    moved = await manager.post_ok(f"/api/stays/{stay['id']}/transfer", {"bed_id": bed, "happened_at": LATER})
    assert moved["id"] != stay["id"]
    assert (moved["transferred_from"], moved["counted_from"], moved["ends_on"]) == (
        stay["id"],
        "2024-03-04",
        "2024-04-03",
    )
    before = await manager.get_ok(f"/api/stays/{stay['id']}")
    assert (before["state"], before["view"]) == ("ended", "transferred")
    told = await shelter.published(stay["case_id"])
    assert [name for name, _ in told[3:]] == ["ShelterLeft", "ShelterTransferred", "ShelterAdmitted"]
    assert told[3][1]["to"] == "not_told"
    year = await shelter.person("coordinator.coordinator").get_ok("/api/statistics/2024")
    assert year["mia_shelter_admissions"] == 1


async def test_services_are_logged_with_an_agency_as_payer(shelter: ServiceUnderTest) -> None:
    """SH-6: codes only; the person cannot be the payer; education is for children; late entries lie in the stay."""
    stay = await a_resident(shelter)
    path = f"/api/stays/{stay['id']}/services"
    worker = shelter.person(WORKER)
    given = {"service": "psychological", "payer": "mia-shelter", "happened_at": LATER}
    assert (await worker.post_ok(path, given))["services"][0]["payer"] == "mia-shelter"
    assert (await worker.post(path, given | {"payer": "person"})).status_code == 422
    assert (await worker.post(path, given | {"service": "massage"})).status_code == 422
    refused = await worker.post(path, given | {"service": "education"})
    assert refused.json()["code"] == "education_is_for_children"
    await worker.post_ok(f"/api/stays/{stay['id']}/leave", {"happened_at": LATER})
    assert len((await worker.post_ok(path, given | {"service": "legal"}))["services"]) == 2
    late = await worker.post(path, given | {"happened_at": "2024-03-21T00:00:00+04:00"})
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
    await manager.post_ok(f"/api/stays/{stay['id']}/offer", offer)
    await manager.post_ok(f"/api/stays/{stay['id']}/admission", {"happened_at": MOVED_IN})
    second = await a_requested_stay(shelter, case_id)
    offer = {"bed_id": await best_bed(shelter, second), "happened_at": LATER}
    await manager.post_ok(f"/api/stays/{second['id']}/offer", offer)
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
