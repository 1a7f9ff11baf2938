"""Money in and corrections, and what is true after any story: FU-4, FU-5."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
from fund.domain.ledger import INCOME_SOURCES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from .givens import Desk, paper, read


async def test_income_has_source_and_document_and_property_its_court_fu_4(desk: Desk) -> None:
    for source in INCOME_SOURCES:
        booked = await desk.income(10, source=source, court_document="C-1")
        assert (booked["source"], booked["amount_qepik"]) == (source, 10)
    body: dict[str, Any] = {"source": "confiscated_property", "amount_qepik": 5, "document": paper()}
    bare = await desk.accountant.post("/api/incomes", body)
    assert (bare.status_code, bare.json()["code"]) == (422, "court_document_missing")
    assert (await desk.accountant.post("/api/incomes", body | {"source": "lottery"})).json()["code"] == "unknown_source"
    del body["document"]
    assert (await desk.accountant.post("/api/incomes", body)).status_code == 422
    published = await desk.bench.published()
    assert [name for name, _ in published] == ["IncomeReceived"] * len(INCOME_SOURCES)
    listed = await desk.accountant.get_ok("/api/incomes", source="grant")
    assert len(listed["items"]) == 1


async def test_a_wrong_income_is_corrected_by_a_new_entry_once_fu_5(desk: Desk) -> None:
    wrong = await desk.income(900)
    path = f"/api/entries/{wrong['entry_id']}/reversal"
    done = await desk.accountant.post_ok(path)
    assert done["reverses"] == wrong["entry_id"]
    assert await desk.balance() == (0, 0, 0)
    assert (await desk.accountant.post(path)).json()["code"] == "already_reversed"
    again = await desk.accountant.post(f"/api/entries/{done['id']}/reversal")
    assert again.json()["code"] == "reversal_of_reversal"
    entries = (await desk.accountant.get_ok("/api/entries", account="bank.free"))["items"]
    assert [item["reversed_by"] for item in entries] == [None, done["id"]]
    assert (await desk.accountant.post(f"/api/entries/{uuid4()}/reversal")).status_code == 404


async def test_income_that_was_spent_cannot_be_taken_back_and_claims_keep_their_entries_fu_5(desk: Desk) -> None:
    income = await desk.income(500)
    claim = await desk.approved(await desk.needs_grant(await desk.recognised_case()))
    refused = await desk.accountant.post(f"/api/entries/{income['entry_id']}/reversal")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_enough_free_money")
    reservation = (await desk.accountant.get_ok("/api/entries", claim_id=claim["id"]))["items"][0]
    refused = await desk.accountant.post(f"/api/entries/{reservation['id']}/reversal")
    assert refused.json()["code"] == "entry_belongs_to_claim"


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["income", "approve", "release", "fail", "cancel", "confirm", "recover", "return", "again"]),
        st.integers(1, 400),
    ),
    min_size=3,
    max_size=12,
)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(acts=ACTS)
async def test_after_any_story_sums_are_zero_and_balances_are_their_postings_fu_5(desk: Desk, acts: Any) -> None:
    """Acts that the rules refuse change nothing; what is reserved is what the claims hold (FU-7)."""
    case_id = await desk.recognised_case()
    claim: dict[str, Any] | None = None
    for act, amount in acts:
        if act == "income":
            await desk.income(amount)
        elif act == "approve" or claim is None:
            claim = await desk.approved(await desk.needs_grant(case_id, amount))
        else:
            await goes_on(desk, await desk.requester.get_ok(f"/api/claims/{claim['id']}"), act, amount)
    async with desk.bench.session() as session:
        assert await session.scalar(text("select coalesce(sum(amount_qepik), 0) from posting")) == 0
        wrong = text(
            "select count(*) from account a where balance_qepik <>"
            " (select coalesce(sum(amount_qepik), 0) from posting p where p.account = a.name)"
        )
        assert await session.scalar(wrong) == 0
        stored = await session.scalar(
            text(
                "select coalesce(sum(amount_qepik), 0) from claim"
                " where state in ('reserved', 'ordered', 'failed', 'returned')"
            )
        )
        stand = text(
            "select claim.id, claim.state, count(e.id) from claim left join entry e on e.claim_id = claim.id"
            " and e.kind = 'payment' and not exists (select from entry r where r.reverses = e.id) group by claim.id"
        )
        for _, state, payments in await session.execute(stand):
            assert payments == (1 if state in ("paid", "recovered") else 0)  # never twice (FU-1)
    bank, reserved, free = await desk.balance()
    assert (bank, reserved) == (reserved + free, stored)
    assert min(bank, reserved, free) >= 0


async def goes_on(desk: Desk, seen: dict[str, Any], act: str, amount: int) -> None:
    """One act on the claim as it was read; whether it is possible is for the rules."""
    path = f"/api/claims/{seen['id']}"
    if act == "release":
        await desk.releaser.post(f"{path}/release", read(seen))
    elif act == "fail":
        await desk.accountant.post(f"{path}/failure", {"reason": "account_closed"})
    elif act == "cancel":
        await desk.releaser.post(f"{path}/cancellation", read(seen, reason="need_ended"))
    elif act == "confirm":
        await desk.accountant.post(f"{path}/confirmation", {"bank_reference": paper()})
    elif act == "return":
        await returned_by_bank(desk, seen)
    elif act == "recover":
        await desk.accountant.post(f"{path}/recovery", read(seen, amount_qepik=amount, document=paper()))
    else:
        await desk.amended(seen)
        await desk.requester.post(f"{path}/submission")
        await desk.approver.post(f"{path}/approval", read(await desk.requester.get_ok(path)))


async def returned_by_bank(desk: Desk, seen: dict[str, Any]) -> httpx.Response:
    body = read(seen, reason="payee_details_wrong", bank_reference=paper())
    answer: httpx.Response = await desk.accountant.post(f"/api/claims/{seen['id']}/return", body)
    return answer


async def test_money_that_comes_in_at_the_same_time_is_booked_without_waiting_crosswise_fu_5(desk: Desk) -> None:
    """Eight incomes at once take the same accounts: none is ended by the database in favour of another."""
    body = {"source": "donation", "amount_qepik": 100, "document": paper()}
    for _ in range(3):
        incomes = [body | {"document": paper()} for _ in range(8)]
        answers = await asyncio.gather(*(desk.accountant.post("/api/incomes", income) for income in incomes))
        assert {answer.status_code for answer in answers} == {201}
    deadlocks = "select deadlocks from pg_stat_database where datname = current_database()"
    async with desk.bench.session() as session:
        await session.execute(text("select pg_stat_force_next_flush()"))
        assert await session.scalar(text(deadlocks)) == 0
    assert (await desk.accountant.get_ok("/api/balance"))["bank_qepik"] == 2_400
