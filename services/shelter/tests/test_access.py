"""Who reads what of a stay, and what is refused: by basis, by whose object it is, and by what the person agreed to."""

from uuid import UUID, uuid4

from chassis.testing import ServiceUnderTest
from nrm_events import identification

from .givens import (
    ASKED,
    CENTRE,
    LATER,
    MANAGER,
    MOVED_IN,
    OFFICER,
    WORKER,
    a_case,
    a_handover,
    a_hidden_case,
    a_request,
    a_requested_stay,
    a_resident,
    an_acknowledged_handover,
    an_offered_stay,
    at,
    best_bed,
    code,
    in_bed,
    the_person_agrees,
    withdrawn,
)

CLEAN_WORLD = "ngo-clean-world.shelter-manager"
WHERE = ("operator", "place", "addressed_to", "mia-shelter", "mia-adult")


async def test_a_consent_for_a_removal_bar_opens_nothing_here_id_12(shelter: ServiceUnderTest) -> None:
    """ID-12, RP-4: the migration service sees that a bar stands, in another service, and nothing else anywhere."""
    stay = await a_resident(shelter)
    case = stay["case_id"]
    await the_person_agrees(shelter, case, "sms", "removal_bar", data_class="case_reference")
    officer = shelter.person("sms.reporter")
    assert (await officer.get_ok("/api/stays"))["items"] == []
    assert (await officer.get_ok("/api/handovers"))["items"] == []
    assert (await officer.get_ok("/api/assistance"))["items"] == []
    for method, path, body in (
        ("get", f"/api/stays/{stay['id']}", None),
        ("get", f"/api/stays/{stay['id']}/history", None),
        ("get", f"/api/stays/{stay['id']}/places", None),
        ("post", "/api/stays", a_request(UUID(case))),
        ("post", "/api/handovers", {"case_id": case, "to": "vac"}),
        ("post", f"/api/stays/{stay['id']}/decline", {}),
        ("post", "/api/conflicts", {"case_id": case, "other_case_id": case, "kind": "threat"}),
    ):
        assert await code(officer, method, path, body) == (403, "not_for_this_basis"), path


async def test_a_formal_body_reads_of_a_stay_what_the_person_agreed_to(shelter: ServiceUnderTest) -> None:
    """ID-7, SH-7: the hand-over alone shows no stay, not even that there is one; a consent to find a shelter does."""
    stay = await a_resident(shelter)
    officer, path = shelter.person(OFFICER), f"/api/stays/{stay['id']}"
    await the_person_agrees(shelter, stay["case_id"], "mia-special", "referral", data_class="identity")
    assert (await officer.get_ok("/api/stays", case_id=stay["case_id"]))["items"] == []
    for method, action, body in (("get", "", None), ("get", "/history", None), ("post", "/decline", {"version": 99})):
        assert await code(officer, method, path + action, body) == (404, "not_found")
    consent = await the_person_agrees(shelter, stay["case_id"], "mia-special", "assistance")
    seen = await officer.get_ok(path)
    assert (seen["operator"], seen["view"]) == ("mia-shelter", "overdue_decision")
    assert not {"place", "services", "extensions", "re_examine_reason"} & seen.keys()
    assert [item["id"] for item in (await officer.get_ok("/api/stays"))["items"]] == [stay["id"]]
    await shelter.receives(withdrawn(consent))
    assert await code(officer, "get", path) == (404, "not_found")


async def test_a_formal_body_follows_its_own_request_but_not_to_the_house(shelter: ServiceUnderTest) -> None:
    """ID-7, SH-7: it requested the place; where the person lives it learns when the person agrees."""
    stay = await a_requested_stay(shelter, by=OFFICER, addressed_to=["mia-shelter", "ngo-clean-world"])
    path = f"/api/stays/{stay['id']}"
    bed = await best_bed(shelter, stay, CLEAN_WORLD)
    clean_world, officer = shelter.person(CLEAN_WORLD), shelter.person(OFFICER)
    await clean_world.post_ok(f"{path}/offer", in_bed(stay, bed))
    await clean_world.post_ok(f"{path}/admission", {"happened_at": MOVED_IN})
    seen = await officer.get_ok(path)
    assert (seen["state"], seen["asked_by"], at(seen["admitted_at"])) == ("admitted", "mia-special", at(MOVED_IN))
    history = await officer.get_ok(f"{path}/history")
    assert "ngo-clean-world" not in str(seen) + str(history["items"][0]["agency"])
    assert (await officer.get_ok("/api/stays", view="overdue_decision"))["items"] == []
    assert (await officer.get_ok(f"{path}/places"))["operators"] == []
    await the_person_agrees(shelter, stay["case_id"], "mia-special")
    assert (await officer.get_ok(path))["operator"] == "ngo-clean-world"


