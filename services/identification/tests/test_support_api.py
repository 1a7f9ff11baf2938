"""Screening, reflection, rights explained, potential victims and how a case ends (ID-2, ID-4, ID-10, ID-14, ID-19)."""

from datetime import timedelta
from typing import Any

import pytest
from chassis.testing import ServiceUnderTest
from chassis.ticker import tick_once

from .givens import (
    AFTER,
    DECIDED,
    FOUND_ADULT,
    LATER,
    NGO,
    OFFICER,
    WHY,
    WHY_NOT,
    a_child,
    a_recognised_case,
    act,
    an_open_case,
    events_of,
    moment,
    reason,
    refusal,
    seen,
    somebody,
)

ELEMENTS = dict.fromkeys(("act", "means", "purpose"), "unknown")


def a_screening(**more: Any) -> dict[str, Any]:
    return {"indicator_set": "labour", "set_version": 1, "answers": {}} | ELEMENTS | more


async def test_a_screening_explains_and_advises(identification: ServiceUnderTest) -> None:
    """ID-2, ID-4: which indicators were met, what is missing; it decides nothing."""
    case = await an_open_case(identification)
    body = a_screening(answers={"documents_held": "met", "underpaid_or_unpaid": "met"}, act="not_met")
    after = await act(identification, case, "screenings", NGO, LATER, **body)
    explanation = after["screenings"][0]["explanation"]
    states = {cell["element"]: cell["state"] for cell in explanation["cells"]}
    assert states == {"act": "not_met", "means": "met", "purpose": "met"}
    assert explanation["advice"] == "element_not_met"
    assert (after["status"], after["recognitions"]) == (case["status"], [])


async def test_for_a_child_the_means_do_not_matter(identification: ServiceUnderTest) -> None:
    """ID-2, also for a child by doubt (ID-5)."""
    for more in ({"htcds": a_child()}, {"child_suspected": True}):
        case = await an_open_case(identification, **more)
        after = await act(identification, case, "screenings", NGO, **a_screening(act="met", purpose="met"))
        explanation = after["screenings"][0]["explanation"]
        assert explanation["treated_as_child"]
        assert explanation["advice"] == "all_elements_met"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"indicator_set": "nonsense"}, "unknown_indicator_set"),
        ({"set_version": 2}, "unknown_indicator_set"),
        ({"answers": {"nonsense": "met"}}, "unknown_indicator"),
        ({"answers": {"documents_held": "perhaps"}}, "invalid_request"),
    ],
)
async def test_a_screening_knows_its_set_and_version(
    identification: ServiceUnderTest, more: dict[str, Any], code: str
) -> None:
    """ID-4."""
    case = await an_open_case(identification)
    assert await refusal(identification, case, "screenings", NGO, **a_screening(**more)) == (422, code)


async def test_the_indicator_sets_are_there_to_read(identification: ServiceUnderTest) -> None:
    """ID-4: with their versions and whether they were verified."""
    sets = (await identification.person(NGO).get_ok("/api/indicator-sets"))["items"]
    assert {(s["indicator_set"], s["version"], s["verified"]) for s in sets} >= {("labour", 1, True)}


async def test_reflection_is_offered_started_and_ends_with_its_last_day(identification: ServiceUnderTest) -> None:
    """ID-10: 30 days for every presumed or recognised victim; the clock ends it, nobody presses."""
    case = await an_open_case(identification)
    assert reason(case, "offer_reflection") == "not_presumed"
    assert await refusal(identification, case, "reflection", NGO, LATER) == (409, "not_presumed")
    await act(identification, case, "recognitions", NGO, LATER, kind="presumed", **WHY)
    offered = await act(identification, case, "reflection", NGO, LATER, started=False)
    assert offered["reflection"]["state"] == "offered"
    assert await refusal(identification, case, "reflection", NGO, LATER, started=False) == (409, "already_offered")
    started = await act(identification, case, "reflection", NGO, DECIDED)
    ends = moment(started["reflection"]["ends_at"])
    assert ends - moment(DECIDED) == timedelta(days=30)
    assert await refusal(identification, case, "reflection", NGO, DECIDED) == (409, "already_active")
    assert await tick_once(identification.service, identification.database, ends - timedelta(seconds=1))
    assert (await seen(identification, case))["reflection"]["state"] == "active"
    assert await tick_once(identification.service, identification.database, ends)
    after = await seen(identification, case)
    assert (after["reflection"]["state"], moment(after["reflection"]["ended_at"])) == ("ended", ends)
    assert [c["state"] for c in after["clocks"] if c["kind"] == "reflection"] == ["met"]
    assert (await events_of(identification, case))[-2:] == ["ReflectionStarted", "ReflectionEnded"]


