"""One agency alone makes no adult of a child, and hands nobody over by a date (ID-5, ID-7)."""

from datetime import timedelta
from typing import Any

import pytest
from chassis.clock import utc_now
from chassis.testing import ServiceUnderTest
from chassis.ticker import tick_once

from .givens import (
    FOUND_CHILD,
    GUARDIANSHIP,
    INFORMED,
    NGO,
    OFFICER,
    REPORTED,
    a_case_in_assessment,
    a_child,
    a_received_report,
    a_search,
    act,
    agreed,
    an_open_case,
    events_of,
    found_adult,
    opens,
    problem,
    reason,
    refusal,
    seen,
    shared_with,
    somebody,
)

JUST_A_CHILD = "2006-03-05"  # one day before the 18th birthday on the day of the report, an adult today
BORDER = "sbs.reporter"


async def _next_month(service: ServiceUnderTest) -> None:
    await tick_once(service.service, service.database, utc_now() + timedelta(days=40))


async def _corrected(
    service: ServiceUnderTest, case: dict[str, Any], born: str | None, *, by: str = NGO, version: int = 1
) -> dict[str, Any]:
    body = {"version": version, "htcds": {"prs_Birthdate": born}, "happened_at": REPORTED}
    return await service.person(by).post_ok(f"/api/cases/{case['id']}/identity", body)


async def _stays_a_child(service: ServiceUnderTest, case: dict[str, Any]) -> None:
    await _next_month(service)
    assert (await seen(service, case))["age_group"] == "child"
    assert await refusal(service, case, "withdrawal") == (409, "agreement_missing")
    assert (await seen(service, case, GUARDIANSHIP))["age_group"] == "child"


async def test_a_backdated_correction_lets_no_child_come_of_age(alone: ServiceUnderTest) -> None:
    """The date of the act is the actor's own; the agreement to an adult is asked for by today's date."""
    case = await an_open_case(alone, htcds=a_child())
    assert (await _corrected(alone, case, JUST_A_CHILD))["age_group"] == "child"
    await _stays_a_child(alone, case)


async def test_the_formal_body_lets_no_child_come_of_age_by_a_correction(alone: ServiceUnderTest) -> None:
    case = await a_case_in_assessment(alone, htcds=a_child())
    assert (await _corrected(alone, case, JUST_A_CHILD, by=OFFICER))["age_group"] == "child"
    await _stays_a_child(alone, case)


async def test_no_detour_lets_a_child_come_of_age_by_a_correction(alone: ServiceUnderTest) -> None:
    """Not by taking the date away first, and not by a finding of the same agency that the person is a child."""
    case = await an_open_case(alone, htcds=a_child())
    await _corrected(alone, case, None)
    await _corrected(alone, case, JUST_A_CHILD, version=2)
    await act(alone, case, "age", NGO, REPORTED, **FOUND_CHILD)
    await _stays_a_child(alone, case)


async def test_a_doubted_child_comes_of_age_by_no_date_of_one_agency(alone: ServiceUnderTest) -> None:
    case = await an_open_case(alone, htcds={"prs_FirstName": "Aysel"}, child_suspected=True)
    await _corrected(alone, case, JUST_A_CHILD)
    await act(alone, case, "age", NGO, REPORTED, **FOUND_CHILD)
    await _stays_a_child(alone, case)


async def test_a_correction_that_the_guardianship_authority_agreed_to_counts(alone: ServiceUnderTest) -> None:
    """The child of the day of the report comes of age by the ticker, as every child does."""
    case = await an_open_case(alone, htcds=a_child())
    await agreed(alone, case, "establish_as_adult")
    assert (await _corrected(alone, case, JUST_A_CHILD))["age_group"] == "child"
    await _next_month(alone)
    assert (await seen(alone, case))["age_group"] == "adult"


async def test_a_child_with_an_earlier_date_grows_up_by_an_established_age(alone: ServiceUnderTest) -> None:
    case = await an_open_case(alone, htcds=a_child())
    await _corrected(alone, case, JUST_A_CHILD)
    assert (await found_adult(alone, case))["age_group"] == "adult"


async def test_a_small_correction_uses_no_agreement(identification: ServiceUnderTest) -> None:
    case = await an_open_case(identification, htcds=a_child())
    await agreed(identification, case, "establish_as_adult")
    after = await _corrected(identification, case, "2011-12-02")
    assert [agreement["used_at"] for agreement in after["ending_agreements"]] == [None]


