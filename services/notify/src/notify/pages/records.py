"""What shows no case on the pages: the working calendar and its decrees, templates, counts (N2, N5; NO-3, NO-4)."""

from staffui.pages import Chart, List, Start, shown

from notify.answers import CalendarDay, ClockCount, MessageCount, TemplateAnswer

_YEARS = tuple(str(year) for year in range(2024, 2031))
CALENDAR = List(
    "/calendar",
    "/api/calendar",
    CalendarDay,
    shown(CalendarDay, "day name works estimated decree"),
    filters={"year": _YEARS, "estimated": ("true",)},
    begins=(Start("/calendar/decree", "act.calendar.enter_decree"),),
    starts_api="/api/calendar/decrees",
)
TEMPLATES = List(
    "/templates",
    "/api/templates",
    TemplateAnswer,
    shown(TemplateAnswer, "template:word:template subject body version first_day"),
    in_language=True,
    aside=True,
)
CLOCK_COUNTS = List(
    "/clock-counts",
    "/api/clock-counts",
    ClockCount,
    shown(ClockCount, "kind:word:clock open breached met met_late met_without_identity ended"),
    filters={"year": _YEARS},
    chart=Chart("clock_counts", "kind", ("met", "met_late", "breached")),
)
MESSAGE_COUNTS = List(
    "/message-counts",
    "/api/message-counts",
    MessageCount,
    shown(MessageCount, "state:tag:notification messages"),
    filters={"year": _YEARS},
    aside=True,
)
