"""Voluntary return on PostgreSQL: gates, the way home, the year's figures (RP-5, RP-6)."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from chassis.testing import ServiceUnderTest
from nrm_events import fund
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from .givens import (
    CASEWORKER,
    CONSIDERED,
    GUARDIANSHIP,
    PERMIT_OFFICER,
    RETURN_OFFICER,
    a_case,
    a_recognised_case,
    checked_return,
    claim,
    consent,
    facts_change,
    granted_permit,
    guardian,
    hours,
    requested_return,
    step,
    withdraw_consent,
)


async def names(service: ServiceUnderTest, case_id: UUID) -> list[str]:
    returned = ("Return", "Departed", "HandedOver")
    return [name for name, _ in await service.published(case_id) if name.startswith(returned)]


async def test_from_the_wish_to_the_last_visit(repatriation: ServiceUnderTest) -> None:
    """RP-5, RP-6: gates, documents, travel that somebody else pays, departure, acknowledged hand-over, visits."""
    case = await a_recognised_case(repatriation)
    row = await checked_return(repatriation, case)
    cleared = await step(repatriation, row, "clearance", 28)
    assert cleared["state"] == "cleared"
    assert all(gate["passed"] for gate in cleared["gates"])
    await step(repatriation, row, "documents", 29)
    await step(repatriation, row, "travel", 30, payer="state")
    await step(repatriation, row, "departure", 31)
    early = await repatriation.person(CASEWORKER).post(f"/api/returns/{row}/handover-acknowledgement")
    assert early.json()["code"] == "handover_not_offered"
    await step(repatriation, row, "handover", 32, to="iom")
    for_another = await repatriation.person(CASEWORKER).post(f"/api/returns/{row}/handover-acknowledgement")
    assert for_another.json()["code"] == "receiving_body_acknowledges"
    await step(repatriation, row, "handover-acknowledgement", 33, by=RETURN_OFFICER)
    await step(repatriation, row, "follow-ups", 34, by=RETURN_OFFICER, outcome="well")
    await step(repatriation, row, "follow-ups", 35, outcome="needs_support")
    closed = await step(repatriation, row, "closure", 36)
    assert (closed["state"], len(closed["visits"])) == ("closed", 2)
    assert await names(repatriation, case) == [
        "ReturnRequested",
        "ReturnCleared",
        "Departed",
        "ReturnHandoverOffered",
        "HandedOver",
        "ReturnClosed",
    ]


async def test_the_person_never_pays(repatriation: ServiceUnderTest) -> None:
    """RP-6: neither the request nor the database takes the person as payer."""
    case = await a_recognised_case(repatriation)
    row = await checked_return(repatriation, case)
    await step(repatriation, row, "clearance", 28)
    await step(repatriation, row, "documents", 29)
    for payer in ("person", "sbs", "mia-special", "nobody-knows"):
        refused = await repatriation.person(CASEWORKER).post(f"/api/returns/{row}/travel", {"payer": payer})
        assert (refused.status_code, refused.json()["code"]) == (422, "unknown_payer")
    async with repatriation.database.engine.connect() as connection:
        with pytest.raises(IntegrityError, match="never_the_person"):
            await connection.execute(text("update voluntary_return set payer = 'person'"))


async def test_a_child_goes_home_by_the_childs_rules(repatriation: ServiceUnderTest) -> None:
    """RP-5: guardian, best interests, the child's opinion, no risk of being trafficked again; each is named."""
    case = await a_recognised_case(repatriation, age_group="child")
    row = await requested_return(repatriation, case)
    await step(repatriation, row, "consent", 25)
    await step(repatriation, row, "risk-assessment", 26, level="low", retrafficking_risk=True)
    first = await repatriation.person(CASEWORKER).post(f"/api/returns/{row}/claims-check")
    assert first.json()["code"] == "best_interests_first"
    against = {"decision": "stay", "opinion_heard": "no"}
    own = await repatriation.person(CASEWORKER).post(f"/api/returns/{row}/best-interests", against)
    assert (own.status_code, own.json()["code"]) == (403, "not_for_this_basis")
    await step(repatriation, row, "best-interests", 27, by=GUARDIANSHIP, **against)
    await step(repatriation, row, "claims-check", 28)
    suspended = await step(repatriation, row, "clearance", 29)
    assert suspended["state"] == "suspended"
    missing = ["guardian_missing", "best_interests_against", "opinion_not_heard", "retrafficking_risk"]
    assert [gate["reason"] for gate in suspended["gates"] if not gate["passed"]] == missing
    assert suspended["opinion_age"] == 10
    emitted = [payload for name, payload in await repatriation.published(case) if name == "ReturnSuspended"]
    assert emitted[0]["reasons"] == missing
    await step(repatriation, row, "risk-assessment", 30, level="low", retrafficking_risk=False)
    favourable = {"decision": "return", "opinion_heard": "yes"}
    await step(repatriation, row, "best-interests", 31, by=GUARDIANSHIP, **favourable)
    await guardian(repatriation, case)
    alone = await repatriation.person(CASEWORKER).post(f"/api/returns/{row}/clearance")
    assert (alone.status_code, alone.json()["code"]) == (409, "second_person_needed")
    await consent(repatriation, case, "iom", "return")
    assert (await step(repatriation, row, "clearance", 32, by=RETURN_OFFICER))["state"] == "cleared"


