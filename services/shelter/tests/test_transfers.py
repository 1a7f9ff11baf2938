"""What goes along with a person who moves to another bed (SH-1, SH-4)."""

from typing import Any

from chassis.testing import ServiceUnderTest

from .givens import LATER, MANAGER, WORKER, a_resident, as_read

NEXT_DAY = "2024-03-21T12:00:00+04:00"


async def another_bed(shelter: ServiceUnderTest, stay: dict[str, Any]) -> str:
    places = (await shelter.person(MANAGER).get_ok(f"/api/stays/{stay['id']}/places"))["places"]
    return str(next(p["bed_id"] for p in places if p["fits"] and p["bed_id"] != stay["place"]["bed_id"]))


async def move(shelter: ServiceUnderTest, stay: dict[str, Any], at: str) -> dict[str, Any]:
    body = {"bed_id": await another_bed(shelter, stay), "happened_at": at}
    return await shelter.person(MANAGER).post_ok(f"/api/stays/{stay['id']}/transfer", as_read(stay, body))


async def test_who_moved_once_can_move_again_sh_4(shelter: ServiceUnderTest) -> None:
    """SH-4: the places of the operator are shown for a stay that came of a transfer too."""
    stay = await a_resident(shelter)
    twice = await move(shelter, await move(shelter, stay, LATER), NEXT_DAY)
    assert (twice["state"], twice["ends_on"]) == ("admitted", stay["ends_on"])


async def test_an_extension_that_waits_goes_along_sh_1(shelter: ServiceUnderTest) -> None:
    """SH-1: what was asked for is decided on the stay that goes on, and not lost with the old one."""
    stay = await a_resident(shelter)
    body = {"reason": "medical_treatment", "happened_at": LATER}
    seen = await shelter.person(WORKER).post_ok(f"/api/stays/{stay['id']}/extension-request", body)
    waiting = (await shelter.person(MANAGER).get_ok("/api/stays", extension_pending="true"))["items"]
    assert [item["id"] for item in waiting] == [stay["id"]]
    moved = await move(shelter, seen, LATER)
    assert [(e["state"], e["reason"]) for e in moved["extensions"]] == [("requested", "medical_treatment")]
    waiting = (await shelter.person(MANAGER).get_ok("/api/stays", extension_pending="true"))["items"]
    assert [item["id"] for item in waiting] == [moved["id"]]
    decided = {"granted": True, "reason": "medical_treatment", "happened_at": NEXT_DAY}
    done = await shelter.person(MANAGER).post_ok(f"/api/stays/{moved['id']}/extension", as_read(moved, decided))
    assert [e["state"] for e in done["extensions"]] == ["granted"]
    assert (await shelter.person(MANAGER).get_ok("/api/stays", extension_pending="true"))["items"] == []