@pytest.mark.parametrize("known", [somebody(), {"prs_FirstName": "Aysel"}])
async def test_a_birth_date_protects_and_hands_nobody_over(
    identification: ServiceUnderTest, known: dict[str, Any]
) -> None:
    """A child at once for everybody who helps; the hand-over goes by what was before, until the age is established."""
    case = await an_open_case(identification, htcds=known)
    assert case["status"] == "consent_pending"
    after = await _corrected(identification, case, "2012-01-01")
    assert (after["age_group"], after["status"], after["hidden_from_police"]) == ("child", "consent_pending", True)
    assert [name for name in await events_of(identification, case) if name.startswith("Referral")] == []
    handed = await refusal(
        identification, case, "referral", best_interests_recorded=True, version=await opens(identification, case)
    )
    assert handed == (409, "consent_missing")
    assert (await seen(identification, case, GUARDIANSHIP))["age_group"] == "child"
    assert await refusal(identification, case, "closing") == (409, "agreement_missing")


async def test_no_birth_date_takes_an_adults_refusal_away(identification: ServiceUnderTest) -> None:
    case = await an_open_case(identification, BORDER)
    await act(identification, case, "duty-without-name", BORDER, REPORTED, **INFORMED)
    after = await _corrected(identification, case, "2012-01-01", by=BORDER)
    assert (after["age_group"], after["status"]) == ("child", "consent_pending")
    read = await opens(identification, case, BORDER)
    handed = await refusal(identification, case, "referral", BORDER, best_interests_recorded=True, version=read)
    assert handed == (409, "consent_missing")


@pytest.mark.parametrize(("path", "body"), [("age", FOUND_CHILD), ("age-doubts", {"ground": "appearance"})])
async def test_the_holder_opens_the_hand_over_by_a_finding_or_an_own_doubt(
    identification: ServiceUnderTest, path: str, body: dict[str, Any]
) -> None:
    case = await an_open_case(identification)
    corrected = await _corrected(identification, case, "2012-01-01")
    assert reason(corrected, "doubt_age") is None
    assert (await act(identification, case, path, NGO, REPORTED, **body))["status"] == "registered"


async def test_a_childs_report_is_not_ended_by_joining_somebody_elses_case(identification: ServiceUnderTest) -> None:
    """ID-7, ID-18: joining closes the report's own case, which the guardianship authority would not learn of."""
    child = a_child()
    adult = child | {"prs_Birthdate": "1989-07-07", "prs_IdentityNumber": "TST00000001"}
    other = await an_open_case(identification, htcds=adult)
    for more in ({"htcds": child}, {"htcds": adult, "child_suspected": True}):
        report = await a_received_report(identification, NGO, **more)
        search = await a_search(identification, report)
        joining = {"search_id": search["search_id"], "case_id": other["id"]}
        answer = await identification.person(NGO).post(f"/api/reports/{report['id']}/attachment", joining)
        assert problem(answer) == (409, "age_differs")
        assert (await seen(identification, {"id": report["case_id"]}))["status"] == "reported"


async def test_a_childs_report_joins_the_case_of_a_child(identification: ServiceUnderTest) -> None:
    """ID-18: also where the other case is a child's by another agency's doubt."""
    person = somebody()
    other = await an_open_case(identification, htcds=person)
    await shared_with(identification, other, "ngo-clean-world", "assistance", "needs")
    await act(identification, other, "age-doubts", "ngo-clean-world.caseworker", REPORTED, ground="appearance")
    report = await a_received_report(identification, NGO, htcds=person, child_suspected=True)
    search = await a_search(identification, report)
    joining = {"search_id": search["search_id"], "case_id": other["id"]}
    joined = await identification.person(NGO).post_ok(f"/api/reports/{report['id']}/attachment", joining)
    assert joined["id"] == other["id"]


async def test_a_doubt_about_a_report_that_joins_a_case_waits_for_nobody(identification: ServiceUnderTest) -> None:
    """ID-5, ID-18: the task of the holder ends with the report's own case; those of the other case stay."""
    person = somebody()
    other = await an_open_case(identification, htcds=person)
    report = await a_received_report(identification, NGO, htcds=person)
    own = {"id": report["case_id"]}
    for case in (other, own):
        await act(identification, case, "age-doubts", NGO, None, ground="appearance")
    search = await a_search(identification, report)
    joining = {"search_id": search["search_id"], "case_id": other["id"]}
    await identification.person(NGO).post_ok(f"/api/reports/{report['id']}/attachment", joining)
    waiting = (await identification.person(NGO).get_ok("/api/age-doubts", settled=False))["items"]
    found = {doubt["case_id"] for doubt in waiting}
    assert (other["id"] in found, own["id"] in found) == (True, False)


async def test_the_guardianship_authority_knows_of_a_child_from_the_report_on(
    identification: ServiceUnderTest,
) -> None:
    """ID-5: by law, before the case opens; of an adult's report it knows nothing."""
    for more in ({"htcds": a_child()}, {"child_suspected": True}):
        child = await a_received_report(identification, NGO, **more)
        assert (await seen(identification, {"id": child["case_id"]}, GUARDIANSHIP))["status"] == "reported"
    adult = await a_received_report(identification, NGO)
    hidden = await identification.person(GUARDIANSHIP).get(f"/api/cases/{adult['case_id']}")
    assert problem(hidden) == (404, "not_found")
