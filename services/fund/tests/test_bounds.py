"""What is asked wrongly is refused with its code: terms out of place, times out of order, codes that do not exist."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from .givens import MARCH, Desk, read


async def test_an_allowance_has_no_purpose_fu_1(desk: Desk) -> None:
    claim = await desk.allowance_of(await desk.recognised_case())
    path = f"/api/claims/{claim['id']}/amendment"
    refused = await desk.requester.post(path, {"version": claim["version"], "purpose": "medicine"})
    assert (refused.status_code, refused.json()["code"]) == (422, "only_for_needs_grant")
    changed = await desk.requester.post_ok(path, {"version": claim["version"], "payee": "representative"})
    assert changed["payee"] == "representative"


async def test_no_claim_is_older_than_its_case(desk: Desk) -> None:
    """Times before the act they follow: a claim follows the opening of its case."""
    case_id = await desk.case()
    body = {"case_id": str(case_id), "kind": "needs_grant", "purpose": "medicine", "amount_qepik": 5}
    early = await desk.requester.post("/api/claims", body | {"happened_at": (MARCH - timedelta(hours=1)).isoformat()})
    assert (early.status_code, early.json()["code"]) == (422, "before_what_it_follows")
    assert (await desk.requester.post("/api/claims", body | {"happened_at": MARCH.isoformat()})).status_code == 201


async def test_a_list_of_an_unknown_code_is_refused_and_not_empty(desk: Desk) -> None:
    """Unknown is not zero: a mistyped state or source does not look like nothing to do."""
    for path, wanted, code in (
        ("/api/claims", {"state": "aproved"}, "unknown_state"),
        ("/api/incomes", {"source": "lottery"}, "unknown_source"),
        ("/api/entries", {"account": "bank"}, "unknown_account"),
    ):
        answer = await desk.accountant.get(path, **wanted)
        assert (answer.status_code, answer.json()["code"]) == (422, code), path


async def test_what_waits_for_me_leaves_out_what_is_mine_fu_6(desk: Desk) -> None:
    """FU-6: the list of what a person can approve or release holds nothing that they wrote, requested or approved."""
    await desk.income(5_000)
    case_id = await desk.recognised_case()
    sent = await desk.submitted(await desk.needs_grant(case_id))
    reserved = await desk.approved(await desk.needs_grant(case_id))

    async def waiting(person: Any, state: str) -> list[str]:
        return [item["id"] for item in (await person.get_ok("/api/claims", state=state, mine="false"))["items"]]

    assert await waiting(desk.approver, "submitted") == [sent["id"]]
    assert await waiting(desk.requester, "submitted") == []
    assert await waiting(desk.releaser, "reserved") == [reserved["id"]]
    assert await waiting(desk.approver, "reserved") == []
    mine = (await desk.approver.get_ok("/api/claims", mine="true"))["items"]
    assert [item["id"] for item in mine] == [reserved["id"]]


async def test_an_entry_and_an_income_say_what_can_be_done_fu_4_fu_5(desk: Desk) -> None:
    """Each is read by its id; a correction is possible once, and to the accountant."""
    income = await desk.income(900)
    seen = await desk.accountant.get_ok(f"/api/incomes/{income['id']}")
    assert (seen["amount_qepik"], seen["entry_id"]) == (900, income["entry_id"])
    path = f"/api/entries/{income['entry_id']}"
    assert (await desk.accountant.get_ok(path))["actions"] == [
        {"action": "reverse_entry", "allowed": True, "reason": None}
    ]
    assert (await desk.approver.get_ok(path))["actions"] == []
    correction = await desk.accountant.post_ok(f"{path}/reversal")
    assert (await desk.accountant.get_ok(path))["actions"][0]["reason"] == "already_reversed"
    listed = (await desk.accountant.get_ok("/api/entries"))["items"]
    assert {item["id"]: item["actions"][0]["reason"] for item in listed} == {
        income["entry_id"]: "already_reversed",
        correction["id"]: "reversal_of_reversal",
    }
    for missing in ("entries", "incomes"):
        assert (await desk.accountant.get(f"/api/{missing}/{uuid4()}")).status_code == 404


async def test_an_allowance_that_was_cancelled_in_error_is_not_lost_fu_1(desk: Desk) -> None:
    """FU-1: no second one is drafted for the recognition, so the first can be taken up again, from the draft on."""
    await desk.income(70_000)
    claim = await desk.allowance_of(await desk.recognised_case())
    path = f"/api/claims/{claim['id']}"
    reserved = await desk.approved(claim)
    cancelled = await desk.releaser.post_ok(f"{path}/cancellation", read(reserved, reason="written_in_error"))
    assert (cancelled["state"], await desk.balance()) == ("cancelled", (70_000, 0, 70_000))
    again = await desk.requester.post_ok(f"{path}/amendment", {"version": cancelled["version"]})
    assert (again["state"], again["approval"], again["amount_qepik"]) == ("draft", None, reserved["amount_qepik"])
    assert (await desk.paid(again))["state"] == "paid"


async def test_an_allowance_is_not_taken_up_beside_another_fu_1(desk: Desk) -> None:
    """FU-1: never twice: a new recognition drafted its own meanwhile, and the database holds to one per case."""
    case_id = await desk.recognised_case()
    claim = await desk.allowance_of(case_id)
    path = f"/api/claims/{claim['id']}"
    cancelled = await desk.requester.post_ok(f"{path}/cancellation", read(claim, reason="recognition_ended"))
    await desk.bench.receives(desk.identified(case_id))
    refused = await desk.requester.post(f"{path}/amendment", {"version": cancelled["version"]})
    assert (refused.status_code, refused.json()["code"]) == (409, "allowance_exists")
