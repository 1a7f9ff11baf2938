"""What an answer lists as possible is possible, and a decision is on what was read (ID-8, ID-9)."""

from typing import Any

import pytest
from chassis.testing import ServiceUnderTest

from .givens import (
    AGREED,
    BY_COURT,
    DECIDED,
    DECISIONS,
    FOUND_CHILD,
    INFORMED,
    NGO,
    OFFICER,
    TO_COURT,
    WHY,
    WHY_NOT,
    a_case_in_assessment,
    a_declined_case,
    a_hidden_declined_case,
    a_recognised_case,
    a_referred_case,
    act,
    an_open_case,
    opens,
    problem,
    reason,
    refusal,
    seen,
)

BODIES: dict[str, tuple[str, dict[str, Any]]] = {
    "refer": ("referral", {"best_interests_recorded": True}),
    "acknowledge": ("referral/acknowledgement", {}),
    "recognise_formally": ("formal-recognition", WHY),
    "decline": ("decline", WHY_NOT),
    "appeal": ("appeal", TO_COURT),
    "reject_appeal": ("appeal/rejection", BY_COURT),
    "reopen": ("reopening", BY_COURT),
    "offer_reflection": ("reflection", {}),
    "end_reflection": ("reflection/end", {"written_wish": "7/2024"}),
    "record_potential": ("potential", {"categories": ["migrant_worker"]}),
    "explain_rights": ("rights-explanations", {"language": "az", "document_version": "rights-2024"}),
    "establish_age": ("age", FOUND_CHILD),
    "doubt_age": ("age-doubts", {"ground": "appearance"}),
    "offer_holder": ("holder-offers", {"to": "ngo-acu", "ground": "consent", "consent": AGREED}),
    "meet_duty_without_name": ("duty-without-name", INFORMED),
    "give_opinion": ("opinions", {"stance": "victim", "reasons_for": ["own_account"]}),
    "close": ("closing", {}),
    "withdraw": ("withdrawal", {}),
}


@pytest.mark.parametrize(
    ("scene", "by"),
    [
        (an_open_case, NGO),
        (a_referred_case, NGO),
        (a_case_in_assessment, OFFICER),
        (a_recognised_case, OFFICER),
        (a_declined_case, NGO),
        (a_declined_case, OFFICER),
        (a_hidden_declined_case, NGO),
    ],
)
async def test_what_is_listed_as_possible_is_possible_and_nothing_else(
    identification: ServiceUnderTest, scene: Any, by: str
) -> None:
    """Every listed action is tried, each refused one first; the answer told the truth about it."""
    case = await seen(identification, await scene(identification), by)
    listed = {a["action"]: a["allowed"] for a in case["actions"] if a["action"] in BODIES}
    for action in sorted(listed, key=lambda name: listed[name]):
        path, body = BODIES[action]
        if not listed[action]:
            read = {"version": case["version"]} if path.endswith(DECISIONS) else {}
            status, _ = await refusal(identification, case, path, by, **body | read)
            assert status == (403 if reason(case, action) == "not_for_this_basis" else 409), action
    possible = [action for action, yes in listed.items() if yes]
    for action in possible:
        fresh = await scene(identification)
        path, body = BODIES[action]
        read = {"version": await opens(identification, fresh, by)} if path.endswith(DECISIONS) else {}
        await act(identification, fresh, path, by, **body | read)


@pytest.mark.parametrize(
    ("scene", "path", "by", "body"),
    [
        (a_case_in_assessment, "formal-recognition", OFFICER, WHY),
        (a_case_in_assessment, "decline", OFFICER, WHY_NOT),
        (a_declined_case, "reopening", OFFICER, {}),
        (a_declined_case, "appeal/rejection", OFFICER, BY_COURT),
        (a_recognised_case, "revocation", OFFICER, WHY_NOT),
    ],
)
async def test_a_decision_is_on_what_was_read(
    identification: ServiceUnderTest, scene: Any, path: str, by: str, body: dict[str, Any]
) -> None:
    """ID-8, ID-9: a consent, an age, another decision came meanwhile: nothing is done, and both values are told."""
    case = await scene(identification)
    if path == "revocation":
        path = f"recognitions/{case['recognitions'][0]['id']}/revocation"
    await act(identification, case, "rights-explanations", NGO, DECIDED, language="az", document_version="rights-2024")
    person, address = identification.person(by), f"/api/cases/{case['id']}/{path}"
    assert problem(await person.post(address, body)) == (422, "invalid_request")
    stale = await person.post(address, body | {"version": case["version"]})
    assert problem(stale) == (409, "stale")
    facts = stale.json()["facts"]
    assert (facts["given_version"], facts["stored_version"]) == (case["version"], case["version"] + 1)
    assert (await seen(identification, case, by))["version"] == case["version"] + 1
