"""What is found out later about a return: the person is a citizen, or did not leave after all (RP-5, RP-6)."""

from datetime import UTC, datetime

import pytest
from chassis.testing import ServiceUnderTest

from .givens import (
    CASEWORKER,
    RETURN_OFFICER,
    a_recognised_case,
    checked_return,
    departed_return,
    facts_change,
    hours,
    published,
    recognise,
    refusal,
    step,
)

IS_CITIZEN = (409, "is_citizen")


@pytest.mark.parametrize("by_recognition", [False, True])
async def test_found_to_be_a_citizen_the_return_is_looked_at_again(
    repatriation: ServiceUnderTest, by_recognition: bool
) -> None:
    """RP-5, ID-9: once, whichever event brings it; it is neither cleared nor ended by itself."""
    case = await a_recognised_case(repatriation)
    row = await checked_return(repatriation, case)
    if by_recognition:
        await recognise(repatriation, case, citizenship="citizen")
    else:
        await facts_change(repatriation, case, citizenship="citizen")
    worker = repatriation.person(CASEWORKER)
    seen = await worker.get_ok(f"/api/returns/{row}")
    assert (seen["state"], seen["re_examine"]) == ("claims_checked", True)
    assert next(act["reason"] for act in seen["actions"] if act["action"] == "clear") == "is_citizen"
    required = await published(repatriation, case, "ReExaminationRequired")
    assert [facts["reason"] for facts in required if facts["grant"] == "return"] == ["citizen_established"]
    assert await refusal(worker, f"/api/returns/{row}/clearance", {}) == IS_CITIZEN
    found = await worker.get_ok("/api/returns", re_examine=True)
    assert [item["id"] for item in found["items"]] == [row]
    assert (await worker.get_ok("/api/returns", re_examine=False))["items"] == []
    assert (await worker.post_ok(f"/api/returns/{row}/withdrawal"))["state"] == "withdrawn"


async def test_a_citizen_is_neither_booked_nor_departs(repatriation: ServiceUnderTest) -> None:
    """RP-5: each step looks again, also where the return was confirmed meanwhile."""
    case = await a_recognised_case(repatriation)
    row = await checked_return(repatriation, case)
    await step(repatriation, row, "clearance", 28)
    await step(repatriation, row, "documents", 29)
    await facts_change(repatriation, case, citizenship="citizen")
    worker = repatriation.person(CASEWORKER)
    await worker.post_ok(f"/api/returns/{row}/confirmation")
    assert await refusal(worker, f"/api/returns/{row}/travel", {"payer": "state"}) == IS_CITIZEN
    await facts_change(repatriation, case, citizenship="foreign")
    await worker.post_ok(f"/api/returns/{row}/travel", {"payer": "state"})
    await facts_change(repatriation, case, citizenship="citizen")
    assert await refusal(worker, f"/api/returns/{row}/departure", {}) == IS_CITIZEN


async def test_who_did_not_depart_is_booked_again(repatriation: ServiceUnderTest) -> None:
    """RP-5, RP-6: the receiving body waits no more and loses sight, the year counts nobody; then the person leaves."""
    case = await a_recognised_case(repatriation)
    row = await departed_return(repatriation, case)
    await step(repatriation, row, "handover", 32, to="iom")
    worker, body = repatriation.person(CASEWORKER), repatriation.person(RETURN_OFFICER)
    path = f"/api/returns/{row}/departure-correction"
    assert await refusal(worker, path, {"reason": "because"}) == (422, "invalid_request")
    assert await refusal(body, path, {"reason": "missed_travel"}) == (403, "not_for_this_basis")
    back = await step(repatriation, row, "departure-correction", 33, reason="missed_travel")
    assert (back["state"], back["departed_at"], back["handover_to"], back["clocks"]) == (
        "travel_booked",
        None,
        None,
        [],
    )
    (corrected,) = await published(repatriation, case, "DepartureCorrected")
    assert (corrected["return_id"], corrected["reason"]) == (row, "missed_travel")
    assert await refusal(body, f"/api/returns/{row}") == (404, "not_found")
    history = await worker.get_ok(f"/api/returns/{row}/history")
    assert history["items"][0]["action"] == "did_not_depart"
    left = await step(repatriation, row, "departure", 40)
    assert datetime.fromisoformat(left["departed_at"]) == datetime.fromisoformat(hours(40))
    assert len(await published(repatriation, case, "Departed")) == 2
    assert await refusal(worker, path, {"reason": "missed_travel", "happened_at": hours(39)}) == (
        422,
        "before_what_it_follows",
    )
    repatriation.now = datetime(2027, 1, 2, tzinfo=UTC)
    year = await repatriation.person("coordinator.coordinator").get_ok("/api/statistics/2026")
    assert year["returns"] == 1


@pytest.mark.parametrize(
    ("kind", "known"), [("bars", "standing"), ("permits", "appealed"), ("returns", "travel_booked")]
)
async def test_a_list_is_filtered_by_states_that_exist(repatriation: ServiceUnderTest, kind: str, known: str) -> None:
    """RP-1, RP-4, RP-5: an unknown state is a fault that names the known ones, and no empty list."""
    worker = repatriation.person(CASEWORKER)
    assert (await worker.get_ok(f"/api/{kind}", state=known))["items"] == []
    for unknown in ("no_such_state", "", "Standing"):
        answer = await worker.get(f"/api/{kind}", state=unknown)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
        (fault,) = answer.json()["faults"]
        assert fault["where"] == "query.state"
        assert known in fault["message"]
