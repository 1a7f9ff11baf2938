"""A conflict with a person in another agency's case, by reference: nobody learns where the other is (SH-4, ID-7)."""

from typing import Any
from uuid import UUID, uuid4

from chassis.testing import ServiceUnderTest
from nrm_events.reference import case_reference

from .givens import (
    CASEWORKER,
    LATER,
    MANAGER,
    MOVED_IN,
    OFFICER,
    a_case,
    a_hidden_case,
    a_request,
    a_requested_stay,
    a_resident,
    as_read,
    best_bed,
    in_bed,
    moves_in,
    opened,
    referred,
)

AMC = "ngo-amc.shelter-manager"
BY_REFERENCE = "/api/conflicts-by-reference"


def named(case_id: UUID | str, other: UUID | str) -> dict[str, Any]:
    reference = case_reference(UUID(str(other)))
    return {"case_id": str(case_id), "other_case_ref": reference, "kind": "threat", "happened_at": MOVED_IN}


async def lives_at_amc(shelter: ServiceUnderTest) -> dict[str, Any]:
    """Somebody whose case police do not know of."""
    stay = await a_requested_stay(shelter, await a_hidden_case(shelter), addressed_to=["ngo-amc"], track="ForcedLabour")
    bed = await best_bed(shelter, stay, AMC)
    offered = await shelter.person(AMC).post_ok(f"/api/stays/{stay['id']}/offer", in_bed(stay, bed))
    return await moves_in(shelter, offered, by=AMC)


async def test_police_get_one_answer_for_a_hidden_case_with_a_stay_without_one_and_for_none_id_7(
    shelter: ServiceUnderTest,
) -> None:
    """ID-7, SH-4: shape, status and texts are equal; a reference that no case can have is refused for its form."""
    resident, hidden = await lives_at_amc(shelter), await a_hidden_case(shelter)
    own = await a_case(shelter, "mia-special")
    officer, answers = shelter.person(OFFICER), []
    for other in (resident["case_id"], hidden, uuid4()):
        body = named(own, other)
        answer = await officer.post(BY_REFERENCE, body)
        again = await officer.post(BY_REFERENCE, body)
        changing = {"id", "other_case_ref"}
        shown = {name: value for name, value in answer.json().items() if name not in changing}
        answers.append((answer.status_code, shown, again.status_code, again.json()["code"]))
        assert answer.json()["other_case_ref"] == body["other_case_ref"]
    assert answers[0] == answers[1] == answers[2]
    assert (answers[0][0], answers[0][3]) == (201, "conflict_exists")
    wrong = await officer.post(BY_REFERENCE, named(own, own) | {"other_case_ref": "AAAA-AAA1"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "malformed_reference")
    same = await officer.post(BY_REFERENCE, named(own, own))
    assert (same.status_code, same.json()["code"]) == (422, "same_case")
    assert len((await officer.get_ok(BY_REFERENCE))["items"]) == 3


async def test_the_houses_of_both_keep_them_apart_and_neither_holder_learns_where_sh_4(
    shelter: ServiceUnderTest,
) -> None:
    """SH-4: whichever of the two comes second; the other's holder sees no conflict at all."""
    resident = await lives_at_amc(shelter)
    other = await a_hidden_case(shelter, "ngo-acu")
    body = a_request(other, addressed_to=["ngo-amc"], track="ForcedLabour")
    stay = await shelter.person("ngo-acu.caseworker").post_ok("/api/stays", body)
    namer = shelter.person("ngo-acu.caseworker")
    conflict = await namer.post_ok(BY_REFERENCE, named(other, resident["case_id"]))
    assert resident["case_id"] not in str(conflict)
    counts = await namer.get_ok(f"/api/stays/{stay['id']}/places")
    assert "conflict" not in str(counts), "a count of another's house does not show it"
    house = shelter.person(AMC)
    places = (await house.get_ok(f"/api/stays/{stay['id']}/places"))["places"]
    assert all("conflict" in place["refusals"] for place in places)
    refused = await house.post(f"/api/stays/{stay['id']}/offer", in_bed(stay, places[0]["bed_id"]))
    assert "conflict" in refused.json()["facts"]["refusals"]
    refusal = as_read(stay, {"reasons": ["conflict"], "happened_at": MOVED_IN})
    await house.post_ok(f"/api/stays/{stay['id']}/refusal", refusal)
    seen = await namer.get_ok(f"/api/stays/{stay['id']}")
    assert (seen["state"], seen["reasons"]) == ("refused", ["no_free_bed"]), "a conflict stays unspoken"
    assert "'conflict'" not in str(await shelter.published(str(other)))
    for holder in (shelter.person(CASEWORKER), house):
        assert (await holder.get_ok(BY_REFERENCE))["items"] == []
        assert (await holder.get_ok("/api/conflicts"))["items"] == []
    end = {"version": conflict["version"], "happened_at": LATER}
    assert (await namer.post_ok(f"{BY_REFERENCE}/{conflict['id']}/end", end))["state"] == "ended"
    stay = await namer.post_ok("/api/stays", body)
    assert await best_bed(shelter, stay, AMC)


async def test_a_reference_counts_also_when_its_case_is_opened_later_sh_4(shelter: ServiceUnderTest) -> None:
    resident = await a_resident(shelter)
    later = uuid4()
    await shelter.person(OFFICER).post_ok(BY_REFERENCE, named(resident["case_id"], later))
    await shelter.receives(opened(later, "mia-special"))
    stay = await a_requested_stay(shelter, await a_handed_over(shelter, later), by=OFFICER)
    places = (await shelter.person(MANAGER).get_ok(f"/api/stays/{stay['id']}/places"))["places"]
    assert all("conflict" in place["refusals"] for place in places if place["facility"] == "mia-adult")


async def a_handed_over(shelter: ServiceUnderTest, case_id: UUID) -> UUID:
    await shelter.receives(referred(case_id))
    return case_id


async def test_a_conflict_by_reference_is_no_conflict_by_case_id_7(shelter: ServiceUnderTest) -> None:
    """The two resources have their own addresses: the answer of one never lacks what the other promises."""
    own = await a_case(shelter)
    officer = shelter.person(OFFICER)
    conflict = await officer.post_ok(BY_REFERENCE, named(own, uuid4()))
    assert (await officer.get(f"/api/conflicts/{conflict['id']}")).status_code == 404
    assert (await officer.post(f"/api/conflicts/{conflict['id']}/end", {})).status_code == 404
    assert (await officer.get_ok("/api/conflicts"))["items"] == []


async def test_police_read_no_reference_that_somebody_else_named_id_7(shelter: ServiceUnderTest) -> None:
    """ID-7: an NGO names a hidden case for its own; after the hand-over police neither see nor end it."""
    own, hidden = await a_case(shelter), await a_hidden_case(shelter)
    worker, officer = shelter.person(CASEWORKER), shelter.person(OFFICER)
    conflict = await worker.post_ok(BY_REFERENCE, named(own, hidden))
    assert (await officer.get_ok(BY_REFERENCE))["items"] == []
    assert (await officer.get_ok(BY_REFERENCE, case_id=str(own)))["items"] == []
    for id_ in (conflict["id"], uuid4()):
        assert (await officer.post(f"{BY_REFERENCE}/{id_}/end", {"happened_at": LATER})).status_code == 404
    assert [item["id"] for item in (await worker.get_ok(BY_REFERENCE, case_id=str(own)))["items"]] == [conflict["id"]]
    assert (await worker.post_ok(f"{BY_REFERENCE}/{conflict['id']}/end", {"happened_at": LATER}))["state"] == "ended"
