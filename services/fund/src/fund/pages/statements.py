"""The statement of a year, and its figures; small groups are hidden by the API (F10; FU-10)."""

from staffui.pages import Chart, Facts, Report, shown

from fund.answers import SourceAnswer, StatementAnswer, UseAnswer, YearAnswer

STATEMENT = Report(
    "/statements",
    "/api/statements",
    StatementAnswer,
    query={"from": "{year}-01-01", "to": "{year}-12-31"},
    cards=(Facts("statement", shown(StatementAnswer, "income_total_qepik:money threshold")),),
    tables={
        "income": Facts("income", shown(SourceAnswer, "source amount_qepik:money")),
        "uses": Facts(
            "uses",
            shown(UseAnswer, "use persons amount_qepik:money suppressed"),
            chart=Chart("uses", "use", ("amount_qepik",)),
        ),
    },
)
YEAR = Report(
    "/statistics",
    "/api/statistics/{year}",
    YearAnswer,
    cards=(
        Facts(
            "year",
            shown(
                YearAnswer,
                "allowances_paid allowance_total_qepik:money needs_persons needs_total_qepik:money",
            ),
        ),
    ),
)
