"""Removal bars: what raises one, how long it runs, who is notified (RP-4, ID-9, ID-10, ID-11, ID-12)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from chassis.errors import Invalid, NotPossible
from chassis.machine import Machine

BAR = Machine(
    name="bar",
    start="standing",
    transitions={
        ("standing", "extend"): "standing",
        ("standing", "confirm"): "standing",
        ("standing", "lift"): "lifted",
        ("standing", "lift_on_wish"): "lifted",
        ("standing", "lapse"): "lifted",
    },
)
"""`lapse` is the bar's own date coming; `confirm` answers a re-examination (ID-9)."""

LIFTS = ("lift", "lift_on_wish")
BASES = ("reflection", "considered_victim", "permit", "child", "open_claim", "decision")
ONE_PER_CASE = ("considered_victim", "child")
DECIDED_BASES = ("decision",)
"""What an officer may raise by hand; all others are raised by what happened."""

LIFTING_REASONS = ("decision_ended", "raised_in_error", "recognition_ended", "court_decision")
WISH = "person_asks"
"""The person's own reason: whoever holds the case lifts on it, with the written wish; the prosecuting body never."""
OWN_LIFTING_REASONS = ("date_came", "basis_ended", "adult_established", "citizen_established")
"""Reasons that only the service itself writes, when an event or a date ends the bar."""
FACTS_ENDED_IT = frozenset({"basis_ended", "adult_established", "citizen_established"})
"""Such a bar is raised again when the facts change back. One that a person or its date ended is not."""
NO_RECOGNITION = "recognition_ended"
"""Lifted on it while no recognition stood: one that stands later is new, whatever its day."""

NOTICE_PURPOSE = "removal_bar"
"""The purpose of the consent with which the migration service is notified of bars."""


@dataclass(frozen=True)
class Recognition:
    """The person was considered a victim on that day, by whatever authority (ID-8)."""

    recognition_id: UUID
    since: datetime


@dataclass(frozen=True)
class Person:
    """The facts of a case that bars rest on. `citizenship` is None until the case was opened.

    Nothing here shows what the person does for the investigation (ID-11).
    """

    citizenship: str | None
    age_group: str | None
    consents_to_notice: bool = False

    @property
    def may_be_removed(self) -> bool:
        """Bars are for persons who are not citizens: foreign, stateless or of unknown citizenship (RP-4)."""
        return self.citizenship in ("foreign", "stateless", "unknown")

    @property
    def is_child(self) -> bool:
        return self.age_group == "child"


@dataclass(frozen=True)
class Wanted:
    """A bar that ought to stand. `source` is what it rests on; `until` is empty where it has no end of its own.

    `renewed_at`: the day of the latest recognition it rests on; empty where it rests on none.
    """

    basis: str
    source: UUID | None
    since: datetime
    until: datetime | None
    advisory: bool = False
    renewed_at: datetime | None = None

    @property
    def latest(self) -> datetime:
        return self.renewed_at or self.since


@dataclass(frozen=True)
class Claim:
    """A claim at the Fund that waits for a decision or a payment (RP-4, RP-5)."""

    claim_id: UUID
    kind: str
    since: datetime


@dataclass(frozen=True)
class StoredBar:
    """A bar as it is stored. `lifted_at` and `ended_by` are empty while it stands."""

    bar_id: UUID
    basis: str
    source: UUID | None
    state: str
    since: datetime
    until: datetime | None
    ended_by: str | None = None
    lifted_at: datetime | None = None


@dataclass(frozen=True)
class Changes:
    """What must change so that the bars of a case are those the facts require."""

    raised: tuple[Wanted, ...] = ()
    extended: tuple[tuple[StoredBar, datetime | None], ...] = ()


def considered_bar(
    person: Person, recognitions: Iterable[Recognition], until: Mapping[UUID, datetime]
) -> Wanted | None:
    """RP-4: whoever is considered a victim is not removed for the months of the parameter.

    `until` gives the end by recognition and leaves out those of days on which the rule did not exist yet. With several
    recognitions the bar runs from the first to the latest end: a later one never makes it shorter.
    """
    counted = [found for found in recognitions if found.recognition_id in until]
    if not person.may_be_removed or not counted:
        return None
    days = [found.since for found in counted]
    ends = max(until[found.recognition_id] for found in counted)
    return Wanted("considered_victim", None, min(days), ends, renewed_at=max(days))


def child_bar(person: Person, recognitions: Iterable[Recognition], in_force: Iterable[UUID]) -> Wanted | None:
    """RP-4: a child who is considered a victim is never removed; it ends when they are established as adult (ID-5)."""
    allowed = frozenset(in_force)
    counted = [found.since for found in recognitions if found.recognition_id in allowed]
    if not (person.may_be_removed and person.is_child and counted):
        return None
    return Wanted("child", None, min(counted), None, renewed_at=max(counted))


def reflection_bar(person: Person, reflection_id: UUID, since: datetime, ends_at: datetime) -> Wanted | None:
    """ID-10, RP-4: nobody is removed during reflection and recovery."""
    return Wanted("reflection", reflection_id, since, ends_at) if person.may_be_removed else None


def permit_bar(person: Person, permit_id: UUID, since: datetime) -> Wanted | None:
    """RP-4: stands until the proceedings end. Its basis is the permit it goes with, and no ground (ID-11)."""
    return Wanted("permit", permit_id, since, None) if person.may_be_removed else None