async def test_others_who_serve_see_that_there_is_a_place_and_not_where(shelter: ServiceUnderTest) -> None:
    """SH-7: the centre that takes the support over reads since when and until when."""
    stay = await a_resident(shelter)
    case = UUID(stay["case_id"])
    handover = await a_handover(shelter, case)
    centre, path = shelter.person(CENTRE), f"/api/stays/{stay['id']}"
    assert await code(centre, "get", path) == (403, "not_for_this_basis"), "it has not taken over yet"
    assert "stay_id" not in await centre.get_ok(f"/api/handovers/{handover['id']}")
    await centre.post_ok(f"/api/handovers/{handover['id']}/acknowledgement", {"happened_at": LATER})
    seen, listed = await centre.get_ok(path), (await centre.get_ok("/api/stays"))["items"]
    assert (seen["state"], at(seen["admitted_at"]), seen["ends_on"]) == ("admitted", at(MOVED_IN), stay["ends_on"])
    for word in WHERE:
        assert word not in str(seen) + str(listed) + str(await centre.get_ok(f"{path}/history"))
    assert (await centre.get_ok("/api/stays", view="overdue_decision"))["items"] == [], "what it cannot read, it cannot"
    assert (await centre.get_ok("/api/stays", re_examine="false"))["items"] == [], "be answered about by a filter"
    assert "stay_id" in await centre.get_ok(f"/api/handovers/{handover['id']}")


async def test_a_request_is_nothing_to_who_serves_otherwise(shelter: ServiceUnderTest) -> None:
    """SH-7: a place that is looked for is no place yet."""
    case = await a_case(shelter)
    await an_acknowledged_handover(shelter, case)
    stay = await an_offered_stay(shelter, case)
    assert await code(shelter.person(CENTRE), "get", f"/api/stays/{stay['id']}") == (404, "not_found")
    assert (await shelter.person(CENTRE).get_ok("/api/stays"))["items"] == []


async def test_an_operator_sees_neither_the_other_operators_nor_their_offer(shelter: ServiceUnderTest) -> None:
    """SH-4, SH-7: what the request states, and itself; the rest when the person moves in with it."""
    both = ["mia-shelter", "ngo-clean-world"]
    stay = await a_requested_stay(shelter, addressed_to=both)
    path = f"/api/stays/{stay['id']}"
    bed = await best_bed(shelter, stay)
    offered = await shelter.person(MANAGER).post_ok(f"{path}/offer", in_bed(stay, bed))
    assert (offered["operator"], offered["place"]["bed_id"]) == ("mia-shelter", bed)
    assert [entry["operator"] for entry in offered["addressed_to"]] == ["mia-shelter"]
    assert [line["id"] for line in (await shelter.person(MANAGER).get_ok("/api/stays", view="upcoming"))["items"]]
    other = shelter.person(CLEAN_WORLD)
    seen, history = await other.get_ok(path), await other.get_ok(f"{path}/history")
    assert (seen["state"], seen["category"], seen["clocks"]) == ("offered", "adult", [])
    assert "mia-shelter" not in str(seen) + str(history)
    assert [entry["operator"] for entry in seen["addressed_to"]] == ["ngo-clean-world"]
    assert (await other.get_ok("/api/stays", view="upcoming"))["items"] == []
    assert [line["operator"] for line in (await other.get_ok(f"{path}/places"))["operators"]] == ["ngo-clean-world"]
    assert await code(other, "post", f"{path}/admission") == (403, "belongs_to_another_agency")


