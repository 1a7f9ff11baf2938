"""The nights of the own houses by month, and how long people waited, as API and as charts (SH-5, SH-7, SH-9)."""

from datetime import date

import pytest
from chassis.testing import ServiceUnderTest
from shelter.domain.house_year import by_month, by_wait
from staffui.catalogue import LANGUAGES, text
from staffui.testing import Browser, text_of

from .givens import MANAGER, WORKER, a_resident, at

OTHER = "ngo-clean-world.shelter-manager"
LAST_DAY = date(2025, 1, 1)


@pytest.mark.parametrize(
    ("begins", "ends", "nights"),
    [
        (date(2024, 1, 30), date(2024, 2, 2), {1: 2, 2: 1}),
        (date(2023, 12, 1), date(2024, 1, 3), {1: 2}),
        (date(2024, 12, 30), None, {12: 2}),
        (date(2024, 3, 1), date(2024, 3, 1), {}),
    ],
)
def test_a_night_counts_in_the_month_of_its_evening(begins: date, ends: date | None, nights: dict[int, int]) -> None:
    found = by_month([(begins, ends, "stay")], 2024, LAST_DAY)
    assert {month.month: count for (month, _), count in found.items() if count} == nights


def test_nights_to_come_do_not_count_yet() -> None:
    found = by_month([(date(2024, 3, 1), date(2024, 5, 1), "stay")], 2024, date(2024, 3, 11))
    assert sum(found.values()) == 10


def test_waits_fall_in_groups() -> None:
    assert by_wait([0, 1, 2, 7, 14, 15, 90]) == {"0_1": 2, "2_3": 1, "4_7": 1, "8_14": 1, "15_more": 2}


async def test_the_house_sees_its_own_nights_alone(paged: ServiceUnderTest, desk: Browser) -> None:
    """SH-7: another house’s are not among them; the charts state what the table states."""
    await a_resident(paged)
    paged.now = at("2024-03-10T12:00:00+04:00")
    for person in (MANAGER, WORKER):
        year = await paged.person(person).get_ok("/api/nights/2024")
        assert [one["occupied"] for one in year["months"]] == [0, 0, 7, *[0] * 9]
        assert year["waited"][0] == {"waited": "0_1", "stays": 1}
    others = await paged.person(OTHER).get_ok("/api/nights/2024")
    assert {one["occupied"] for one in others["months"]} == {0}
    refused = await paged.person("coordinator.coordinator").get("/api/nights/2024")
    assert refused.status_code == 403
    paged.now = None
    await desk.sign_in(MANAGER, to="/nights?year=2024")
    for language in LANGUAGES:
        await desk.http.post("/language", data={"language": language, "back": "/"})
        page = (await desk.get("/nights", year="2024")).text
        assert page.count('<svg class="app-chart"') == 2
        assert text(language, "chart.months") in page
        assert page.count('<details class="app-figure__data"') == 2
        assert "style=" not in page
        drawn = text_of(await desk.get("/nights", year="2024", pdf=language))
        assert text(language, "card.months") in drawn
        assert text(language, "code.waited.15_more") in drawn


async def test_the_coordinator_reads_the_year_of_the_mechanism_by_page(paged: ServiceUnderTest, desk: Browser) -> None:
    """CO-1: figures alone, and too few persons are no figure."""
    await a_resident(paged)
    page = await desk.sign_in("coordinator.coordinator", to="/statistics?year=2024")
    assert page.status_code == 200, page.text
    assert "Yardım Mərkəzinin yardım etdiyi şəxslər" in page.text
    assert (await paged.person(MANAGER).get("/api/statistics/2024")).status_code == 403
