"""Joint assessment: who joins it by consent reads, gives an opinion, dissents from both kinds of decision (ID-8)."""

from typing import Any

import pytest
from chassis.testing import ServiceUnderTest
from identification.domain import opinions

from .givens import (
    AFTER,
    DECIDED,
    NGO,
    OFFICER,
    OTHER_NGO,
    a_declined_case,
    a_recognised_case,
    act,
    an_open_case,
    refusal,
    seen,
    shared_with,
)

VICTIM: dict[str, Any] = {"stance": "victim", "reasons_for": ["own_account"]}
NO_VICTIM: dict[str, Any] = {"stance": "not_a_victim", "reasons_against": ["purpose_not_established"]}


async def test_who_joins_the_assessment_reads_it_and_gives_an_opinion(identification: ServiceUnderTest) -> None:
    """ID-8: by the purpose of joint assessment alone; everybody who reads the assessment reads the opinion."""
    case = await a_recognised_case(identification)
    for purpose in ("assistance", "legal_aid"):
        await shared_with(identification, case, "ngo-clean-world", purpose, "identity")
    assert await refusal(identification, case, "opinions", OTHER_NGO, **VICTIM) == (403, "not_for_this_basis")
    assert "recognitions" not in await seen(identification, case, OTHER_NGO)
    await shared_with(identification, case, "ngo-clean-world", "joint_assessment")
    shown = await seen(identification, case, OTHER_NGO)
    assert [r["kind"] for r in shown["recognitions"]] == ["formal"]
    await act(identification, case, "opinions", OTHER_NGO, AFTER, **VICTIM)
    for by in (NGO, OFFICER, OTHER_NGO):
        (opinion,) = (await seen(identification, case, by))["opinions"]
        assert (opinion["agency"], opinion["stance"], opinion["dissents"]) == ("ngo-clean-world", "victim", False)
        assert opinion["reasons"] == ["own_account"]


@pytest.mark.parametrize(
    ("scene", "part", "body"), [(a_recognised_case, "recognitions", NO_VICTIM), (a_declined_case, "decisions", VICTIM)]
)
async def test_a_dissent_names_what_it_is_about(
    identification: ServiceUnderTest, scene: Any, part: str, body: dict[str, Any]
) -> None:
    """ID-8: from a positive and from a negative decision; it changes neither."""
    case = await scene(identification)
    await shared_with(identification, case, "ngo-clean-world", "joint_assessment")
    decided = (await seen(identification, case))[part][0]["id"]
    early = await refusal(
        identification, case, "opinions", OTHER_NGO, "2024-03-05T10:00:00+04:00", about=decided, **body
    )
    assert early == (422, "before_what_it_follows")
    after = await act(identification, case, "opinions", OTHER_NGO, AFTER, about=decided, **body)
    assert [(o["about"], o["dissents"]) for o in after["opinions"]] == [(decided, True)]
    assert after["status"] == case["status"]
    other = await an_open_case(identification)
    await shared_with(identification, other, "ngo-clean-world", "joint_assessment")
    foreign = await refusal(identification, other, "opinions", OTHER_NGO, AFTER, about=decided, **body)
    assert foreign == (404, "not_found")


async def test_an_opinion_has_reasons_of_its_own_stance(identification: ServiceUnderTest) -> None:
    """ID-8."""
    case = await an_open_case(identification)
    await shared_with(identification, case, "ngo-clean-world", "joint_assessment")
    for wrong in ({"stance": "victim"}, VICTIM | {"reasons_against": ["new_facts"]}, NO_VICTIM | {"stance": "victim"}):
        refused = await refusal(identification, case, "opinions", OTHER_NGO, DECIDED, **wrong)
        assert refused == (422, "reasons_do_not_fit")
    assert opinions.reasons_of("victim", ["own_account"], []) == ["own_account"]
    assert opinions.reasons_of("not_a_victim", [], ["new_facts"]) == ["new_facts"]