async def test_the_person_may_end_reflection_earlier(identification: ServiceUnderTest) -> None:
    """ID-10: in writing."""
    case = await a_recognised_case(identification)
    wish = {"written_wish": "7/2024"}
    assert await refusal(identification, case, "reflection/end", NGO, **wish) == (409, "no_reflection")
    await act(identification, case, "reflection", OFFICER, DECIDED)
    assert await refusal(identification, case, "reflection/end", NGO, AFTER) == (422, "invalid_request")
    ended = await act(identification, case, "reflection/end", NGO, AFTER, **wish)
    assert ended["reflection"]["state"] == "ended"


@pytest.mark.parametrize(
    ("citizenship", "day", "first"),
    [
        ("AZ", "2014-05-01", "2016-11-29"),
        ("AZ", "2016-11-28", "2016-11-29"),
        ("AZ", "2016-11-29", None),
        ("UZ", "2013-09-09", "2013-09-10"),
        ("UZ", "2014-05-01", None),
    ],
)
async def test_reflection_follows_the_law_of_its_day(
    identification: ServiceUnderTest, citizenship: str, day: str, first: str | None
) -> None:
    """ID-10: since 2013 for foreigners, since 2016 for all; before it is refused with that reason, all else goes on."""
    at = f"{day}T12:00:00+04:00"
    case = await an_open_case(identification, htcds=somebody(prs_Citizenship=[citizenship]), happened_at=at)
    await act(identification, case, "recognitions", NGO, at, kind="ngo", **WHY)
    answer = await identification.person(NGO).post(f"/api/cases/{case['id']}/reflection", {"happened_at": at})
    if first is None:
        assert answer.json()["reflection"]["state"] == "active"
    else:
        assert answer.json()["code"] == "not_in_force"
        assert answer.json()["facts"] == {"parameter": "reflection_days", "on": day, "in_force_from": first}


async def test_rights_are_explained_in_a_language_the_person_understands(identification: ServiceUnderTest) -> None:
    """ID-14: language, date, interpreter and document version are kept."""
    case = await an_open_case(identification)
    body = {"language": "ur", "document_version": "rights-2024", "interpreter": True}
    after = await act(identification, case, "rights-explanations", NGO, LATER, **body)
    assert body.items() <= after["rights_explained"][0].items()
    assert moment(after["rights_explained"][0]["explained_at"]) == moment(LATER)
    assert (await events_of(identification, case))[-1] == "RightsExplained"


async def test_potential_victims_have_a_category_of_their_own(identification: ServiceUnderTest) -> None:
    """ID-19: without recognition; categories add up."""
    case = await an_open_case(identification)
    after = await act(identification, case, "potential", NGO, LATER, categories=["migrant_worker"])
    after = await act(identification, case, "potential", NGO, AFTER, categories=["undocumented_person"])
    assert after["categories"] == ["migrant_worker", "undocumented_person"]
    assert (moment(after["potential_at"]), after["recognitions"]) == (moment(LATER), [])
    unknown = await refusal(identification, case, "potential", NGO, categories=["tall"])
    assert unknown == (422, "invalid_request")


async def test_a_report_that_is_no_case_yet_takes_no_category(identification: ServiceUnderTest) -> None:
    """ID-19."""
    report = await identification.person(NGO).post_ok("/api/reports", {"channel": "visit"})
    case = {"id": report["case_id"]}
    assert await refusal(identification, case, "potential", NGO, categories=["migrant_worker"]) == (
        409,
        "not_possible_in_state",
    )


@pytest.mark.parametrize(
    ("path", "status"), [("closing", "closed"), ("withdrawal", "withdrawn"), ("transfer-abroad", "transferred_abroad")]
)
async def test_a_case_that_ended_takes_nothing_new(identification: ServiceUnderTest, path: str, status: str) -> None:
    case = await act(identification, await an_open_case(identification), path, NGO, DECIDED)
    assert case["status"] == status
    assert (await identification.published(case["id"]))[-1][1]["outcome"] == status
    ended: list[tuple[str, dict[str, Any]]] = [
        ("screenings", a_screening()),
        ("potential", {"categories": ["migrant_worker"]}),
        ("rights-explanations", {"language": "az", "document_version": "rights-2024"}),
        ("age", FOUND_ADULT),
        ("reflection", {}),
        ("decline", WHY_NOT | {"version": case["version"]}),
        ("closing", {}),
    ]
    for act_, body in ended:
        assert await refusal(identification, case, act_, NGO, **body) == (409, "not_possible_in_state")
