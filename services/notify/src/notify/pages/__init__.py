"""The staff pages of notify: tasks, terms, messages to persons, and what shows no case (N1–N5)."""

from staffui.pages import Pages, Part

from notify.pages import messages, records, tasks, terms

PAGES = Pages(
    lists=(
        tasks.INBOX,
        terms.DEADLINES,
        messages.MESSAGES,
        tasks.AGENCY_TASKS,
        records.CALENDAR,
        records.CLOCK_COUNTS,
        terms.CLOCKS,
        records.MESSAGE_COUNTS,
        records.TEMPLATES,
    ),
    objects=(terms.DEADLINE, messages.MESSAGE),
    start=(
        Part("overdue_terms", terms.DEADLINES, {"state": "breached", "mine": "true"}),
        Part("terms_due_soon", terms.DEADLINES, {"state": "approaching", "mine": "true"}),
        Part("unread_tasks", tasks.INBOX, {"unread": "true"}),
        Part("withheld_messages", messages.MESSAGES, {"state": "withheld"}),
        Part("failed_messages", messages.MESSAGES, {"state": "failed"}),
        Part("unread_agency_tasks", tasks.AGENCY_TASKS, {"unread": "true"}),
        Part("days_to_decree", records.CALENDAR, {"estimated": "true"}, right="enter_decree"),
        Part("clock_counts", records.CLOCK_COUNTS),
    ),
)
