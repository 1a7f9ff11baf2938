"""Hand-over, acknowledgement, assistance, statistics and named conflicts over HTTP (SH-8, SH-4)."""

from uuid import UUID, uuid4

from chassis.testing import ServiceUnderTest

from .givens import (
    ASKED,
    CASEWORKER,
    CENTRE,
    LATER,
    MANAGER,
    MOVED_IN,
    OFFICER,
    a_case,
    a_hidden_case,
    a_requested_stay,
    a_resident,
    an_acknowledged_handover,
    as_read,
    at,
    best_bed,
    opened,
)

COORDINATOR = "coordinator.coordinator"


async def test_support_is_handed_over_and_acknowledged(shelter: ServiceUnderTest) -> None:
    """SH-8: without a stay too; the centre sees the case from then on; due after five working days (Novruz between)."""
    case_id = await a_hidden_case(shelter)
    centre = shelter.person(CENTRE)
    assert (await centre.get_ok("/api/handovers"))["items"] == []
    body = {"case_id": str(case_id), "to": "vac", "happened_at": "2024-03-18T10:00:00+04:00"}
    handover = await shelter.person(CASEWORKER).post_ok("/api/handovers", body)
    assert (handover["state"], handover["from_agency"], handover["stay_id"]) == ("requested", "ngo-amc", None)
    assert at(handover["due_at"]) == at("2024-04-01T23:59:59+04:00")
    twice = await shelter.person(CASEWORKER).post("/api/handovers", body)
    assert (twice.status_code, twice.json()["code"]) == (409, "handover_exists")
    path = f"/api/handovers/{handover['id']}"
    assert {a["action"]: a["allowed"] for a in (await centre.get_ok(path))["actions"]}["acknowledge"]
    other = await shelter.person(CASEWORKER).post(f"{path}/acknowledgement", {"happened_at": LATER})
    assert (other.status_code, other.json()["code"]) == (403, "not_for_this_basis")
    early = await centre.post(f"{path}/acknowledgement", {"happened_at": ASKED})
    assert early.json()["code"] == "before_what_it_follows"
    taken = await centre.post_ok(f"{path}/acknowledgement", {"happened_at": LATER})
    assert (taken["state"], taken["clocks"][0]["state"]) == ("acknowledged", "met")
    again = await centre.post(f"{path}/acknowledgement", {"happened_at": LATER})
    assert (again.status_code, again.json()["code"]) == (409, "not_possible_in_state")
    published = [name for name, _ in await shelter.published(case_id)]
    assert published == ["HandoverRequested", "HandoverAcknowledged"]
    assert [i["action"] for i in (await centre.get_ok(f"{path}/history"))["items"]] == ["acknowledge", "hand_over"]
    assert (await shelter.person(OFFICER).get_ok("/api/handovers"))["items"] == []


async def test_before_the_term_existed_there_is_no_clock(shelter: ServiceUnderTest) -> None:
    """SH-8: the five working days are in force since 2024; a hand-over of 2023 has no due date, and is done."""
    case_id = await a_case(shelter)
    await shelter.person(CASEWORKER).post_ok(
        "/api/handovers", {"case_id": str(case_id), "to": "vac", "happened_at": LATER}
    )
    from_2023 = uuid4()
    await shelter.receives(opened(from_2023).model_copy(update={"effective_at": at("2023-05-01T00:00:00+04:00")}))
    handover = await shelter.person(CASEWORKER).post_ok(
        "/api/handovers", {"case_id": str(from_2023), "to": "vac", "happened_at": "2023-06-01T10:00:00+04:00"}
    )
    assert (handover["due_at"], handover["clocks"]) == (None, [])


