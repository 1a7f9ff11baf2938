"""Residence permits on PostgreSQL, from eligibility to their end (RP-1, RP-2, RP-3)."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from chassis.testing import ServiceUnderTest
from chassis.ticker import tick_once
from nrm_events import identification
from repatriation.app import SERVICE
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

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
    presume,
    the_permit,
    version,
)

REFUSAL: dict[str, Any] = {"reasons": ["false_documents"], "text": "The document is not genuine: Zəhraxanım-41."}


async def names(service: ServiceUnderTest, case_id: UUID) -> list[str]:
    return [name for name, _ in await service.published(case_id) if name.startswith("Permit")]


async def test_a_permit_from_recognition_to_grant(repatriation: ServiceUnderTest) -> None:
    """RP-1, RP-2, RP-3: eligible by itself; motion, lodging, opinion, grant; no fee, what is waived is said."""
    case = await a_recognised_case(repatriation)
    permit = await granted_permit(repatriation, case)
    seen = await repatriation.person(PERMIT_OFFICER).get_ok(f"/api/permits/{permit}")
    assert (seen["state"], seen["valid_until"], seen["ground"]) == ("granted", "2027-03-08", "victim")
    assert (seen["fee_qepik"], seen["registered_at"], seen["fingerprints_taken"]) == (0, "mia-special", True)
    assert seen["waived_documents"] == ["proof_of_ground", "proof_of_lawful_stay", "housing"]
    assert {clock["kind"] for clock in seen["clocks"]} == {"opinion", "permit"}
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
    told = [body for name, body in await repatriation.published(case) if name == "PermitEligible"]
    assert [body["apply_by"] for body in told] == [None, "2026-03-31T23:59:59+04:00"]
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
        asked = {"body": body, "happened_at": hours(hour)}
        await officer.post_ok(f"/api/permits/{permit}/opinion-request", asked)
    answer = {"body": "ministry_of_health", "objection": False, "happened_at": hours(30)}
    await officer.post_ok(f"/api/permits/{permit}/opinion", answer)
    told = await repatriation.published(case)
    asked_ids = [body["opinion_id"] for name, body in told if name == "PermitOpinionAsked"]
    assert len(set(asked_ids)) == 2
    assert [body["opinion_id"] for name, body in told if name == "PermitOpinionGiven"] == asked_ids[1:]


async def test_a_case_hidden_from_police_stays_hidden(repatriation: ServiceUnderTest) -> None:
    """ID-7: the motion is not asked for before the hand-over, and the motion officer sees nothing until then."""
    case = await a_case(repatriation)
    await presume(repatriation, case, CONSIDERED)
    worker = repatriation.person(CASEWORKER)
    opened = await worker.post_ok("/api/permits", {"case_id": str(case), "ground": "victim", "happened_at": hours(1)})
    permit = opened["id"]
    applied = await worker.post_ok(f"/api/permits/{permit}/application", {"happened_at": hours(2)})
    asked = next(action for action in applied["actions"] if action["action"] == "request_motion")
    assert (asked["allowed"], asked["reason"]) == (False, "not_handed_over")
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


async def test_four_officers_decide_one_permit_at_the_same_time(repatriation: ServiceUnderTest) -> None:
    """RP-3: one decision; the others get a clear refusal and nothing is told twice."""
    case = await a_recognised_case(repatriation)
    permit = await consulted_permit(repatriation, case)
    officer = repatriation.person(PERMIT_OFFICER)
    read = {"version": await version(repatriation, permit)}
    grants = [officer.post(f"/api/permits/{permit}/grant", {"months": 12} | read) for _ in range(2)]
    refusals = [officer.post(f"/api/permits/{permit}/refusal", REFUSAL | read) for _ in range(2)]
    answers = await asyncio.gather(*grants, *refusals)
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert {a.json()["code"] for a in answers if a.status_code == 409} <= {"stale", "not_possible_in_state"}
    told = await names(repatriation, case)
    assert told.count("PermitGranted") + told.count("PermitRefused") == 1


async def test_the_database_itself_refuses_a_second_decision(repatriation: ServiceUnderTest) -> None:
    """RP-3: one decision per round, never changed, never without reasons: as the runtime role, in plain SQL."""
    case = await a_recognised_case(repatriation)
    permit = await granted_permit(repatriation, case)
    added = (
        "insert into permit_decision"
        " (id, permit_id, round, outcome, reasons, text, decided_by, decided_at, recorded_at)"
        " values (:id, :permit, :round, 'refused', :reasons, :text, 'x', now(), now())"
    )
    bad = [
        (1, ["security"], "because", "uq_"),
        (2, [], "because", "refused_in_writing"),
        (2, ["security"], " ", "refused"),
    ]
    for round_, reasons, written, name in bad:
        values = {"id": uuid4(), "permit": UUID(permit), "round": round_, "reasons": reasons, "text": written}
        async with repatriation.database.engine.connect() as connection:
            with pytest.raises(IntegrityError, match=name):
                await connection.execute(text(added), values)
    for statement in ("update permit_decision set months = 1", "delete from permit_decision"):
        async with repatriation.database.engine.connect() as connection:
            with pytest.raises(Exception, match="permission denied"):
                await connection.execute(text(statement))


async def test_two_permits_on_one_ground_are_refused(repatriation: ServiceUnderTest) -> None:
    """RP-1: one open permit per ground; the refusal has its code."""
    case = await a_recognised_case(repatriation)
    refused = await repatriation.person(MOTION_OFFICER).post("/api/permits", {"case_id": str(case), "ground": "victim"})
    assert (refused.status_code, refused.json()["code"]) == (409, "permit_already_open")


async def test_months_are_bounded(repatriation: ServiceUnderTest) -> None:
    """RP-1: at most 12 at first, at most 24 each time after, counted from the end."""
    case = await a_recognised_case(repatriation)
    permit = await consulted_permit(repatriation, case)
    officer = repatriation.person(PERMIT_OFFICER)
    body = {"happened_at": hours(40), "version": await version(repatriation, permit)}
    refused = await officer.post(f"/api/permits/{permit}/grant", body | {"months": 13})
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_months")
    granted = await officer.post_ok(f"/api/permits/{permit}/grant", body | {"months": 6})
    body = {"happened_at": hours(50), "version": granted["version"]}
    refused = await officer.post(f"/api/permits/{permit}/extension", body | {"months": 25})
    assert refused.json()["code"] == "too_many_months"
    extended = await officer.post_ok(f"/api/permits/{permit}/extension", body | {"months": 24})
    assert (extended["state"], extended["valid_until"]) == ("extended", "2028-09-08")


async def test_a_refusal_is_reasoned_and_in_writing(repatriation: ServiceUnderTest) -> None:
    """RP-3: standing grounds only; the text is in the one answer and in no event, list, history or audit."""
    case = await a_recognised_case(repatriation)
    permit = await consulted_permit(repatriation, case)
    officer = repatriation.person(PERMIT_OFFICER)
    address, body = f"/api/permits/{permit}/refusal", REFUSAL | {"version": await version(repatriation, permit)}
    waived = await officer.post(address, body | {"reasons": ["infectious_disease"]})
    assert (waived.status_code, waived.json()["code"]) == (409, "refusal_ground_waived")
    assert (
        await officer.post(address, {"reasons": ["false_documents"], "version": body["version"]})
    ).status_code == 422
    assert (await officer.post(address, body | {"text": "  "})).json()["code"] == "text_missing"
    assert (await officer.post(address, body | {"text": "x" * 2001})).status_code == 422
    refused = await officer.post_ok(address, body | {"happened_at": hours(40)})
    assert (refused["state"], refused["decisions"][0]["text"]) == ("refused", REFUSAL["text"])
    for shown in (
        await officer.get_ok("/api/permits"),
        await officer.get_ok(f"/api/permits/{permit}/history"),
        await repatriation.published(),
    ):
        assert "Zəhraxanım" not in str(shown)
    async with repatriation.session() as session:
        audited = (await session.execute(text("select facts::text from audit_entry"))).scalars().all()
    assert "Zəhraxanım" not in str(audited)


async def test_an_appeal_is_answered_by_the_next_decision_and_a_refused_person_applies_anew(
    repatriation: ServiceUnderTest,
) -> None:
    """RP-3: appeal once; upheld, a new application follows the old one."""
    case = await a_recognised_case(repatriation)
    permit = await consulted_permit(repatriation, case)
    officer, worker = repatriation.person(PERMIT_OFFICER), repatriation.person(CASEWORKER)
    body = REFUSAL | {"happened_at": hours(40), "version": await version(repatriation, permit)}
    await officer.post_ok(f"/api/permits/{permit}/refusal", body)
    appealed = await worker.post_ok(f"/api/permits/{permit}/appeal", {"happened_at": hours(50)})
    body = REFUSAL | {"happened_at": hours(60), "version": appealed["version"]}
    upheld = await officer.post_ok(f"/api/permits/{permit}/refusal", body)
    assert len(upheld["decisions"]) == 2
    again = await worker.post(f"/api/permits/{permit}/appeal", {"happened_at": hours(61)})
    assert again.json()["code"] == "appealed_already"
    new = await worker.post(f"/api/permits/{permit}/reapplication", {"happened_at": hours(62)})
    assert new.status_code == 201
    assert (new.json()["state"], new.json()["follows"]) == ("eligible", permit)
    assert (await worker.get_ok(f"/api/permits/{permit}"))["state"] == "reapplied"
    assert (await officer.get(f"/api/permits/{permit}")).status_code == 404, "nothing is asked of it any more"


async def test_ten_working_days_of_silence_are_no_objection(repatriation: ServiceUnderTest) -> None:
    """RP-3: counted in Azerbaijani working days, over Novruz; the tick notes it once, a late answer is kept."""
    case = await a_recognised_case(repatriation)
    permit = await lodged_permit(repatriation, case)
    officer = repatriation.person(PERMIT_OFFICER)
    body: dict[str, Any] = {"body": "state_border_service", "happened_at": hours(5)}
    asked = await officer.post_ok(f"/api/permits/{permit}/opinion-request", body)
    due = datetime.fromisoformat(asked["opinions"][0]["due_at"])
    assert due - CONSIDERED > timedelta(days=14)
    body = {"months": 12, "happened_at": hours(6), "version": asked["version"]}
    early = await officer.post(f"/api/permits/{permit}/grant", body)
    assert early.json()["code"] == "opinion_awaited"
    await tick_once(SERVICE, repatriation.database, due)
    assert not (await officer.get_ok(f"/api/permits/{permit}"))["opinions"][0]["silent"]
    for _ in range(2):
        await tick_once(SERVICE, repatriation.database, due + timedelta(seconds=1))
    assert (await officer.get_ok(f"/api/permits/{permit}"))["opinions"][0]["silent"]
    given = [p for name, p in await repatriation.published(case) if name == "PermitOpinionGiven"]
    assert [told["silent"] for told in given] == [True]
    body = {"months": 12, "version": await version(repatriation, permit)}
    await officer.post_ok(f"/api/permits/{permit}/grant", body)
    late = {"objection": True, "reason": "security"}
    kept = await officer.post_ok(f"/api/permits/{permit}/opinion", late)
    assert (kept["state"], kept["opinions"][0]["objection"]) == ("granted", True)
    assert next(c["state"] for c in kept["clocks"] if c["kind"] == "opinion") == "met_late"


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


async def assisting(service: ServiceUnderTest, case_id: UUID) -> str:
    body = {"case_id": str(case_id), "ground": "assisting_prosecution", "happened_at": hours(1)}
    return str((await service.person(MOTION_OFFICER).post_ok("/api/permits", body))["id"])


async def test_the_assisting_ground_exists_for_officers_only(repatriation: ServiceUnderTest) -> None:
    """ID-11: to the caseworker there is no such permit, the bar looks like any decision; no event tells the ground."""
    case = await a_recognised_case(repatriation)
    permit = await assisting(repatriation, case)
    worker, officer = repatriation.person(CASEWORKER), repatriation.person(MOTION_OFFICER)
    assert (await worker.get(f"/api/permits/{permit}")).status_code == 404
    (shown,) = (await worker.get_ok("/api/permits", case_id=str(case)))["items"]
    assert "ground" not in shown
    opened = await worker.post("/api/permits", {"case_id": str(case), "ground": "assisting_prosecution"})
    assert opened.status_code == 403
    assert {b["basis"] for b in await bars_of(repatriation, case)} == {"considered_victim", "permit"}
    seen = await bars_of(repatriation, case, by=CASEWORKER)
    assert {b["basis"] for b in seen} == {"considered_victim", "decision"}
    veiled = next(b for b in seen if b["basis"] == "decision")
    history = await worker.get_ok(f"/api/bars/{veiled['id']}/history")
    assert [(i["action"], i["role"], i["facts"]) for i in history["items"]] == [("raise", None, {})]
    assert "assist" not in str(await repatriation.published())
    assert permit not in str(await repatriation.published())
    async with repatriation.session() as session:
        audited = (await session.execute(text("select facts::text from audit_entry"))).scalars().all()
    assert "assist" not in str(audited)
    ended = await officer.post_ok(f"/api/permits/{permit}/proceedings-end", {"happened_at": hours(9)})
    assert ended["state"] == "eligible"
    assert {b["basis"]: b["state"] for b in await bars_of(repatriation, case)} == {
        "considered_victim": "standing",
        "permit": "lifted",
    }


async def test_on_the_assisting_ground_the_permit_runs_until_the_judgment(repatriation: ServiceUnderTest) -> None:
    """RP-1: extended by itself, in a way that looks like any extension; after the end it expires."""
    case = await a_recognised_case(repatriation)
    permit = await assisting(repatriation, case)
    officer, police = repatriation.person(PERMIT_OFFICER), repatriation.person(MOTION_OFFICER)
    await police.post_ok(f"/api/permits/{permit}/application", {"happened_at": hours(2)})
    await officer.post_ok(f"/api/permits/{permit}/motion-request", {"happened_at": hours(3)})
    await police.post_ok(f"/api/permits/{permit}/motion", {"happened_at": hours(4)})
    await officer.post_ok(f"/api/permits/{permit}/lodging", {"happened_at": hours(5)})
    body: dict[str, Any] = {"body": "state_border_service", "happened_at": hours(6)}
    await officer.post_ok(f"/api/permits/{permit}/opinion-request", body)
    read = await officer.post_ok(f"/api/permits/{permit}/opinion", {"objection": False, "happened_at": hours(7)})
    body = {"months": 1, "happened_at": hours(8), "version": read["version"]}
    await officer.post_ok(f"/api/permits/{permit}/grant", body)
    await tick_once(SERVICE, repatriation.database, CONSIDERED + timedelta(days=60))
    seen = await officer.get_ok(f"/api/permits/{permit}")
    assert (seen["state"], seen["valid_until"]) == ("extended", "2028-04-06")
    await officer.post_ok(f"/api/permits/{permit}/proceedings-end")
    await tick_once(SERVICE, repatriation.database, CONSIDERED + timedelta(days=900))
    assert (await officer.get_ok(f"/api/permits/{permit}"))["state"] == "expired"
    assert permit not in str(await repatriation.published())


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


@pytest.mark.parametrize(("act", "body"), [("grant", {"months": 12}), ("refusal", REFUSAL)])
async def test_who_decides_says_which_version_was_read(
    repatriation: ServiceUnderTest, act: str, body: dict[str, Any]
) -> None:
    """RP-3: an objection may have come meanwhile."""
    permit = await consulted_permit(repatriation, await a_recognised_case(repatriation))
    officer = repatriation.person(PERMIT_OFFICER)
    read = await officer.get_ok(f"/api/permits/{permit}")
    for named, refused in ((None, (422, "invalid_request")), (read["version"] - 1, (409, "stale"))):
        answer = await officer.post(f"/api/permits/{permit}/{act}", body | {"version": named})
        assert (answer.status_code, answer.json()["code"]) == refused
    assert (await officer.get_ok(f"/api/permits/{permit}"))["version"] == read["version"]
