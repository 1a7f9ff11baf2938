"""Change of holder: offered, accepted with the person's consent or by law; both histories stay (ID-20)."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from chassis.testing import ServiceUnderTest

from .givens import (
    AGREED,
    DECIDED,
    FOR_A_CHILD,
    LATER,
    NGO,
    OTHER_NGO,
    WHY,
    a_child,
    a_referred_case,
    act,
    agreed,
    allowed,
    an_open_case,
    events_of,
    problem,
    reason,
    refusal,
    seen,
)
from .strangers import joined, somebody_of

BY_CONSENT: dict[str, Any] = {"to": "ngo-clean-world", "ground": "consent", "consent": AGREED}
BY_LAW = {"to": "ngo-clean-world", "ground": "law", "legal_reference": "12/2024"}


async def an_offer(service: ServiceUnderTest, case: dict[str, Any], **body: Any) -> str:
    """The NGO offers its case to another; the offer's address."""
    offered = await act(service, case, "holder-offers", NGO, LATER, **(body or BY_CONSENT))
    waiting = [offer["id"] for offer in offered["holder_offers"] if offer["state"] == "offered"]
    return f"holder-offers/{waiting[0]}"


async def test_who_accepts_holds_the_case_and_the_former_holder_does_no_more(identification: ServiceUnderTest) -> None:
    """ID-20: with the person's consent; the history stays; other services learn the new holder."""
    case = await an_open_case(identification)
    await act(identification, case, "recognitions", NGO, LATER, kind="ngo", **WHY)
    offer = await an_offer(identification, case)
    waiting = await seen(identification, case, OTHER_NGO)
    assert {"accept_holder", "decline_holder"} <= allowed(waiting)
    assert "recognitions" not in waiting
    after = await act(identification, case, f"{offer}/acceptance", OTHER_NGO, DECIDED)
    assert (after["holder"], after["who_knows"][0]["agency"]) == ("ngo-clean-world", "ngo-clean-world")
    assert [r["authority"] for r in after["recognitions"]] == ["ngo-amc"]
    name, event = (await identification.published(case["id"]))[-1]
    assert (name, event["holder"], event["previous"]) == ("HolderChanged", "ngo-clean-world", "ngo-amc")
    former = await identification.person(NGO).get(f"/api/cases/{case['id']}")
    assert problem(former) == (404, "not_found")
    history = (await identification.person(OTHER_NGO).get_ok(f"/api/cases/{case['id']}/history"))["items"]
    assert {"receive_report", "register", "presume", "offer_holder", "accept_holder"} <= {h["action"] for h in history}
    assert await refusal(identification, case, "closing", NGO) == (404, "not_found")
    await act(identification, case, "closing", OTHER_NGO, DECIDED)


async def test_a_holder_by_law_needs_the_provision(identification: ServiceUnderTest) -> None:
    """ID-20: each ground with what belongs to it, and nothing else."""
    case = await an_open_case(identification)
    for wrong in (
        {"to": "ngo-clean-world", "ground": "law"},
        {"to": "ngo-clean-world", "ground": "consent"},
        BY_CONSENT | {"legal_reference": "1"},
        BY_LAW | {"consent": AGREED},
    ):
        assert await refusal(identification, case, "holder-offers", NGO, **wrong) == (422, "ground_incomplete")
    offer = await an_offer(identification, case, **BY_LAW)
    after = await act(identification, case, f"{offer}/acceptance", OTHER_NGO, DECIDED)
    assert after["holder_offers"][0]["legal_reference"] == "12/2024"


async def test_a_child_does_not_agree_alone_to_another_holder(identification: ServiceUnderTest) -> None:
    """ID-12, ID-20."""
    case = await an_open_case(identification, htcds=a_child())
    assert await refusal(identification, case, "holder-offers", NGO, **BY_CONSENT) == (422, "given_by_child")
    await an_offer(identification, case, **BY_CONSENT | {"consent": FOR_A_CHILD})


async def test_who_declines_or_is_too_late_knows_of_the_case_no_more(identification: ServiceUnderTest) -> None:
    """ID-20: declined with the reason, withdrawn by the holder, or the case has ended; then it can be offered anew."""
    case = await an_open_case(identification)
    offer = await an_offer(identification, case)
    assert await refusal(identification, case, "holder-offers", NGO, **BY_LAW) == (409, "already_offered")
    await identification.person(OTHER_NGO).post_ok(
        f"/api/cases/{case['id']}/{offer}/refusal", {"reason": "no_capacity"}
    )
    declined = await seen(identification, case)
    assert [(o["state"], o["reason"]) for o in declined["holder_offers"]] == [("declined", "no_capacity")]
    assert await refusal(identification, case, f"{offer}/acceptance", OTHER_NGO) == (404, "not_found")
    second = await an_offer(identification, case)
    await act(identification, case, f"{second}/withdrawal", NGO, LATER)
    assert await refusal(identification, case, f"{second}/acceptance", OTHER_NGO) == (404, "not_found")
    await an_offer(identification, case)
    await act(identification, case, "closing", NGO, DECIDED)
    assert problem(await identification.person(OTHER_NGO).get(f"/api/cases/{case['id']}")) == (404, "not_found")
    assert "HolderChanged" not in await events_of(identification, case)


