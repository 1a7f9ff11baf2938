"""Permits by the staff pages, signed in at the real realm, without a script (R2–R4; RP-1 … RP-3)."""

from chassis.testing import ServiceUnderTest
from nrm_events.reference import case_reference
from staffui.testing import Browser, browser

from .givens import (
    CASEWORKER,
    MOTION_OFFICER,
    PERMIT_OFFICER,
    SECOND_PERMIT_OFFICER,
    a_case,
    a_recognised_case,
    consulted_permit,
    hand_over,
    the_permit,
)
from .paging import does


async def test_an_application_goes_to_its_opinion_by_pages(paged: ServiceUnderTest) -> None:
    """R2, R3, RP-1 … RP-3."""
    case = await a_recognised_case(paged)
    permit = f"/permits/{await the_permit(paged, case)}"
    day = {"lawful_stay_ends.day": "1", "lawful_stay_ends.month": "2", "lawful_stay_ends.year": "2027"}
    seen = await does(paged, f"{permit}/record_lawful_stay", CASEWORKER, **day)
    assert seen["lawful_stay_ends"] == "2027-02-01"
    await does(paged, f"{permit}/apply", CASEWORKER)
    await does(paged, f"{permit}/request_motion", PERMIT_OFFICER)
    await does(paged, f"{permit}/receive_motion", MOTION_OFFICER)
    await does(paged, f"{permit}/lodge", PERMIT_OFFICER)
    seen = await does(paged, f"{permit}/ask_opinion", PERMIT_OFFICER, body="ministry_of_health")
    assert seen["state"] == "opinion_pending"
    typed = {"objection": "true", "reason": "security", "body": "ministry_of_health"}
    seen = await does(paged, f"{permit}/give_opinion", PERMIT_OFFICER, **typed)
    assert (seen["opinions"][0]["objection"], seen["opinions"][0]["reason"]) == (True, "security")


async def test_a_permit_is_granted_extended_and_surrendered(paged: ServiceUnderTest) -> None:
    """R4."""
    permit = f"/permits/{await consulted_permit(paged, await a_recognised_case(paged))}"
    seen = await does(paged, f"{permit}/grant", PERMIT_OFFICER, months="12")
    assert seen["state"] == "granted"
    seen = await does(paged, f"{permit}/extend", PERMIT_OFFICER, months="12")
    assert seen["state"] == "extended"
    async with browser(paged) as at:
        form = await at.sign_in(PERMIT_OFFICER, to=f"{permit}/surrender")
        done = await at.post(f"{permit}/surrender", form)
    assert str(done.url) == f"{at.address}/permits", "who may know of it no more is led to the list"
    assert (await paged.person(MOTION_OFFICER).get_ok(f"/api{permit}"))["state"] == "surrendered"


async def test_a_refusal_offers_the_grounds_that_stand_and_is_appealed(paged: ServiceUnderTest, desk: Browser) -> None:
    """R4, RP-3: a ground that is waived is no choice."""
    id_ = await consulted_permit(paged, await a_recognised_case(paged))
    permit = f"/permits/{id_}"
    seen = await paged.person(PERMIT_OFFICER).get_ok(f"/api{permit}")
    form = await desk.sign_in(PERMIT_OFFICER, to=f"{permit}/refuse")
    assert all(f'value="{one}"' in form.text for one in seen["refusal_grounds_now"])
    assert not any(f'value="{one}"' in form.text for one in seen["waived_refusal_grounds"])
    typed = {"reasons": [seen["refusal_grounds_now"][0]], "text": "The document is not genuine."}
    seen = await does(paged, f"{permit}/refuse", PERMIT_OFFICER, **typed)
    assert (seen["state"], seen["decisions"][0]["text"]) == ("refused", "The document is not genuine.")
    seen = await does(paged, f"{permit}/appeal", CASEWORKER)
    assert seen["state"] == "appealed"
    seen = await does(paged, f"{permit}/grant", SECOND_PERMIT_OFFICER, months="12")
    assert seen["state"] == "granted"


async def test_a_permit_of_the_other_ground_ends_with_the_proceedings(paged: ServiceUnderTest, desk: Browser) -> None:
    """RP-1: it is among what can be done; ID-11: its ground stands on no page of a caseworker."""
    case = await a_case(paged)
    await hand_over(paged, case)
    form = await desk.sign_in(MOTION_OFFICER, to="/permits/new")
    typed = {"case_id": case_reference(case), "ground": "assisting_prosecution"}
    page = await desk.post("/permits/new", form, typed)
    path = str(page.url).removeprefix(desk.address)
    assert f'href="{path}/end_proceedings"' in page.text, page.text
    async with browser(paged) as other:
        seen = await other.sign_in(CASEWORKER, to=path)
    assert "end_proceedings" not in seen.text
    await does(paged, f"{path}/end_proceedings", MOTION_OFFICER)
    assert f'href="{path}/end_proceedings"' not in (await desk.get(path)).text
