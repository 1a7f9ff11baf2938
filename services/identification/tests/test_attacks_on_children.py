"""Children, and adults whose age is doubted: nobody alone ends their case or opens it to police (ID-5, ID-7)."""

from typing import Any

import pytest
from chassis.testing import ServiceUnderTest

from .givens import (
    AFTER,
    AGREED,
    DECIDED,
    FOUND_ADULT,
    FOUND_CHILD,
    GUARDIANSHIP,
    LATER,
    NGO,
    OTHER_NGO,
    a_child,
    act,
    agreed,
    an_open_case,
    events_of,
    opens,
    problem,
    refusal,
    seen,
    shared_with,
)


async def test_another_ngo_makes_no_child_and_hands_nobody_over(identification: ServiceUnderTest) -> None:
    """ID-5, ID-7: by a consent of whatever purpose and class."""
    case = await an_open_case(identification)
    for purpose in ("assistance", "joint_assessment", "legal_aid"):
        await shared_with(identification, case, "ngo-clean-world", purpose, "identity")
    for path, body in (
        ("age", FOUND_CHILD),
        ("referral", {"version": 1, "best_interests_recorded": True}),
        ("closing", {}),
        ("withdrawal", {}),
        ("consents", {"recipient": "mia-special", "purpose": "referral", "data_class": "identity"} | AGREED),
    ):
        assert await refusal(identification, case, path, OTHER_NGO, **body) == (403, "not_for_this_basis"), path
    assert "VictimReferred" not in await events_of(identification, case)


async def test_a_doubt_of_somebody_else_protects_and_opens_no_way_to_police(identification: ServiceUnderTest) -> None:
    """ID-5, ID-7: the age group is child at once, the holder gets a task; the hand-over still needs the consent."""
    case = await an_open_case(identification)
    await shared_with(identification, case, "ngo-clean-world", "assistance", "needs")
    doubted = await act(identification, case, "age-doubts", OTHER_NGO, LATER, ground="appearance")
    assert doubted["age_group"] == "child"
    assert (await seen(identification, case))["status"] == "consent_pending"
    assert [name for name in await events_of(identification, case) if name.startswith("Referral")] == []
    for by in (NGO, GUARDIANSHIP):
        read = await opens(identification, case, by)
        handed = await refusal(identification, case, "referral", by, best_interests_recorded=True, version=read)
        assert handed in [(409, "consent_missing"), (403, "not_for_this_basis")]
    tasks = (await identification.person(NGO).get_ok("/api/age-doubts", settled=False))["items"]
    (task,) = [task for task in tasks if task["case_id"] == case["id"]]
    assert (task["ground"], task["doubted_by"], task["case_ref"]) == ("appearance", "ngo-clean-world", case["case_ref"])
    changed = [body["age_group"] for name, body in await identification.published(case["id"]) if "FactsCh" in name]
    assert changed == ["child"]
    assert (await seen(identification, case, GUARDIANSHIP))["age_group"] == "child"
    again = await refusal(identification, case, "age-doubts", OTHER_NGO, ground="appearance")
    assert again == (409, "already_a_child")


async def test_the_holder_who_shares_the_doubt_opens_it_and_a_finding_ends_it(identification: ServiceUnderTest) -> None:
    """ID-5, ID-7: the same doubt of the holder makes a child for the hand-over too; establishing settles the task."""
    case = await an_open_case(identification)
    await shared_with(identification, case, "ngo-clean-world", "assistance", "needs")
    await act(identification, case, "age-doubts", OTHER_NGO, LATER, ground="appearance")
    confirmed = await act(identification, case, "age-doubts", NGO, LATER, ground="circumstances")
    assert confirmed["status"] == "registered"
    assert "ReferralAwaited" in await events_of(identification, case)
    found = await act(identification, case, "age", NGO, DECIDED, **FOUND_CHILD)
    assert [doubt["settled_at"] is None for doubt in found["age_doubts"]] == [False, False]
    finding = {"ground": "register", "method": "register_searched", "document": "44/2024"}
    assert finding.items() <= found["age_findings"][0].items()
    read = await opens(identification, case)
    referred = await act(identification, case, "referral", NGO, AFTER, best_interests_recorded=True, version=read)
    assert referred["status"] == "referred"