async def test_the_operator_of_one_stay_is_not_the_operator_of_the_next(shelter: ServiceUnderTest) -> None:
    """SH-7: a basis is for one stay; a second one with another operator is read as by whoever else serves."""
    first = await a_resident(shelter)
    case = UUID(first["case_id"])
    second = await a_requested_stay(shelter, case, addressed_to=["ngo-clean-world"])
    manager, clean_world = shelter.person(MANAGER), shelter.person(CLEAN_WORLD)
    assert await code(manager, "get", f"/api/stays/{second['id']}") == (404, "not_found")
    assert await code(manager, "post", f"/api/stays/{second['id']}/offer", {"version": 1, "bed_id": str(uuid4())}) == (
        403,
        "not_for_this_basis",
    )
    assert await code(clean_world, "get", f"/api/stays/{first['id']}") == (404, "not_found")
    await manager.post_ok(f"/api/stays/{first['id']}/leave", {"how": "transferred", "happened_at": LATER})
    bed = await best_bed(shelter, second, CLEAN_WORLD)
    path = f"/api/stays/{second['id']}"
    await clean_world.post_ok(f"{path}/offer", in_bed(second, bed, LATER))
    await clean_world.post_ok(f"{path}/admission", {"happened_at": LATER})
    assert await code(manager, "get", path) == (404, "not_found"), "a former operator has its own record alone"
    assert "operator" not in await clean_world.get_ok(f"/api/stays/{first['id']}")


async def test_a_former_operator_reads_and_completes_its_own_record(shelter: ServiceUnderTest) -> None:
    """SH-6, SH-8: services entered late, one hand-over as the last act, and nothing more."""
    stay = await a_resident(shelter)
    case, path = stay["case_id"], f"/api/stays/{stay['id']}"
    manager, worker = shelter.person(MANAGER), shelter.person(WORKER)
    await worker.post_ok(f"{path}/leave", {"happened_at": LATER})
    assert (await manager.get_ok(path))["place"] == stay["place"]
    assert [item["id"] for item in (await manager.get_ok("/api/stays", view="left"))["items"]] == [stay["id"]]
    late = {"service": "legal", "payer": "mia-shelter", "happened_at": LATER}
    assert len((await worker.post_ok(f"{path}/services", late))["services"]) == 1
    request = a_request(UUID(case), happened_at=LATER)
    assert await code(manager, "post", "/api/stays", request) == (403, "not_for_this_basis")
    pair = {"case_id": case, "other_case_id": case, "kind": "threat"}
    assert await code(manager, "post", "/api/conflicts", pair) == (403, "not_for_this_basis")
    to_centre = {"case_id": case, "to": "vac", "happened_at": LATER}
    handover = await manager.post_ok("/api/handovers", to_centre)
    await shelter.person(CENTRE).post_ok(f"/api/handovers/{handover['id']}/acknowledgement", {"happened_at": LATER})
    assert await code(manager, "post", "/api/handovers", to_centre) == (409, "already_taken_over")


async def test_the_guardianship_authority_follows_a_childs_stay(shelter: ServiceUnderTest) -> None:
    """ID-5: by law and without consent, as long as the person counts as a child; it requests places itself."""
    case = await a_case(shelter, age_group="child")
    stay = await a_resident(shelter, case, category="child")
    service = {"service": "education", "payer": "mia-shelter", "happened_at": LATER}
    await shelter.person(WORKER).post_ok(f"/api/stays/{stay['id']}/services", service)
    authority, path = shelter.person("scfwca.caseworker"), f"/api/stays/{stay['id']}"
    seen = await authority.get_ok(path)
    assert (seen["operator"], [s["service"] for s in seen["services"]]) == ("mia-shelter", ["education"])
    assert "place" not in seen
    await authority.post_ok("/api/stays", a_request(case, category="child", addressed_to=["scfwca"]))
    grown = {"case_id": case, "age_group": "adult", "citizenship": "foreign"}
    await shelter.receives(identification.PersonFactsChanged(effective_at=at(LATER), **grown))
    assert await code(authority, "get", path) == (404, "not_found")


async def test_a_police_holder_is_no_hand_over(shelter: ServiceUnderTest) -> None:
    """ID-7: the hotline holds the case that it opened; the ministry's shelter learns of it by the hand-over alone."""
    case = await a_hidden_case(shelter, "mia-hotline")
    reporter = shelter.person("mia-hotline.reporter")
    refused = await code(reporter, "post", "/api/stays", a_request(case))
    assert refused == (409, "police_operator_case_hidden")


