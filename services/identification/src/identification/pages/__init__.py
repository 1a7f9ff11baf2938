"""The staff pages of identification: calls, cases, decisions, and who may know of them (I1–I11, I13)."""

from staffui.pages import Facts, Pages, Part, Report, Search, shown

from identification.answers import YearAnswer
from identification.pages import cases, reports, tasks

_DESK = ("caseworker", "reporter", "reintegration-worker", "shelter-manager", "shelter-worker")
_ASSESSOR = ("assessor",)

PAGES = Pages(
    search=Search("/search", "/api/cases", opens="/cases/{id}"),
    lists=(reports.REPORTS, cases.CASES, tasks.TASKS, tasks.DOUBTS, tasks.NOTICES, tasks.OFFERS),
    objects=(
        reports.REPORT,
        cases.CASE,
        cases.ASSESSMENT,
        cases.CONSENT,
        cases.KNOWS,
        cases.CHILD,
        cases.HELP,
        tasks.TASK,
    ),
    reports=(
        Report(
            "/statistics",
            "/api/statistics/{year}",
            YearAnswer,
            cards=(Facts("year", shown(YearAnswer, "reports identified potential not_recognised")),),
        ),
    ),
    start=(
        Part("hand_overs_to_acknowledge", cases.CASES, {"status": "referred"}, roles=_ASSESSOR),
        Part("reports_to_check", reports.REPORTS, {"status": "reported"}, roles=_DESK),
        Part("withdrawals_waiting", cases.CASES, {"unacknowledged": "true"}),
        Part("cases_offered", cases.CASES, {"offered": "true"}),
        Part("cases_to_hand_over", cases.CASES, {"status": "registered"}, roles=_DESK),
        Part("doubts_of_age", tasks.DOUBTS, {"settled": "false"}),
        Part("tasks_same_person", tasks.TASKS, {"answered": "false"}),
        Part("assessments", cases.CASES, {"status": "assessment"}, roles=_ASSESSOR),
        Part("reopened", cases.CASES, {"status": "reopened"}),
        Part("appealed", cases.CASES, {"status": "appealed"}),
        Part("consent_pending", cases.CASES, {"status": "consent_pending"}, roles=_DESK),
        Part("hand_overs_waiting", cases.CASES, {"status": "referred"}, roles=("caseworker",)),
        Part("together", tasks.OFFERS),
        Part("notices", tasks.NOTICES, {}, roles=_ASSESSOR),
    ),
)
