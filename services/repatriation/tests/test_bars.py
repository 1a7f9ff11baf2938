"""Removal bars: raised and lifted by facts, by their date and by decision (RP-4, ID-9, ID-10)."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from chassis.testing import ServiceUnderTest
from chassis.ticker import tick_once
from nrm_events import identification
from repatriation.app import SERVICE
from sqlalchemy import text

from .givens import (
    CASEWORKER,
    CONSIDERED,
    MOTION_OFFICER,
    OPENED,
    PERMIT_OFFICER,
    a_case,
    a_recognised_case,
    bars_of,
    facts_change,
    hand_over,
    hours,
    presume,
    published,
    recognise,
)


async def test_a_recognised_foreigner_is_not_removed_for_a_year(repatriation: ServiceUnderTest) -> None:
    """RP-4: considered a victim bars removal for the months of the parameter, to the end of the last day."""
    case = await a_recognised_case(repatriation)
    (bar,) = await bars_of(repatriation, case)
    assert (bar["basis"], bar["state"], bar["advisory"]) == ("considered_victim", "standing", False)
    assert datetime.fromisoformat(bar["until"]) == datetime.fromisoformat("2027-03-06T23:59:59+04:00")
    assert len(await published(repatriation, case, "RemovalBarRaised")) == 1


async def test_an_event_redelivered_raises_nothing_more(repatriation: ServiceUnderTest) -> None:
    """RP-4: whatever the bus redelivers, once."""
    case = await a_case(repatriation)
    await hand_over(repatriation, case)
    envelopes = await repatriation.receives(
        identification.ReflectionStarted(
            effective_at=CONSIDERED, case_id=case, reflection_id=uuid4(), ends_at=CONSIDERED + timedelta(days=30)
        )
    )
    await repatriation.redelivers(*envelopes)
    assert len(await bars_of(repatriation, case)) == 1


@pytest.mark.parametrize(("considered", "raised"), [("2013-07-31T23:59:00+05:00", 0), ("2013-08-01T00:01:00+05:00", 1)])
async def test_before_the_rule_s_first_day_there_is_no_bar(
    repatriation: ServiceUnderTest, considered: str, raised: int
) -> None:
    """RP-4: the bar exists since 2013-08-01; before it the audit says so and all else goes on.

    Clocks in Azerbaijan showed summer time that year.
    """
    day = datetime.fromisoformat(considered)
    case = await a_case(repatriation, opened=day - timedelta(hours=9))
    await hand_over(repatriation, case, at=day - timedelta(hours=5))
    await recognise(repatriation, case, at=day)
    assert len(await bars_of(repatriation, case)) == raised
    async with repatriation.session() as session:
        noted = await session.scalar(text("select count(*) from audit_entry where outcome = 'not_in_force'"))
    assert noted == 1 - raised
    permits = await repatriation.person(MOTION_OFFICER).get_ok("/api/permits", case_id=str(case))
    assert [permit["state"] for permit in permits["items"]] == ["eligible"]


async def test_one_poll_with_many_cases_decides_each_by_its_own_facts(repatriation: ServiceUnderTest) -> None:
    """RP-1, RP-4: handlers take lists; a citizen, a child and an adult with consent beside each other."""
    facts: tuple[dict[str, Any], ...] = (
        {"age_group": "adult", "citizenship": "citizen"},
        {"age_group": "child", "citizenship": "foreign"},
        {"age_group": "adult", "citizenship": "stateless"},
    )
    people = [{"case_id": uuid4(), **person} for person in facts]
    agreed = {"recipient": "sms", "purpose": "removal_bar", "data_class": "case_reference", "consent_id": uuid4()}
    await repatriation.receives(
        *(
            identification.CaseOpened(effective_at=OPENED, report_id=uuid4(), holder="ngo-amc", **person)
            for person in people
        ),
        identification.ConsentGranted(effective_at=OPENED, case_id=people[2]["case_id"], **agreed),
        *(
            identification.VictimIdentified(
                effective_at=CONSIDERED, recognition_id=uuid4(), authority="mia-special", **person
            )
            for person in people
        ),
    )
    found = []
    for person in people:
        seen = await bars_of(repatriation, person["case_id"], by=CASEWORKER)
        opened = await repatriation.person(CASEWORKER).get_ok("/api/permits", case_id=str(person["case_id"]))
        notices = await bars_of(repatriation, person["case_id"], by=PERMIT_OFFICER)
        found.append((sorted(bar["basis"] for bar in seen), len(opened["items"]), len(notices)))
    assert found == [([], 0, 0), (["child", "considered_victim"], 1, 2), (["considered_victim"], 1, 1)]


async def test_a_citizen_has_no_bar_and_no_permit(repatriation: ServiceUnderTest) -> None:
    """RP-1, RP-4: a citizen is removed by nobody."""
    case = await a_recognised_case(repatriation, citizenship="citizen")
    assert await bars_of(repatriation, case) == []
    assert (await repatriation.person(MOTION_OFFICER).get_ok("/api/permits", case_id=str(case)))["items"] == []


async def test_facts_corrected_raise_and_lift(repatriation: ServiceUnderTest) -> None:
    """RP-4, ID-5: found to be foreign, the bars come; found to be a citizen, they go and say so."""
    case = await a_recognised_case(repatriation, citizenship="citizen")
    await facts_change(repatriation, case, citizenship="stateless")
    assert [bar["state"] for bar in await bars_of(repatriation, case)] == ["standing"]
    await facts_change(repatriation, case, citizenship="citizen")
    assert [bar["state"] for bar in await bars_of(repatriation, case)] == ["lifted"]
    assert len(await published(repatriation, case, "RemovalBarLifted")) == 1


async def test_reflection_bars_removal_and_ends_with_it(repatriation: ServiceUnderTest) -> None:
    """ID-10, RP-4: barred until the period ends, by its date or by the person's wish."""
    case = await a_case(repatriation)
    await hand_over(repatriation, case)
    reflection = uuid4()
    ends = CONSIDERED + timedelta(days=30)
    await repatriation.receives(
        identification.ReflectionStarted(effective_at=CONSIDERED, case_id=case, reflection_id=reflection, ends_at=ends)
    )
    (bar,) = await bars_of(repatriation, case)
    assert (bar["basis"], datetime.fromisoformat(bar["until"])) == ("reflection", ends)
    await repatriation.receives(
        identification.ReflectionEnded(
            effective_at=CONSIDERED + timedelta(days=3), case_id=case, reflection_id=reflection
        )
    )
    assert [bar["state"] for bar in await bars_of(repatriation, case)] == ["lifted"]


