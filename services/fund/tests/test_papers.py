"""The same outer paper counts once, however it is written; the refusal names the first: FU-2, FU-3, FU-4, FU-7."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from .givens import Desk, a_need, read

SAME = (
    "2-1(106)-77/2024",
    "2-1(106)-77/2024",
    "21(106)77/2024",
    "№2-1(106)-77.2024",
    "2_1(106)-77/2024",
    "2-1/106/-77/2024",
)


def refused_for(answer: Any, what: str, first: object) -> bool:
    problem = answer.json()
    return (answer.status_code, problem["code"], problem["facts"]) == (409, "paper_used", {what: str(first)})


@pytest.mark.parametrize("again", SAME, ids=range(len(SAME)))
async def test_a_donation_is_booked_once_until_it_is_corrected_fu_4(desk: Desk, again: str) -> None:
    """Also as another source: the paper is the same."""
    first = await desk.income(100, document=SAME[0])
    body = {"source": "campaign", "amount_qepik": 100, "document": again}
    assert refused_for(await desk.accountant.post("/api/incomes", body), "entry_id", first["entry_id"])
    await desk.accountant.post_ok(f"/api/entries/{first['entry_id']}/reversal")
    await desk.accountant.post_ok("/api/incomes", body)


async def test_one_reference_of_the_bank_confirms_one_order_fu_7(desk: Desk) -> None:
    """Also after the first payment came back, and whichever claim the second order is for."""
    await desk.income(2_000)
    case_id = await desk.recognised_case()
    first, second = [await desk.ordered(await desk.needs_grant(case_id)) for _ in range(2)]
    await desk.accountant.post_ok(f"/api/claims/{first['id']}/confirmation", {"bank_reference": "B-77"})
    path, again = f"/api/claims/{second['id']}/confirmation", {"bank_reference": "b77"}
    order = first["orders"][0]["id"]
    assert refused_for(await desk.accountant.post(path, again), "order_id", order)
    seen = await desk.accountant.get_ok(f"/api/claims/{first['id']}")
    wrong = read(seen, reason="account_closed", bank_reference="R-1")
    await desk.accountant.post_ok(f"/api/claims/{first['id']}/return", wrong)
    assert refused_for(await desk.accountant.post(path, again), "order_id", order)
    paid = await desk.accountant.post_ok(path, {"bank_reference": "B-78"})
    other = await desk.accountant.post(
        f"/api/claims/{second['id']}/return", read(paid, **wrong | {"version": paid["version"]})
    )
    assert other.json()["code"] == "paper_used"


async def test_one_paper_of_recovery_is_booked_once_and_is_no_income_beside_fu_3(desk: Desk) -> None:
    await desk.income(1_000)
    case_id = await desk.recognised_case()
    first, second = [await desk.paid(await desk.needs_grant(case_id)) for _ in range(2)]
    await desk.accountant.post_ok(f"/api/claims/{first['id']}/recovery", read(first, amount_qepik=9, document="E-1"))
    again = await desk.accountant.post(
        f"/api/claims/{second['id']}/recovery", read(second, amount_qepik=9, document="e1")
    )
    entries = (await desk.accountant.get_ok("/api/entries", claim_id=first["id"]))["items"]
    booked = next(entry["id"] for entry in entries if entry["kind"] == "recovery")
    assert refused_for(again, "entry_id", booked)
    income = {"source": "recovery", "amount_qepik": 9, "document": "E-1"}
    assert refused_for(await desk.accountant.post("/api/incomes", income), "entry_id", booked)


async def test_one_receipt_is_claimed_once_for_anybody_fu_2(desk: Desk) -> None:
    """A caseworker of another agency learns nothing of it: the Fund's requester is refused at submission."""
    first = await desk.requester.post_ok("/api/claims", a_need(await desk.recognised_case()) | {"document": "Q-12"})
    case_id = await desk.recognised_case()
    again = a_need(case_id) | {"document": "№q12"}
    assert refused_for(await desk.requester.post("/api/claims", again), "claim_id", first["id"])
    drafted = await desk.caseworker.post_ok("/api/claims", again)
    assert refused_for(await desk.requester.post(f"/api/claims/{drafted['id']}/submission"), "claim_id", first["id"])
    await desk.requester.post_ok(f"/api/claims/{first['id']}/cancellation", read(first, reason="need_ended"))
    assert (await desk.submitted(drafted))["state"] == "submitted"
    back = await desk.amended(first)
    assert refused_for(back, "claim_id", drafted["id"])


def a_decision(case_id: UUID, document: str, **more: object) -> dict[str, Any]:
    award = {"kind": "compensation", "awarded_qepik": 500, "from_property_qepik": 0}
    return {"case_id": str(case_id), "document": document, **award, **more}


async def test_one_decision_of_a_court_is_paid_once_to_each_person_whom_it_awards_fu_3(desk: Desk) -> None:
    case_id, other = await desk.recognised_case(), await desk.recognised_case()
    first = await desk.requester.post_ok("/api/claims", a_decision(case_id, "2-1/7"))
    for whose in (case_id, other):
        again = await desk.requester.post("/api/claims", a_decision(whose, "2-1/7"))
        assert refused_for(again, "claim_id", first["id"])
    shared = a_decision(other, "21/7", shared_decision=True)
    assert refused_for(await desk.requester.post("/api/claims", shared), "claim_id", first["id"])
    await desk.requester.post_ok(f"/api/claims/{first['id']}/amendment", read(first, shared_decision=True))
    second = await desk.requester.post_ok("/api/claims", shared)
    again = await desk.requester.post("/api/claims", a_decision(other, "2-1/7", shared_decision=True))
    assert refused_for(again, "claim_id", second["id"])


async def test_two_who_record_one_paper_at_once_one_wins_and_is_named(desk: Desk) -> None:
    body = {"source": "donation", "amount_qepik": 100, "document": "D-1"}
    answers = await asyncio.gather(*(desk.accountant.post("/api/incomes", body) for _ in range(4)))
    won = [answer.json() for answer in answers if answer.status_code == 201]
    assert len(won) == 1
    assert all(refused_for(a, "entry_id", won[0]["entry_id"]) for a in answers if a.status_code != 201)


SEPARATORS = st.text("-‐–—_ №", max_size=2)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    parts=st.lists(st.text("0123456789abxəğöşçıi", min_size=1, max_size=4), min_size=1, max_size=4),
    signs=st.lists(SEPARATORS, min_size=5, max_size=5),
    upper=st.booleans(),
)
async def test_no_way_of_writing_makes_another_paper(
    desk: Desk, parts: list[str], signs: list[str], upper: bool
) -> None:
    """Case, spaces, dashes, № and dots for slashes: one key. Other letters or digits: another."""
    plain = "/".join(parts)
    written = signs[4] + ".".join(part[:1] + sign + part[1:] for part, sign in zip(parts, signs, strict=False))
    written = written.replace("i", "İ").replace("ı", "I").upper() if upper else written
    async with desk.bench.session() as session:
        key = text("select paper_key(:a) = paper_key(:b), paper_key(:a) = paper_key(:a || '7')")
        assert tuple((await session.execute(key, {"a": plain, "b": written})).one()) == (True, False)
