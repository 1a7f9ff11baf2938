"""After the end the body that a case was handed over to reads its own record, and revokes alone (ID-7, ID-9)."""

from typing import Any

import pytest
from chassis.testing import ServiceUnderTest

from .givens import (
    AFTER,
    BY_COURT,
    NGO,
    OFFICER,
    WHY_NOT,
    a_recognised_case,
    act,
    opens,
    problem,
    refusal,
    seen,
)

DISCLOSED = {"recipient": "sbs", "data_class": "identity"} | BY_COURT


@pytest.mark.parametrize("ending", ["closing", "withdrawal", "transfer-abroad"])
async def test_the_formal_body_does_nothing_after_the_case_is_closed(
    identification: ServiceUnderTest, ending: str
) -> None:
    case = await a_recognised_case(identification)
    await act(identification, case, ending, NGO, AFTER)
    acts: list[tuple[str, dict[str, Any]]] = [
        ("disclosures", DISCLOSED),
        ("identity", {"version": 1, "htcds": {"prs_FirstName": "Başqası"}}),
        ("decline", WHY_NOT | {"version": await opens(identification, case, OFFICER)}),
        ("closing", {}),
    ]
    for path, body in acts:
        assert await refusal(identification, case, path, OFFICER, **body) == (403, "not_for_this_basis"), path
    assert {a["action"] for a in (await seen(identification, case, OFFICER))["actions"] if a["allowed"]} <= {
        "read_identity",
        "revoke",
    }


async def test_nothing_is_disclosed_after_the_end(identification: ServiceUnderTest) -> None:
    """ID-13: by the holder neither."""
    case = await a_recognised_case(identification)
    await act(identification, case, "closing", NGO, AFTER)
    assert await refusal(identification, case, "disclosures", NGO, **DISCLOSED) == (409, "not_possible_in_state")


async def test_the_formal_body_that_ended_the_case_gets_its_answer_again(identification: ServiceUnderTest) -> None:
    """The same key, the same answer: its own act took the right away, and is not refused after it."""
    case = await a_recognised_case(identification)
    officer, path = identification.person(OFFICER), f"/api/cases/{case['id']}/closing"
    first = await officer.post_ok(path, {"happened_at": AFTER}, key=f"end-{case['id']}")
    again = await officer.post(path, {"happened_at": AFTER}, key=f"end-{case['id']}")
    assert (first["status"], again.status_code, again.json()) == ("closed", 200, first)
    anew = await officer.post(path, {"happened_at": AFTER})
    assert problem(anew) == (403, "not_for_this_basis")