async def test_nobody_lifts_the_bar_of_a_reflection_while_it_runs(repatriation: ServiceUnderTest) -> None:
    """ID-10, RP-4: removal is barred during the period, whatever the prosecuting body would like."""
    case = await a_case(repatriation)
    await hand_over(repatriation, case)
    await repatriation.receives(
        identification.ReflectionStarted(
            effective_at=CONSIDERED, case_id=case, reflection_id=uuid4(), ends_at=CONSIDERED + timedelta(days=30)
        )
    )
    (bar,) = await bars_of(repatriation, case)
    officer, address = repatriation.person(MOTION_OFFICER), f"/api/bars/{bar['id']}"
    for path, body in (("lifting", {"reason": "person_asks"}), ("extension", {"until": hours(2000)})):
        refused = await officer.post(f"{address}/{path}", body | {"version": bar["version"]})
        assert (refused.status_code, refused.json()["code"]) == (409, "ends_with_what_it_rests_on")
    assert {a["action"] for a in (await officer.get_ok(address))["actions"] if a["allowed"]} == set()


async def test_a_bar_is_lifted_for_a_reason_that_can_be_true(repatriation: ServiceUnderTest) -> None:
    """RP-4, ID-8: while anybody's recognition stands it did not end, and no decision of an officer holds the bar."""
    case = await a_recognised_case(repatriation)
    formal = await recognise(repatriation, case)
    await presume(repatriation, case, CONSIDERED)
    (bar,) = await bars_of(repatriation, case)
    officer, address = repatriation.person(MOTION_OFFICER), f"/api/bars/{bar['id']}/lifting"
    for reason, code in (("decision_ended", "not_by_decision"), ("recognition_ended", "recognition_stands")):
        refused = await officer.post(address, {"reason": reason, "version": bar["version"]})
        assert (refused.status_code, refused.json()["code"]) == (409, code)
    async with repatriation.session() as session:
        others = list(
            await session.scalars(text("select recognition_id from recognition where case_id = :c"), {"c": case})
        )
    for recognition in others:
        await repatriation.receives(
            identification.RecognitionRevoked(
                effective_at=CONSIDERED + timedelta(days=7),
                case_id=case,
                recognition_id=recognition,
                kind="formal",
                authority="mia-special",
                reasons=["facts_changed"],
            )
        )
    assert formal in others
    (seen,) = await bars_of(repatriation, case)
    lifted = await officer.post_ok(address, {"reason": "recognition_ended", "version": seen["version"]})
    assert lifted["state"] == "lifted"


