"""Money set aside, released by a third person, confirmed, failed, recovered: FU-3, FU-6, FU-7."""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx
import pytest
from chassis.actor import Actor
from chassis.clock import utc_now
from chassis.errors import NotPossible
from chassis.unit_of_work import UnitOfWork
from fund.commands import ApproveClaim, ReleasePayment, SubmitClaim
from fund.rights import RIGHTS
from fund.use_cases import decisions, releases
from sqlalchemy import text

from .givens import PAYEE, Desk, read

ROLES = ("fund-requester", "fund-approver", "fund-releaser", "fund-accountant")


async def test_a_payment_from_reserve_to_bank_fu_7(desk: Desk) -> None:
    await desk.income(70_000)
    claim = await desk.allowance_of(await desk.recognised_case())
    reserved = await desk.approved(claim)
    assert reserved["state"] == "reserved"
    assert await desk.balance() == (70_000, 70_000, 0)
    ordered = await desk.releaser.post_ok(f"/api/claims/{claim['id']}/release", read(reserved))
    assert (ordered["state"], ordered["orders"][0]["number"]) == ("ordered", 1)
    paid = await desk.accountant.post_ok(f"/api/claims/{claim['id']}/confirmation", {"bank_reference": "B-9"})
    assert (paid["state"], paid["orders"][0]["outcome"]) == ("paid", "paid")
    assert await desk.balance() == (0, 0, 0)
    names = [name for name, _ in await desk.bench.published(claim["case_id"])]
    assert names[-2:] == ["PaymentOrdered", "PaymentMade"]
    accounts = {a["name"]: a["balance_qepik"] for a in (await desk.accountant.get_ok("/api/accounts"))["items"]}
    assert (accounts["expense.allowance"], accounts["income.donation"]) == (70_000, 70_000)


async def test_without_money_it_stays_approved_and_says_what_is_missing_fu_7(desk: Desk) -> None:
    await desk.income(380)
    claim = await desk.needs_grant(await desk.recognised_case())
    waiting = await desk.approved(claim)
    assert (waiting["state"], waiting["missing_qepik"]) == ("approved", 120)
    path = f"/api/claims/{claim['id']}/reservation"
    refused = (await desk.releaser.post(path)).json()
    assert (refused["code"], refused["facts"]) == ("not_enough_free_money", {"missing_qepik": 120})
    assert (await desk.accountant.get_ok("/api/balance"))["waiting_qepik"] == 500
    await desk.income(120)
    assert (await desk.releaser.post_ok(path))["state"] == "reserved"


async def test_a_failed_payment_keeps_its_money_until_queued_anew_or_cancelled_fu_7(desk: Desk) -> None:
    await desk.income(500)
    claim = await desk.needs_grant(await desk.recognised_case())
    path = f"/api/claims/{claim['id']}"
    first = await desk.ordered(claim)
    failed = await desk.accountant.post_ok(f"{path}/failure", {"reason": "account_closed"})
    assert (failed["state"], failed["orders"][0]["failure_reason"]) == ("failed", "account_closed")
    assert await desk.balance() == (500, 500, 0)
    reserved = await desk.releaser.post_ok(f"{path}/reservation")
    assert reserved["state"] == "reserved"
    second = await desk.releaser.post_ok(f"{path}/release", read(reserved))
    assert [order["outcome"] for order in second["orders"]] == ["failed", None]
    assert second["orders"][1]["id"] != first["orders"][0]["id"]
    failed = await desk.accountant.post_ok(f"{path}/failure", {"reason": "not_collected"})
    cancelled = await desk.releaser.post_ok(f"{path}/cancellation", read(failed, reason="declined_by_person"))
    assert (cancelled["state"], await desk.balance()) == ("cancelled", (500, 0, 500))


WRONG_ACCOUNT = {"reason": "payee_details_wrong", "bank_reference": "R-9"}


async def test_a_payment_that_came_back_is_paid_again_after_a_new_approval_fu_7(desk: Desk) -> None:
    """FU-1, FU-5, FU-6: one allowance, undone by an entry that points at the payment, approved anew, paid once."""
    await desk.income(70_000)
    claim = await desk.paid(await desk.allowance_of(await desk.recognised_case()))
    path = f"/api/claims/{claim['id']}"
    returned = await desk.accountant.post_ok(f"{path}/return", read(claim, **WRONG_ACCOUNT))
    assert (returned["state"], returned["orders"][0]["outcome"]) == ("returned", "returned")
    assert await desk.balance() == (70_000, 70_000, 0)
    entries = (await desk.accountant.get_ok("/api/entries", claim_id=claim["id"]))["items"]
    paid, undone = (next(e for e in entries if e["kind"] == kind) for kind in ("payment", "payment_returned"))
    assert (undone["reverses"], paid["reversed_by"]) == (paid["id"], undone["id"])
    for act, body in (("release", read(returned)), ("reservation", {})):
        refused = await desk.releaser.post(f"{path}/{act}", body)
        assert (refused.status_code, refused.json()["code"]) == (409, "not_possible_in_state")
    assert (await desk.amended(claim)).json()["state"] == "draft"
    assert await desk.balance() == (70_000, 0, 70_000)
    again = await desk.paid(claim)
    assert [order["outcome"] for order in again["orders"]] == ["returned", "paid"]
    assert again["orders"][0]["id"] != again["orders"][1]["id"]
    assert await desk.balance() == (0, 0, 0)
    names = [name for name, _ in await desk.bench.published(claim["case_id"])]
    assert [name for name in names if name in ("PaymentMade", "PaymentReturned", "ApprovalVoided")] == [
        "PaymentMade",
        "PaymentReturned",
        "ApprovalVoided",
        "PaymentMade",
    ]
    figures = await desk.figures_of_this_year()
    assert (figures["allowances_paid"], figures["allowance_total_qepik"]) == (1, 70_000)


