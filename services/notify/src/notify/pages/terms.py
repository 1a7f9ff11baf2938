"""Clocks on the pages: what ends when, whose it is, and how its days are counted (N2, N3; NO-3)."""

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from staffui.elsewhere import CASE, address, page_of
from staffui.pages import Facts, List, Object, shown
from staffui.view import Link
from staffui.visit import Visit

from notify.answers import CalendarDay, ClockState, DeadlineAnswer, OpenState
from notify.domain.kinds import BY_CODE, KINDS
from notify.domain.machines import CLOCK as MACHINE
from notify.rights import Part

_COLUMNS = "case_ref:ref kind:word:clock due_at:clock agency:agency:holder"
SUBJECTS: Mapping[Part, str] = {
    "place": "stay",
    "stay": "stay",
    "support": "handover",
    "payment": "claim",
    "permit": "permit",
    "removal_bar": "bar",
    "return": "return",
}
"""What the object of a clock of this part is; other clocks lead to the case."""
DEADLINES = List(
    "/deadlines",
    "/api/deadlines",
    DeadlineAnswer,
    shown(DeadlineAnswer, _COLUMNS),
    filters={"mine": ("true",), "state": get_args(OpenState), "kind": tuple(BY_CODE)},
    opens="/deadlines/{id}",
    machine=MACHINE,
    words={"kind": "clock"},
    by_due="due_at",
)
CLOCKS = List(
    "/clocks",
    "/api/clocks",
    DeadlineAnswer,
    shown(DeadlineAnswer, f"{_COLUMNS} state:tag:clock"),
    filters={"mine": ("true",), "state": get_args(ClockState), "kind": tuple(BY_CODE), "case_id": ()},
    opens="/deadlines/{id}",
    machine=MACHINE,
    words={"kind": "clock"},
    aside=True,
)


def subject_of(kind: str, object_id: str) -> str:
    """`stay/0190…`: what the clock waits for, as tasks name it; `case/` where only its case has a page."""
    part = next(one.part for one in KINDS if one.code == kind)
    return f"{SUBJECTS[part]}/{object_id}" if part in SUBJECTS else "case/"


def where_it_is_met(visit: Visit, clock: Mapping[str, Any]) -> Sequence[Link]:
    """The page of what the clock waits for, and that of its case."""
    services, roles = visit.site.settings.services, visit.roles
    case = address(services, roles, CASE, str(clock["case_id"]))
    found = page_of(services, roles, subject_of(clock["kind"], clock["object_id"]), str(clock["case_id"]))
    links = [Link(visit.text("ui.where_it_is_done"), found)] if found and found != case else []
    return [*links, *([Link(f"{visit.text('ui.the_case')}: {clock['case_ref']}", case)] if case else [])]


DEADLINE = Object(
    "/deadlines/{clock_id}",
    "/api/clocks/{clock_id}",
    DeadlineAnswer,
    MACHINE,
    back="/deadlines",
    person=shown(DeadlineAnswer, "kind:word:clock"),
    cards=(
        Facts(
            "deadline",
            shown(
                DeadlineAnswer,
                "due_at:clock started_at warn_at breached_at ended_at agency:agency:holder role in_working_days"
                " provisional entered_late",
            ),
            known_only=True,
        ),
    ),
    tables={"counted": Facts("counted", shown(CalendarDay, "day works name estimated decree"))},
    ways=where_it_is_met,
    by_events=True,
)
