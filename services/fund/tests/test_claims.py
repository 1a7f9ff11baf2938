"""Claims from draft to decision over HTTP: FU-1, FU-2, FU-3, FU-6, FU-8, ID-9, ID-19."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from fund.parameters import PARAMETERS
from nrm_events import Event, identification

from .givens import MARCH, Desk, read


def reasons(claim: dict[str, Any]) -> dict[str, str | None]:
    """Action → None when possible, else the code of why not."""
    return {action["action"]: None if action["allowed"] else action["reason"] for action in claim["actions"]}


async def test_a_needs_grant_goes_from_draft_to_reserved_fu_2_fu_7(desk: Desk) -> None:
    await desk.income(500)
    claim = await desk.needs_grant(await desk.recognised_case())
    assert (claim["state"], claim["version"], claim["clocks"]) == ("draft", 1, [])
    assert reasons(claim)["submit"] is None
    assert reasons(claim)["appeal"] == "state_is_draft"
    assert "approve" not in reasons(claim)  # another role
    sent = await desk.submitted(claim)
    assert reasons(await desk.approver.get_ok(f"/api/claims/{claim['id']}"))["approve"] is None
    done = await desk.approver.post_ok(f"/api/claims/{claim['id']}/approval", {"version": sent["version"]})
    assert (done["state"], done["missing_qepik"]) == ("reserved", 0)
    assert len(done["approval"]) == 64
    names = [name for name, _ in await desk.bench.published(claim["case_id"])]
    assert names == ["ClaimDrafted", "ClaimSubmitted", "ClaimApproved", "PaymentReserved"]


def recognition(desk: Desk, case_id: UUID, kind: Any) -> Event:
    if kind == "formal":
        return desk.identified(case_id)
    if kind == "potential":
        return identification.PotentialVictimRecorded(
            effective_at=MARCH, case_id=case_id, categories=["migrant_worker"]
        )
    return identification.VictimPresumed(
        effective_at=MARCH,
        case_id=case_id,
        recognition_id=uuid4(),
        kind=kind,
        authority="ngo-amc",
        age_group="adult",
        citizenship="foreign",
    )


async def test_needs_grants_go_to_each_kind_of_recognition_fu_8_id_19(desk: Desk) -> None:
    for kind in ("potential", "ngo", "presumed", "formal"):
        case_id = await desk.case()
        claim = await desk.needs_grant(case_id)
        refused = await desk.requester.post(f"/api/claims/{claim['id']}/submission")
        assert (refused.status_code, refused.json()["code"]) == (409, "no_recognition_that_counts")
        await desk.bench.receives(recognition(desk, case_id, kind))
        assert (await desk.submitted(claim))["state"] == "submitted"


def test_the_allowance_needs_the_formal_recognition_and_needs_grants_do_not_fu_8() -> None:
    today = datetime(2024, 5, 1, tzinfo=UTC).date()
    assert PARAMETERS.value("accepts_recognitions", today) == ["formal"]
    assert PARAMETERS.value("needs_grants_accept_recognitions", today) == ["formal", "ngo", "presumed", "potential"]
    assert PARAMETERS.value("compensation_accepts_recognitions", today) == ["formal", "ngo", "presumed"]
    assert PARAMETERS.value("ceilings", today) == {}


async def test_a_claim_before_the_fund_existed_is_refused_with_that_reason_fu_2(desk: Desk) -> None:
    case_id = await desk.case()
    body = {"case_id": str(case_id), "kind": "needs_grant", "purpose": "medicine", "amount_qepik": 5}
    answer = await desk.requester.post("/api/claims", body | {"happened_at": "2005-01-01T09:00:00+04:00"})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_in_force")


FAULTY: tuple[tuple[dict[str, Any], str], ...] = (
    ({"amount_qepik": None}, "amount_missing"),
    ({"purpose": "a_holiday"}, "unknown_purpose"),
    ({"awarded_qepik": 5}, "only_for_compensation"),
    ({"kind": "compensation"}, "only_for_needs_grant"),
    ({"kind": "compensation", "purpose": None}, "court_decision_missing"),
    ({"happened_at": "2999-01-01T00:00:00Z"}, "invalid_request"),
    ({"happened_at": "2100-01-01T00:00:00Z"}, "in_the_future"),
    ({"amount_qepik": "500"}, "invalid_request"),
    ({"amount_qepik": 0}, "invalid_request"),
    ({"document": "for her broken arm"}, "invalid_request"),
    ({"kind": "allowance"}, "invalid_request"),
    ({"colour": "red"}, "invalid_request"),
)


async def test_a_faulty_draft_is_refused_with_its_code(desk: Desk) -> None:
    case_id = await desk.case()
    body = {"case_id": str(case_id), "kind": "needs_grant", "purpose": "medicine", "amount_qepik": 500}
    for change, code in FAULTY:
        answer = await desk.requester.post("/api/claims", body | change)
        assert (answer.status_code, answer.json()["code"]) == (422, code), change


async def test_compensation_is_the_shortfall_after_the_offenders_property_fu_3(desk: Desk) -> None:
    await desk.income(10_000)
    case_id = await desk.recognised_case()
    body = {
        "case_id": str(case_id),
        "kind": "compensation",
        "document": "2-1(106)-7/2024",
        "awarded_qepik": 10_000,
        "from_property_qepik": 4_000,
    }
    wrong = await desk.requester.post("/api/claims", body | {"amount_qepik": 10_000})
    assert wrong.json()["code"] == "amount_is_not_the_shortfall"
    claim = await desk.requester.post_ok("/api/claims", body)
    assert claim["amount_qepik"] == 6_000
    later = {**body, "document": "2-1(106)-9/2025"}  # a later claim for damage stays open
    another = await desk.requester.post_ok("/api/claims", later)
    amended = await desk.requester.post_ok(
        f"/api/claims/{another['id']}/amendment", {"version": 1, "from_property_qepik": 9_000}
    )
    assert amended["amount_qepik"] == 1_000
    assert (await desk.paid(claim))["state"] == "paid"


async def test_a_courts_award_is_payable_to_whom_any_authority_recognises_fu_3(desk: Desk) -> None:
    for kind in ("formal", "ngo", "presumed"):
        case_id = await desk.case()
        await desk.bench.receives(recognition(desk, case_id, kind))
        award = {"kind": "compensation", "document": f"2-1/{kind}7", "awarded_qepik": 5, "from_property_qepik": 0}
        claim = await desk.requester.post_ok("/api/claims", {"case_id": str(case_id), **award})
        assert (await desk.submitted(claim))["state"] == "submitted"


async def test_an_edit_after_approval_voids_it_and_frees_the_money_fu_6(desk: Desk) -> None:
    await desk.income(500)
    claim = await desk.needs_grant(await desk.recognised_case())
    reserved = await desk.approved(claim)
    assert await desk.balance() == (500, 500, 0)
    edited = await desk.requester.post_ok(
        f"/api/claims/{claim['id']}/amendment", {"version": reserved["version"], "payee": "representative"}
    )
    assert (edited["state"], edited["approval"], edited["payee"]) == ("draft", None, "representative")
    assert await desk.balance() == (500, 0, 500)
    names = [name for name, _ in await desk.bench.published(claim["case_id"])]
    assert names[-1] == "ApprovalVoided"
    refused = await desk.releaser.post(f"/api/claims/{claim['id']}/release", read(edited))
    assert refused.json()["code"] == "not_possible_in_state"


async def test_a_stale_edit_or_approval_is_refused_without_a_value_fu_6(desk: Desk) -> None:
    claim = await desk.needs_grant(await desk.recognised_case())
    path = f"/api/claims/{claim['id']}"
    await desk.requester.post_ok(f"{path}/amendment", {"version": 1, "amount_qepik": 600})
    answer = (await desk.requester.post(f"{path}/amendment", {"version": 1, "amount_qepik": 700})).json()
    assert answer["code"] == "stale"
    assert answer["facts"] == {"given_version": 1, "stored_version": 2, "fields": ["amount_qepik"]}
    await desk.submitted(claim)
    stale = await desk.approver.post(f"{path}/approval", {"version": 2})
    assert (stale.status_code, stale.json()["facts"]["stored_version"]) == (409, 3)


async def test_information_is_asked_for_and_given(desk: Desk) -> None:
    claim = await desk.submitted(await desk.needs_grant(await desk.recognised_case()))
    path = f"/api/claims/{claim['id']}"
    wanted = await desk.approver.post_ok(f"{path}/information-request", {"reasons": ["document_missing"]})
    assert (wanted["state"], wanted["reasons"]) == ("info_needed", ["document_missing"])
    assert (await desk.submitted(claim))["state"] == "submitted"


async def test_a_rejection_can_be_appealed_and_granted_or_become_final(desk: Desk) -> None:
    case_id = await desk.recognised_case()
    for granted, after in ((True, "approved"), (False, "rejected_final")):
        claim = await desk.submitted(await desk.needs_grant(case_id))
        path = f"/api/claims/{claim['id']}"
        bare = await desk.approver.post(f"{path}/rejection", read(claim, reasons=["because"]))
        assert bare.json()["code"] == "unknown_reason"
        await desk.approver.post_ok(f"{path}/rejection", read(claim, reasons=["another_payer"]))
        appealed = await desk.requester.post_ok(f"{path}/appeal")
        decision = {"version": appealed["version"], "granted": granted, "reasons": [] if granted else ["already_paid"]}
        assert (await desk.another_approver.post_ok(f"{path}/appeal-decision", decision))["state"] == after
    rejected = [data["final"] for name, data in await desk.bench.published(case_id) if name == "ClaimRejected"]
    assert rejected == [False, False, True]


async def test_who_rejected_does_not_decide_the_appeal_fu_6(desk: Desk) -> None:
    """FU-6, ID-9: neither way, and the answer says so beforehand."""
    claim = await desk.submitted(await desk.needs_grant(await desk.recognised_case()))
    path = f"/api/claims/{claim['id']}"
    await desk.approver.post_ok(f"{path}/rejection", read(claim, reasons=["another_payer"]))
    appealed = await desk.requester.post_ok(f"{path}/appeal")
    possible = reasons(await desk.approver.get_ok(path))
    assert {possible["approve_on_appeal"], possible["reject_on_appeal"]} == {"you_decided_this"}
    for decision in ({"granted": True}, {"granted": False, "reasons": ["already_paid"]}):
        refused = await desk.approver.post(f"{path}/appeal-decision", read(appealed, **decision))
        assert (refused.status_code, refused.json()["code"]) == (409, "you_decided_this")
    granted = await desk.another_approver.post_ok(f"{path}/appeal-decision", read(appealed, granted=True))
    assert granted["state"] == "approved"


async def test_acts_lie_between_what_they_follow_and_now(desk: Desk) -> None:
    claim = await desk.allowance_of(await desk.recognised_case())
    path = f"/api/claims/{claim['id']}/submission"
    early = await desk.requester.post(path, {"happened_at": (MARCH - timedelta(seconds=1)).isoformat()})
    assert (early.status_code, early.json()["code"]) == (422, "before_what_it_follows")
    done = await desk.requester.post_ok(path, {"happened_at": (MARCH + timedelta(days=1)).isoformat()})
    assert done["effective_at"].startswith("2024-03-05")


async def test_the_history_tells_acts_by_role_and_never_by_name(desk: Desk) -> None:
    claim = await desk.needs_grant(await desk.recognised_case())
    await desk.submitted(claim)
    items = (await desk.approver.get_ok(f"/api/claims/{claim['id']}/history"))["items"]
    assert [(item["action"], item["role"]) for item in items] == [
        ("submit", "fund-requester"),
        ("create_claim", "fund-requester"),
    ]


async def test_an_idempotency_key_answers_again_and_drafts_nothing_twice(desk: Desk) -> None:
    case_id = await desk.recognised_case()
    body = {"case_id": str(case_id), "kind": "needs_grant", "purpose": "other", "amount_qepik": 5}
    first = await desk.requester.post_ok("/api/claims", body, key="once")
    assert await desk.requester.post_ok("/api/claims", body, key="once") == first
    other = await desk.requester.post("/api/claims", body | {"amount_qepik": 6}, key="once")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    assert len((await desk.requester.get_ok("/api/claims", kind="needs_grant"))["items"]) == 1


async def test_lists_page_by_key(desk: Desk) -> None:
    case_id = await desk.recognised_case()
    made = [(await desk.needs_grant(case_id))["id"] for _ in range(3)]
    first = await desk.requester.get_ok("/api/claims", kind="needs_grant", limit=2)
    rest = await desk.requester.get_ok("/api/claims", kind="needs_grant", limit=2, after=first["next"])
    assert [item["id"] for item in first["items"] + rest["items"]] == made[::-1]
    assert rest["next"] is None
