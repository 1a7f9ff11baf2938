"""Who agrees to police: an adult in person, and nobody for them (ID-7, ID-12)."""

from typing import Any

import pytest
from chassis.testing import ServiceUnderTest

from .givens import (
    AGREED,
    FOR_A_CHILD,
    LATER,
    NGO,
    OTHER_NGO,
    REPORTED,
    a_child,
    act,
    an_open_case,
    found_adult,
    opens,
    refusal,
    seen,
    shared_with,
)

TO_POLICE = {"recipient": "mia-special", "purpose": "referral", "data_class": "identity"}
BY_GUARDIAN = AGREED | {"given_by": "guardian"}


@pytest.mark.parametrize("grant", [TO_POLICE, {"recipient": "vac", "purpose": "assistance", "data_class": "needs"}])
async def test_an_adult_agrees_in_person_and_by_nobody_else(
    identification: ServiceUnderTest, grant: dict[str, Any]
) -> None:
    """An adult under guardianship would need a court's decision, for which there is no field yet."""
    case = await an_open_case(identification)
    for details, code in ((BY_GUARDIAN, "agrees_in_person"), (FOR_A_CHILD, "not_a_child")):
        assert await refusal(identification, case, "consents", NGO, REPORTED, **grant, **details) == (422, code)
    after = await seen(identification, case)
    assert (after["status"], after["consents"]) == ("consent_pending", [])


async def _an_adult_doubted_by_another(service: ServiceUnderTest) -> dict[str, Any]:
    case = await an_open_case(service)
    await shared_with(service, case, "ngo-clean-world", "assistance", "needs")
    await act(service, case, "age-doubts", OTHER_NGO, REPORTED, ground="appearance")
    return await seen(service, case)


async def test_after_another_agencys_doubt_no_guardian_agrees_to_police(identification: ServiceUnderTest) -> None:
    """The doubt protects; a guardian's word beside it hands nobody over. The person's own does."""
    case = await _an_adult_doubted_by_another(identification)
    refused = await refusal(identification, case, "consents", NGO, REPORTED, **TO_POLICE, **FOR_A_CHILD)
    assert refused == (422, "agrees_in_person")
    assert (await seen(identification, case))["status"] == "consent_pending"
    read = await opens(identification, case)
    handed = await refusal(identification, case, "referral", NGO, LATER, best_interests_recorded=True, version=read)
    assert handed == (409, "consent_missing")
    own = await act(identification, case, "consents", NGO, REPORTED, **TO_POLICE, **AGREED)
    assert (own["age_group"], own["status"]) == ("child", "registered")
    referred = await act(identification, case, "referral", NGO, LATER, version=await opens(identification, case))
    assert referred["status"] == "referred"


async def test_after_another_agencys_doubt_a_guardian_agrees_to_help(identification: ServiceUnderTest) -> None:
    """For all but the hand-over the person is a child here (ID-5)."""
    case = await _an_adult_doubted_by_another(identification)
    help_ = {"recipient": "vac", "purpose": "assistance", "data_class": "needs"}
    assert await refusal(identification, case, "consents", NGO, LATER, **help_, **AGREED) == (422, "given_by_child")
    await act(identification, case, "consents", NGO, LATER, **help_, **FOR_A_CHILD)


async def test_what_a_guardian_agreed_to_for_a_child_hands_over_no_adult(identification: ServiceUnderTest) -> None:
    """ID-7: found to be an adult, the person is asked."""
    case = await an_open_case(identification, htcds=a_child())
    await act(identification, case, "consents", NGO, REPORTED, **TO_POLICE, **FOR_A_CHILD)
    grown = await found_adult(identification, case)
    assert (grown["age_group"], grown["status"], grown["hidden_from_police"]) == ("adult", "consent_pending", True)
    read = await opens(identification, case)
    assert await refusal(identification, case, "referral", NGO, LATER, version=read) == (409, "consent_missing")
