"""A child comes of age while the case goes on: the age on the day of the act counts (ID-2, ID-5, ID-7, ID-13)."""

from datetime import date, datetime
from typing import Any

import pytest
from chassis.testing import ServiceUnderTest
from chassis.ticker import tick_once
from hypothesis import given
from hypothesis import strategies as st
from identification.domain import persons

from .givens import (
    AGREED,
    FOR_A_CHILD,
    NGO,
    a_received_report,
    act,
    an_open_case,
    events_of,
    moment,
    opened,
    opens,
    refusal,
    seen,
    somebody,
)
from .test_support_api import a_screening

BORN = "2006-05-20"  # of age on 20 May 2024
REPORTED = "2024-05-10T10:00:00+04:00"
BEFORE = "2024-05-19T23:00:00+04:00"
AFTER = "2024-05-20T00:30:00+04:00"
NEXT_MONTH = "2024-06-01T00:10:00+04:00"
HELP = {"recipient": "vac", "purpose": "assistance", "data_class": "identity"}


@given(
    born=st.dates(date(1990, 1, 1), date(2010, 1, 1)),
    reported=st.dates(date(2010, 1, 1), date(2030, 1, 1)),
    day=st.dates(date(1980, 1, 1), date(2040, 1, 1)),
    doubted=st.booleans(),
    recorded=st.sampled_from(["child", "adult", "unknown"]),
)
def test_only_a_child_by_the_birth_date_comes_of_age(
    born: date, reported: date, day: date, doubted: bool, recorded: persons.AgeGroup
) -> None:
    """ID-5: a doubt stays, an age that was established against the birth date stays, nobody becomes younger."""
    group = persons.age_group_since(recorded, born, reported, day, adult_age=18, doubted=doubted)
    follows = recorded == "child" and not doubted and persons.age_on(born, reported) < 18
    if follows:
        assert (group == "adult") == (day >= born and persons.age_on(born, day) >= 18)
    else:
        assert group == recorded
    assert persons.age_group_since(recorded, None, reported, day, adult_age=18, doubted=doubted) == recorded


async def a_nearly_grown_up(service: ServiceUnderTest, **more: Any) -> dict[str, Any]:
    service.now = moment(REPORTED)
    fields = {"happened_at": REPORTED, "htcds": somebody(prs_Birthdate=BORN)} | more
    return await opened(service, await a_received_report(service, **fields))


async def ticks(service: ServiceUnderTest, now: str) -> None:
    service.now = moment(now)
    assert await tick_once(service.service, service.database, service.now)


async def test_who_came_of_age_is_asked_before_the_hand_over(alone: ServiceUnderTest) -> None:
    """ID-7: from the birthday on, although nobody was told of it yet; not for a hand-over of the day before."""
    case = await a_nearly_grown_up(alone)
    alone.now = moment(AFTER)
    assert case["age_group"] == "child"
    assert await refusal(
        alone, case, "referral", NGO, AFTER, best_interests_recorded=True, version=await opens(alone, case)
    ) == (409, "consent_missing")
    read = await opens(alone, case)
    assert await refusal(alone, case, "referral", NGO, BEFORE, version=read) == (409, "best_interests_missing")
    done = await act(
        alone, case, "referral", NGO, BEFORE, best_interests_recorded=True, version=await opens(alone, case)
    )
    assert done["status"] == "referred"


async def test_others_hear_of_it_on_the_first_day_of_a_month(alone: ServiceUnderTest) -> None:
    """ID-5, ID-13: never on the birthday, which it would be; then the case waits for the consent of an adult."""
    case = await a_nearly_grown_up(alone)
    for now in (AFTER, "2024-05-31T23:50:00+04:00"):
        await ticks(alone, now)
        assert "PersonFactsChanged" not in await events_of(alone, case)
    for now in (NEXT_MONTH, "2024-06-02T10:00:00+04:00"):
        await ticks(alone, now)
    changed = [body for name, body in await alone.published(case["id"]) if name == "PersonFactsChanged"]
    assert [(body["age_group"], datetime.fromisoformat(body["effective_at"])) for body in changed] == [
        ("adult", moment(NEXT_MONTH))
    ]
    grown_up = await seen(alone, case)
    assert (grown_up["age_group"], grown_up["status"]) == ("adult", "consent_pending")
    late = await act(
        alone, case, "referral", NGO, BEFORE, best_interests_recorded=True, version=await opens(alone, case)
    )  # entered late
    assert late["status"] == "referred"


async def test_who_agrees_for_the_person_goes_by_the_age_on_that_day(alone: ServiceUnderTest) -> None:
    """ID-12: a consent of the day before, entered late, is the guardian's; from the birthday on it is the adult's."""
    case = await a_nearly_grown_up(alone)
    alone.now = moment(AFTER)
    assert await refusal(alone, case, "consents", NGO, AFTER, **HELP, **FOR_A_CHILD) == (422, "not_a_child")
    await ticks(alone, NEXT_MONTH)
    assert await refusal(alone, case, "consents", NGO, BEFORE, **HELP, **AGREED) == (422, "given_by_child")
    late = await act(alone, case, "consents", NGO, BEFORE, **HELP, **FOR_A_CHILD)
    assert late["consents"][0]["given_by"] == "guardian"
    now = await act(alone, case, "consents", NGO, AFTER, **HELP | {"purpose": "medical"}, **AGREED)
    assert {consent["given_by"] for consent in now["consents"]} == {"guardian", "person"}


async def test_what_was_done_to_a_child_is_screened_as_that(alone: ServiceUnderTest) -> None:
    """ID-2: the means do not matter, also when the screening comes after the birthday."""
    case = await a_nearly_grown_up(alone)
    await ticks(alone, NEXT_MONTH)
    after = await act(alone, case, "screenings", NGO, **a_screening(act="met", purpose="met"))
    assert after["screenings"][0]["explanation"]["treated_as_child"]


@pytest.mark.parametrize("more", [{"child_suspected": True}, {"htcds": somebody(prs_Birthdate="2015-01-02")}])
async def test_a_doubt_and_a_younger_child_stay(alone: ServiceUnderTest, more: dict[str, Any]) -> None:
    """ID-5."""
    case = await a_nearly_grown_up(alone, **more)
    await ticks(alone, NEXT_MONTH)
    assert (await seen(alone, case))["age_group"] == "child"


async def test_a_corrected_birth_date_counts_and_the_look_at_it_is_audited(alone: ServiceUnderTest) -> None:
    """ID-5, ID-13: a year younger than was said: a child again; each look of the ticker is in the audit."""
    case = await a_nearly_grown_up(alone)
    await ticks(alone, NEXT_MONTH)
    corrected = {"version": 1, "htcds": {"prs_Birthdate": "2008-05-20"}}
    again = await act(alone, case, "identity", NGO, NEXT_MONTH, **corrected)
    assert again["age_group"] == "child"
    reads = (await alone.person("ombudsman.auditor").get_ok("/api/audit", case_id=case["id"]))["items"]
    assert [r["purpose"] for r in reads if r["action"] == "read_age"] == ["assess"]


async def test_an_open_case_of_an_adult_is_not_looked_at(alone: ServiceUnderTest) -> None:
    """ID-13: identity is read only where it must be."""
    case = await an_open_case(alone)
    await ticks(alone, "2026-11-30T00:00:00+04:00")
    reads = (await alone.person("ombudsman.auditor").get_ok("/api/audit", case_id=case["id"]))["items"]
    assert "read_age" not in [read["action"] for read in reads]
