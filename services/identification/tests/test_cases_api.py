"""A case from report to recognition, over HTTP, on the real parts."""

import asyncio

import pytest
from chassis.testing import ServiceUnderTest
from identification.domain.cases import CASE

from .givens import (
    AFTER,
    DECIDED,
    LATER,
    NGO,
    OTHER_NGO,
    a_case_in_assessment,
    a_declined_case,
    a_hidden_declined_case,
    a_recognised_case,
    a_referred_case,
    a_report,
    act,
    allowed,
    an_open_case,
    consent_to,
    court_overturns,
    held_by_another_ngo,
    opens,
    problem,
    refusal,
)


async def test_a_report_becomes_a_recognised_case(identification: ServiceUnderTest) -> None:
    """ID-1, ID-7, ID-8: report, search, case, consent, hand-over, acknowledgement, recognition."""
    case = await a_recognised_case(identification)
    assert case["status"] == "recognised"
    assert [r["kind"] for r in case["recognitions"]] == ["formal"]
    assert [c["state"] for c in case["clocks"]] == ["met"]
    sent = [name for name, _ in await identification.published(case["id"])]
    assert sent == [
        "ReportReceived",
        "CaseOpened",
        "ReferralAwaited",
        "ConsentGranted",
        "VictimReferred",
        "ReferralAcknowledged",
        "VictimIdentified",
    ]


async def test_without_consent_an_adult_is_not_handed_over(identification: ServiceUnderTest) -> None:
    """ID-7: the answer says why, and the police see nothing."""
    case = await an_open_case(identification)
    refused = await identification.person("ngo-amc.caseworker").post(
        f"/api/cases/{case['id']}/referral", {"version": case["version"]}
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "consent_missing")
    assert case["hidden_from_police"]


async def test_the_same_command_twice_is_done_once(identification: ServiceUnderTest) -> None:
    """The stored answer comes back; another body under the same key is refused."""
    person = identification.person("ngo-amc.caseworker")
    sent = a_report()
    first = await person.post("/api/reports", sent, key="k-1")
    again = await person.post("/api/reports", sent, key="k-1")
    other = await person.post("/api/reports", sent | {"region": "Bakı"}, key="k-1")
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    assert len((await person.get_ok("/api/reports", case_id=first.json()["case_id"]))["items"]) == 1


async def test_two_officers_recognise_at_the_same_time(identification: ServiceUnderTest) -> None:
    """ID-8: one wins, the other gets a clear refusal, nothing is doubled."""
    case = await a_case_in_assessment(identification)
    officer = identification.person("mia-special.assessor")
    body = {"version": case["version"], "reasons": ["own_account"], "happened_at": DECIDED}
    answers = await asyncio.gather(
        *(officer.post(f"/api/cases/{case['id']}/formal-recognition", body) for _ in range(4))
    )
    assert sorted(a.status_code for a in answers) == [200, 409, 409, 409]
    sent = [name for name, _ in await identification.published(case["id"])]
    assert sent.count("VictimIdentified") == 1


async def test_an_act_is_never_before_the_act_it_follows(identification: ServiceUnderTest) -> None:
    case = await a_referred_case(identification)
    officer = identification.person("mia-special.assessor")
    early = await officer.post(
        f"/api/cases/{case['id']}/referral/acknowledgement", {"happened_at": "2024-03-01T10:00:00+04:00"}
    )
    future = await officer.post(
        f"/api/cases/{case['id']}/referral/acknowledgement", {"happened_at": "2100-01-01T10:00:00+04:00"}
    )
    assert early.json()["code"] == "before_what_it_follows"
    assert future.json()["code"] == "in_the_future"
    assert (await officer.get_ok(f"/api/cases/{case['id']}"))["status"] == "referred"


async def test_a_case_does_not_end_before_what_brought_it_where_it_stands(identification: ServiceUnderTest) -> None:
    """Closed on a day before its recognition it would have been recognised after its end."""
    case = await a_recognised_case(identification)
    for path in ("closing", "withdrawal", "transfer-abroad"):
        assert await refusal(identification, case, path, NGO, LATER) == (422, "before_what_it_follows")
    await act(identification, case, "closing", NGO, DECIDED)


async def test_a_case_that_was_reopened_is_not_handed_over_before_that(identification: ServiceUnderTest) -> None:
    case = await a_hidden_declined_case(identification)
    await held_by_another_ngo(identification, case)
    await court_overturns(identification, case, OTHER_NGO)
    await consent_to(identification, case, by=OTHER_NGO)
    read = await opens(identification, case, OTHER_NGO)
    assert await refusal(identification, case, "referral", OTHER_NGO, DECIDED, version=read) == (
        422,
        "before_what_it_follows",
    )
    await act(identification, case, "referral", OTHER_NGO, AFTER, version=read)


async def test_reflection_starts_for_thirty_days(identification: ServiceUnderTest) -> None:
    """ID-10."""
    case = await a_recognised_case(identification)
    after = await identification.person("mia-special.assessor").post_ok(
        f"/api/cases/{case['id']}/reflection", {"started": True, "happened_at": DECIDED}
    )
    assert after["reflection"]["state"] == "active"
    assert after["reflection"]["ends_at"].startswith("2024-04-07")


async def test_a_reopened_case_that_nobody_may_hand_over_waits_for_the_person(identification: ServiceUnderTest) -> None:
    """ID-7, ID-9: an adult is asked, as before the decision; the case can be closed as it stands."""
    case = await a_hidden_declined_case(identification)
    await held_by_another_ngo(identification, case)
    reopened = await court_overturns(identification, case, OTHER_NGO)
    assert (reopened["status"], reopened["hidden_from_police"]) == ("consent_pending", True)
    agreed = await consent_to(identification, case, by=OTHER_NGO)
    assert agreed["status"] == "registered"
    handed_over = await a_declined_case(identification)
    reopened = await court_overturns(identification, handed_over, NGO)
    assert (reopened["status"], "close" in allowed(reopened)) == ("reopened", True)
    assert (await act(identification, handed_over, "closing", NGO, AFTER))["status"] == "closed"


@pytest.mark.parametrize("path", ["/api/cases", "/api/reports"])
async def test_a_filter_takes_only_states_that_there_are(identification: ServiceUnderTest, path: str) -> None:
    """ID-1: an unknown state is refused and those that there are named, so that no empty list deceives."""
    person = identification.person(NGO)
    for status in CASE.states:
        await person.get_ok(path, status=status)
    refused = await person.get(path, status="open")
    assert problem(refused) == (422, "invalid_request")
    (fault,) = refused.json()["faults"]
    assert fault["where"] == "query.status"
    assert all(status in fault["message"] for status in CASE.states)
    assert problem(await identification.person(NGO).get("/api/cases", holder="Ngo!")) == (422, "invalid_request")