async def test_a_finding_of_age_has_ground_method_and_document(identification: ServiceUnderTest) -> None:
    """ID-5."""
    case = await an_open_case(identification)
    for missing in ("ground", "method", "document"):
        bare = {name: value for name, value in FOUND_CHILD.items() if name != missing}
        assert await refusal(identification, case, "age", NGO, **bare) == (422, "invalid_request")


@pytest.mark.parametrize(
    ("path", "ending", "body"),
    [
        ("closing", "close", {}),
        ("withdrawal", "withdraw", {}),
        ("transfer-abroad", "transfer_abroad", {}),
        ("age", "establish_as_adult", FOUND_ADULT),
    ],
)
async def test_no_agency_alone_ends_a_childs_case(
    identification: ServiceUnderTest, path: str, ending: str, body: dict[str, Any]
) -> None:
    """ID-5, ID-7: the agreement names the ending, and counts once; a child by doubt is a child."""
    for more in ({"htcds": a_child()}, {"child_suspected": True}):
        case = await an_open_case(identification, **more)
        alone = await refusal(identification, case, path, NGO, DECIDED, **body)
        assert alone == (409, "agreement_missing")
        other = "withdraw" if ending == "close" else "close"
        await agreed(identification, case, other)
        assert await refusal(identification, case, path, NGO, DECIDED, **body) == (409, "agreement_missing")
        await agreed(identification, case, ending)
        done = await act(identification, case, path, NGO, DECIDED, **body)
        used = {a["ending"]: a["used_at"] is not None for a in done["ending_agreements"]}
        assert used == {ending: True, other: False}


async def test_who_agrees_is_the_guardianship_authority_of_a_child(identification: ServiceUnderTest) -> None:
    """ID-7: not the holder, not for an adult; nobody is both who agrees and who ends."""
    child = await an_open_case(identification, htcds=a_child())
    body = {"ending": "close", "reference": "15/2024"}
    assert await refusal(identification, child, "ending-agreements", NGO, **body) == (403, "not_for_this_basis")
    adult = await an_open_case(identification)
    assert await refusal(identification, adult, "ending-agreements", GUARDIANSHIP, **body) == (404, "not_found")
    await agreed(identification, child, "close")
    twice = await refusal(identification, child, "ending-agreements", GUARDIANSHIP, **body)
    assert twice == (409, "already_agreed")
    own = await an_open_case(identification, GUARDIANSHIP, htcds=a_child())
    await agreed(identification, own, "close")
    both = await refusal(identification, own, "closing", GUARDIANSHIP, DECIDED)
    assert both == (409, "agreed_by_own_agency")


async def test_the_guardianship_authority_learns_of_children_until_they_are_adults(
    identification: ServiceUnderTest,
) -> None:
    """ID-5, ID-6: by law, without a consent; it reads no account by it, and knows no more once the age is found."""
    case = await an_open_case(identification, child_suspected=True, account="What was confided")
    assert {"agency": "scfwca", "basis": "guardian_authority"}.items() <= case["who_knows"][-1].items()
    read = await identification.person(GUARDIANSHIP).post_ok(
        f"/api/cases/{case['id']}/identity/reading", {"purpose": "assess"}
    )
    assert read["account"] is None
    await agreed(identification, case, "establish_as_adult")
    await act(identification, case, "age", NGO, LATER, **FOUND_ADULT)
    gone = await identification.person(GUARDIANSHIP).get(f"/api/cases/{case['id']}")
    assert problem(gone) == (404, "not_found")


async def test_the_guardianship_authority_hands_a_child_over_with_best_interests(
    identification: ServiceUnderTest,
) -> None:
    """ID-7."""
    case = await an_open_case(identification, htcds=a_child())
    assert await refusal(
        identification, case, "referral", GUARDIANSHIP, version=await opens(identification, case, GUARDIANSHIP)
    ) == (409, "best_interests_missing")
    read = await opens(identification, case, GUARDIANSHIP)
    referred = await act(
        identification, case, "referral", GUARDIANSHIP, LATER, best_interests_recorded=True, version=read
    )
    assert referred["status"] == "referred"
