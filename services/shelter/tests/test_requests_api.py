"""A place is requested, offered, refused, declined and waited for, over HTTP (SH-4, SH-5, ID-7)."""

import asyncio
from uuid import uuid4

from chassis.testing import ServiceUnderTest, statements

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
    an_offered_stay,
    as_read,
    best_bed,
    in_bed,
    opens,
)


async def test_two_clients_offer_the_last_bed(shelter: ServiceUnderTest) -> None:
    """SH-5: one wins, the other reads which nights are held, and nothing is doubled."""
    stays = [await a_requested_stay(shelter) for _ in range(3)]
    bed = await best_bed(shelter, stays[0])
    manager = shelter.person(MANAGER)
    body = {"bed_id": bed, "happened_at": ASKED}
    answers = await asyncio.gather(
        *(manager.post(f"/api/stays/{stay['id']}/offer", as_read(stay, body)) for stay in stays)
    )
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
                f"/api/stays/{stay['id']}/offer",
                in_bed(stay, place["bed_id"]),
            )
            for place in places[:3]
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    published = [name for name, _ in await shelter.published(stay["case_id"])]
    assert published.count("PlaceOffered") == 1


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
        f"/api/stays/{stay['id']}/offer",
        in_bed(stay, own["places"][0]["bed_id"]),
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
        answered = await person.post("/api/stays", a_request(case_id))
        nobody = await person.post("/api/stays", a_request(uuid4()))
        assert answered.status_code == nobody.status_code == 404
        assert (
            await person.post(f"/api/stays/{stay['id']}/refusal", {"version": stay["version"], "reasons": ["sex"]})
        ).status_code == 404


async def test_those_who_were_asked_lose_sight_when_somebody_took_the_person_in(shelter: ServiceUnderTest) -> None:
    """SH-4, SH-7: an operator knows of a case as long as it is asked, and as long as the person lived with it."""
    case_id = await a_case(shelter)
    stay = await a_requested_stay(shelter, case_id, addressed_to=["mia-shelter", "ngo-clean-world"])
    other = shelter.person("ngo-clean-world.shelter-manager")
    assert len((await other.get_ok("/api/stays"))["items"]) == 1
    body = {"bed_id": await best_bed(shelter, stay), "happened_at": ASKED}
    await shelter.person(MANAGER).post_ok(f"/api/stays/{stay['id']}/offer", as_read(stay, body))
    await shelter.person(WORKER).post_ok(f"/api/stays/{stay['id']}/admission", {"happened_at": MOVED_IN})
    assert (await other.get_ok("/api/stays"))["items"] == []
    assert len((await shelter.person(MANAGER).get_ok("/api/stays"))["items"]) == 1


async def test_the_last_refusal_refuses_the_request(shelter: ServiceUnderTest) -> None:
    """SH-4: one operator cannot refuse for the others; each refusal has reasons."""
    stay = await a_requested_stay(shelter, addressed_to=["mia-shelter", "ngo-clean-world"])
    path = f"/api/stays/{stay['id']}/refusal"
    no_bed = {"reasons": ["no_free_bed"], "happened_at": ASKED}
    first = await shelter.person(MANAGER).post_ok(path, as_read(stay, no_bed))
    assert first["state"] == "requested"
    assert (await shelter.person(MANAGER).get(f"/api/stays/{stay['id']}")).status_code == 404
    clean_world = shelter.person("ngo-clean-world.shelter-manager")
    full = {"reasons": ["full_nights"], "happened_at": ASKED}
    last = await clean_world.post_ok(path, as_read(await opens(clean_world, stay), full))
    assert last["state"] == "refused"
    seen = await shelter.person(CASEWORKER).get_ok(f"/api/stays/{stay['id']}")
    assert seen["reasons"] == ["full_nights", "no_free_bed"]
    name, published = (await shelter.published(stay["case_id"]))[-1]
    assert (name, published["outcome"]) == ("PlaceWithdrawn", "refused")


async def test_the_asker_may_end_the_request_for_the_person_only(shelter: ServiceUnderTest) -> None:
    stay = await a_requested_stay(shelter)
    path = f"/api/stays/{stay['id']}/refusal"
    asker = shelter.person(CASEWORKER)
    refused = await asker.post(path, as_read(stay, {"reasons": ["sex"], "happened_at": ASKED}))
    assert (refused.status_code, refused.json()["code"]) == (403, "belongs_to_another_agency")
    wish = {"reasons": ["withdrawn_by_person"], "happened_at": ASKED}
    ended = await asker.post_ok(path, as_read(stay, wish))
    assert ended["state"] == "refused"


async def test_a_declined_offer_frees_the_bed(shelter: ServiceUnderTest) -> None:
    """SH-2: no reason is demanded; SH-5: the bed can be offered to the next at once."""
    stay = await an_offered_stay(shelter)
    bed = stay_bed = (await shelter.person(MANAGER).get_ok(f"/api/stays/{stay['id']}"))["place"]["bed_id"]
    declined = await shelter.person(CASEWORKER).post_ok(f"/api/stays/{stay['id']}/decline", {"happened_at": ASKED})
    assert (declined["state"], declined["reasons"]) == ("declined", ["not_given"])
    assert "place" not in declined
    other = await a_requested_stay(shelter)
    offered = await shelter.person(MANAGER).post_ok(f"/api/stays/{other['id']}/offer", in_bed(other, bed))
    assert offered["place"]["bed_id"] == stay_bed


async def test_more_houses_take_no_more_statements_sh_4(shelter: ServiceUnderTest) -> None:
    """SH-4: the facts of all beds come by a fixed number of statements, for one house as for fourteen."""
    caseworker, counted = shelter.person(CASEWORKER), []
    for operators in (["ngo-clean-world"], ["ngo-clean-world", "ngo-amc", "ngo-acu", "scfwca", "mia-shelter"]):
        stay = await a_requested_stay(shelter, addressed_to=operators)
        with statements(shelter) as executed:
            found = await caseworker.get_ok(f"/api/stays/{stay['id']}/places")
        assert len(found["operators"]) == len(operators)
        counted.append(len(executed))
    assert counted[0] == counted[1]


async def test_a_waiting_request_is_offered_later(shelter: ServiceUnderTest) -> None:
    stay = await a_requested_stay(shelter)
    manager = shelter.person(MANAGER)
    waiting = await manager.post_ok(f"/api/stays/{stay['id']}/waitlist", {"happened_at": ASKED})
    assert waiting["state"] == "waitlisted"
    assert [s["id"] for s in (await manager.get_ok("/api/stays", state="waitlisted"))["items"]] == [stay["id"]]
    offered = await manager.post_ok(
        f"/api/stays/{stay['id']}/offer",
        in_bed(waiting, await best_bed(shelter, stay), LATER),
    )
    assert (offered["state"], offered["view"], offered["offered_from"]) == ("offered", "upcoming", "2024-03-20")
