"""Negative decisions, revocations and appeals (ID-9)."""

from uuid import uuid4

from chassis.testing import ServiceUnderTest

from .givens import (
    AFTER,
    BY_COURT,
    DECIDED,
    HOTLINE,
    LATER,
    NGO,
    OFFICER,
    OTHER_NGO,
    REPORTED,
    TO_COURT,
    WHY,
    WHY_NOT,
    a_case_in_assessment,
    a_child,
    a_hidden_declined_case,
    act,
    allowed,
    an_open_case,
    consent_to,
    court_overturns,
    held_by_another_ngo,
    opens,
    problem,
    reason,
    refusal,
    seen,
)


async def test_a_negative_decision_carries_reasons(identification: ServiceUnderTest) -> None:
    """ID-9; and what it allows is listed."""
    case = await a_case_in_assessment(identification)
    assert await refusal(
        identification, case, "decline", OFFICER, reasons=[], version=await opens(identification, case, OFFICER)
    ) == (422, "invalid_request")
    after = await act(
        identification, case, "decline", OFFICER, DECIDED, **WHY_NOT, version=await opens(identification, case, OFFICER)
    )
    decision = after["decisions"][0]
    assert (after["status"], decision["kind"], decision["about"]) == ("not_recognised", "declined", "formal")
    assert decision["reasons"] == WHY_NOT["reasons"]
    assert {"appeal", "close"} <= allowed(await seen(identification, case))


async def test_a_recognition_is_revoked_by_who_gave_it(identification: ServiceUnderTest) -> None:
    """ID-9: with reasons; the others stay; a formal one ends in `not_recognised` and can be appealed."""
    case = await an_open_case(identification)
    presumed = await act(identification, case, "recognitions", NGO, LATER, kind="ngo", **WHY)
    await consent_to(identification, case)
    await act(identification, case, "referral", NGO, LATER, version=await opens(identification, case))
    await act(identification, case, "referral/acknowledgement", OFFICER, LATER)
    read = await opens(identification, case, OFFICER)
    recognised = await act(identification, case, "formal-recognition", OFFICER, DECIDED, **WHY, version=read)
    ngo, formal = (r["id"] for r in recognised["recognitions"])
    assert ngo == presumed["recognitions"][0]["id"]
    path = f"recognitions/{formal}/revocation"
    read = await opens(identification, case)
    theirs = await refusal(identification, case, path, NGO, AFTER, version=read, **WHY_NOT)
    assert theirs == (409, "not_the_authority")
    early = await refusal(identification, case, path, OFFICER, REPORTED, version=read, **WHY_NOT)
    assert early == (422, "before_what_it_follows")
    read = await opens(identification, case, OFFICER)
    assert await refusal(
        identification, case, f"recognitions/{uuid4()}/revocation", OFFICER, **WHY_NOT, version=read
    ) == (404, "not_found")
    after = await act(identification, case, path, OFFICER, AFTER, version=read, reasons=["obtained_by_error"])
    assert after["status"] == "not_recognised"
    assert [(r["kind"], r["revoked_at"] is None) for r in after["recognitions"]] == [("ngo", True), ("formal", False)]
    again = await refusal(identification, case, path, OFFICER, AFTER, version=after["version"], **WHY_NOT)
    assert again == (409, "already_revoked")
    read = await opens(identification, case)
    own = await act(
        identification, case, f"recognitions/{ngo}/revocation", NGO, AFTER, reasons=["new_facts"], version=read
    )
    assert own["status"] == "not_recognised"
    appealed = await act(identification, case, "appeal", NGO, AFTER, **TO_COURT)
    assert [len(d["appeals"]) for d in appealed["decisions"]] == [1, 0]
    revoked = [facts["kind"] for name, facts in await identification.published(case["id"]) if "Revoked" in name]
    assert revoked == ["formal", "ngo"]


