"""Counts tell too: a police body cannot learn from beds that somebody it may not know of moved in (ID-7)."""

from typing import Any

from chassis.testing import ServiceUnderTest

from .givens import (
    CASEWORKER,
    LATER,
    MANAGER,
    MOVED_IN,
    OFFICER,
    a_hidden_case,
    a_requested_stay,
    best_bed,
    in_bed,
    the_person_agrees,
)

AMC = "ngo-amc.shelter-manager"
AT_AMC: dict[str, Any] = {"addressed_to": ["ngo-amc", "mia-shelter"], "track": "ForcedLabour"}


async def somebody_hidden_moves_in(shelter: ServiceUnderTest, bed: str | None = None) -> None:
    case_id = await a_hidden_case(shelter)
    stay = await a_requested_stay(shelter, case_id, addressed_to=["ngo-amc"], track="ForcedLabour")
    amc, path = shelter.person(AMC), f"/api/stays/{stay['id']}"
    bed = bed or await best_bed(shelter, stay, AMC)
    await amc.post_ok(f"{path}/offer", in_bed(stay, bed))
    await amc.post_ok(f"{path}/admission", {"happened_at": MOVED_IN})


async def test_occupancy_of_other_houses_is_not_told_to_police_id_7(shelter: ServiceUnderTest) -> None:
    """ID-7, SH-9: who runs no police house sees every operator; police see their own."""
    await somebody_hidden_moves_in(shelter)
    for username in (OFFICER, MANAGER, "mia-hotline.reporter"):
        lines = (await shelter.person(username).get_ok("/api/capacity", on="2024-03-05"))["lines"]
        assert {line["operator"] for line in lines} == {"mia-shelter"}, username
    lines = (await shelter.person(CASEWORKER).get_ok("/api/capacity", on="2024-03-05"))["lines"]
    assert {line["operator"]: line["held"] for line in lines}["ngo-amc"] == 1


async def test_places_tell_police_what_a_house_takes_and_not_who_lives_there_id_7(shelter: ServiceUnderTest) -> None:
    """ID-7, SH-4: the answer is the same before and after; the operator itself and an NGO see the truth."""
    requested = await a_requested_stay(shelter, **AT_AMC)
    await the_person_agrees(shelter, requested["case_id"], "mia-special")
    path, day = f"/api/stays/{requested['id']}/places", {"from": LATER[:10]}

    async def at_amc(username: str) -> dict[str, Any]:
        lines = (await shelter.person(username).get_ok(path, **day))["operators"]
        return dict(next(line for line in lines if line["operator"] == "ngo-amc"))

    before = await at_amc(OFFICER)
    assert before["places_that_fit"] == 10
    await somebody_hidden_moves_in(shelter)
    assert await at_amc(OFFICER) == before
    (own,) = (await shelter.person(MANAGER).get_ok(path, **day))["operators"]
    assert own["operator"] == "mia-shelter", "an operator sees what it has itself"
    assert (await at_amc(CASEWORKER))["places_that_fit"] == 9
