"""The case from report to closing: its machine, who may recognise, when it may be handed over (ID-7 … ID-10)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chassis.deadlines import Deadline
from chassis.errors import NotPossible
from chassis.machine import Machine

SPECIAL_POLICE = "mia-special"
POLICE = frozenset({"mia-special", "mia-hotline", "mia-shelter"})
ASK_CONSENT = frozenset({"self", "ngo-clean-world", "ngo-amc", "ngo-acu", "ngo-clrpl", "iom", "unions"})

_BEFORE_CLOSED = (
    "reported",
    "registered",
    "consent_pending",
    "referred",
    "assessment",
    "recognised",
    "not_recognised",
    "appealed",
    "reopened",
    "supported",
)

CASE = Machine(
    name="case",
    start="reported",
    transitions={
        ("reported", "register"): "registered",
        ("reported", "attach"): "closed",
        ("registered", "await_consent"): "consent_pending",
        ("consent_pending", "receive_consent"): "registered",
        ("registered", "refer"): "referred",
        ("referred", "acknowledge"): "assessment",
        ("assessment", "recognise_formally"): "recognised",
        ("assessment", "decline"): "not_recognised",
        ("not_recognised", "appeal"): "appealed",
        ("appealed", "reject_appeal"): "not_recognised",
        ("appealed", "reopen"): "reopened",
        ("not_recognised", "reopen"): "reopened",
        ("reopened", "recognise_formally"): "recognised",
        ("reopened", "decline"): "not_recognised",
        ("recognised", "support"): "supported",
        ("recognised", "revoke_formal"): "not_recognised",
        ("supported", "revoke_formal"): "not_recognised",
        ("registered", "close"): "closed",
        ("consent_pending", "close"): "closed",
        ("not_recognised", "close"): "closed",
        ("recognised", "close"): "closed",
        ("supported", "close"): "closed",
    }
    | {(state, "withdraw"): "withdrawn" for state in _BEFORE_CLOSED}
    | {(state, "transfer_abroad"): "transferred_abroad" for state in _BEFORE_CLOSED},
)

REFLECTION = Machine(
    name="reflection period",
    start="offered",
    transitions={("offered", "start"): "active", ("offered", "end"): "ended", ("active", "end"): "ended"},
)

ENDED = frozenset({"closed", "withdrawn", "transferred_abroad"})
RECOGNISABLE = frozenset(
    {"registered", "consent_pending", "referred", "assessment", "not_recognised", "appealed", "reopened"}
)


@dataclass(frozen=True)
class Recognition:
    """One entry of the list that ID-8 asks for."""

    kind: str
    authority: str
    since: datetime
    revoked_at: datetime | None = None


def needs_consent(source: str, age_group: str) -> bool:
    """ID-7: an adult reported by an NGO or by themself is handed over only with their consent; a child always is."""
    return age_group != "child" and source in ASK_CONSENT


def check_referral(source: str, age_group: str, has_consent: bool, best_interests_recorded: bool) -> None:
    """ID-7: hand-over to the special police body. Without consent the case stays invisible to police.

    For a child the best interests must be recorded; consent is not asked (ID-2).
    """
    if age_group == "child" and not best_interests_recorded:
        raise NotPossible("best_interests_missing", "A child is handed over with their best interests recorded.")
    if needs_consent(source, age_group) and not has_consent:
        raise NotPossible("consent_missing", "An adult is handed over only with their consent.")


def referral_due(reported_at: datetime, hours: int) -> datetime:
    """ID-7: hand-over and its acknowledgement are due this many hours after the report."""
    return reported_at + timedelta(hours=hours)


def check_authority(kind: str, agency: str, authorities: Mapping[str, Sequence[str]]) -> None:
    """ID-8: who may give which kind of recognition is a parameter."""
    if agency not in authorities.get(kind, ()):
        raise NotPossible(
            "not_an_authority",
            f"Your agency may not give a recognition of the kind {kind}.",
            facts={"kind": kind, "authorities": list(authorities.get(kind, ()))},
        )


def check_not_given(kind: str, authority: str, held: Sequence[Recognition]) -> None:
    """ID-8: one standing recognition per kind and authority, and one formal one at all."""
    for recognition in held:
        same = recognition.kind == kind and (kind == "formal" or recognition.authority == authority)
        if same and recognition.revoked_at is None:
            raise NotPossible("already_recognised", f"A recognition of the kind {kind} stands already.")


def check_reflection(recognitions: Sequence[Recognition]) -> None:
    """ID-10: reflection is for every presumed or recognised victim."""
    if not any(recognition.revoked_at is None for recognition in recognitions):
        raise NotPossible("not_presumed", "Reflection needs a recognition of any kind that stands.")


def reflection_end(started_at: datetime, days: int) -> datetime:
    """ID-10: the period in calendar days from its start."""
    return started_at + timedelta(days=days)


def refusals(status: str, consent_missing: bool) -> dict[str, str]:
    """Why an action that the state allows is not possible now."""
    return {"refer": "consent_missing"} if consent_missing and status == "registered" else {}


def deadlines(
    reported_at: datetime,
    hours: int | None,
    acknowledged_at: datetime | None,
    referable: bool,
    reflection: Deadline | None,
) -> list[Deadline]:
    """The case's own clocks: the 24 hours of ID-7 where a hand-over is due, and the reflection period (ID-10)."""
    found = [Deadline("referral", referral_due(reported_at, hours), acknowledged_at)] if hours and referable else []
    return found + ([reflection] if reflection else [])
