"""A conflict that is named after a place was offered, or while both live in the house (SH-4)."""

from typing import Any

from chassis.testing import ServiceUnderTest

from .givens import ASKED, MANAGER, MOVED_IN, OFFICER, a_requested_stay, a_resident, an_offered_stay, best_bed


async def name_conflict(
    shelter: ServiceUnderTest, one: dict[str, Any], other: dict[str, Any], at: str = ASKED
) -> dict[str, Any]:
    pair = {"case_id": one["case_id"], "other_case_id": other["case_id"], "kind": "recruiter", "happened_at": at}
    return await shelter.person(OFFICER).post_ok("/api/conflicts", pair)


async def test_nobody_moves_in_where_a_conflict_lives_that_was_named_after_the_offer_sh_4(
    shelter: ServiceUnderTest,
) -> None:
    resident, offered = await a_resident(shelter), await an_offered_stay(shelter)
    conflict = await name_conflict(shelter, offered, resident)
    manager, path = shelter.person(MANAGER), f"/api/stays/{offered['id']}"
    refused = await manager.post(f"{path}/admission", {"happened_at": MOVED_IN})
    assert (refused.status_code, refused.json()["code"]) == (409, "place_does_not_fit")
    assert refused.json()["facts"]["refusals"] == ["conflict"]
    assert resident["case_id"] not in refused.text
    await shelter.person(OFFICER).post_ok(f"/api/conflicts/{conflict['id']}/end", {"happened_at": MOVED_IN})
    assert (await manager.post_ok(f"{path}/admission", {"happened_at": MOVED_IN}))["state"] == "admitted"


async def test_an_offer_to_the_other_keeps_nobody_out_sh_4(shelter: ServiceUnderTest) -> None:
    """Two offers in one house, then the conflict: the first who comes moves in, the second does not."""
    one, other = await an_offered_stay(shelter), await an_offered_stay(shelter)
    await name_conflict(shelter, one, other)
    manager = shelter.person(MANAGER)
    await manager.post_ok(f"/api/stays/{one['id']}/admission", {"happened_at": MOVED_IN})
    second = await manager.post(f"/api/stays/{other['id']}/admission", {"happened_at": MOVED_IN})
    assert second.json()["facts"]["refusals"] == ["conflict"]


async def test_a_move_before_the_conflict_was_known_is_entered_and_warned_of_sh_4(shelter: ServiceUnderTest) -> None:
    """Entered late: it happened. Both stays say that a conflict lives there, and not who."""
    resident, offered = await a_resident(shelter), await an_offered_stay(shelter)
    await name_conflict(shelter, offered, resident, at="2024-03-06T10:00:00+04:00")
    manager = shelter.person(MANAGER)
    moved_in = await manager.post_ok(f"/api/stays/{offered['id']}/admission", {"happened_at": MOVED_IN})
    assert "conflict_in_house" in moved_in["warnings"]
    assert "conflict_in_house" in (await manager.get_ok(f"/api/stays/{resident['id']}"))["warnings"]
    await manager.post_ok(f"/api/stays/{resident['id']}/leave", {"happened_at": "2024-03-07T10:00:00+04:00"})
    assert "conflict_in_house" not in (await manager.get_ok(f"/api/stays/{offered['id']}"))["warnings"]


async def test_a_conflict_elsewhere_is_no_warning_sh_4(shelter: ServiceUnderTest) -> None:
    resident = await a_resident(shelter)
    stay = await a_requested_stay(shelter)
    await name_conflict(shelter, stay, resident)
    seen = await shelter.person(MANAGER).get_ok(f"/api/stays/{resident['id']}")
    assert "conflict_in_house" not in seen["warnings"]
    assert await best_bed(shelter, await a_requested_stay(shelter))