def claim_hold(person: Person, claim_id: UUID, since: datetime) -> Wanted | None:
    """RP-4: an open claim for damage raises a hold that advises; it forbids nothing."""
    return Wanted("open_claim", claim_id, since, None, advisory=True) if person.may_be_removed else None


def reconcile(wanted: Iterable[Wanted], stored: Iterable[StoredBar]) -> Changes:
    """Raise what is missing and extend what ends too early; never raise anew what a date or a person lifted.

    A recognition that came later raises a bar of its own, which stands at once (`_covers`).
    """
    raised: list[Wanted] = []
    extended: list[tuple[StoredBar, datetime | None]] = []
    known = list(stored)
    for bar in wanted:
        same = [
            old
            for old in known
            if (old.basis, old.source) == (bar.basis, bar.source) and old.ended_by not in FACTS_ENDED_IT
        ]
        standing = next((old for old in same if old.state == "standing"), None)
        if standing and is_longer(bar.until, standing.until):
            extended.append((standing, bar.until))
        elif not standing and not any(_covers(old, bar) for old in same):
            raised.append(_from_where_the_last_ended(bar, same))
    return Changes(tuple(raised), tuple(extended))


def _covers(old: StoredBar, bar: Wanted) -> bool:
    """Whether the bar that was lifted stood for all that `bar` rests on, and as long.

    A recognition after the lifting is new, also where the lifted bar was to run longer; so is any where none stood.
    """
    came_later = old.lifted_at is not None and bar.latest > old.lifted_at
    none_stood = old.ended_by == NO_RECOGNITION and bar.renewed_at is not None
    return not came_later and not none_stood and not is_longer(bar.until, old.until)


def _from_where_the_last_ended(bar: Wanted, before: Iterable[StoredBar]) -> Wanted:
    """It begins with the latest recognition, but not before the last bar was lifted; no planned end counts."""
    lifted = [old.lifted_at for old in before if old.lifted_at]
    return replace(bar, since=max(bar.latest, *lifted)) if lifted else bar


def is_longer(new: datetime | None, old: datetime | None) -> bool:
    """Whether `new` ends later than `old`; no end of its own is the latest of all."""
    return old is not None and (new is None or new > old)


def extended_until(until: datetime | None, new: datetime | None) -> datetime | None:
    """The new end of a bar by decision (RP-4). Invalid `not_longer`: a bar is never made shorter, it is lifted."""
    if not is_longer(new, until):
        raise Invalid("not_longer", "The new end must be later than the present one.")
    return new


def may_notify(person: Person) -> bool:
    """RP-4, ID-12: the migration service is notified with the person's consent to it, and always for a child."""
    return person.consents_to_notice or person.is_child


def shown_basis(basis: str, may_see_ground: bool) -> str:
    """ID-11: to all but permit and motion officers, a bar that goes with a permit looks like any decision."""
    return "decision" if basis == "permit" and not may_see_ground else basis


def refused_actions(basis: str, until: datetime | None, *, re_examine: bool, is_child: bool = False) -> dict[str, str]:
    """Action → code of the rule that forbids it now."""
    refused: dict[str, str] = {}
    if until is None:
        refused["extend"] = "has_no_end"
    if not re_examine:
        refused["confirm"] = "no_re_examination_open"
    if is_child:
        refused["lift_on_wish"] = "child_is_always_protected"
    if basis == "child":
        refused |= dict.fromkeys(LIFTS, "child_is_always_protected")
    if basis == "permit":
        refused |= dict.fromkeys(LIFTS, "ends_with_what_it_rests_on")
    if basis == "reflection":
        refused |= dict.fromkeys(("extend", *LIFTS), "ends_with_what_it_rests_on")
    return refused


def require_lifting_reason(reason: str, basis: str, is_recognised: bool) -> None:
    """RP-4: a reason from the list, and one that can be true of this bar.

    Invalid `unknown_reason`; NotPossible `holder_lifts_on_wish`, `not_by_decision`, `recognition_stands`: whoever
    recognised the person (ID-8).
    """
    if reason == WISH:
        raise NotPossible("holder_lifts_on_wish", DETAILS["holder_lifts_on_wish"])
    if reason not in LIFTING_REASONS:
        raise Invalid("unknown_reason", "The reason is not on the list.", facts={"known": list(LIFTING_REASONS)})
    if reason == "decision_ended" and basis != "decision":
        raise NotPossible("not_by_decision", DETAILS["not_by_decision"])
    if reason == "recognition_ended" and is_recognised:
        raise NotPossible("recognition_stands", DETAILS["recognition_stands"])


def decide(
    state: str, action: str, basis: str, *, until: datetime | None, re_examine: bool, is_child: bool = False
) -> str:
    """The state after a person's act on a bar. NotPossible by state, or with the code of the rule that forbids it."""
    after = BAR.after(state, action)
    if code := refused_actions(basis, until, re_examine=re_examine, is_child=is_child).get(action):
        raise NotPossible(code, DETAILS[code])
    return after


DETAILS = {
    "has_no_end": "The bar has no end of its own, so it cannot be made longer.",
    "no_re_examination_open": "Nothing about it waits for re-examination.",
    "child_is_always_protected": "A child's bar ends when it is established that the person is an adult.",
    "ends_with_what_it_rests_on": "The bar ends together with what it rests on.",
    "holder_lifts_on_wish": "On the person's own written wish the agency that holds the case lifts the bar.",
    "not_by_decision": "The bar does not rest on a decision that could end.",
    "recognition_stands": "A recognition stands, so the person is considered a victim still.",
}