async def test_care_only_after_acknowledgement(shelter: ServiceUnderTest) -> None:
    """SH-8: kinds are codes, an agency pays; what was given stays as it was written."""
    case_id = await a_case(shelter)
    centre = shelter.person(CENTRE)
    body = {"case_id": str(case_id), "kind": "psychological", "payer": "vac", "happened_at": LATER}
    assert (await centre.post("/api/assistance", body)).status_code == 404
    requested = {"case_id": str(case_id), "to": "vac", "happened_at": ASKED}
    handover = await shelter.person(CASEWORKER).post_ok("/api/handovers", requested)
    refused = await centre.post("/api/assistance", body)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_for_this_basis")
    await centre.post_ok(f"/api/handovers/{handover['id']}/acknowledgement", {"happened_at": LATER})
    early = await centre.post("/api/assistance", body | {"happened_at": ASKED})
    assert early.json()["code"] == "before_what_it_follows"
    service = await centre.post_ok("/api/assistance", body)
    assert (service["kind"], service["agency"]) == ("psychological", "vac")
    assert (await centre.post("/api/assistance", body | {"payer": "self"})).status_code == 422
    assert len((await centre.get_ok("/api/assistance", case_id=str(case_id)))["items"]) == 1
    assert (await shelter.published(case_id))[-1][1]["kind"] == "psychological"


async def test_a_stay_is_named_by_the_handover(shelter: ServiceUnderTest) -> None:
    """SH-8: the hand-over after a stay points at it, whoever of the two agencies asks for it."""
    stay = await a_resident(shelter)
    body = {"case_id": stay["case_id"], "to": "vac", "happened_at": LATER}
    handover = await shelter.person(MANAGER).post_ok("/api/handovers", body)
    assert (handover["stay_id"], handover["from_agency"]) == (stay["id"], "mia-shelter")


async def test_the_year_counts_by_effect(shelter: ServiceUnderTest) -> None:
    """Statistics by effective date in Baku: admissions once, persons once however often they were helped."""
    stay = await a_resident(shelter)
    case_id = UUID(stay["case_id"])
    await an_acknowledged_handover(shelter, case_id)
    centre = shelter.person(CENTRE)
    for moment in (LATER, "2024-12-31T23:30:00+04:00", "2025-01-01T00:30:00+04:00"):
        body = {"case_id": str(case_id), "kind": "psychological", "payer": "vac", "happened_at": moment}
        await centre.post_ok("/api/assistance", body)
    legal = {"case_id": str(case_id), "kind": "legal", "payer": "moj", "happened_at": LATER}
    await centre.post_ok("/api/assistance", legal)
    coordinator = shelter.person(COORDINATOR)
    figures = {"mia_shelter_admissions": 1, "vac": 1, "vac_psychological": 1, "vac_legal": 1}
    assert await coordinator.get_ok("/api/statistics/2024") == {"year": 2024} | figures
    later = {"mia_shelter_admissions": 0, "vac": 0, "vac_psychological": 1, "vac_legal": 0}
    assert await coordinator.get_ok("/api/statistics/2025") == {"year": 2025} | later
    assert (await coordinator.get("/api/statistics/nineteen")).status_code == 422


async def test_a_stay_elsewhere_is_not_counted_for_the_ministry(shelter: ServiceUnderTest) -> None:
    case_id = await a_hidden_case(shelter)
    stay = await a_requested_stay(shelter, case_id, addressed_to=["ngo-amc"], track="ForcedLabour")
    manager = shelter.person("ngo-amc.shelter-manager")
    body = {"bed_id": await best_bed(shelter, stay, "ngo-amc.shelter-manager"), "happened_at": ASKED}
    await manager.post_ok(f"/api/stays/{stay['id']}/offer", as_read(stay, body))
    await manager.post_ok(f"/api/stays/{stay['id']}/admission", {"happened_at": MOVED_IN})
    year = await shelter.person(COORDINATOR).get_ok("/api/statistics/2024")
    assert year["mia_shelter_admissions"] == 0


