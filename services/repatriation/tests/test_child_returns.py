"""A child's return: the guardian that identification knows, an opinion, two persons, the day's age (RP-5, ID-5)."""

from datetime import timedelta

import pytest
from chassis.testing import ServiceUnderTest
from nrm_events import identification
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from .givens import (
    CASEWORKER,
    CONSIDERED,
    GUARDIANSHIP,
    RETURN_OFFICER,
    a_recognised_case,
    consent,
    guardian,
    hours,
    known_persons,
    ready_child_return,
    refusal,
    requested_return,
    step,
)

UNDER_AGE = {"decision": "return", "opinion_heard": "under_age", "happened_at": hours(27)}


def missing(answer: dict[str, list[dict[str, str]]]) -> list[str]:
    return [gate["reason"] for gate in answer["gates"] if not gate["passed"]]


@pytest.mark.parametrize(("age", "status"), [(None, 409), (10, 409), (14, 409), (9, 200), (3, 200)])
async def test_from_ten_a_child_gives_an_opinion(repatriation: ServiceUnderTest, age: int | None, status: int) -> None:
    """RP-5: `under_age` counts only for a child whom identification knows to be younger; an unknown age does not."""
    known_persons(repatriation).age = age
    case = await a_recognised_case(repatriation, age_group="child")
    row = await requested_return(repatriation, case)
    await step(repatriation, row, "consent", 25)
    await step(repatriation, row, "risk-assessment", 26, level="low", retrafficking_risk=False)
    answer = await repatriation.person(GUARDIANSHIP).post(f"/api/returns/{row}/best-interests", UNDER_AGE)
    assert answer.status_code == status
    if status == 409:
        assert answer.json()["code"] == "opinion_needed"


async def test_nobody_types_a_guardian_in(repatriation: ServiceUnderTest) -> None:
    """RP-5, ID-5: appointed and ended in identification; what the request states is not read."""
    case = await a_recognised_case(repatriation, age_group="child")
    row = await ready_child_return(repatriation, case)
    await guardian(repatriation, case, "ended", hour=21)
    typed = {"guardian": True, "decision": "return", "opinion_heard": "yes"}
    await step(repatriation, row, "best-interests", 29, by=GUARDIANSHIP, **typed)
    suspended = await step(repatriation, row, "clearance", 30, by=RETURN_OFFICER)
    assert (suspended["state"], missing(suspended), suspended["guardian"]) == ("suspended", ["guardian_missing"], False)
    await guardian(repatriation, case, "appointed", hour=22)
    assert (await step(repatriation, row, "clearance", 31, by=RETURN_OFFICER))["state"] == "cleared"


async def test_two_persons_stand_behind_a_childs_return(repatriation: ServiceUnderTest) -> None:
    """RP-5: by the rule, and in a race by the database."""
    case = await a_recognised_case(repatriation, age_group="child")
    row = await ready_child_return(repatriation, case)
    worker, officer = repatriation.person(CASEWORKER), repatriation.person(RETURN_OFFICER)
    assert await refusal(worker, f"/api/returns/{row}/clearance", {}) == (409, "second_person_needed")
    assert (await officer.post_ok(f"/api/returns/{row}/clearance", {"happened_at": hours(29)}))["state"] == "cleared"
    async with repatriation.database.engine.connect() as connection:
        with pytest.raises(IntegrityError, match="second_person"):
            await connection.execute(text("update voluntary_return set cleared_by = best_interests_by"))
    again = {"level": "low", "retrafficking_risk": False}
    assessed = await step(repatriation, row, "risk-assessment", 30, by=RETURN_OFFICER, **again)
    assert missing(assessed) == ["second_person_missing"], "whoever cleared it has assessed it now"
    assert await refusal(officer, f"/api/returns/{row}/documents", {}) == (409, "gates_missing")


async def test_who_comes_of_age_on_the_way_agrees_in_their_own_name(repatriation: ServiceUnderTest) -> None:
    """RP-5, ID-5: the guardian's consent was a child's; the acts of before go by the age of their day."""
    case = await a_recognised_case(repatriation, age_group="child")
    row = await ready_child_return(repatriation, case)
    of_age = identification.PersonFactsChanged(
        effective_at=CONSIDERED + timedelta(hours=40), case_id=case, age_group="adult", citizenship="foreign"
    )
    await repatriation.receives(of_age)
    late = {"happened_at": hours(30)}
    worker = repatriation.person(CASEWORKER)
    assert await refusal(worker, f"/api/returns/{row}/clearance", late) == (409, "second_person_needed")
    suspended = await step(repatriation, row, "clearance", 41)
    assert missing(suspended) == ["own_consent_missing"]
    await step(repatriation, row, "consent", 42)
    assert (await step(repatriation, row, "clearance", 43))["state"] == "cleared"


async def test_a_departure_of_before_the_birthday_needs_what_a_child_needs(repatriation: ServiceUnderTest) -> None:
    """RP-5, ID-5: a late entry goes by the age of that day, so that nobody is made an adult by typing late."""
    case = await a_recognised_case(repatriation, age_group="child")
    await consent(repatriation, case, "iom", "return")
    row = await requested_return(repatriation, case)
    await step(repatriation, row, "consent", 25)
    await step(repatriation, row, "risk-assessment", 26, level="low", retrafficking_risk=False)
    of_age = identification.PersonFactsChanged(
        effective_at=CONSIDERED + timedelta(hours=40), case_id=case, age_group="adult", citizenship="foreign"
    )
    await repatriation.receives(of_age)
    worker = repatriation.person(CASEWORKER)
    late = {"happened_at": hours(30)}
    assert await refusal(worker, f"/api/returns/{row}/claims-check", late) == (409, "best_interests_first")
    assert (await step(repatriation, row, "claims-check", 41))["state"] == "claims_checked"
