"""The nights of the own houses in figures, with their charts, and the mechanism's year (S12; SH-9, CO-1)."""

from datetime import date, datetime

from staffui import formats
from staffui.catalogue import Language
from staffui.pages import Chart, Facts, Report, shown
from staffui.view import Cell

from shelter.answers.houses import HouseYearAnswer, MonthNights, WaitedAnswer, YearAnswer


def _month(language: Language, now: datetime, value: str) -> Cell:
    return Cell(formats.month(language, date.fromisoformat(value)))


NIGHTS = Report(
    "/nights",
    "/api/nights/{year}",
    HouseYearAnswer,
    tables={
        "months": Facts(
            "months",
            shown(MonthNights, "month occupied out_of_use", {"month": _month}),
            chart=Chart("months", "month", ("occupied", "out_of_use")),
        ),
        "waited": Facts("waited", shown(WaitedAnswer, "waited stays"), chart=Chart("waited", "waited", ("stays",))),
    },
    of_this_year=True,
)
YEAR = Report(
    "/statistics",
    "/api/statistics/{year}",
    YearAnswer,
    cards=(Facts("year", shown(YearAnswer, "mia_shelter_admissions vac vac_psychological vac_legal")),),
)
