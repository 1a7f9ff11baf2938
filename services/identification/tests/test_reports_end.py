"""A report of which no case comes: it is closed with a reason, or passed on to an agency that can act on it (ID-20)."""

from typing import Any

from chassis.testing import ServiceUnderTest

from .givens import (
    AGREED,
    GUARDIANSHIP,
    HOTLINE,
    NGO,
    OTHER_NGO,
    a_child,
    a_received_report,
    act,
    events_of,
    problem,
)


def reason_of(report: dict[str, Any], action: str) -> object:
    return next((one["allowed"], one["reason"]) for one in report["actions"] if one["action"] == action)


async def test_a_report_is_closed_with_its_reason(identification: ServiceUnderTest) -> None:
    """ID-20: once, by whoever holds it; no case opens, and the other services learn that it has ended."""
    report = await a_received_report(identification)
    assert reason_of(report, "close_report") == (True, None)
    path = f"/api/reports/{report['id']}/closing"
    hidden = await identification.person(OTHER_NGO).post(path, {"reason": "no_indication"})
    assert problem(hidden) == (404, "not_found")
    closed = await identification.person(NGO).post_ok(path, {"reason": "no_indication"})
    assert (closed["status"], closed["closed_because"]) == ("closed", "no_indication")
    again = await identification.person(NGO).post(path, {"reason": "no_contact"})
    assert problem(again) == (409, "not_possible_in_state")
    assert (await events_of(identification, {"id": report["case_id"]}))[-1] == "CaseClosed"


async def test_nobody_closes_a_child_s_report_alone(identification: ServiceUnderTest) -> None:
    """ID-7: only with the guardianship authority's agreement; what is listed is what is refused."""
    report = await a_received_report(identification, htcds=a_child())
    assert reason_of(report, "close_report") == (False, "agreement_missing")
    path = f"/api/reports/{report['id']}"
    refused = await identification.person(NGO).post(f"{path}/closing", {"reason": "no_indication"})
    assert problem(refused) == (409, "agreement_missing")
    case = {"id": report["case_id"]}
    await act(identification, case, "ending-agreements", GUARDIANSHIP, ending="close", reference="15/2024")
    assert reason_of(await identification.person(NGO).get_ok(path), "close_report") == (True, None)
    await identification.person(NGO).post_ok(f"{path}/closing", {"reason": "no_indication"})


async def test_a_report_is_passed_on(identification: ServiceUnderTest) -> None:
    """ID-20: it stands in the list of the agency that is requested, which holds it once it accepts."""
    report = await a_received_report(identification, HOTLINE)
    assert reason_of(report, "offer_holder") == (True, None)
    case = {"id": report["case_id"]}
    await act(identification, case, "holder-offers", HOTLINE, to="ngo-amc", ground="consent", consent=AGREED)
    path = f"/api/reports/{report['id']}"
    assert reason_of(await identification.person(HOTLINE).get_ok(path), "offer_holder") == (False, "already_offered")
    receiver = identification.person(NGO)
    offered = (await receiver.get_ok("/api/cases", offered="true"))["items"]
    assert case["id"] in [one["id"] for one in offered]
    waiting = (await receiver.get_ok(f"/api/cases/{case['id']}"))["holder_offers"][0]
    await act(identification, case, f"holder-offers/{waiting['id']}/acceptance", NGO)
    assert reason_of(await receiver.get_ok(path), "register") == (True, None)


async def test_what_the_person_answers_about_the_police_is_the_holder_s(identification: ServiceUnderTest) -> None:
    """ID-7, ID-11, ID-12: it is no consent by itself, and after the hand-over the police do not read it."""
    report = await a_received_report(identification, agrees_to_police=False)
    assert report["agrees_to_police"] is False
    unasked = await a_received_report(identification)
    assert unasked["agrees_to_police"] is None
    agreed = await a_received_report(identification, agrees_to_police=True, htcds=a_child())
    path = f"/api/reports/{agreed['id']}"
    assert (await identification.person(GUARDIANSHIP).get_ok(path)).get("agrees_to_police", "absent") == "absent"
    case = await identification.person(NGO).get_ok(f"/api/cases/{agreed['case_id']}")
    assert case["consents"] == []
