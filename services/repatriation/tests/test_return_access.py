"""Who takes a return over, who decides for a child, and who reads it (RP-5, RP-6, ID-7)."""

from uuid import uuid4

from chassis.testing import ServiceUnderTest
from nrm_events import exchange

from .givens import (
    CASEWORKER,
    GUARDIANSHIP,
    LAWYER,
    OPENED,
    RETURN_OFFICER,
    a_case,
    a_recognised_case,
    bars_of,
    consent,
    departed_return,
    facts_change,
    hand_over,
    hours,
    refusal,
    requested_return,
    step,
    the_permit,
)


async def test_a_receiving_body_reads_what_it_takes_over(repatriation: ServiceUnderTest) -> None:
    """RP-6, ID-12: requested, it answers; it reads no gate, no claim and no bar, and nothing after the end."""
    case = await a_recognised_case(repatriation)
    row = await departed_return(repatriation, case)
    body = repatriation.person(RETURN_OFFICER)
    assert await refusal(body, f"/api/returns/{row}") == (404, "not_found")
    await step(repatriation, row, "handover", 32, to="iom")
    seen = await body.get_ok(f"/api/returns/{row}")
    assert not {"gates", "open_claims", "risk_level", "consent_at", "payer"} & set(seen)
    allowed = {action["action"] for action in seen["actions"] if action["allowed"]}
    assert allowed == {"acknowledge_handover"}
    assert {item["action"] for item in (await body.get_ok(f"/api/returns/{row}/history"))["items"]} == {
        "request",
        "depart",
        "offer_handover",
    }
    for name, sent in (("follow-ups", {"outcome": "well"}), ("withdrawal", {}), ("handover", {"to": "vac"})):
        assert await refusal(body, f"/api/returns/{row}/{name}", sent) == (403, "not_for_this_basis")
    (bar,) = await bars_of(repatriation, case)
    assert await refusal(body, f"/api/bars/{bar['id']}") == (403, "not_for_this_basis")
    assert (await body.get_ok("/api/bars"))["items"] == []
    taken = await body.post_ok(f"/api/returns/{row}/handover-acknowledgement", {"happened_at": hours(33)})
    assert (taken["state"], taken["handover_to"]) == ("handed_over", "iom")
    await body.post_ok(f"/api/returns/{row}/follow-ups", {"outcome": "well", "happened_at": hours(34)})
    await body.post_ok(f"/api/returns/{row}/closure", {"happened_at": hours(35)})
    assert await refusal(body, f"/api/returns/{row}") == (404, "not_found")


async def test_whoever_is_no_longer_requested_knows_nothing(repatriation: ServiceUnderTest) -> None:
    """RP-6: another body is requested instead; the first can neither read nor acknowledge."""
    case = await a_recognised_case(repatriation)
    row = await departed_return(repatriation, case)
    await step(repatriation, row, "handover", 32, to="iom")
    await step(repatriation, row, "handover", 33, to="ngo-clrpl")
    first, second = repatriation.person(RETURN_OFFICER), repatriation.person(LAWYER)
    assert await refusal(first, f"/api/returns/{row}") == (404, "not_found")
    assert await refusal(first, f"/api/returns/{row}/handover-acknowledgement", {}) == (404, "not_found")
    assert (await second.post_ok(f"/api/returns/{row}/handover-acknowledgement"))["state"] == "handed_over"


async def test_no_return_is_handed_to_police_or_to_nobody(repatriation: ServiceUnderTest) -> None:
    """ID-7, RP-6: known from the start or joined later, by its kind; all are refused alike."""
    for code, kind in (("asan-police", "police"), ("ngo-new", "ngo"), ("unknown-kind", None)):
        await repatriation.receives(
            exchange.AgencyJoined(effective_at=OPENED, agency_id=uuid4(), agency=code, kind=kind)
        )
    case = await a_recognised_case(repatriation)
    row = await departed_return(repatriation, case)
    worker, answers = repatriation.person(CASEWORKER), set()
    for to in ("mia-special", "mia-shelter", "asan-police", "unknown-kind", "sbs", "nobody"):
        answers.add(await refusal(worker, f"/api/returns/{row}/handover", {"to": to}))
    assert answers == {(422, "unknown_body")}
    assert (await step(repatriation, row, "handover", 32, to="ngo-new"))["handover_to"] == "ngo-new"


async def test_the_guardianship_authority_decides_for_a_child_until_of_age(repatriation: ServiceUnderTest) -> None:
    """RP-5, ID-5: it reads the bars and the return of a child, decides best interests and nothing else."""
    case = await a_recognised_case(repatriation, age_group="child")
    row = await requested_return(repatriation, case)
    await step(repatriation, row, "consent", 25)
    await step(repatriation, row, "risk-assessment", 26, level="low", retrafficking_risk=False)
    authority = repatriation.person(GUARDIANSHIP)
    assert {bar["basis"] for bar in await bars_of(repatriation, case, by=GUARDIANSHIP)} == {
        "child",
        "considered_victim",
    }
    seen = await authority.get_ok(f"/api/returns/{row}")
    assert {action["action"] for action in seen["actions"] if action["allowed"]} == {"decide_best_interests"}
    permit = await the_permit(repatriation, case)
    assert await refusal(authority, f"/api/permits/{permit}") == (403, "not_for_this_basis")
    assert await refusal(authority, f"/api/returns/{row}/withdrawal", {}) == (403, "not_for_this_basis")
    await step(repatriation, row, "best-interests", 27, by=GUARDIANSHIP, decision="stay", opinion_heard="yes")
    await facts_change(repatriation, case, age_group="adult")
    assert await refusal(authority, f"/api/returns/{row}") == (404, "not_found")
    assert await bars_of(repatriation, case, by=GUARDIANSHIP) == []


async def test_the_formal_body_reads_a_return_by_consent_alone(repatriation: ServiceUnderTest) -> None:
    """ID-12: a body that the case was handed over to reads no return without the person's consent."""
    case = await a_case(repatriation)
    await hand_over(repatriation, case, to="iom")
    row = await requested_return(repatriation, case)
    desk = repatriation.person(RETURN_OFFICER)
    assert await refusal(desk, f"/api/returns/{row}") == (403, "not_for_this_basis")
    await consent(repatriation, case, "iom", "return")
    assert (await desk.get_ok(f"/api/returns/{row}"))["state"] == "requested"