async def test_an_ngo_declines_what_police_may_not_know_of(identification: ServiceUnderTest) -> None:
    """ID-7, ID-9: without consent the NGO assesses and declines; police see nothing before or after."""
    case = await a_hidden_declined_case(identification)
    assert (case["status"], case["hidden_from_police"], case["clocks"]) == ("not_recognised", True, [])
    assert [(d["authority"], d["about"]) for d in case["decisions"]] == [("ngo-amc", "ngo")]
    declined = [facts for name, facts in await identification.published(case["id"]) if "Declined" in name]
    assert [facts["authority"] for facts in declined] == ["ngo-amc"]
    for police in (OFFICER, HOTLINE):
        assert problem(await identification.person(police).get(f"/api/cases/{case['id']}")) == (404, "not_found")


async def test_an_ngos_own_decision_is_appealed_and_reopened_like_others(identification: ServiceUnderTest) -> None:
    """ID-9; when the person then agrees, the case is handed over and decided by the formal authority (ID-7, ID-8)."""
    case = await a_hidden_declined_case(identification)
    await act(identification, case, "appeal", NGO, AFTER, **TO_COURT)
    read = await opens(identification, case)
    for path in ("appeal/rejection", "reopening"):
        refused = await refusal(identification, case, path, NGO, AFTER, **BY_COURT, version=read)
        assert refused == (409, "you_decided_this")
    await held_by_another_ngo(identification, case)
    read = await opens(identification, case, OTHER_NGO)
    await act(identification, case, "appeal/rejection", OTHER_NGO, AFTER, **BY_COURT, version=read)
    reopened = await court_overturns(identification, case, OTHER_NGO)
    assert (reopened["status"], reason(reopened, "refer")) == ("consent_pending", "state_is_consent_pending")
    assert {"decline", "close"} <= allowed(reopened)
    read = await opens(identification, case, OTHER_NGO)
    assert await refusal(identification, case, "referral", OTHER_NGO, AFTER, version=read) == (409, "consent_missing")
    agreed = await consent_to(identification, case, by=OTHER_NGO)
    assert (agreed["status"], reason(agreed, "decline")) == ("registered", "state_is_registered")
    await act(identification, case, "referral", OTHER_NGO, AFTER, version=agreed["version"])
    await act(identification, case, "referral/acknowledgement", OFFICER, AFTER)
    read = await opens(identification, case, OFFICER)
    final = await act(identification, case, "formal-recognition", OFFICER, AFTER, **WHY, version=read)
    assert [r["kind"] for r in final["recognitions"]] == ["formal"]


async def test_what_may_be_handed_over_is_not_declined_by_an_ngo(identification: ServiceUnderTest) -> None:
    """ID-7: with consent, or for a child, the special police body assesses."""
    case = await consent_to(identification, await an_open_case(identification))
    assert await refusal(
        identification, case, "decline", NGO, **WHY_NOT, version=await opens(identification, case)
    ) == (409, "not_possible_in_state")
    child = await an_open_case(identification, htcds=a_child())
    assert await refusal(
        identification, child, "decline", NGO, **WHY_NOT, version=await opens(identification, child)
    ) == (409, "not_possible_in_state")
    in_assessment = await a_case_in_assessment(identification)
    assert await refusal(
        identification, in_assessment, "decline", NGO, **WHY_NOT, version=await opens(identification, in_assessment)
    ) == (409, "not_an_authority")


async def test_an_agency_without_authority_does_not_decline(identification: ServiceUnderTest) -> None:
    """ID-8: the legal aid NGO and the child committee hold no authority of the kind `ngo`."""
    case = await an_open_case(identification, "ngo-clrpl.caseworker")
    by = "ngo-clrpl.caseworker"
    assert reason(case, "decline") == "not_an_authority"
    assert await refusal(
        identification, case, "decline", by, DECIDED, **WHY_NOT, version=await opens(identification, case, by)
    ) == (409, "not_an_authority")