async def test_only_the_agency_that_was_requested_answers(identification: ServiceUnderTest) -> None:
    """ID-20: neither the holder itself nor a third; an offer of another case is none."""
    case, other = await an_open_case(identification), await an_open_case(identification)
    offer = await an_offer(identification, case)
    assert await refusal(identification, case, f"{offer}/acceptance", NGO) == (403, "not_for_this_basis")
    assert await refusal(identification, case, f"{offer}/acceptance", "ngo-acu.caseworker") == (404, "not_found")
    assert await refusal(identification, case, f"{offer}/withdrawal", OTHER_NGO) == (403, "not_for_this_basis")
    assert await refusal(identification, other, f"{offer}/acceptance", OTHER_NGO) == (404, "not_found")
    never = await refusal(identification, case, f"holder-offers/{uuid4()}/acceptance", OTHER_NGO)
    assert never == (404, "not_found")
    person, path = identification.person(OTHER_NGO), f"/api/cases/{case['id']}/{offer}/acceptance"
    answers = await asyncio.gather(*(person.post(path, {"happened_at": DECIDED}) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [200, 403, 403]  # it holds the case already


@pytest.mark.parametrize("to", ["mia-special", "mia-hotline", "mia-shelter"])
async def test_police_hold_only_what_was_handed_over(identification: ServiceUnderTest, to: str) -> None:
    """ID-7, ID-20: an offer is a way by which police could learn of a case."""
    hidden = await an_open_case(identification)
    body = {"to": to, "ground": "law", "legal_reference": "1"}
    assert await refusal(identification, hidden, "holder-offers", NGO, **body) == (409, "not_handed_over")
    referred = await a_referred_case(identification)
    offered = await act(identification, referred, "holder-offers", NGO, DECIDED, **body)
    assert reason(offered, "offer_holder") == "already_offered"


async def test_a_district_police_that_joined_is_police(alone: ServiceUnderTest) -> None:
    """ID-7: by kind, whatever its code; an agency that nobody knows holds nothing."""
    await alone.receives(joined("district-quba", "police"), joined("ngo-umid", "ngo"))
    case = await an_open_case(alone)
    body = {"ground": "law", "legal_reference": "1"}
    assert await refusal(alone, case, "holder-offers", NGO, to="district-quba", **body) == (409, "not_handed_over")
    assert await refusal(alone, case, "holder-offers", NGO, to="ngo-acm", **body) == (422, "unknown_agency")
    assert await refusal(alone, case, "holder-offers", NGO, to="ngo-amc", **body) == (409, "already_the_holder")
    offer = await an_offer(alone, case, to="ngo-umid", **body)
    newcomer = somebody_of(alone, "ngo-umid")
    accepted = await newcomer.post_ok(f"/api/cases/{case['id']}/{offer}/acceptance")
    assert (accepted["holder"], accepted["status"], accepted["hidden_from_police"]) == (
        "ngo-umid",
        "consent_pending",
        True,
    )


async def test_an_ended_case_is_offered_to_nobody(identification: ServiceUnderTest) -> None:
    """ID-20; nor is a child's case ended by handing it on."""
    case = await act(identification, await an_open_case(identification), "closing", NGO, DECIDED)
    assert await refusal(identification, case, "holder-offers", NGO, **BY_LAW) == (409, "not_possible_in_state")
    child = await an_open_case(identification, htcds=a_child())
    offer = await an_offer(identification, child, **BY_LAW)
    await act(identification, child, f"{offer}/acceptance", OTHER_NGO, DECIDED)
    assert await refusal(identification, child, "closing", OTHER_NGO, DECIDED) == (409, "agreement_missing")
    await agreed(identification, child, "close")
    await act(identification, child, "closing", OTHER_NGO, DECIDED)


async def test_a_word_given_before_the_doubt_does_not_carry_a_child(identification: ServiceUnderTest) -> None:
    """ID-5, ID-12, ID-20: the consent is weighed again at the acceptance; the guardian's carries, and the law."""
    case = await an_open_case(identification)
    offer = await an_offer(identification, case)
    await act(identification, case, "age-doubts", NGO, LATER, ground="appearance")
    waiting = await seen(identification, case, OTHER_NGO)
    assert reason(waiting, "accept_holder") == "given_by_child"
    refused = await refusal(identification, case, f"{offer}/acceptance", OTHER_NGO, DECIDED)
    assert refused == (409, "given_by_child")
    await act(identification, case, f"{offer}/withdrawal", NGO, LATER)
    offer = await an_offer(identification, case, **BY_CONSENT | {"consent": FOR_A_CHILD})
    after = await act(identification, case, f"{offer}/acceptance", OTHER_NGO, DECIDED)
    assert after["holder"] == "ngo-clean-world"
