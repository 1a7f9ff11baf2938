"""Who knows of a case, who looked last, and where work of other services begins (I5, I8; ID-7, ID-13)."""

from typing import Any

from chassis.testing import ServiceUnderTest
from staffui.testing import Browser

from .givens import NGO, OFFICER, a_referred_case, an_open_case, seen, shared_with

HELPS: dict[str, Any] = {"purpose": "assess"}
CENTRE = "vac.reintegration-worker"


def looks(case: dict[str, Any]) -> dict[str, bool]:
    return {one["agency"]: one["looked_at"] is not None for one in case["who_knows"]}


async def test_the_holder_sees_who_looked_last(identification: ServiceUnderTest) -> None:
    """ID-13: from the audit of the case; a reading is shown beside an agency that the viewer may know, and no other."""
    case = await an_open_case(identification)
    await shared_with(identification, case, "vac", "reintegration", "identity")
    assert looks(await seen(identification, case)) == {"ngo-amc": False, "vac": False}
    await identification.person(CENTRE).post_ok(f"/api/cases/{case['id']}/identity/reading", HELPS)
    assert looks(await seen(identification, case)) == {"ngo-amc": False, "vac": True}


async def test_the_police_see_no_look_of_a_helper_from_before(identification: ServiceUnderTest) -> None:
    """ID-7, ID-12: who helped before the hand-over is no agency that the police may know."""
    case = await an_open_case(identification)
    await shared_with(identification, case, "vac", "reintegration", "identity")
    await identification.person(CENTRE).post_ok(f"/api/cases/{case['id']}/identity/reading", HELPS)
    await shared_with(identification, case, "mia-special", "referral", "identity")
    version = (await seen(identification, case))["version"]
    await identification.person(NGO).post_ok(f"/api/cases/{case['id']}/referral", {"version": version})
    assert "vac" not in looks(await seen(identification, case, OFFICER))


async def test_work_of_shelter_begins_for_whom_it_lets_begin(identification: ServiceUnderTest) -> None:
    """Role and basis decide: the holder and the formal body both, a centre by another consent neither."""
    case = await a_referred_case(identification)
    await shared_with(identification, case, "vac", "reintegration", "identity")
    assert (await seen(identification, case))["begins"] == ["request_place", "hand_over"]
    assert (await seen(identification, case, OFFICER))["begins"] == ["request_place", "hand_over"]
    assert (await seen(identification, case, CENTRE))["begins"] == []


async def test_a_case_leads_to_shelter_s_forms(paged: ServiceUnderTest, desk: Browser) -> None:
    """The case is filled in there by its reference; that the police cannot know of it is a line of its own."""
    case = await an_open_case(paged)
    page = await desk.sign_in(NGO, to=f"/cases/{case['id']}")
    assert f'/stays/new?case_id={case["case_ref"]}"' in page.text
    assert f'/handovers/new?case_id={case["case_ref"]}"' in page.text
    known = await desk.get(f"/cases/{case['id']}/who-knows")
    assert "Polis bu işdən xəbər tuta bilməz." in known.text
    assert "/stays/new" not in known.text.partition("<main")[2]