async def test_a_person_found_to_be_a_child_does_not_depart(repatriation: ServiceUnderTest) -> None:
    """RP-5, ID-5: what changes on the way closes the way; the refusal names what is missing."""
    case = await a_recognised_case(repatriation)
    row = await checked_return(repatriation, case)
    for name, body in (("clearance", {}), ("documents", {}), ("travel", {"payer": "iom"})):
        await step(repatriation, row, name, 30, **body)
    await facts_change(repatriation, case, age_group="child")
    refused = await repatriation.person(CASEWORKER).post(f"/api/returns/{row}/departure")
    assert refused.json()["code"] == "gates_missing"
    assert "guardian_missing" in refused.json()["facts"]["missing"]
    assert (await step(repatriation, row, "clearance", 31))["state"] == "suspended"


async def test_a_high_risk_refuses_the_return(repatriation: ServiceUnderTest) -> None:
    """RP-5: the outcome forbids it, and a new request may follow."""
    case = await a_recognised_case(repatriation)
    row = await requested_return(repatriation, case)
    await step(repatriation, row, "consent", 25)
    refused = await step(repatriation, row, "risk-assessment", 26, level="high", retrafficking_risk=False)
    assert refused["state"] == "refused_risk"
    assert (await names(repatriation, case))[-1] == "ReturnRefused"
    await requested_return(repatriation, case)


async def test_withdrawn_before_departure_at_any_step(repatriation: ServiceUnderTest) -> None:
    """RP-5: one button, no reason; after it nothing is possible."""
    case = await a_recognised_case(repatriation)
    row = await checked_return(repatriation, case)
    await step(repatriation, row, "clearance", 28)
    withdrawn = await step(repatriation, row, "withdrawal", 29)
    assert withdrawn["state"] == "withdrawn"
    assert not any(action["allowed"] for action in withdrawn["actions"])
    assert (await names(repatriation, case))[-1] == "ReturnWithdrawn"


async def test_open_claims_warn_and_a_new_one_asks_for_another_look(repatriation: ServiceUnderTest) -> None:
    """RP-5: claims are listed and advise; one for damage that came after the check is looked at first."""
    case = await a_recognised_case(repatriation)
    await claim(repatriation, case, kind="needs_grant")
    row = await checked_return(repatriation, case)
    claim_id = await claim(repatriation, case)
    suspended = await step(repatriation, row, "clearance", 28)
    assert [g["reason"] for g in suspended["gates"] if not g["passed"]] == ["claims_changed_since_check"]
    await step(repatriation, row, "claims-check", 29)
    cleared = await step(repatriation, row, "clearance", 30)
    assert cleared["state"] == "cleared"
    assert {c["kind"] for c in cleared["open_claims"]} == {"needs_grant", "compensation"}
    worker = repatriation.person(CASEWORKER)
    for final, left in ((False, {"needs_grant", "compensation"}), (True, {"needs_grant"})):
        await repatriation.receives(
            fund.ClaimRejected(
                effective_at=CONSIDERED,
                case_id=case,
                claim_id=claim_id,
                kind="compensation",
                amount_qepik=1,
                reasons=["no_court_decision"],
                final=final,
            )
        )
        seen = await worker.get_ok(f"/api/returns/{row}")
        assert {c["kind"] for c in seen["open_claims"]} == left, "a rejection that can be appealed settles nothing"


