"""Which grounds a negative decision may have, and what its decider is warned of (ID-2, ID-8, ID-9, ID-11)."""

from typing import Any, get_args

import pytest
from chassis.errors import Invalid
from chassis.testing import ServiceUnderTest
from hypothesis import given
from hypothesis import strategies as st
from identification.domain import appeals
from identification.domain.codes import ReasonAgainst

from .givens import (
    AFTER,
    DECIDED,
    LATER,
    NGO,
    OFFICER,
    OTHER_NGO,
    WHY,
    a_case_in_assessment,
    a_child,
    a_declined_case,
    a_recognised_case,
    act,
    an_open_case,
    events_of,
    opens,
    refusal,
    seen,
    shared_with,
    somebody,
)

MEANS: dict[str, Any] = {"reasons": ["purpose_not_established", "means_not_established"]}
VICTIM: dict[str, Any] = {"stance": "victim", "reasons_for": ["own_account"]}


@given(st.sets(st.sampled_from(get_args(ReasonAgainst))), st.booleans())
def test_the_means_are_no_ground_against_a_child(reasons: set[str], child: bool) -> None:
    """ID-2: refused if and only if the person is a child and the means are among the grounds."""
    reasons -= {"person_declined"}
    if not (child and "means_not_established" in reasons):
        appeals.check_reasons(reasons, was_child=child)
        return
    with pytest.raises(Invalid) as refused:
        appeals.check_reasons(reasons, was_child=child)
    assert refused.value.code == "means_of_a_child"


@given(st.sets(st.sampled_from(get_args(ReasonAgainst))), st.booleans())
def test_nobodys_cooperation_is_a_ground(reasons: set[str], child: bool) -> None:
    """ID-9, ID-11: of nobody, beside whatever else."""
    with pytest.raises(Invalid) as refused:
        appeals.check_reasons(reasons | {"person_declined"}, was_child=child)
    assert refused.value.code == "cooperation_is_no_ground"


async def test_no_decision_about_a_child_rests_on_the_means(identification: ServiceUnderTest) -> None:
    """ID-2: declined, revoked, dissented from, an opinion; a child known, by doubt, or who came of age since."""
    child = await a_case_in_assessment(identification, htcds=a_child())
    read = await opens(identification, child, OFFICER)
    for reasons in (["means_not_established"], MEANS["reasons"]):
        refused = await refusal(identification, child, "decline", OFFICER, DECIDED, reasons=reasons, version=read)
        assert refused == (422, "means_of_a_child")
    against = await refusal(
        identification, child, "formal-recognition", OFFICER, DECIDED, **WHY, dissent=MEANS["reasons"], version=read
    )
    assert against == (422, "means_of_a_child")
    await shared_with(identification, child, "ngo-clean-world", "joint_assessment")
    opinion = {"stance": "not_a_victim", "reasons_against": MEANS["reasons"]}
    assert await refusal(identification, child, "opinions", OTHER_NGO, DECIDED, **opinion) == (422, "means_of_a_child")
    read = await opens(identification, child, OFFICER)
    recognised = await act(identification, child, "formal-recognition", OFFICER, DECIDED, **WHY, version=read)
    revocation = f"recognitions/{recognised['recognitions'][0]['id']}/revocation"
    read = await opens(identification, child, OFFICER)
    refused = await refusal(identification, child, revocation, OFFICER, AFTER, **MEANS, version=read)
    assert refused == (422, "means_of_a_child")
    doubted = await a_case_in_assessment(identification, htcds=somebody())
    await act(identification, doubted, "age-doubts", OFFICER, DECIDED, ground="appearance")
    read = await opens(identification, doubted, OFFICER)
    refused = await refusal(identification, doubted, "decline", OFFICER, DECIDED, **MEANS, version=read)
    assert refused == (422, "means_of_a_child")


async def test_of_an_adult_the_means_are_a_ground(identification: ServiceUnderTest) -> None:
    """ID-2, ID-9; that the person declined is none, of nobody."""
    case = await a_case_in_assessment(identification)
    read = await opens(identification, case, OFFICER)
    cooperation = await refusal(identification, case, "decline", OFFICER, reasons=["person_declined"], version=read)
    assert cooperation == (422, "cooperation_is_no_ground")
    after = await act(identification, case, "decline", OFFICER, DECIDED, **MEANS, version=read)
    assert (after["decisions"][0]["reasons"], after["decisions"][0]["warnings"]) == (MEANS["reasons"], [])


async def test_revoking_on_an_acquittal_warns(identification: ServiceUnderTest) -> None:
    """ID-9: a verdict about an accused is no test of who was harmed; the warning is answered and on record."""
    case = await a_recognised_case(identification)
    revocation = f"recognitions/{case['recognitions'][0]['id']}/revocation"
    read = await opens(identification, case, OFFICER)
    after = await act(identification, case, revocation, OFFICER, AFTER, reasons=["accused_acquitted"], version=read)
    assert after["decisions"][0]["warnings"] == ["verdict_is_no_test"]
    assert (await seen(identification, case))["decisions"][0]["warnings"] == ["verdict_is_no_test"]
    history = (await identification.person(OFFICER).get_ok(f"/api/cases/{case['id']}/history"))["items"]
    assert next(item for item in history if item["action"] == "revoke")["facts"]["warnings"] == ["verdict_is_no_test"]


async def test_the_ngo_that_referred_dissents_from_a_refusal(identification: ServiceUnderTest) -> None:
    """ID-8: without a consent of its own, also after the case was closed; the authority reacts to an event."""
    case = await a_declined_case(identification)
    decision = case["decisions"][0]["id"]
    own = await refusal(identification, case, "opinions", OFFICER, AFTER, about=decision, **VICTIM)
    assert own == (403, "not_for_this_basis")
    after = await act(identification, case, "opinions", NGO, AFTER, about=decision, **VICTIM)
    assert [(one["agency"], one["dissents"]) for one in after["opinions"]] == [("ngo-amc", True)]
    assert (await events_of(identification, case))[-1] == "OpinionGiven"
    await act(identification, case, "closing", NGO, AFTER)
    assert await refusal(identification, case, "opinions", NGO, AFTER, **VICTIM) == (409, "not_possible_in_state")
    await act(identification, case, "opinions", NGO, AFTER, about=decision, **VICTIM)


async def test_nobody_dissents_from_an_own_decision(identification: ServiceUnderTest) -> None:
    """ID-8: it revokes or reopens."""
    case = await an_open_case(identification)
    given_ = await act(identification, case, "recognitions", NGO, LATER, kind="ngo", **WHY)
    about = given_["recognitions"][0]["id"]
    against = {"stance": "not_a_victim", "reasons_against": ["new_facts"]}
    assert await refusal(identification, case, "opinions", NGO, AFTER, about=about, **against) == (409, "own_decision")


@pytest.mark.parametrize("reasons", [[], ["unknown_ground"]])
async def test_a_decision_has_grounds_from_the_list(identification: ServiceUnderTest, reasons: list[str]) -> None:
    case = await a_case_in_assessment(identification)
    read = await opens(identification, case, OFFICER)
    refused = await refusal(identification, case, "decline", OFFICER, DECIDED, reasons=reasons, version=read)
    assert refused == (422, "invalid_request")
