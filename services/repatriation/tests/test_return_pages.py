"""Returns by the staff pages, signed in at the real realm, without a script (R6, R7; RP-5, RP-6)."""

import re
from typing import Any

from chassis.testing import ServiceUnderTest
from nrm_events.reference import case_reference
from staffui.testing import Browser, browser

from .givens import (
    CASEWORKER,
    GUARDIANSHIP,
    RETURN_OFFICER,
    a_recognised_case,
    checked_return,
    consent,
    departed_return,
    requested_return,
)
from .paging import does


async def test_a_return_goes_from_the_wish_to_the_departure_by_pages(paged: ServiceUnderTest, desk: Browser) -> None:
    """R6, RP-5, RP-6."""
    case = await a_recognised_case(paged)
    form = await desk.sign_in(CASEWORKER, to="/returns/new")
    page = await desk.post("/returns/new", form, {"case_id": case_reference(case), "country": "IN"})
    path = str(page.url).removeprefix(desk.address)
    assert re.fullmatch("/returns/[0-9a-f-]{36}", path), page.text
    await does(paged, f"{path}/record_consent", CASEWORKER)
    await does(paged, f"{path}/assess_risk", CASEWORKER, level="low", retrafficking_risk="false")
    await does(paged, f"{path}/check_claims", CASEWORKER)
    await does(paged, f"{path}/clear", CASEWORKER)
    await does(paged, f"{path}/obtain_documents", CASEWORKER)
    seen = await does(paged, f"{path}/book_travel", CASEWORKER, payer="state")
    assert seen["payer"] == "state"
    seen = await does(paged, f"{path}/depart", CASEWORKER)
    assert seen["state"] == "departed"
    seen = await does(paged, f"{path}/did_not_depart", CASEWORKER, reason="travel_cancelled")
    assert seen["state"] == "travel_booked"


async def test_a_body_takes_over_and_visits_follow(paged: ServiceUnderTest) -> None:
    """R7, RP-6: a body outside acknowledges by its paper."""
    case = await a_recognised_case(paged)
    await consent(paged, case, "iom", "return")
    path = f"/returns/{await departed_return(paged, case)}"
    seen = await does(paged, f"{path}/offer_handover", CASEWORKER, to="consulate")
    assert seen["handover_to"] == "consulate"
    await does(paged, f"{path}/acknowledge_handover", RETURN_OFFICER, paper="7/2026")
    seen = await does(paged, f"{path}/follow_up", CASEWORKER, outcome="well")
    assert [visit["outcome"] for visit in seen["visits"]] == ["well"]
    seen = await does(paged, f"{path}/close", CASEWORKER)
    assert seen["state"] == "closed"


async def test_a_return_is_withdrawn_or_closed_without_a_body(paged: ServiceUnderTest) -> None:
    first = f"/returns/{await requested_return(paged, await a_recognised_case(paged))}"
    assert (await does(paged, f"{first}/withdraw", CASEWORKER))["state"] == "withdrawn"
    second = f"/returns/{await departed_return(paged, await a_recognised_case(paged))}"
    seen = await does(paged, f"{second}/close_without_body", CASEWORKER, reason="person_declines")
    assert seen["ended_without_body"] == "person_declines"


async def test_the_guardianship_decides_a_child_s_best_interests(paged: ServiceUnderTest) -> None:
    case = await a_recognised_case(paged, age_group="child")
    row = f"/returns/{await checked_return_of_a_child(paged, case)}"
    typed = {"decision": "return", "opinion_heard": "yes"}
    seen = await does(paged, f"{row}/decide_best_interests", GUARDIANSHIP, **typed)
    assert (seen["state"], seen["best_interests"]) == ("child_best_interests", "return")


async def checked_return_of_a_child(service: ServiceUnderTest, case_id: Any) -> str:
    from .givens import guardian, step

    await guardian(service, case_id)
    row = await requested_return(service, case_id)
    await step(service, row, "consent", 25)
    await step(service, row, "risk-assessment", 26, level="low", retrafficking_risk=False)
    return row


async def test_a_gate_that_is_missing_is_named_and_suspends(paged: ServiceUnderTest) -> None:
    """R6: nothing is cleared with a gate open."""
    case = await a_recognised_case(paged)
    row = await checked_return(paged, case)
    async with browser(paged) as at:
        page = await at.sign_in(CASEWORKER, to=f"/returns/{row}")
    assert "Razılıq" in page.text


async def test_the_receiving_agency_reads_no_gate(paged: ServiceUnderTest, desk: Browser) -> None:
    """RP-6, ID-12: what it takes over, and not why it was cleared."""
    case = await a_recognised_case(paged)
    row = await departed_return(paged, case)
    await paged.person(CASEWORKER).post_ok(f"/api/returns/{row}/handover", {"to": "iom"})
    page = await desk.sign_in(RETURN_OFFICER, to=f"/returns/{row}")
    assert page.status_code == 200
    assert f'"/returns/{row}/acknowledge_handover"' in page.text
    assert "Qiymətləndirmə</h2>" not in page.text
