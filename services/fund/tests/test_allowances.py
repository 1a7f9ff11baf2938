"""The allowance drafts itself, once, at the amount of its day: FU-1."""

from datetime import UTC, datetime

from sqlalchemy import text

from .givens import Desk, read

AMOUNTS = {
    datetime(2006, 6, 17, 9, tzinfo=UTC): 3300,
    datetime(2010, 1, 1, 9, tzinfo=UTC): 20000,
    datetime(2013, 1, 1, 9, tzinfo=UTC): 40000,
    datetime(2024, 2, 29, 9, tzinfo=UTC): 70000,
}


async def test_the_allowance_drafts_itself_at_the_amount_of_the_day_of_recognition_fu_1(desk: Desk) -> None:
    for day, amount in AMOUNTS.items():
        case_id = await desk.case(at=day)
        event = desk.identified(case_id, at=day)
        await desk.bench.receives(event)
        claim = await desk.allowance_of(case_id)
        assert (claim["state"], claim["amount_qepik"]) == ("draft", amount)
        assert claim["recognition_id"] == str(event.recognition_id)
        drafted = [(name, data["amount_qepik"]) for name, data in await desk.bench.published(case_id)]
        assert drafted == [("ClaimDrafted", amount)]


async def test_before_its_first_day_there_is_no_allowance_and_the_audit_says_why_fu_1(desk: Desk) -> None:
    day = datetime(2006, 6, 16, 9, tzinfo=UTC)
    case_id = await desk.case(at=day)
    await desk.bench.receives(desk.identified(case_id, at=day))
    assert (await desk.requester.get_ok("/api/claims", case_id=str(case_id)))["items"] == []
    async with desk.bench.session() as session:
        noted = await session.scalar(text("select outcome from audit_entry where action = 'draft_allowance'"))
    assert noted == "not_in_force"


async def test_whatever_the_bus_redelivers_there_is_one_allowance_fu_1(desk: Desk) -> None:
    case_id = await desk.case()
    event = desk.identified(case_id)
    envelopes = await desk.bench.receives(event)
    await desk.bench.redelivers(*envelopes)
    await desk.bench.receives(event)  # the same fact under another message id: the inbox cannot know it
    assert (await desk.allowance_of(case_id))["state"] == "draft"


async def test_a_second_recognition_after_revocation_drafts_no_second_allowance_fu_1(desk: Desk) -> None:
    await desk.income(10**6)
    case_id = await desk.case()
    first = desk.identified(case_id)
    await desk.bench.receives(first)
    await desk.paid(await desk.allowance_of(case_id))
    await desk.bench.receives(desk.revoked(first.recognition_id, case_id), desk.identified(case_id))
    assert (await desk.allowance_of(case_id))["state"] == "paid"


async def test_a_new_recognition_drafts_anew_where_the_earlier_allowance_ended_unpaid_fu_1(desk: Desk) -> None:
    case_id = await desk.recognised_case()
    draft = await desk.allowance_of(case_id)
    await desk.requester.post_ok(f"/api/claims/{draft['id']}/cancellation", read(draft, reason="recognition_ended"))
    assert [name for name, _ in await desk.bench.published(case_id)][-1] == "ClaimCancelled"
    await desk.bench.receives(desk.identified(case_id))
    found = await desk.requester.get_ok("/api/claims", case_id=str(case_id), state="draft")
    assert len(found["items"]) == 1


async def test_the_amount_of_an_allowance_is_set_by_law_fu_1(desk: Desk) -> None:
    claim = await desk.allowance_of(await desk.recognised_case())
    answer = await desk.requester.post(
        f"/api/claims/{claim['id']}/amendment", {"version": claim["version"], "amount_qepik": 1}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "amount_set_by_law")


async def test_a_childs_money_goes_to_the_representative_fu_6(desk: Desk) -> None:
    """The allowance, and every claim that names nobody; who names the child is refused. FU-1, ID-5."""
    case_id = await desk.case(age_group="child")
    recognised = desk.identified(case_id).model_copy(update={"age_group": "child"})
    await desk.bench.receives(recognised)
    assert (await desk.allowance_of(case_id))["payee"] == "representative"
    claim = await desk.needs_grant(case_id)
    assert claim["payee"] == "representative"
    path = f"/api/claims/{claim['id']}"
    named = await desk.requester.post_ok(f"{path}/amendment", {"version": claim["version"], "payee": "person"})
    refused = await desk.requester.post(f"{path}/submission")
    assert (named["state"], refused.status_code, refused.json()["code"]) == ("draft", 409, "payee_is_a_child")
