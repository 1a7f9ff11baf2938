"""What the bank says later corrects what it said before, and nobody settles an own order: FU-1, FU-5, FU-6, FU-7."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from .givens import Desk, paper, read
from .test_database import as_role


async def failed(desk: Desk, amount_qepik: int = 500) -> dict[str, Any]:
    """A claim whose order the bank refused."""
    claim = await desk.ordered(await desk.needs_grant(await desk.recognised_case(), amount_qepik))
    return await desk.accountant.post_ok(f"/api/claims/{claim['id']}/failure", {"reason": "not_collected"})


async def confirmed(desk: Desk, claim: dict[str, Any], **more: object) -> dict[str, Any]:
    body = {"bank_reference": paper(), **more}
    return await desk.accountant.post_ok(f"/api/claims/{claim['id']}/confirmation", body)


async def test_a_failure_is_corrected_by_a_confirmation_fu_7(desk: Desk) -> None:
    await desk.income(500)
    paid = await confirmed(desk, await failed(desk))
    assert (paid["state"], [order["outcome"] for order in paid["orders"]]) == ("paid", ["paid"])
    assert await desk.balance() == (0, 0, 0)
    names = [name for name, _ in await desk.bench.published(paid["case_id"])]
    assert names[-2:] == ["PaymentFailed", "PaymentMade"]
    acts = await desk.accountant.get_ok(f"/api/claims/{paid['id']}/history")
    assert [act["action"] for act in acts["items"]][:2] == ["confirm", "fail"]


async def test_the_first_order_is_confirmed_while_the_second_waits_or_is_out_and_that_one_is_stopped_fu_1(
    desk: Desk,
) -> None:
    await desk.income(1_000)
    for second_is_out in (False, True):
        claim = await failed(desk)
        path = f"/api/claims/{claim['id']}"
        first = claim["orders"][0]["id"]
        reserved = await desk.approver.post_ok(f"{path}/reservation")
        if second_is_out:
            await desk.releaser.post_ok(f"{path}/release", read(reserved))
        paid = await confirmed(desk, claim, order_id=first)
        assert paid["state"] == "paid"
        assert [order["outcome"] for order in paid["orders"]] == ["paid", "stopped"][: 1 + second_is_out]
        if not second_is_out:
            late = await desk.accountant.post(f"{path}/confirmation", {"bank_reference": paper()})
            assert late.json()["code"] == "no_order_at_bank"
        twice = await desk.accountant.post(f"{path}/confirmation", {"bank_reference": paper(), "order_id": first})
        assert not twice.is_success
    assert await desk.balance() == (0, 0, 0)


async def test_too_late_to_stop_the_second_order_it_is_booked_and_recovered_fu_7(desk: Desk) -> None:
    """FU-3, FU-5: the bank paid both: the ledger equals the bank, and what was too much is recoverable."""
    await desk.income(1_000)
    claim = await failed(desk)
    path = f"/api/claims/{claim['id']}"
    reserved = await desk.approver.post_ok(f"{path}/reservation")
    await desk.releaser.post_ok(f"{path}/release", read(reserved))
    paid = await confirmed(desk, claim, order_id=claim["orders"][0]["id"])
    assert await desk.balance() == (500, 0, 500)
    both = await confirmed(desk, claim, order_id=paid["orders"][1]["id"])
    assert [(o["outcome"], o["surplus"]) for o in both["orders"]] == [("paid", False), ("paid", True)]
    assert (both["state"], both["overpaid_qepik"], await desk.balance()) == ("paid", 500, (0, 0, 0))
    more = await desk.accountant.post(f"{path}/recovery", read(both, amount_qepik=1_001, document=paper()))
    assert more.json()["facts"] == {"open_qepik": 1_000}
    await desk.accountant.post_ok(f"{path}/recovery", read(both, amount_qepik=500, document=paper()))
    assert await desk.balance() == (500, 0, 500)
    figures = await desk.figures_of_this_year()
    assert figures["needs_total_qepik"] in (None, 1_000)


async def test_a_first_order_is_confirmed_after_the_second_was_paid_fu_7(desk: Desk) -> None:
    """FU-7: nothing overpaid is approved or paid anew, also once the bank returned the other payment."""
    await desk.income(1_000)
    claim = await failed(desk)
    path = f"/api/claims/{claim['id']}"
    reserved = await desk.approver.post_ok(f"{path}/reservation")
    await desk.releaser.post_ok(f"{path}/release", read(reserved))
    await confirmed(desk, claim)
    both = await confirmed(desk, claim, order_id=claim["orders"][0]["id"])
    assert (both["state"], both["overpaid_qepik"]) == ("paid", 500)
    body = read(both, reason="account_closed", bank_reference=paper())
    await desk.accountant.post_ok(f"{path}/return", body)
    await desk.amended(claim)
    sent = await desk.submitted(claim)
    refused = await desk.approver.post(f"{path}/approval", read(sent))
    assert (refused.status_code, refused.json()["code"]) == (409, "already_paid")


async def test_an_order_of_before_the_amendment_is_confirmed_fu_7(desk: Desk) -> None:
    """FU-5, FU-7: booked as the bank paid it; the amended claim is not paid beside it, and can be cancelled."""
    await desk.income(1_000)
    claim = await failed(desk)
    path = f"/api/claims/{claim['id']}"
    seen = await desk.requester.get_ok(path)
    amended = await desk.requester.post_ok(f"{path}/amendment", read(seen, amount_qepik=300))
    assert await desk.balance() == (1_000, 0, 1_000)
    done = await confirmed(desk, claim)
    assert (done["state"], done["overpaid_qepik"], done["amount_qepik"]) == ("draft", 500, 300)
    assert await desk.balance() == (500, 0, 500)
    assert amended["version"] < done["version"]
    sent = await desk.submitted(claim)
    assert (await desk.approver.post(f"{path}/approval", read(sent))).json()["code"] == "already_paid"
    cancelled = await desk.requester.post_ok(f"{path}/cancellation", read(sent, reason="another_payer"))
    body = read(cancelled, amount_qepik=500, document=paper())
    assert (await desk.accountant.post_ok(f"{path}/recovery", body))["state"] == "cancelled"
    assert await desk.balance() == (1_000, 0, 1_000)


async def test_an_order_that_is_out_for_less_is_stopped_by_the_earlier_one_fu_1(desk: Desk) -> None:
    """FU-1, FU-7: its money stays set aside until a person decides."""
    await desk.income(1_000)
    claim = await failed(desk)
    path = f"/api/claims/{claim['id']}"
    seen = await desk.requester.get_ok(path)
    await desk.requester.post_ok(f"{path}/amendment", read(seen, amount_qepik=300))
    await desk.ordered(claim)
    done = await confirmed(desk, claim, order_id=claim["orders"][0]["id"])
    assert (done["state"], [order["outcome"] for order in done["orders"]]) == ("failed", ["paid", "stopped"])
    assert await desk.balance() == (500, 300, 200)


@pytest.mark.parametrize("other_is_out", [False, True])
async def test_a_cancelled_allowance_was_paid_beside_another_fu_1(desk: Desk, other_is_out: bool) -> None:
    """FU-1, FU-5: the truth is booked, and the other allowance waits for a person; its order is stopped."""
    await desk.income(10**6)
    case_id = await desk.recognised_case()
    first = await desk.ordered(await desk.allowance_of(case_id))
    path = f"/api/claims/{first['id']}"
    refused = await desk.accountant.post_ok(f"{path}/failure", {"reason": "not_collected"})
    await desk.releaser.post_ok(f"{path}/cancellation", read(refused, reason="recognition_ended"))
    await desk.bench.receives(desk.identified(case_id))
    allowances = (await desk.requester.get_ok("/api/claims", case_id=str(case_id)))["items"]
    (other,) = [item for item in allowances if item["id"] != first["id"]]
    await (desk.ordered if other_is_out else desk.approved)(other)
    done = await confirmed(desk, first)
    assert (done["state"], done["overpaid_qepik"]) == ("cancelled", 70_000)
    seen = await desk.releaser.get_ok(f"/api/claims/{other['id']}")
    assert (seen["state"], seen["re_examine_reason"]) == (
        "failed" if other_is_out else "reserved",
        "paid_by_earlier_order",
    )
    assert await desk.balance() == (10**6 - 70_000, 70_000, 10**6 - 140_000)
    again = await desk.releaser.post_ok(
        f"/api/claims/{other['id']}/cancellation", read(seen, reason="written_in_error")
    )
    assert again["state"] == "cancelled"
    await desk.bench.receives(desk.identified(case_id))
    assert len((await desk.requester.get_ok("/api/claims", case_id=str(case_id)))["items"]) == 2


async def test_the_bank_returns_what_was_partly_recovered_fu_7(desk: Desk) -> None:
    """FU-5, FU-7: both came back; paid anew, only what is still out can be recovered."""
    await desk.income(500)
    claim = await desk.paid(await desk.needs_grant(await desk.recognised_case()))
    path = f"/api/claims/{claim['id']}"
    part = await desk.accountant.post_ok(f"{path}/recovery", read(claim, amount_qepik=200, document=paper()))
    body = read(part, reason="account_closed", bank_reference=paper())
    returned = await desk.accountant.post_ok(f"{path}/return", body)
    assert (returned["state"], returned["recovered_qepik"]) == ("returned", 200)
    assert await desk.balance() == (700, 500, 200)
    await desk.amended(claim)
    paid = await desk.paid(claim)
    more = await desk.accountant.post(f"{path}/recovery", read(paid, amount_qepik=301, document=paper()))
    assert more.json()["facts"] == {"open_qepik": 300}


async def test_a_recovery_booked_by_mistake_is_corrected_and_its_paper_is_free_fu_5(desk: Desk) -> None:
    """FU-3, FU-5: by an entry that points at it, once; the paper can then be booked where it belongs."""
    await desk.income(500)
    claim = await desk.paid(await desk.needs_grant(await desk.recognised_case()))
    path, document = f"/api/claims/{claim['id']}", paper()
    wrong = await desk.accountant.post_ok(f"{path}/recovery", read(claim, amount_qepik=400, document=document))
    (entry, *_) = (await desk.accountant.get_ok("/api/entries", claim_id=claim["id"]))["items"]
    assert (entry["kind"], entry["actions"][0]["allowed"]) == ("recovery", True)
    reversal = await desk.accountant.post_ok(f"/api/entries/{entry['id']}/reversal")
    assert (reversal["reverses"], reversal["claim_id"]) == (entry["id"], claim["id"])
    seen = await desk.accountant.get_ok(path)
    assert (seen["state"], seen["recovered_qepik"], seen["version"] > wrong["version"]) == ("paid", 0, True)
    assert await desk.balance() == (0, 0, 0)
    again = await desk.accountant.post(f"/api/entries/{entry['id']}/reversal")
    assert again.json()["code"] == "already_reversed"
    right = await desk.accountant.post_ok(f"{path}/recovery", read(seen, amount_qepik=40, document=document))
    assert (right["state"], right["recovered_qepik"], await desk.balance()) == ("recovered", 40, (40, 0, 40))
    names = [name for name, _ in await desk.bench.published(claim["case_id"])]
    assert names[-3:] == ["PaymentRecovered", "RecoveryReversed", "PaymentRecovered"]


async def test_a_cancelled_claim_that_was_paid_all_the_same_is_paid_from_free_money_fu_5(desk: Desk) -> None:
    await desk.income(500)
    claim = await failed(desk)
    path = f"/api/claims/{claim['id']}"
    await desk.releaser.post_ok(f"{path}/cancellation", read(claim, reason="need_ended"))
    assert await desk.balance() == (500, 0, 500)
    assert (await confirmed(desk, claim))["state"] == "paid"
    assert await desk.balance() == (0, 0, 0)


async def test_a_return_is_corrected_by_an_entry_that_points_at_it_fu_5(desk: Desk) -> None:
    await desk.income(500)
    claim = await desk.paid(await desk.needs_grant(await desk.recognised_case()))
    body = read(claim, reason="account_closed", bank_reference=paper())
    await desk.accountant.post_ok(f"/api/claims/{claim['id']}/return", body)
    paid = await confirmed(desk, claim)
    assert (paid["state"], len(paid["orders"])) == ("paid", 1)
    async with desk.bench.session() as session:
        chain = text("select e.kind from entry e join entry p on p.repays = e.id and p.kind = 'payment'")
        assert list(await session.scalars(chain)) == ["payment_returned"]
    again = read(paid, reason="account_closed", bank_reference=paper())
    assert (await desk.accountant.post_ok(f"/api/claims/{claim['id']}/return", again))["state"] == "returned"
    assert await desk.balance() == (500, 500, 0)


async def test_without_an_order_at_the_bank_there_is_nothing_to_confirm_fu_7(desk: Desk) -> None:
    """Also where the claim was amended after its order: the order is of other terms."""
    await desk.income(1_000)
    claim = await desk.approved(await desk.needs_grant(await desk.recognised_case()))
    path, body = f"/api/claims/{claim['id']}/confirmation", {"bank_reference": paper()}
    assert (await desk.accountant.post(path, body)).json()["code"] == "no_order_at_bank"
    other = await failed(desk)
    strange = await desk.accountant.post(path, {**body, "order_id": other["orders"][0]["id"]})
    assert strange.status_code in (404, 409)
    assert not strange.is_success


@pytest.mark.parametrize("act", ["confirmation", "failure", "return"])
async def test_nobody_settles_an_own_order_whatever_roles_they_have_fu_6(desk: Desk, act: str) -> None:
    await desk.income(500)
    claim = await desk.needs_grant(await desk.recognised_case())
    claim = await (desk.paid if act == "return" else desk.ordered)(claim)
    bodies = {
        "confirmation": {"bank_reference": "B-1"},
        "failure": {"reason": "not_collected"},
        "return": read(claim, reason="not_collected", bank_reference="R-1"),
    }
    refused = await desk.releaser.post(f"/api/claims/{claim['id']}/{act}", bodies[act])
    assert (refused.status_code, refused.json()["code"]) == (409, "you_released_this")
    possible = {a["action"]: a for a in (await desk.releaser.get_ok(f"/api/claims/{claim['id']}"))["actions"]}
    assert "you_released_this" in {possible[name]["reason"] for name in ("confirm", "fail", "return_payment")}


async def test_the_database_lets_nobody_settle_an_own_order_fu_6(desk: Desk) -> None:
    """Whatever writes it: an act, an import of a statement, or SQL."""
    await desk.income(500)
    await desk.ordered(await desk.needs_grant(await desk.recognised_case()))
    own = "update payment_order set outcome = 'paid', bank_reference = 'B-1', settled_by = released_by"
    assert await as_role(desk, [own]) == "ck_payment_order_settled_by_another"
    other = own.replace("= released_by", f"= '{uuid4()}'")
    assert await as_role(desk, [other]) is None
