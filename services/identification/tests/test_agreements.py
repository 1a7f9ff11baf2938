"""An agreement to end a child's case: taken back before it is used, and void after a new decision (ID-7)."""

from chassis.testing import ServiceUnderTest

from .givens import (
    AFTER,
    DECIDED,
    FOUND_ADULT,
    GUARDIANSHIP,
    NGO,
    OFFICER,
    WHY,
    WHY_NOT,
    a_case_in_assessment,
    a_child,
    act,
    agreed,
    allowed,
    an_open_case,
    court_overturns,
    opens,
    reason,
    refusal,
    seen,
)

BACK = "ending-agreements/withdrawal"
MISSING = (409, "agreement_missing")


async def test_the_guardianship_authority_takes_its_agreement_back(identification: ServiceUnderTest) -> None:
    """ID-7: before it is used, and nobody else; then it can agree anew."""
    case = await an_open_case(identification, htcds=a_child())
    assert await refusal(identification, case, BACK, GUARDIANSHIP, ending="close") == (409, "no_agreement")
    assert reason(await seen(identification, case, GUARDIANSHIP), "withdraw_agreement") == "no_agreement"
    await agreed(identification, case, "close")
    assert "withdraw_agreement" in allowed(await seen(identification, case, GUARDIANSHIP))
    assert await refusal(identification, case, BACK, NGO, ending="close") == (403, "not_for_this_basis")
    assert await refusal(identification, case, BACK, GUARDIANSHIP, ending="withdraw") == (409, "no_agreement")
    after = await act(identification, case, BACK, GUARDIANSHIP, ending="close")
    assert [one["void_since"] is None for one in after["ending_agreements"]] == [False]
    assert await refusal(identification, case, "closing", NGO) == MISSING
    assert reason(await seen(identification, case), "close") == "agreement_missing"
    await agreed(identification, case, "close")
    await act(identification, case, "closing", NGO)
    assert await refusal(identification, case, BACK, GUARDIANSHIP, ending="close") == (409, "no_agreement")
    history = (await identification.person(NGO).get_ok(f"/api/cases/{case['id']}/history"))["items"]
    assert "withdraw_agreement" in [entry["action"] for entry in history]


async def test_an_agreement_is_void_after_a_new_decision_or_a_reopening(identification: ServiceUnderTest) -> None:
    """ID-7, ID-9: it was about the case as it stood; the one about the age is about the age."""
    case = await a_case_in_assessment(identification, htcds=a_child())
    for ending in ("close", "establish_as_adult"):
        await agreed(identification, case, ending)
    read = await opens(identification, case, OFFICER)
    await act(identification, case, "decline", OFFICER, DECIDED, **WHY_NOT, version=read)
    assert await refusal(identification, case, "closing", NGO, AFTER) == MISSING
    await agreed(identification, case, "close")
    await court_overturns(identification, case, NGO)
    assert await refusal(identification, case, "closing", NGO, AFTER) == MISSING
    await agreed(identification, case, "close")
    await act(identification, case, "recognitions", NGO, AFTER, kind="ngo", **WHY)
    assert await refusal(identification, case, "closing", NGO, AFTER) == MISSING
    grown = await act(identification, case, "age", NGO, AFTER, **FOUND_ADULT)
    assert grown["age_group"] == "adult"
    assert (await act(identification, case, "closing", NGO, AFTER))["status"] == "closed"
