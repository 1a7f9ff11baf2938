"""HTTP to command, view to answer: clocks, the staff inbox, messages by state, templates, receipts of providers."""

from notify.api import calendar, clocks, inbox, messages, records

ROUTERS = (
    *(clocks.reads, inbox.reads, messages.reads, records.reads, calendar.reads),
    *(inbox.commands, messages.commands, calendar.commands),
)
