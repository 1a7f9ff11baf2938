"""Decisions on permits: one a round, bounded, reasoned, in writing, appealed (RP-1, RP-3)."""

import asyncio
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from chassis.testing import ServiceUnderTest
from chassis.ticker import tick_once
from repatriation.app import SERVICE
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from .givens import (
    CASEWORKER,
    NOW,
    PERMIT_OFFICER,
    SECOND_PERMIT_OFFICER,
    a_recognised_case,
    consulted_permit,
    granted_permit,
    hours,
    lodged_permit,
    names,
    published,
    version,
)

REFUSAL: dict[str, Any] = {"reasons": ["false_documents"], "text": "The document is not genuine: Zəhraxanım-41."}


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
    emitted = await names(repatriation, case)
    assert emitted.count("PermitGranted") + emitted.count("PermitRefused") == 1


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
    colleague = repatriation.person(SECOND_PERMIT_OFFICER)
    upheld = await colleague.post_ok(f"/api/permits/{permit}/refusal", body)
    assert len(upheld["decisions"]) == 2
    again = await worker.post(f"/api/permits/{permit}/appeal", {"happened_at": hours(61)})
    assert again.json()["code"] == "appealed_already"
    new = await worker.post(f"/api/permits/{permit}/reapplication", {"happened_at": hours(62)})
    assert new.status_code == 201
    assert (new.json()["state"], new.json()["follows"]) == ("eligible", permit)
    assert (await worker.get_ok(f"/api/permits/{permit}"))["state"] == "reapplied"
    assert (await officer.get(f"/api/permits/{permit}")).status_code == 404, "nothing is asked of it any more"


async def test_whoever_refused_does_not_decide_the_appeal(repatriation: ServiceUnderTest) -> None:
    """ID-9, RP-3: two persons; the acts are listed with the reason, and a colleague has them."""
    permit = await consulted_permit(repatriation, await a_recognised_case(repatriation))
    officer, colleague = repatriation.person(PERMIT_OFFICER), repatriation.person(SECOND_PERMIT_OFFICER)
    body = REFUSAL | {"happened_at": hours(40), "version": await version(repatriation, permit)}
    await officer.post_ok(f"/api/permits/{permit}/refusal", body)
    worker = repatriation.person(CASEWORKER)
    appealed = await worker.post_ok(f"/api/permits/{permit}/appeal", {"happened_at": hours(50)})
    grant = {"months": 12, "happened_at": hours(60), "version": appealed["version"]}
    for act, sent in (("grant", grant), ("refusal", REFUSAL | {"version": appealed["version"]})):
        refused = await officer.post(f"/api/permits/{permit}/{act}", sent)
        assert (refused.status_code, refused.json()["code"]) == (409, "you_decided_this")
    seen = await officer.get_ok(f"/api/permits/{permit}")
    reasons = {action["action"]: action["reason"] for action in seen["actions"]}
    assert (reasons["grant"], reasons["refuse"]) == ("you_decided_this", "you_decided_this")
    assert (await colleague.post_ok(f"/api/permits/{permit}/grant", grant))["state"] == "granted"


async def test_an_opinion_whose_term_ended_unseen_falls_silent_with_the_decision(
    repatriation: ServiceUnderTest,
) -> None:
    """RP-3, NO-3: entered late, before the clocks ran; once, and a late answer is taken in an appeal too."""
    case = await a_recognised_case(repatriation)
    permit = await lodged_permit(repatriation, case)
    officer, worker = repatriation.person(PERMIT_OFFICER), repatriation.person(CASEWORKER)
    asked = {"body": "state_border_service", "happened_at": hours(5)}
    seen = await officer.post_ok(f"/api/permits/{permit}/opinion-request", asked)
    await officer.post_ok(f"/api/permits/{permit}/refusal", REFUSAL | {"version": seen["version"]})
    assert (await names(repatriation, case))[-2:] == ["PermitOpinionGiven", "PermitRefused"]
    (given,) = await published(repatriation, case, "PermitOpinionGiven")
    (opinion,) = (await officer.get_ok(f"/api/permits/{permit}"))["opinions"]
    assert (given["silent"], opinion["silent"]) == (True, True)
    assert datetime.fromisoformat(str(given["effective_at"])) == datetime.fromisoformat(opinion["due_at"])
    await tick_once(SERVICE, repatriation.database, NOW)
    assert len(await published(repatriation, case, "PermitOpinionGiven")) == 1
    await worker.post_ok(f"/api/permits/{permit}/appeal", {})
    late = await officer.post_ok(f"/api/permits/{permit}/opinion", {"objection": False})
    assert (late["state"], late["opinions"][0]["objection"]) == ("appealed", False)


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
