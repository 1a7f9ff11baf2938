"""The body that a case was handed over to reads its own record after the case was closed, and acts no more (ID-7)."""

import pytest
from casework.bases import BY_FORMAL_BODY, ENDED, FORMAL_BODY, Basis, covered, for_action

CLOSED = Basis("formal_body", about=ENDED)


@pytest.mark.parametrize("action", ["recognise_formally", "disclose", "request_place", "create_claim", "lift_bar"])
def test_an_act_asks_for_a_hand_over_whose_case_goes_on(action: str) -> None:
    assert covered([for_action(BY_FORMAL_BODY, action)], {FORMAL_BODY})
    assert not covered([for_action(BY_FORMAL_BODY, action)], {CLOSED})


@pytest.mark.parametrize("action", ["see_case", "list_cases", "read_assessment", "who_knows", "print_certificate"])
def test_a_read_goes_on(action: str) -> None:
    assert covered([for_action(BY_FORMAL_BODY, action)], {CLOSED})
    assert covered([for_action(BY_FORMAL_BODY, action)], {FORMAL_BODY})
