"""Reasons of a negative decision, and its appeal: to whom, until when, settled by whom (ID-9, docs/adr/0022). Pure."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from casework.calendar import end_of_day, local_date
from chassis.errors import Fault, Invalid, NotPossible

MEANS, ACQUITTAL, COOPERATION = "means_not_established", "accused_acquitted", "person_declined"
OTHERS = "others"
"""Kinds of agencies that the list of appeal bodies does not name."""


def check_reasons(reasons: Collection[str], *, was_child: bool, field: str = "reasons") -> None:
    """What is never a ground: a person's cooperation, and for a child the means, which do not matter (ID-2, ID-11).

    Invalid `cooperation_is_no_ground`, `means_of_a_child`.
    """
    if COOPERATION in reasons:
        sentence = "Whether the person cooperates or declines something is no ground."
        faults = [Fault(f"body.{field}", "cooperation_is_no_ground", sentence)]
        raise Invalid("cooperation_is_no_ground", sentence, faults=faults)
    if was_child and MEANS in reasons:
        sentence = "For a child the means do not matter, so they are no ground."
        raise Invalid("means_of_a_child", sentence, faults=[Fault(f"body.{field}", "means_of_a_child", sentence)])


def warnings_of(reasons: Collection[str]) -> list[str]:
    """What the decider is warned of: a verdict about an accused is no test of who was harmed (ID-9)."""
    return ["verdict_is_no_test"] if ACQUITTAL in reasons else []


def bodies_for(kind: str | None, listed: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The bodies to which a decision of an agency of this kind is appealed; never that agency itself."""
    return tuple(listed.get(kind or OTHERS) or listed.get(OTHERS, ()))


def check_body(to: str | None, bodies: Sequence[str]) -> str:
    """The body of the list that the appeal goes to (ID-9). Invalid `not_an_appeal_body`."""
    if to is None or to not in bodies:
        faults = [Fault("body.to", "not_an_appeal_body", f"one of: {', '.join(bodies)}")]
        raise Invalid("not_an_appeal_body", "An appeal goes to another body than the one that decided.", faults=faults)
    return to


def check_settled_by(decided_by: str | None, reference: str | None, body: str) -> None:
    """The body that the appeal went to settles it, by a decision that is named (ID-9).

    Invalid `not_an_appeal_body`, `reference_missing`.
    """
    if decided_by != body:
        faults = [Fault("body.decided_by", "not_an_appeal_body", f"the appeal went to: {body}")]
        raise Invalid("not_an_appeal_body", "An appeal is settled by the body that it went to.", faults=faults)
    if reference is None:
        faults = [Fault("body.decision_reference", "reference_missing", "needed with decided_by")]
        raise Invalid("reference_missing", "Name the decision that settles the appeal.", faults=faults)


def check_another_person(decided_by: str, sub: str) -> None:
    """Who decided first neither records the outcome of the appeal nor opens the assessment again (ID-9)."""
    if decided_by == sub:
        sentence = "You took this decision: another person records the outcome, or opens the assessment again."
        raise NotPossible("you_decided_this", sentence)


def last_day(since: datetime, days: int | None) -> datetime | None:
    """The end of the last day of a term. None where the term is unset, and then there is no clock."""
    return end_of_day(local_date(since) + timedelta(days=days)) if days is not None else None
