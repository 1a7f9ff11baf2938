"""Objects carry a version: an act on what was changed since it was read does nothing and tells both values."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from chassis.testing import ServiceUnderTest

from .givens import (
    ASKED,
    CASEWORKER,
    CENTRE,
    MANAGER,
    OFFICER,
    a_case,
    a_requested_stay,
    a_resident,
    an_offered_stay,
)

AStay = Callable[[ServiceUnderTest], Awaitable[dict[str, Any]]]
ACTS = [
    (an_offered_stay, "admission", {}),
    (an_offered_stay, "decline", {"reason": "returns_home"}),
    (a_resident, "leave", {"how": "left"}),
    (a_resident, "extension-request", {"reason": "recovery"}),
]


@pytest.mark.parametrize(("a_stay", "act", "body"), ACTS)
async def test_an_act_on_a_stay_that_changed_does_nothing(
    shelter: ServiceUnderTest, a_stay: AStay, act: str, body: dict[str, Any]
) -> None:
    stay = await a_stay(shelter)
    manager, path = shelter.person(MANAGER), f"/api/stays/{stay['id']}"
    refused = await manager.post(f"{path}/{act}", body | {"version": stay["version"] - 1})
    assert (refused.status_code, refused.json()["code"]) == (409, "stale")
    facts = refused.json()["facts"]
    assert facts["stored_version"] == stay["version"]
    assert body.keys() <= set(facts["fields"])
    assert (await manager.get_ok(path))["version"] == stay["version"]


async def test_an_act_on_a_handover_a_conflict_or_a_closure_that_changed_does_nothing(
    shelter: ServiceUnderTest,
) -> None:
    case_id, other = await a_case(shelter), await a_case(shelter)
    stay = await a_requested_stay(shelter, case_id)
    manager = shelter.person(MANAGER)
    bed = (await manager.get_ok(f"/api/stays/{stay['id']}/places"))["places"][0]["bed_id"]
    closing = {"reason": "repair", "begins": "2024-03-10", "returns_on": "2024-03-15", "happened_at": ASKED}
    closure = await manager.post_ok(f"/api/beds/{bed}/closures", closing)
    to_centre = {"case_id": str(case_id), "to": "vac", "happened_at": ASKED}
    handover = await shelter.person(CASEWORKER).post_ok("/api/handovers", to_centre)
    pair = {"case_id": str(case_id), "other_case_id": str(other), "kind": "threat"}
    conflict = await shelter.person(OFFICER).post_ok("/api/conflicts", pair)
    for person, path in (
        (CENTRE, f"/api/handovers/{handover['id']}/acknowledgement"),
        (CASEWORKER, f"/api/handovers/{handover['id']}/withdrawal"),
        (OFFICER, f"/api/conflicts/{conflict['id']}/end"),
        (MANAGER, f"/api/closures/{closure['id']}/end"),
    ):
        refused = await shelter.person(person).post(path, {"version": 7})
        assert (refused.status_code, refused.json()["code"]) == (409, "stale"), path
        assert (await shelter.person(person).post(path, {"version": 1})).is_success or path.endswith("withdrawal")


async def test_a_closure_says_that_its_return_can_be_moved_sh_9(shelter: ServiceUnderTest) -> None:
    """SH-9: every action on a bed out of use is listed, and none once it is in use again."""
    stay = await a_requested_stay(shelter)
    manager = shelter.person(MANAGER)
    bed = (await manager.get_ok(f"/api/stays/{stay['id']}/places"))["places"][0]["bed_id"]
    closing = {"reason": "repair", "begins": "2024-03-10", "returns_on": "2024-03-15", "happened_at": ASKED}
    closure = await manager.post_ok(f"/api/beds/{bed}/closures", closing)
    assert {a["action"]: a["reason"] for a in closure["actions"]} == {"move_return": None, "end": None}
    ended = await manager.post_ok(f"/api/closures/{closure['id']}/end", {})
    assert {a["reason"] for a in ended["actions"]} == {"state_is_ended"}


DECIDED = [
    (an_offered_stay, "offer", {"bed_id": "0190a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b"}),
    (an_offered_stay, "refusal", {"reasons": ["sex"]}),
    (a_resident, "extension", {"granted": True, "reason": "recovery"}),
    (a_resident, "transfer", {"bed_id": "0190a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b"}),
    (a_resident, "re-examination", {"reason": "stay_goes_on"}),
]


@pytest.mark.parametrize(("a_stay", "act", "body"), DECIDED)
async def test_who_decides_says_which_version_was_read(
    shelter: ServiceUnderTest, a_stay: AStay, act: str, body: dict[str, Any]
) -> None:
    stay = await a_stay(shelter)
    manager, path = shelter.person(MANAGER), f"/api/stays/{stay['id']}"
    unread = await manager.post(f"{path}/{act}", body | {"version": None})
    assert (unread.status_code, unread.json()["code"]) == (422, "invalid_request")
    stale = await manager.post(f"{path}/{act}", body | {"version": stay["version"] - 1})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    assert (await manager.get_ok(path))["version"] == stay["version"]