async def test_named_conflicts_keep_two_cases_apart(shelter: ServiceUnderTest) -> None:
    """SH-4: nobody is offered a bed where a named conflict lives; it is shown as that, and not as who."""
    resident = await a_resident(shelter)
    other = await a_case(shelter)
    officer = shelter.person(OFFICER)
    pair = {"case_id": str(other), "other_case_id": resident["case_id"], "kind": "recruiter", "happened_at": ASKED}
    conflict = await officer.post_ok("/api/conflicts", pair)
    swapped = pair | {"case_id": resident["case_id"], "other_case_id": str(other)}
    assert (await officer.post("/api/conflicts", swapped)).json()["code"] == "conflict_exists"
    stay = await a_requested_stay(shelter, other)
    manager = shelter.person(MANAGER)
    places = (await manager.get_ok(f"/api/stays/{stay['id']}/places"))["places"]
    of_house = [p for p in places if p["facility"] == "mia-adult"]
    assert len(of_house) == 50
    assert all("conflict" in place["refusals"] for place in of_house)
    assert resident["case_id"] not in str(places)
    body = {"bed_id": of_house[0]["bed_id"], "happened_at": ASKED}
    refused = await manager.post(f"/api/stays/{stay['id']}/offer", as_read(stay, body))
    assert "conflict" in refused.json()["facts"]["refusals"]
    ended = await officer.post_ok(f"/api/conflicts/{conflict['id']}/end", {"happened_at": ASKED})
    assert ended["state"] == "ended"
    assert await best_bed(shelter, stay)


async def test_a_conflict_is_seen_by_who_knows_both_cases_only(shelter: ServiceUnderTest) -> None:
    """SH-4, ID-7: a case that police may not know of does not appear through the other."""
    known, hidden = await a_case(shelter), await a_hidden_case(shelter)
    pair = {"case_id": str(known), "other_case_id": str(hidden), "kind": "threat"}
    conflict = await shelter.person(CASEWORKER).post_ok("/api/conflicts", pair)
    officer = shelter.person(OFFICER)
    assert (await officer.get_ok("/api/conflicts", case_id=str(known)))["items"] == []
    assert (await officer.post(f"/api/conflicts/{conflict['id']}/end", {})).status_code == 404
    assert (await officer.get(f"/api/conflicts/{conflict['id']}/history")).status_code == 404
    assert (await officer.get(f"/api/conflicts/{conflict['id']}")).status_code == 404
    assert (await shelter.person(CASEWORKER).get_ok(f"/api/conflicts/{conflict['id']}"))["state"] == "active"
    assert (await officer.post("/api/conflicts", pair)).status_code == 404
    same = await shelter.person(CASEWORKER).post("/api/conflicts", pair | {"other_case_id": str(known)})
    assert same.json()["code"] == "same_case"


async def test_a_hand_over_in_error_is_taken_back_and_tells_no_more_sh_8(shelter: ServiceUnderTest) -> None:
    """SH-8, ID-12: until it is acknowledged, by who made it; the agency it went to no longer knows of the case."""
    case_id = await a_hidden_case(shelter)
    caseworker, centre = shelter.person(CASEWORKER), shelter.person(CENTRE)
    body = {"case_id": str(case_id), "to": "vac", "happened_at": ASKED}
    handover = await caseworker.post_ok("/api/handovers", body)
    path = f"/api/handovers/{handover['id']}"
    assert {a["action"]: a["reason"] for a in handover["actions"]} == {
        "acknowledge": "not_for_this_basis",
        "decline_handover": "not_for_this_basis",
        "withdraw": None,
        "re_examine_handover": "state_is_requested",
        "end_handover": "state_is_requested",
    }
    assert (await centre.post(f"{path}/withdrawal")).status_code == 403
    taken_back = await caseworker.post_ok(f"{path}/withdrawal", {"version": handover["version"], "happened_at": LATER})
    assert (taken_back["state"], at(taken_back["withdrawn_at"])) == ("withdrawn", at(LATER))
    assert (await centre.get(path)).status_code == 404
    assert [name for name, _ in await shelter.published(case_id)] == ["HandoverRequested", "HandoverWithdrawn"]
    again = await caseworker.post_ok("/api/handovers", body)
    await centre.post_ok(f"/api/handovers/{again['id']}/acknowledgement", {"happened_at": LATER})
    late = await caseworker.post(f"/api/handovers/{again['id']}/withdrawal")
    assert (late.status_code, late.json()["code"]) == (409, "not_possible_in_state")
