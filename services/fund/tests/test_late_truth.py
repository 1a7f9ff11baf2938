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
        late = await desk.accountant.post(f"{path}/confirmation", {"bank_reference": paper()})
        assert late.json()["code"] == "not_possible_in_state"
    assert await desk.balance() == (0, 0, 0)


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
