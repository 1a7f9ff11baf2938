"""The public statement and the year's figures: FU-10, by effective date in Baku."""

from datetime import UTC, datetime

from sqlalchemy import text

from .givens import Desk, paper, read


async def test_the_year_counts_payments_by_the_day_they_took_effect_in_baku(desk: Desk) -> None:
    await desk.income(10**6)
    first, second = await desk.recognised_case(), await desk.recognised_case()
    late = datetime(2024, 12, 31, 19, 59, tzinfo=UTC)  # 23:59 in Baku
    for case_id in (first, second):
        await pay(desk, case_id, late)
    next_year = datetime(2024, 12, 31, 20, 1, tzinfo=UTC)
    await pay(desk, first, next_year)
    figures = await desk.person("coordinator.coordinator").get_ok("/api/statistics/2024")
    assert figures == {
        "year": 2024,
        "allowances_paid": 0,
        "allowance_total_qepik": 0,
        "needs_persons": 2,
        "needs_total_qepik": 1000,
    }
    assert (await desk.person("coordinator.coordinator").get_ok("/api/statistics/2025"))["needs_persons"] == 1


async def pay(desk: Desk, case_id: object, at: datetime) -> None:
    body = {"case_id": str(case_id), "kind": "needs_grant", "purpose": "other", "amount_qepik": 500}
    stamp = {"happened_at": at.isoformat()}
    claim = await desk.requester.post_ok("/api/claims", body | stamp)
    path = f"/api/claims/{claim['id']}"
    sent = await desk.requester.post_ok(f"{path}/submission", stamp)
    approved = await desk.approver.post_ok(f"{path}/approval", read(sent, **stamp))
    await desk.releaser.post_ok(f"{path}/release", read(approved, **stamp))
    await desk.accountant.post_ok(f"{path}/confirmation", stamp | {"bank_reference": paper()})


async def test_allowances_of_the_year(desk: Desk) -> None:
    await desk.income(10**6)
    await desk.paid(await desk.allowance_of(await desk.recognised_case()))
    figures = await desk.figures_of_this_year()
    assert (figures["allowances_paid"], figures["allowance_total_qepik"]) == (1, 70_000)


async def test_the_statement_shows_money_and_hides_small_groups_fu_10(desk: Desk) -> None:
    stamp = {"happened_at": "2024-01-10T10:00:00+04:00"}
    await desk.income(10**6, **stamp)
    reversed_income = await desk.income(77, **stamp)
    await desk.accountant.post_ok(f"/api/entries/{reversed_income['entry_id']}/reversal", stamp)
    await pay(desk, await desk.recognised_case(), datetime(2024, 6, 1, tzinfo=UTC))
    statement = await desk.person("ombudsman.auditor").get_ok(
        "/api/statements", **{"from": "2024-01-01", "to": "2024-12-31"}
    )
    assert {s["source"]: s["amount_qepik"] for s in statement["income"]}["donation"] == 10**6
    assert statement["income_total_qepik"] == 10**6
    uses = {use["use"]: use for use in statement["uses"]}
    assert uses["other"] == {"use": "other", "persons": None, "amount_qepik": None, "suppressed": True}
    assert uses["allowance"]["persons"] == 0
    assert statement["total"]["suppressed"]
    empty = await desk.accountant.get_ok("/api/statements", **{"from": "2023-01-01", "to": "2023-12-31"})
    assert (empty["income_total_qepik"], empty["total"]["persons"]) == (0, 0)
    wrong = await desk.accountant.get("/api/statements", **{"from": "2023-02-01", "to": "2023-01-31"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "period_ends_before_it_begins")


async def test_figures_are_of_whole_years_that_are_over_fu_10(desk: Desk) -> None:
    """CO-1: no moving last day, for anybody."""
    auditor, this_year = desk.person("ombudsman.auditor"), datetime.now(UTC).year
    for first, last in (("2024-01-01", "2024-12-30"), ("2024-01-02", "2024-12-31"), ("2023-01-01", "2024-12-31")):
        answer = await auditor.get("/api/statements", **{"from": first, "to": last})
        assert (answer.status_code, answer.json()["code"]) == (422, "not_a_whole_year")
    for path, query in (
        (f"/api/statistics/{this_year}", {}),
        ("/api/statements", {"from": f"{this_year}-01-01", "to": f"{this_year}-12-31"}),
    ):
        answer = await auditor.get(path, **query)
        assert (answer.status_code, answer.json()["code"]) == (409, "period_not_over")


async def test_what_one_more_payment_changes_is_shown_to_nobody_but_who_publishes_the_totals_co_1(desk: Desk) -> None:
    """The year and the statement are one table; each reader's figures are in the log."""
    await desk.income(10**6)
    case_id, at = await desk.recognised_case(), datetime(2024, 6, 1, tzinfo=UTC)
    await pay(desk, case_id, at)
    auditor, coordinator = desk.person("ombudsman.auditor"), desk.person("coordinator.coordinator")
    before = await auditor.get_ok("/api/statistics/2024")
    assert (before["needs_persons"], before["needs_total_qepik"]) == (None, None)
    await pay(desk, case_id, at)
    assert await auditor.get_ok("/api/statistics/2024") == before
    assert (await coordinator.get_ok("/api/statistics/2024"))["needs_total_qepik"] == 1_000
    async with desk.bench.session() as session:
        log = text("select statistic, year, tier, role from figure_release order by id")
        released = [tuple(row) for row in await session.execute(log)]
    assert released == [("payments", 2024, "small", "auditor"), ("payments", 2024, "totals", "coordinator")]
