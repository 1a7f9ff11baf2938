"""Guardian, identity, family tracing, in this order, for who is a child or may be one (ID-5)."""

from itertools import product
from typing import Any, get_args

import pytest
from chassis.errors import NotPossible
from chassis.testing import ServiceUnderTest
from identification.domain import children
from identification.domain.children import ORDER, TracingOutcome

from .givens import (
    AFTER,
    DECIDED,
    LATER,
    NGO,
    OTHER_NGO,
    REPORTED,
    a_child,
    act,
    an_open_case,
    events_of,
    found_adult,
    reason,
    refusal,
    seen,
)

APPOINTED = {"outcome": "appointed", "reference": "12/2024"}
FOUND = {"outcome": "documents_found"}
PATHS: dict[str, tuple[str, dict[str, Any]]] = {
    "appoint_guardian": ("guardian", APPOINTED),
    "establish_identity": ("identity-establishment", FOUND),
    "trace_family": ("family-tracing", {"outcome": "begun"}),
}


@pytest.mark.parametrize(
    ("guardian", "identity"), list(product((None, "appointed", "ended"), (None, "documents_found")))
)
def test_each_step_waits_for_the_one_before(guardian: str | None, identity: str | None) -> None:
    """ID-5, over everything that may have been done before."""
    steps = {"guardian": guardian, "identity": identity}
    taken = {step: outcome for step, outcome in steps.items() if outcome}
    codes = {step: refused.code if (refused := children.why_not(step, "child", taken)) else None for step in ORDER}
    without = None if guardian == "appointed" else "guardian_missing"
    assert codes["guardian"] is None
    assert codes["identity"] == without
    assert codes["family_tracing"] == (without or (None if identity else "identity_missing"))
    assert {children.why_not(step, group, taken) for step in ORDER for group in ("adult", "unknown")} == {
        children.NOT_A_CHILD
    }


@pytest.mark.parametrize(
    ("before", "outcome"), list(product((None, *get_args(TracingOutcome)), get_args(TracingOutcome)))
)
def test_what_came_of_the_search_follows_its_beginning(before: str | None, outcome: str) -> None:
    """ID-5: nobody is found who was not looked for; whether to look can be decided anew."""
    taken = {"guardian": "appointed", "identity": "documents_found"} | ({"family_tracing": before} if before else {})
    follows = {"family_found": ("begun", "family_not_found"), "family_not_found": ("begun",)}.get(outcome)
    if follows is None or before in follows:
        children.check_step("family_tracing", outcome, "child", taken)
    else:
        with pytest.raises(NotPossible, match="outcome_does_not_follow"):
            children.check_step("family_tracing", outcome, "child", taken)


async def test_guardian_then_identity_then_family(identification: ServiceUnderTest) -> None:
    """ID-5: also while the age is only in doubt; the answer says why not yet."""
    for more in ({"htcds": a_child()}, {"child_suspected": True}):
        case = await an_open_case(identification, **more)
        assert [reason(case, action) for action in PATHS] == [None, "guardian_missing", "guardian_missing"]
        assert await refusal(identification, case, "family-tracing", outcome="begun") == (409, "guardian_missing")
        for at, (path, body) in zip((REPORTED, LATER, DECIDED), PATHS.values(), strict=True):
            case = await act(identification, case, path, NGO, at, **body)
        steps = [(step["step"], step["outcome"], step["taken_by"]) for step in case["child_steps"]]
        assert steps == [
            ("guardian", "appointed", "ngo-amc"),
            ("identity", "documents_found", "ngo-amc"),
            ("family_tracing", "begun", "ngo-amc"),
        ]
        assert (await events_of(identification, case)).count("ChildStepTaken") == 3


async def test_a_step_is_not_before_the_one_that_it_follows(identification: ServiceUnderTest) -> None:
    """ID-5: in time as well."""
    case = await an_open_case(identification, htcds=a_child())
    await act(identification, case, "guardian", NGO, LATER, **APPOINTED)
    assert await refusal(identification, case, "identity-establishment", NGO, REPORTED, **FOUND) == (
        422,
        "before_what_it_follows",
    )


async def test_without_a_guardian_any_more_nothing_goes_on(identification: ServiceUnderTest) -> None:
    """ID-5: until there is another one."""
    case = await an_open_case(identification, htcds=a_child())
    await act(identification, case, "guardian", NGO, LATER, **APPOINTED)
    case = await act(identification, case, "guardian", NGO, DECIDED, outcome="ended", reference="13/2024")
    assert reason(case, "establish_identity") == "guardian_missing"
    await act(identification, case, "guardian", NGO, DECIDED, **APPOINTED)
    await act(identification, case, "identity-establishment", NGO, AFTER, **FOUND)


async def test_there_are_no_such_steps_for_an_adult(identification: ServiceUnderTest) -> None:
    """ID-5: nor once the age was established."""
    case = await an_open_case(identification, child_suspected=True)
    grown = await found_adult(identification, case, NGO, LATER)
    for action, (path, body) in PATHS.items():
        assert reason(grown, action) == "not_a_child"
        assert await refusal(identification, case, path, NGO, DECIDED, **body) == (409, "not_a_child")
    assert (await seen(identification, case))["child_steps"] == []


async def test_the_steps_are_for_who_may_know_of_the_case(identification: ServiceUnderTest) -> None:
    """ID-7."""
    case = await an_open_case(identification, htcds=a_child())
    assert await refusal(identification, case, "guardian", OTHER_NGO, LATER, **APPOINTED) == (404, "not_found")
    bare = await identification.person(NGO).post(f"/api/cases/{case['id']}/guardian", {"outcome": "appointed"})
    assert (bare.status_code, bare.json()["code"]) == (422, "invalid_request")
