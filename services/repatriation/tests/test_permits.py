"""Permits from recognition to their end (RP-1, RP-2, RP-3, ID-7, ID-9)."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from chassis.testing import ServiceUnderTest
from chassis.ticker import tick_once
from nrm_events import identification
from repatriation.app import SERVICE

from .givens import (
    CASEWORKER,
    CONSIDERED,
    MOTION_OFFICER,
    PERMIT_OFFICER,
    a_case,
    a_recognised_case,
    bars_of,
    consulted_permit,
    facts_change,
    granted_permit,
    hand_over,
    hours,
    lodged_permit,
    names,
    presume,
    the_permit,
    version,
)


async def test_a_permit_from_recognition_to_grant(repatriation: ServiceUnderTest) -> None:
    """RP-1, RP-2, RP-3: eligible by itself; motion, lodging, opinion, grant; no fee, what is waived is said."""
    case = await a_recognised_case(repatriation)
    permit = await granted_permit(repatriation, case)
    seen = await repatriation.person(PERMIT_OFFICER).get_ok(f"/api/permits/{permit}")
    assert (seen["state"], seen["valid_until"], seen["ground"]) == ("granted", "2027-03-08", "victim")
    assert (seen["fee_qepik"], seen["registered_at"], seen["fingerprints_taken"]) == (0, "mia-special", True)
    assert seen["waived_documents"] == ["proof_of_ground", "proof_of_lawful_stay", "housing"]
    assert {clock["kind"] for clock in seen["clocks"]} == {"motion", "opinion", "permit"}
    assert await names(repatriation, case) == [
        "PermitEligible",
        "PermitApplied",
        "PermitMotionRequested",
        "PermitMotionReceived",
        "PermitLodged",
        "PermitOpinionAsked",
        "PermitOpinionGiven",
        "PermitGranted",
    ]


async def test_sms_sees_a_permit_from_the_application_on(repatriation: ServiceUnderTest) -> None:
    """RP-2, ID-12: before the person applied, the case does not exist for sms; applying shows no bar."""
    case = await a_recognised_case(repatriation)
    permit = await the_permit(repatriation, case)
    officer = repatriation.person(PERMIT_OFFICER)
    assert (await officer.get(f"/api/permits/{permit}")).status_code == 404
    assert (await officer.get_ok("/api/permits"))["items"] == []
    body = {"lawful_stay_ends": "2026-04-30", "happened_at": hours(1)}
    applied = await repatriation.person(CASEWORKER).post_ok(f"/api/permits/{permit}/application", body)
    assert applied["apply_by"] == "2026-03-31"
    assert [(c["kind"], c["state"]) for c in applied["clocks"]] == [("permit_application", "met")]
    assert (await officer.get_ok(f"/api/permits/{permit}"))["state"] == "applied"
    assert await bars_of(repatriation, case, by=PERMIT_OFFICER) == []


async def test_the_clock_of_the_application_runs_before_there_is_one(repatriation: ServiceUnderTest) -> None:
    """RP-3, NO-3: told when lawful stay ends, until when to apply; the application without that day keeps it."""
    case = await a_recognised_case(repatriation)
    permit = await the_permit(repatriation, case)
    worker, address = repatriation.person(CASEWORKER), f"/api/permits/{permit}"
    known = await worker.post_ok(f"{address}/lawful-stay", {"lawful_stay_ends": "2026-04-30", "happened_at": hours(1)})
    assert (known["state"], known["apply_by"]) == ("eligible", "2026-03-31")
    assert [(c["kind"], c["state"]) for c in known["clocks"]] == [("permit_application", "breached")]
    emitted = [body for name, body in await repatriation.published(case) if name == "PermitEligible"]
    assert [body["apply_by"] for body in emitted] == [None, "2026-03-31T23:59:59+04:00"]
    applied = await worker.post_ok(f"{address}/application", {"happened_at": hours(2)})
    assert (applied["lawful_stay_ends"], applied["apply_by"]) == ("2026-04-30", "2026-03-31")
    over = await worker.post(f"{address}/lawful-stay", {"lawful_stay_ends": "2026-05-30", "happened_at": hours(3)})
    assert over.json()["code"] == "not_possible_in_state"


@pytest.mark.parametrize("day", ["0001-01-02", "9999-12-31", "2026-02-30"])
async def test_a_day_that_cannot_be_is_refused(repatriation: ServiceUnderTest, day: str) -> None:
    """RP-3: bad input is an answer, not a fault of ours."""
    case = await a_recognised_case(repatriation)
    address = f"/api/permits/{await the_permit(repatriation, case)}"
    for step in ("application", "lawful-stay"):
        answer = await repatriation.person(CASEWORKER).post(f"{address}/{step}", {"lawful_stay_ends": day})
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


async def test_each_opinion_is_told_apart(repatriation: ServiceUnderTest) -> None:
    """RP-3, NO-3: of two bodies that are asked the answer of one is not that of the other."""
    case = await a_recognised_case(repatriation)
    permit = await lodged_permit(repatriation, case)
    officer = repatriation.person(PERMIT_OFFICER)
    for hour, body in ((5, "state_border_service"), (6, "ministry_of_health")):
        request = {"body": body, "happened_at": hours(hour)}
        await officer.post_ok(f"/api/permits/{permit}/opinion-request", request)
    answer = {"body": "ministry_of_health", "objection": False, "happened_at": hours(30)}
    await officer.post_ok(f"/api/permits/{permit}/opinion", answer)
    emitted = await repatriation.published(case)
    asked_ids = [body["opinion_id"] for name, body in emitted if name == "PermitOpinionAsked"]
    assert len(set(asked_ids)) == 2
    assert [body["opinion_id"] for name, body in emitted if name == "PermitOpinionGiven"] == asked_ids[1:]


async def test_a_case_hidden_from_police_stays_hidden(repatriation: ServiceUnderTest) -> None:
    """ID-7: the motion is not asked for before the hand-over, and the motion officer sees nothing until then."""
    case = await a_case(repatriation)
    await presume(repatriation, case, CONSIDERED)
    worker = repatriation.person(CASEWORKER)
    opened = await worker.post_ok("/api/permits", {"case_id": str(case), "ground": "victim", "happened_at": hours(1)})
    permit = opened["id"]
    applied = await worker.post_ok(f"/api/permits/{permit}/application", {"happened_at": hours(2)})
    seen = next(action for action in applied["actions"] if action["action"] == "request_motion")
    assert (seen["allowed"], seen["reason"]) == (False, "not_handed_over")
    refused = await worker.post(f"/api/permits/{permit}/motion-request", {"happened_at": hours(3)})
    assert refused.json()["code"] == "not_handed_over"
    police = repatriation.person(MOTION_OFFICER)
    assert (await police.get(f"/api/permits/{permit}")).status_code == 404
    assert (await police.post(f"/api/permits/{permit}/motion")).status_code == 404
    assert (await police.get_ok("/api/permits", case_id=str(case)))["items"] == []
    assert (await police.post("/api/bars", {"case_id": str(case), "basis": "decision"})).status_code == 404
    await hand_over(repatriation, case, at=CONSIDERED + timedelta(hours=4))
    await worker.post_ok(f"/api/permits/{permit}/motion-request", {"happened_at": hours(5)})
    assert (await police.get_ok(f"/api/permits/{permit}"))["state"] == "motion_requested"


async def test_two_permits_on_one_ground_are_refused(repatriation: ServiceUnderTest) -> None:
    """RP-1: one open permit per ground; the refusal has its code."""
    case = await a_recognised_case(repatriation)
    refused = await repatriation.person(MOTION_OFFICER).post("/api/permits", {"case_id": str(case), "ground": "victim"})
    assert (refused.status_code, refused.json()["code"]) == (409, "permit_already_open")


async def test_ten_working_days_of_silence_are_no_objection(repatriation: ServiceUnderTest) -> None:
    """RP-3: counted in Azerbaijani working days, over Novruz; the tick notes it once, a late answer is kept."""
    case = await a_recognised_case(repatriation)
    permit = await lodged_permit(repatriation, case)
    officer = repatriation.person(PERMIT_OFFICER)
    body: dict[str, Any] = {"body": "state_border_service", "happened_at": hours(5)}
    seen = await officer.post_ok(f"/api/permits/{permit}/opinion-request", body)
    due = datetime.fromisoformat(seen["opinions"][0]["due_at"])
    assert due - CONSIDERED > timedelta(days=14)
    body = {"months": 12, "happened_at": hours(6), "version": seen["version"]}
    early = await officer.post(f"/api/permits/{permit}/grant", body)
    assert early.json()["code"] == "opinion_awaited"
    await tick_once(SERVICE, repatriation.database, due)
    assert not (await officer.get_ok(f"/api/permits/{permit}"))["opinions"][0]["silent"]
    for _ in range(2):
        await tick_once(SERVICE, repatriation.database, due + timedelta(seconds=1))
    assert (await officer.get_ok(f"/api/permits/{permit}"))["opinions"][0]["silent"]
    emitted = [p for name, p in await repatriation.published(case) if name == "PermitOpinionGiven"]
    assert [event["silent"] for event in emitted] == [True]
    body = {"months": 12, "version": await version(repatriation, permit)}
    await officer.post_ok(f"/api/permits/{permit}/grant", body)
    late = {"objection": True, "reason": "security"}
    seen = await officer.post_ok(f"/api/permits/{permit}/opinion", late)
    assert (seen["state"], seen["opinions"][0]["objection"]) == ("granted", True)
    assert next(c["state"] for c in seen["clocks"] if c["kind"] == "opinion") == "met_late"


async def test_a_permit_is_announced_before_its_end_and_then_expires(repatriation: ServiceUnderTest) -> None:
    """RP-1, NO-3: PermitExpiring once, PermitEnded with the last day; an extension made in time is entered late."""
    case = await a_recognised_case(repatriation)
    permit = await granted_permit(repatriation, case, months=3)
    officer = repatriation.person(PERMIT_OFFICER)
    last = datetime.fromisoformat("2026-06-08T12:00:00+04:00")
    for day in (46, 44, 43, 0):
        await tick_once(SERVICE, repatriation.database, last - timedelta(days=day))
    assert (await names(repatriation, case)).count("PermitExpiring") == 1
    await tick_once(SERVICE, repatriation.database, last + timedelta(days=1))
    ended = await officer.get_ok(f"/api/permits/{permit}")
    assert ended["state"] == "expired"
    assert (await names(repatriation, case))[-1] == "PermitEnded"
    body = {"months": 12, "version": ended["version"]}
    late = await officer.post(f"/api/permits/{permit}/extension", body | {"happened_at": "2026-06-09T09:00:00Z"})
    assert late.json()["code"] == "valid_no_more"
    body["happened_at"] = "2026-06-01T09:00:00+04:00"
    assert (await officer.post_ok(f"/api/permits/{permit}/extension", body))["valid_until"] == "2027-06-08"


@pytest.mark.parametrize("how", ["cancelled", "surrendered"])
async def test_a_permit_is_cancelled_or_surrendered(repatriation: ServiceUnderTest, how: str) -> None:
    """RP-1: and after that nothing is possible on it."""
    case = await a_recognised_case(repatriation)
    permit = await granted_permit(repatriation, case)
    body = {"how": how, "version": await version(repatriation, permit)}
    ended = await repatriation.person(PERMIT_OFFICER).post_ok(f"/api/permits/{permit}/ending", body)
    assert ended["state"] == how
    assert not any(action["allowed"] for action in ended["actions"])


async def test_a_declined_identification_stops_the_decision_until_somebody_looks(
    repatriation: ServiceUnderTest,
) -> None:
    """ID-9: the permit waits for a person, then goes on."""
    case = await a_recognised_case(repatriation)
    permit = await consulted_permit(repatriation, case)
    await repatriation.receives(
        identification.IdentificationDeclined(
            effective_at=CONSIDERED + timedelta(days=3),
            case_id=case,
            decision_id=uuid4(),
            authority="mia-special",
            reasons=["purpose_not_established"],
        )
    )
    officer = repatriation.person(PERMIT_OFFICER)
    body = {"months": 12, "version": await version(repatriation, permit)}
    waits = await officer.post(f"/api/permits/{permit}/grant", body)
    assert waits.json()["code"] == "re_examination_open"
    confirmed = await officer.post_ok(f"/api/permits/{permit}/confirmation")
    body = {"months": 12, "version": confirmed["version"]}
    assert (await officer.post_ok(f"/api/permits/{permit}/grant", body))["state"] == "granted"


async def test_found_to_be_a_citizen_the_permit_is_re_examined_once(repatriation: ServiceUnderTest) -> None:
    """RP-1, ID-9: when it becomes known, and not again with every event that repeats it."""
    case = await a_recognised_case(repatriation)
    permit = await lodged_permit(repatriation, case)
    officer = repatriation.person(PERMIT_OFFICER)
    await facts_change(repatriation, case, citizenship="citizen")
    assert (await officer.get_ok(f"/api/permits/{permit}"))["re_examine"]
    await officer.post_ok(f"/api/permits/{permit}/confirmation")
    await facts_change(repatriation, case, citizenship="citizen")
    assert not (await officer.get_ok(f"/api/permits/{permit}"))["re_examine"]
    await facts_change(repatriation, case, citizenship="foreign")
    await facts_change(repatriation, case, citizenship="citizen")
    assert (await officer.get_ok(f"/api/permits/{permit}"))["re_examine"]


async def test_acts_are_neither_in_the_future_nor_before_what_they_follow(repatriation: ServiceUnderTest) -> None:
    """RP-1: two times of every act; and one permit of a day before the rule is not opened by hand either."""
    case = await a_recognised_case(repatriation)
    permit = await the_permit(repatriation, case)
    worker = repatriation.person(CASEWORKER)
    address = f"/api/permits/{permit}/application"
    assert (await worker.post(address, {"happened_at": hours(-1)})).json()["code"] == "before_what_it_follows"
    assert (await worker.post(address, {"happened_at": "2150-01-01T00:00:00Z"})).json()["code"] == "in_the_future"
    body = {"case_id": str(case), "ground": "victim", "happened_at": hours(-48)}
    refused = await repatriation.person(MOTION_OFFICER).post("/api/permits", body)
    assert refused.json()["code"] == "not_considered_victim"