async def test_an_operator_that_the_case_was_hidden_from_learns_nothing(shelter: ServiceUnderTest) -> None:
    """ID-7: not by a consent, which police bodies never get a row for."""
    stay = await a_requested_stay(shelter, await a_hidden_case(shelter), addressed_to=["ngo-amc"], track="ForcedLabour")
    await the_person_agrees(shelter, stay["case_id"], "mia-shelter")
    for path in (f"/api/stays/{stay['id']}", f"/api/stays/{stay['id']}/places"):
        assert await code(shelter.person(MANAGER), "get", path) == (404, "not_found")


async def test_a_count_of_another_house_does_not_show_that_a_conflict_lives_there(shelter: ServiceUnderTest) -> None:
    """SH-4, SH-7: by naming a conflict and counting places nobody finds out where somebody lives."""
    resident, stay = await a_resident(shelter), await a_requested_stay(shelter)
    await the_person_agrees(shelter, stay["case_id"], "mia-special")
    officer, path = shelter.person(OFFICER), f"/api/stays/{stay['id']}/places"
    before = (await officer.get_ok(path))["operators"]
    pair = {"case_id": stay["case_id"], "other_case_id": resident["case_id"], "kind": "threat", "happened_at": ASKED}
    named = await officer.post_ok("/api/conflicts", pair)
    assert "together_now" not in named
    assert (await officer.get_ok(path))["operators"] == before
    places = (await shelter.person(MANAGER).get_ok(path))["places"]
    assert any("conflict" in place["refusals"] for place in places), "the house itself knows"


async def test_a_stored_answer_is_not_repeated_after_the_access_has_ended(shelter: ServiceUnderTest) -> None:
    """ID-12: the same key, once the person moved in elsewhere."""
    stay = await a_requested_stay(shelter, addressed_to=["mia-shelter", "ngo-clean-world"])
    path = f"/api/stays/{stay['id']}"
    other = shelter.person(CLEAN_WORLD)
    first = await other.post(f"{path}/waitlist", {"happened_at": ASKED}, key="wait")
    again = await other.post(f"{path}/waitlist", {"happened_at": ASKED}, key="wait")
    assert (first.json(), again.headers["Idempotency-Replayed"]) == (again.json(), "true")
    bed = await best_bed(shelter, stay)
    await shelter.person(MANAGER).post_ok(f"{path}/offer", in_bed(first.json(), bed))
    moving = {"happened_at": MOVED_IN}
    moved_in = await shelter.person(WORKER).post(f"{path}/admission", moving, key="move")
    assert (await shelter.person(WORKER).post(f"{path}/admission", moving, key="move")).json() == moved_in.json()
    after = await other.post(f"{path}/waitlist", {"happened_at": ASKED}, key="wait")
    assert (after.status_code, after.json()["code"]) == (404, "not_found")
    history = (await shelter.person(WORKER).get_ok(f"{path}/history"))["items"]
    assert "ngo-clean-world" not in {item["agency"] for item in history}, "SH-4: nor who else was addressed"


async def test_an_answer_lists_what_the_basis_does_not_give(shelter: ServiceUnderTest) -> None:
    """What the role has and the basis does not is listed with that reason, where the state allows it."""
    case = await a_case(shelter)
    stay = await a_resident(shelter, case)
    await the_person_agrees(shelter, case, "ngo-clean-world", "assistance")
    handover = await a_handover(shelter, case, "ngo-clean-world")
    manager = shelter.person(CLEAN_WORLD)
    await manager.post_ok(f"/api/handovers/{handover['id']}/acknowledgement", {"happened_at": LATER})
    seen = await manager.get_ok(f"/api/stays/{stay['id']}")
    reasons = {action["action"]: action["reason"] for action in seen["actions"]}
    assert (reasons["leave"], reasons["offer"]) == ("not_for_this_basis", "state_is_admitted")


async def test_an_agreement_on_one_case_shows_a_formal_body_the_stays_of_no_other_sh_7(
    shelter: ServiceUnderTest,
) -> None:
    """SH-7, ID-12: by list as by id, with every filter by a part."""
    agreed, other = [await a_resident(shelter) for _ in range(2)]
    await the_person_agrees(shelter, agreed["case_id"], "mia-special")
    officer = shelter.person(OFFICER)
    for filters in ({}, {"view": "overdue_decision"}, {"state": "admitted"}):
        found = await officer.get_ok("/api/stays", **filters)
        assert [item["id"] for item in found["items"]] == [agreed["id"]], filters
    assert await code(officer, "get", f"/api/stays/{other['id']}") == (404, "not_found")