async def test_two_desks_open_a_return_at_the_same_time(repatriation: ServiceUnderTest) -> None:
    """RP-5: one open return of a person, by the database."""
    case = await a_recognised_case(repatriation)
    worker = repatriation.person(CASEWORKER)
    body = {"case_id": str(case), "country": "IN"}
    answers = await asyncio.gather(*(worker.post("/api/returns", body) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"return_already_open"}


async def test_iom_sees_a_return_with_consent_and_while_it_lasts(repatriation: ServiceUnderTest) -> None:
    """ID-12: consent to iom for return; withdrawn, iom sees nothing and what it prepared ends."""
    case = await a_recognised_case(repatriation)
    officer = repatriation.person(RETURN_OFFICER)
    assert (await officer.post("/api/returns", {"case_id": str(case), "country": "IN"})).status_code == 404
    agreed = await consent(repatriation, case, "iom", "return")
    row = await requested_return(repatriation, case, by=RETURN_OFFICER)
    assert len((await officer.get_ok("/api/returns", case_id=str(case)))["items"]) == 1
    assert (await officer.get_ok("/api/bars", case_id=str(case)))["items"] == []
    await withdraw_consent(repatriation, case, agreed, recipient="iom", purpose="return")
    assert (await officer.get(f"/api/returns/{row}")).status_code == 404
    assert (await repatriation.person(CASEWORKER).get_ok(f"/api/returns/{row}"))["state"] == "withdrawn"
    emitted = [name for name, _ in await repatriation.published(case)]
    assert emitted[-2:] == ["ReturnWithdrawn", "ConsentWithdrawalAcknowledged"]


@pytest.mark.parametrize(
    ("citizenship", "country", "status", "code"),
    [("citizen", "IN", 409, "is_citizen"), ("foreign", "AZ", 422, "not_another_country")],
)
async def test_a_return_goes_to_another_country(
    repatriation: ServiceUnderTest, citizenship: str, country: str, status: int, code: str
) -> None:
    """RP-5, RP-7: citizens coming home are readmitted elsewhere."""
    case = await a_case(repatriation, citizenship=citizenship)  # type: ignore[arg-type]  # parametrized
    answer = await repatriation.person(CASEWORKER).post("/api/returns", {"case_id": str(case), "country": country})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_the_year_counts_by_effective_date(repatriation: ServiceUnderTest) -> None:
    """RP-1, RP-6: permits granted and persons departed, year in Baku; an unknown case is no case."""
    case = await a_recognised_case(repatriation)
    await granted_permit(repatriation, case)
    row = await checked_return(repatriation, case)
    for name, body in (("clearance", {}), ("documents", {}), ("travel", {"payer": "iom"}), ("departure", {})):
        await step(repatriation, row, name, 30, **body)
    coordinator = repatriation.person("coordinator.coordinator")
    going_on = await coordinator.get("/api/statistics/2026")
    assert (going_on.status_code, going_on.json()["code"]) == (409, "period_not_over")
    repatriation.now = datetime(2027, 1, 2, tzinfo=UTC)
    assert await coordinator.get_ok("/api/statistics/2026") == {"year": 2026, "permits_granted": 1, "returns": 1}
    assert await coordinator.get_ok("/api/statistics/2025") == {"year": 2025, "permits_granted": 0, "returns": 0}
    unknown = {"case_id": str(uuid4()), "country": "IN", "happened_at": hours(1)}
    assert (await repatriation.person(CASEWORKER).post("/api/returns", unknown)).status_code == 404
    history = await repatriation.person(CASEWORKER).get_ok(f"/api/returns/{row}/history")
    assert [item["action"] for item in history["items"]][:2] == ["depart", "book_travel"]
    assert (await repatriation.person(PERMIT_OFFICER).get("/api/returns")).status_code == 403
