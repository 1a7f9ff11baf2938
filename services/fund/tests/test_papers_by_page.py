"""The payment order and the statement as page and PDF: no payee, no small group (FU-6, FU-10)."""

from datetime import UTC, datetime

from chassis.testing import ServiceUnderTest
from staffui.catalogue import LANGUAGES, text
from staffui.testing import browser, paper_in, text_of

from .givens import PAYEE, Desk
from .test_figures import pay

ABSENT = "0190a0a0-0000-7000-8000-000000000000"


async def test_an_order_shows_the_sum_and_never_the_payee(fund: Desk) -> None:
    await fund.income(10_000)
    claim = await fund.ordered(await fund.needs_grant(await fund.recognised_case(), amount_qepik=2345))
    async with browser(fund.bench) as desk:
        page = await desk.sign_in("fund.fund-releaser", to=f"/claims/{claim['id']}")
        assert f'href="/claims/{claim["id"]}/order"' in page.text
        for language in LANGUAGES:
            drawn = await paper_in(desk, f"/claims/{claim['id']}/order", language)
            for shown in (claim["case_ref"], claim["document"], text(language, "order.payee"), "23"):
                assert shown in drawn
            for hidden in PAYEE.values():
                assert str(hidden) not in drawn
    async with browser(fund.bench) as stranger:
        await stranger.sign_in("ngo-clean-world.caseworker")
        for id_ in (claim["id"], ABSENT):
            assert (await stranger.get(f"/claims/{id_}/order", pdf="en")).status_code == 404


async def test_a_statement_hides_small_groups_on_paper_too(paged: ServiceUnderTest, fund: Desk) -> None:
    """FU-10, CO-1: the paper of a year is what its page shows; a year that is not over has none."""
    await fund.income(10**6, happened_at="2024-01-10T10:00:00+04:00")
    await pay(fund, await fund.recognised_case(), datetime(2024, 6, 1, tzinfo=UTC))
    async with browser(paged) as desk:
        await desk.sign_in("fund.fund-accountant", to="/statements?year=2024")
        for language, total in (("az", "10 000,00 ₼"), ("en", "AZN 10,000.00"), ("ru", "10 000,00 AZN")):
            drawn = text_of(await desk.get("/statements", year="2024", pdf=language))
            together = drawn.replace("\xa0", " ")
            assert total in together
            assert text(language, "page.statements") in drawn  # type: ignore[arg-type]  # one of the three
            for hidden in (" 5,00", " 5.00", "AZN 5"):
                assert hidden not in together
        assert "pdf=ru" in (await desk.get("/statements", year="2024")).text
        assert "app-chart" not in (await desk.get("/statements", year="2024")).text, "every use is a small group"
        this_year = str(datetime.now(UTC).year)
        assert (await desk.get("/statements", year=this_year, pdf="az")).status_code == 404