async def test_a_bar_lapses_when_its_date_comes(repatriation: ServiceUnderTest) -> None:
    """RP-4: by the law's date, once; not a moment before."""
    case = await a_recognised_case(repatriation)
    (bar,) = await bars_of(repatriation, case)
    end = datetime.fromisoformat(bar["until"])
    await tick_once(SERVICE, repatriation.database, end)
    assert (await bars_of(repatriation, case))[0]["state"] == "standing"
    for _ in range(2):
        await tick_once(SERVICE, repatriation.database, end + timedelta(seconds=1))
    assert (await bars_of(repatriation, case))[0]["state"] == "lifted"
    (lifted,) = await published(repatriation, case, "RemovalBarLifted")
    assert datetime.fromisoformat(str(lifted["effective_at"])) == end


async def test_a_later_recognition_extends_the_bar(repatriation: ServiceUnderTest) -> None:
    """RP-4: presumed first, identified later: the same bar, with a later end."""
    case = await a_case(repatriation)
    await hand_over(repatriation, case)
    await presume(repatriation, case, CONSIDERED - timedelta(days=2))
    await recognise(repatriation, case)
    (bar,) = await bars_of(repatriation, case)
    assert bar["until"].startswith("2027-03-06")
    assert len(await published(repatriation, case, "RemovalBarExtended")) == 1


async def test_a_revoked_recognition_is_re_examined_not_cancelled(repatriation: ServiceUnderTest) -> None:
    """ID-9: the bar and the permit stand until a person decides; nothing is cancelled silently."""
    case = await a_case(repatriation)
    await hand_over(repatriation, case)
    recognition = await recognise(repatriation, case)
    await repatriation.receives(
        identification.RecognitionRevoked(
            effective_at=CONSIDERED + timedelta(days=7),
            case_id=case,
            recognition_id=recognition,
            kind="formal",
            authority="mia-special",
            reasons=["facts_changed"],
        )
    )
    (bar,) = await bars_of(repatriation, case, re_examine=True)
    assert bar["state"] == "standing"
    officer = repatriation.person(MOTION_OFFICER)
    (permit,) = (await officer.get_ok("/api/permits", case_id=str(case), re_examine=True))["items"]
    assert permit["state"] == "eligible"
    confirmed = await officer.post_ok(f"/api/bars/{bar['id']}/confirmation")
    assert not confirmed["re_examine"]
    again = await officer.post(f"/api/bars/{bar['id']}/confirmation")
    assert again.json()["code"] == "no_re_examination_open"
    history = await officer.get_ok(f"/api/bars/{bar['id']}/history")
    assert [item["action"] for item in history["items"]] == ["confirm", "re_examine", "raise"]


async def test_an_officer_raises_extends_and_lifts_by_decision(repatriation: ServiceUnderTest) -> None:
    """RP-4: by decision, with reasons from the list and a version that is current."""
    case = await a_recognised_case(repatriation)
    officer = repatriation.person(MOTION_OFFICER)
    until = (CONSIDERED + timedelta(days=900)).isoformat()
    raised = await officer.post("/api/bars", {"case_id": str(case), "basis": "decision", "until": until})
    assert raised.status_code == 201
    bar = raised.json()
    assert {a["action"]: a["allowed"] for a in bar["actions"]} == {"extend": True, "confirm": False, "lift": True}
    assert [clock["kind"] for clock in bar["clocks"]] == ["removal_bar"]
    address = f"/api/bars/{bar['id']}"
    earlier = await officer.post(f"{address}/extension", {"until": hours(300), "version": 1})
    assert (earlier.status_code, earlier.json()["code"]) == (422, "not_longer")
    longer = (CONSIDERED + timedelta(days=1000)).isoformat()
    assert (await officer.post_ok(f"{address}/extension", {"until": longer, "version": 1}))["version"] == 2
    stale = await officer.post(f"{address}/lifting", {"reason": "decision_ended", "version": 1})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    assert stale.json()["facts"]["stored_version"] == 2
    unknown = await officer.post(f"{address}/lifting", {"reason": "because", "version": 2})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "unknown_reason")
    lifted = await officer.post_ok(f"{address}/lifting", {"reason": "decision_ended", "version": 2})
    assert lifted["state"] == "lifted"


async def test_two_officers_lift_at_the_same_time(repatriation: ServiceUnderTest) -> None:
    """RP-4: one wins, the other gets a clear refusal, nothing is told twice."""
    case = await a_recognised_case(repatriation)
    (bar,) = await bars_of(repatriation, case)
    officer = repatriation.person(MOTION_OFFICER)
    body = {"reason": "court_decision", "version": bar["version"]}
    answers = await asyncio.gather(*(officer.post(f"/api/bars/{bar['id']}/lifting", body) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert len(await published(repatriation, case, "RemovalBarLifted")) == 1
