"""The stay: from the request to its end. SH-1, SH-2, SH-3 (Law on combating trafficking 13.3, 16.3; CoM 203/2005)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from chassis.errors import Invalid, NotPossible
from chassis.machine import Machine

STAY = Machine(
    "stay",
    "requested",
    {
        ("requested", "offer"): "offered",
        ("requested", "waitlist"): "waitlisted",
        ("requested", "refuse"): "refused",
        ("waitlisted", "offer"): "offered",
        ("waitlisted", "refuse"): "refused",
        ("offered", "admit"): "admitted",
        ("offered", "decline"): "declined",
        ("offered", "lapse"): "lapsed",
        ("admitted", "request_extension"): "admitted",
        ("admitted", "decide_extension"): "admitted",
        ("admitted", "record_service"): "admitted",
        ("ended", "record_service"): "ended",  # entered late: it was during the stay
        ("admitted", "re_examine"): "admitted",
        ("admitted", "transfer"): "ended",
        ("admitted", "leave"): "ended",
    },
)

EXTENSION = Machine(
    "extension",
    "requested",
    {("requested", "grant"): "granted", ("requested", "refuse"): "not_granted"},
)

LONGEST_STEP = timedelta(days=730)
"""Of one decision; no rule of law, a guard against a wrong year."""
RECOGNITION_REASONS = ("identification_declined", "recognition_revoked")
"""Reasons to look at a stay or a support again that a new recognition settles (ID-9)."""
WAITING = ("requested", "waitlisted")
BEGAN = ("admitted", "ended")
OPEN = ("requested", "waitlisted", "offered", "admitted")
VIEWS = ("upcoming", "resident", "overdue_decision", "left", "transferred", "discharged", "repatriated")


@dataclass(frozen=True)
class Stay:
    """What the rules of a stay need to know. `counted_from` is the first day, also after a transfer."""

    state: str
    category: str
    counted_from: date | None = None
    ends_on: date | None = None
    how: str | None = None


def base_end(counted_from: date, category: str, base_days: Mapping[str, int]) -> date:
    """SH-1: the day on which a stay ends unless it is extended.

    30 days for adults, 60 for children and for adults with minor children, by the parameter of the day of admission.
    """
    return counted_from + timedelta(days=base_days[category])


def extended_end(stay: Stay, *, step_days: int, ends_on: date | None, days: int | None) -> date:
    """SH-1: the new end of an extended stay: that day, or so many days more, or one practice step more.

    Invalid `two_ends` when both are passed; `end_not_later` when the new end would not lie after the present one;
    `end_too_far` when it lies years ahead: a mistyped year would keep an overrun silent (SH-3).
    """
    if ends_on and days is not None:
        raise Invalid("two_ends", "Give either the new end or the number of days.")
    present = _end_of(stay)
    new_end = ends_on or present + timedelta(days=step_days if days is None else days)
    if new_end <= present:
        raise Invalid("end_not_later", "The new end must lie after the present one.", facts={"ends_on": str(present)})
    if new_end > present + LONGEST_STEP:
        raise Invalid("end_too_far", "A decision extends a stay by two years at most.", facts={"ends_on": str(present)})
    return new_end


def warnings(stay: Stay, today: date, soft_limit_days: Mapping[str, int] | None) -> list[str]:
    """SH-1: what staff should know; a warning never blocks anybody."""
    if not stay.counted_from or not stay.ends_on:
        return []
    limit = (soft_limit_days or {}).get(stay.category)
    found = []
    if limit is not None and (stay.ends_on - stay.counted_from).days > limit:
        found.append("soft_limit_exceeded")
    if view(stay, today) == "overdue_decision":
        found.append("overdue_decision")
    return found


def is_overdue(stay: Stay, today: date) -> bool:
    """SH-3: the stay ran out and waits for a decision. Nothing else follows from it: nobody is put out by a clock."""
    return stay.state == "admitted" and stay.ends_on is not None and today > stay.ends_on


def view(stay: Stay, today: date) -> str | None:
    """The word that staff see, derived from the state and the day; None where there is no place (yet)."""
    if stay.state == "offered":
        return "upcoming"
    if stay.state == "admitted":
        return "overdue_decision" if is_overdue(stay, today) else "resident"
    return stay.how if stay.state == "ended" else None


def check_leave(stay: Stay, left_on: date, *, how: str, to: str | None, unconditional_days: int) -> None:
    """SH-2: the person may leave at any time, and no reason is demanded.

    The first 30 days are unconditional: in them the shelter discharges nobody to nowhere. NotPossible
    `unconditional_days` without a place to go on to.
    """
    STAY.after(stay.state, "leave")
    if how != "discharged" or to not in (None, "independent") or stay.counted_from is None:
        return
    if left_on < stay.counted_from + timedelta(days=unconditional_days):
        raise NotPossible(
            "unconditional_days",
            "In the first days of a stay nobody is discharged without a place to go on to.",
            facts={"unconditional_until": str(stay.counted_from + timedelta(days=unconditional_days))},
        )


def category_of(category: str, age_group: str, children: int) -> str:
    """ID-5: the category that an established age leads to; an unknown age leaves it as it was requested."""
    if age_group == "unknown":
        return category
    if age_group == "child":
        return "child"
    return "adult_with_children" if children else "adult"


def check_category(category: str, age_group: str, children: int) -> None:
    """SH-1, ID-5: the category follows the age group, and a parent's category names how many children come along.

    A child may have a child of its own; the two stay together (SH-4). An unknown age admits every category.
    Invalid `category_not_of_age_group`, `children_of_category`.
    """
    if age_group != "unknown" and (category == "child") != (age_group == "child"):
        raise Invalid("category_not_of_age_group", "The category does not belong to the age group of the person.")
    if category != "child" and (category == "adult_with_children") != (children > 0):
        raise Invalid(
            "children_of_category", "Children come along in the category adult_with_children, or with a child."
        )


def _end_of(stay: Stay) -> date:
    if stay.ends_on is None:
        raise NotPossible("not_possible_in_state", "The stay has not begun.", facts={"state": stay.state})
    return stay.ends_on