async def test_a_payment_that_came_back_can_be_given_up_and_counts_nowhere_fu_7(desk: Desk) -> None:
    """FU-10: what reached nobody is in no figure, and its money is free."""
    await desk.income(500)
    claim = await desk.paid(await desk.needs_grant(await desk.recognised_case()))
    path = f"/api/claims/{claim['id']}"
    returned = await desk.accountant.post_ok(f"{path}/return", read(claim, **WRONG_ACCOUNT))
    await desk.releaser.post_ok(f"{path}/cancellation", read(returned, reason="need_ended"))
    assert await desk.balance() == (500, 0, 500)
    figures = await desk.figures_of_this_year()
    assert (figures["needs_persons"], figures["needs_total_qepik"]) == (0, 0)


async def test_a_payment_comes_back_once_fu_7(desk: Desk) -> None:
    """Two accountants book the same line, a third a recovery: one of the three is done."""
    await desk.income(500)
    claim = await desk.paid(await desk.needs_grant(await desk.recognised_case()))
    path, returned = f"/api/claims/{claim['id']}", read(claim, **WRONG_ACCOUNT)
    answers = await answers_of(
        desk.accountant.post(f"{path}/return", returned),
        desk.accountant.post(f"{path}/return", returned),
        desk.accountant.post(f"{path}/recovery", read(claim, amount_qepik=500, document="E-1")),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    assert (await desk.balance())[0] == 500


async def test_what_came_back_is_not_paid_twice_fu_1(desk: Desk) -> None:
    """Two confirmations of the second order: it is paid again once."""
    await desk.income(500)
    claim = await desk.paid(await desk.needs_grant(await desk.recognised_case()))
    path = f"/api/claims/{claim['id']}"
    await desk.accountant.post_ok(f"{path}/return", read(claim, **WRONG_ACCOUNT))
    await desk.amended(claim)
    await desk.ordered(claim)
    answers = await answers_of(
        *(desk.accountant.post(f"{path}/confirmation", {"bank_reference": f"B-{n}"}) for n in range(3))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    assert await desk.balance() == (0, 0, 0)


async def test_money_recovered_is_booked_back_and_never_more_than_was_paid_fu_3(desk: Desk) -> None:
    await desk.income(500)
    claim = await desk.paid(await desk.needs_grant(await desk.recognised_case()))
    path = f"/api/claims/{claim['id']}/recovery"
    part = await desk.accountant.post_ok(path, read(claim, amount_qepik=200, document="E-1"))
    assert (part["state"], part["recovered_qepik"]) == ("recovered", 200)
    refused = (await desk.accountant.post(path, read(part, amount_qepik=301, document="E-2"))).json()
    assert (refused["code"], refused["facts"]) == ("more_than_paid", {"open_qepik": 300})
    await desk.accountant.post_ok(path, read(part, amount_qepik=300, document="E-2"))
    assert await desk.balance() == (500, 0, 500)


async def test_the_payee_is_opened_once_for_the_order_and_kept_nowhere_fu_6(desk: Desk) -> None:
    await desk.income(500)
    claim = await desk.approved(await desk.needs_grant(await desk.recognised_case()))
    path = f"/api/claims/{claim['id']}/release"
    released = await desk.releaser.post_ok(path, read(claim), key="one")
    assert released["payee_details"] == PAYEE
    assert [str(order) for _, order in desk.drawer.opened] == [released["orders"][0]["id"]]
    again = await desk.releaser.post_ok(path, read(claim), key="one")
    assert again == released
    assert {order for _, order in desk.drawer.opened} == {UUID(released["orders"][0]["id"])}
    assert (await desk.releaser.get_ok(f"/api/claims/{claim['id']}")).get("payee_details") is None
    async with desk.bench.session() as session:
        tables = await session.scalars(text("select tablename from pg_tables where schemaname = 'public'"))
        stored = [
            str(body) for body in await session.scalars(text("select convert_from(body, 'UTF8') from idempotency_key"))
        ]
        for table in list(tables):
            stored += await session.scalars(text(f"select row_to_json(t)::text from {table} as t"))  # noqa: S608
    assert not [value for value in PAYEE.values() if value in "\n".join(stored)]


async def test_with_identification_away_nothing_is_released_and_it_can_be_tried_again_fu_6(desk: Desk) -> None:
    await desk.income(500)
    claim = await desk.approved(await desk.needs_grant(await desk.recognised_case()))
    path = f"/api/claims/{claim['id']}/release"
    desk.drawer.away = True
    refused = await desk.releaser.post(path, read(claim), key="one")
    assert (refused.status_code, refused.json()["code"]) == (503, "identity_unavailable")
    stored = await desk.releaser.get_ok(f"/api/claims/{claim['id']}")
    assert (stored["state"], stored["version"], stored["orders"]) == ("reserved", claim["version"], [])
    desk.drawer.away = False
    assert (await desk.releaser.post_ok(path, read(claim), key="one"))["state"] == "ordered"


async def test_a_refused_release_opens_no_payee_fu_6(desk: Desk) -> None:
    claim = await desk.needs_grant(await desk.recognised_case())
    refused = await desk.releaser.post(f"/api/claims/{claim['id']}/release", read(claim))
    assert refused.json()["code"] == "not_possible_in_state"
    assert desk.drawer.opened == []


async def test_one_person_with_all_roles_is_still_one_person_fu_6(desk: Desk) -> None:
    await desk.income(500)
    claim_id = UUID((await desk.needs_grant(await desk.recognised_case()))["id"])
    alone = Actor(sub="one", agency="fund", roles=frozenset(ROLES), client="demo", scope="all")
    async with desk.bench.session() as session:
        one = UnitOfWork(session, alone, utc_now(), None, RIGHTS)
        two, three = (one.acting(replace(alone, sub=sub)) for sub in ("two", "three"))
        submitted = await decisions.submit(one, claim_id, SubmitClaim())
        approval = ApproveClaim(expected_version=submitted.version)
        with pytest.raises(NotPossible, match="you_requested_this"):
            await decisions.approve(one, claim_id, approval)
        reserved = await decisions.approve(two, claim_id, approval)
        order = ReleasePayment(expected_version=reserved.version)
        with pytest.raises(NotPossible, match="you_approved_this"):
            await releases.release(two, claim_id, order)
        with pytest.raises(NotPossible, match="you_requested_this"):
            await releases.release(one, claim_id, order)
        done = await releases.release(three, claim_id, order)
    assert done.state == "ordered"


async def answers_of(*requests: Any) -> list[httpx.Response]:
    return list(await asyncio.gather(*requests))


async def test_two_approvals_at_once_one_wins_fu_6(desk: Desk) -> None:
    await desk.income(500)
    claim = await desk.submitted(await desk.needs_grant(await desk.recognised_case()))
    path, body = f"/api/claims/{claim['id']}/approval", {"version": claim["version"]}
    answers = await answers_of(*(desk.approver.post(path, body) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert next(a.json()["code"] for a in answers if a.status_code == 409) == "stale"
    names = [name for name, _ in await desk.bench.published(claim["case_id"])]
    assert names.count("ClaimApproved") == 1


async def test_two_claims_race_for_the_last_qepik_one_wins_fu_5(desk: Desk) -> None:
    case_id = await desk.recognised_case()
    waiting = [await desk.approved(await desk.needs_grant(case_id)) for _ in range(3)]
    other = await desk.approved(await desk.needs_grant(await desk.recognised_case()))
    await desk.income(500)
    answers = await answers_of(
        *(desk.releaser.post(f"/api/claims/{claim['id']}/reservation") for claim in (*waiting, other))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"not_enough_free_money"}
    assert await desk.balance() == (500, 500, 0)


async def test_two_approvals_race_for_money_and_the_second_waits_fu_7(desk: Desk) -> None:
    await desk.income(500)
    sent = [await desk.submitted(await desk.needs_grant(await desk.recognised_case())) for _ in range(2)]
    answers = await answers_of(
        *(desk.approver.post(f"/api/claims/{c['id']}/approval", {"version": c["version"]}) for c in sent)
    )
    assert sorted(answer.json()["state"] for answer in answers) == ["approved", "reserved"]


async def test_two_releases_of_one_claim_one_order_fu_7(desk: Desk) -> None:
    await desk.income(500)
    claim = await desk.approved(await desk.needs_grant(await desk.recognised_case()))
    path = f"/api/claims/{claim['id']}/release"
    answers = await answers_of(*(desk.releaser.post(path, read(claim)) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert len((await desk.releaser.get_ok(f"/api/claims/{claim['id']}"))["orders"]) == 1


async def test_two_confirmations_pay_once_fu_1(desk: Desk) -> None:
    await desk.income(1_000)
    claim = await desk.ordered(await desk.needs_grant(await desk.recognised_case()))
    path = f"/api/claims/{claim['id']}/confirmation"
    answers = await answers_of(*(desk.accountant.post(path, {"bank_reference": "B-1"}) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert await desk.balance() == (500, 0, 500)
