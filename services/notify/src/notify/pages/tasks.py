"""Tasks on the pages: the own inbox, and the operator's about agencies' systems (N1; NO-4, ID-12)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import BaseModel
from staffui.elsewhere import page_of
from staffui.pages import List, Many, shown
from staffui.visit import Visit

from notify.answers import AgencyTaskAnswer, InboxItemAnswer


def where_it_is_done(visit: Visit, item: Mapping[str, Any]) -> str | None:
    """The page of what the task is about: here, or at its own service for roles that open it there."""
    kind, _, id_ = str(item["subject"]).partition("/")
    if kind == "clock":
        return f"/deadlines/{id_}"
    if kind == "message":
        return f"/messages/{id_}"
    return page_of(visit.site.settings.services, visit.roles, str(item["subject"]), str(item["case_id"]))


def _tasks(name: str, line: type[BaseModel], about: str) -> List:
    """A list of tasks that each person marks as read; `about` is the column of what they are about."""
    return List(
        f"/{name}",
        f"/api/{name}",
        line,
        shown(line, f"{about} text created_at:since read_at"),
        filters={"unread": ("true",)},
        in_language=True,
        many=Many("read_item", f"/api/{name}/{{item_id}}/read", done="read_at"),
    )


AGENCY_TASKS = _tasks("agency-tasks", AgencyTaskAnswer, "agency:agency")
INBOX = replace(
    _tasks("inbox", InboxItemAnswer, "case_ref:ref"),
    filters={"unread": ("true",), "case_id": ()},
    leads=where_it_is_done,
)
