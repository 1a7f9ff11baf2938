"""Who takes the person over acknowledges it, and nobody in their place; nobody has to (RP-6, NO-3)."""

from datetime import datetime

from chassis.testing import ServiceUnderTest

from .givens import (
    CASEWORKER,
    RETURN_OFFICER,
    a_recognised_case,
    consent,
    departed_return,
    hours,
    published,
    refusal,
    step,
)

PAPER = {"paper": "18/2026"}


async def test_the_sender_is_not_the_receiver(repatriation: ServiceUnderTest) -> None:
    """RP-6: neither the agency that prepared the return nor the one that offers it."""
    case = await a_recognised_case(repatriation)
    row = await departed_return(repatriation, case)
    await consent(repatriation, case, "iom", "return")
    address = f"/api/returns/{row}/handover"
    sender = (409, "sender_receives")
    assert await refusal(repatriation.person(CASEWORKER), address, {"to": "ngo-amc"}) == sender
    officer = repatriation.person(RETURN_OFFICER)
    assert await refusal(officer, address, {"to": "ngo-amc"}) == sender
    assert await refusal(officer, address, {"to": "iom"}) == sender


async def test_a_body_outside_acknowledges_on_paper_that_a_second_person_records(
    repatriation: ServiceUnderTest,
) -> None:
    """RP-6: it has nobody here who could answer."""
    case = await a_recognised_case(repatriation)
    row = await departed_return(repatriation, case)
    await consent(repatriation, case, "iom", "return")
    await step(repatriation, row, "handover", 32, to="receiving_ngo")
    address = f"/api/returns/{row}/handover-acknowledgement"
    worker, officer = repatriation.person(CASEWORKER), repatriation.person(RETURN_OFFICER)
    assert await refusal(worker, address, PAPER) == (409, "second_person_needed")
    assert await refusal(officer, address, {}) == (422, "paper_missing")
    assert (await officer.post_ok(address, PAPER | {"happened_at": hours(33)}))["state"] == "handed_over"


async def test_the_receiving_body_has_a_term(repatriation: ServiceUnderTest) -> None:
    """RP-6, NO-3: a clock of the return that warns and blocks nobody."""
    case = await a_recognised_case(repatriation)
    row = await departed_return(repatriation, case)
    offered = await step(repatriation, row, "handover", 32, to="iom")
    (clock,) = offered["clocks"]
    (event,) = await published(repatriation, case, "ReturnHandoverOffered")
    assert datetime.fromisoformat(str(event["due_at"])) == datetime.fromisoformat(clock["due_at"])
    repatriation.now = datetime.fromisoformat("2026-12-01T09:00:00+04:00")
    seen = await repatriation.person(CASEWORKER).get_ok(f"/api/returns/{row}")
    assert [clock["state"] for clock in seen["clocks"]] == ["breached"]
    taken = await repatriation.person(RETURN_OFFICER).post_ok(f"/api/returns/{row}/handover-acknowledgement")
    assert taken["state"] == "handed_over"


async def test_a_return_ends_without_a_receiving_body(repatriation: ServiceUnderTest) -> None:
    """RP-6: as such, and nobody acknowledges what did not happen; the body that was requested knows of it no more."""
    case = await a_recognised_case(repatriation)
    row = await departed_return(repatriation, case)
    await step(repatriation, row, "handover", 32, to="iom")
    ended = await step(repatriation, row, "end-without-body", 33, reason="no_body_takes_over")
    assert (ended["state"], ended["ended_without_body"], ended["handed_over_at"]) == (
        "closed",
        "no_body_takes_over",
        None,
    )
    (closed,) = await published(repatriation, case, "ReturnClosed")
    assert closed["without_receiving_body"] is True
    assert await refusal(repatriation.person(RETURN_OFFICER), f"/api/returns/{row}") == (404, "not_found")
