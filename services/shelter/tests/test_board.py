"""The board of a house: each bed with what holds it, to its own staff, by the night (SH-5, SH-7, SH-9)."""

from typing import Any

from chassis.testing import ServiceUnderTest

from .givens import ASKED, LATER, MANAGER, WORKER, a_resident, an_offered_stay

SPAN = {"from": "2024-03-08", "nights": 14}


def holds(board: dict[str, Any]) -> list[dict[str, Any]]:
    return [hold for bed in board["beds"] for hold in bed["holds"]]


async def test_a_board_shows_who_is_in_who_comes_and_what_is_out_of_use_sh_9(shelter: ServiceUnderTest) -> None:
    resident, coming = await a_resident(shelter), await an_offered_stay(shelter)
    manager = shelter.person(MANAGER)
    empty = next(bed for bed in (await manager.get_ok("/api/board", **SPAN))["beds"] if not bed["holds"])
    closure = {"reason": "repair", "begins": "2024-03-10", "returns_on": "2024-03-15", "happened_at": ASKED}
    closed = await manager.post_ok(f"/api/beds/{empty['bed_id']}/closures", closure)
    board = await shelter.person(WORKER).get_ok("/api/board", **SPAN)
    assert (len(board["beds"]), board["from"], board["to"]) == (75, "2024-03-08", "2024-03-22")
    assert {bed["facility"] for bed in board["beds"]} == {"mia-adult", "mia-child"}
    shown = {hold["stay_id"] or hold["closure_id"]: hold for hold in holds(board)}
    assert shown.keys() == {resident["id"], coming["id"], closed["id"]}
    in_now = shown[resident["id"]]
    assert (in_now["view"], in_now["ends"], in_now["stay_ends_on"]) == ("overdue_decision", None, "2024-04-03")
    assert (shown[coming["id"]]["view"], shown[coming["id"]]["case_id"]) == ("upcoming", coming["case_id"])
    assert (shown[closed["id"]]["reason"], shown[closed["id"]]["ends"]) == ("repair", "2024-03-15")


async def test_a_board_holds_the_nights_that_were_asked_and_no_other_house_sh_7(shelter: ServiceUnderTest) -> None:
    stay = await a_resident(shelter)
    await shelter.person(WORKER).post_ok(f"/api/stays/{stay['id']}/leave", {"happened_at": LATER})
    manager = shelter.person(MANAGER)
    assert len(holds(await manager.get_ok("/api/board", **{"from": "2024-03-19", "nights": 1}))) == 1
    assert holds(await manager.get_ok("/api/board", **{"from": "2024-03-20", "nights": 7})) == []
    assert holds(await manager.get_ok("/api/board", **{"from": "2024-02-26", "nights": 7})) == []
    other = await shelter.person("ngo-amc.shelter-manager").get_ok("/api/board", **SPAN)
    assert {bed["facility"] for bed in other["beds"]} == {"amc"}
    assert holds(other) == []
    for nights in (0, 63):
        assert (await manager.get("/api/board", **{"from": "2024-03-01", "nights": nights})).status_code == 422


async def test_the_services_of_a_stay_are_read_to_the_last_sh_6(shelter: ServiceUnderTest) -> None:
    """SH-6: every service given is logged, and the log pages like every list."""
    stay = await a_resident(shelter)
    worker, path = shelter.person(WORKER), f"/api/stays/{stay['id']}/services"
    for service in ("food", "legal", "social"):
        await worker.post_ok(path, {"service": service, "payer": "mia-shelter", "happened_at": LATER})
    first = await worker.get_ok(path, limit=2)
    rest = await worker.get_ok(path, limit=2, after=first["next"])
    assert [service["service"] for service in first["items"] + rest["items"]] == ["social", "legal", "food"]
    assert rest["next"] is None
    assert (await shelter.person("ngo-acu.shelter-worker").get(path)).status_code == 404
