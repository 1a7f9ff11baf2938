"""Which clocks there are, what starts, moves and ends each, and who must act: one table (NO-3).

Events are named as in `nrm_events`; a test holds every name and field of this table against it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from notify.domain.routes import HOLDER


@dataclass(frozen=True)
class Duty:
    """Who must act: the agency in field `of` of the starting event, a fixed one, or else the holder of the case."""

    role: str
    of: str | None = None
    agency: str | None = None


@dataclass(frozen=True)
class Watcher:
    """Who is told in the place of an agency that may not know of the case; an operator learns of the agency alone."""

    to: str
    role: str | None = None
    sees_case: bool = True


@dataclass(frozen=True)
class Kind:
    """`object` names the id field that tells clocks of a kind apart; `starts` and `moves` name the field with the end.

    A start of a clock that runs to the same end hands the duty on. `closes` are what meets it, `drops` what ends
    the waiting, as a closed case does `with_case`. `object_before` told clocks apart in messages that were sent before
    they had `object`.
    """

    code: str
    object: str
    starts: Mapping[str, str]
    closes: tuple[str, ...]
    duty: Duty
    drops: tuple[str, ...] = ()
    moves: Mapping[str, str] = field(default_factory=dict)
    unless: str | None = None
    with_case: bool = False
    object_before: str | None = None
    watchers: tuple[Watcher, ...] = ()


OPERATOR = Watcher("himaya", "operator", sees_case=False)

KINDS: tuple[Kind, ...] = (
    # ID-7: hand-over and its acknowledgement within 24 hours of the report; the holder's until it is handed over
    Kind(
        "referral",
        "case_id",
        {"identification.ReferralAwaited": "due_at", "identification.VictimReferred": "due_at"},
        ("identification.ReferralAcknowledged",),
        Duty("assessor", of="to"),
        drops=("identification.ReferralNoLongerAwaited",),
        with_case=True,
    ),
    # ID-10
    Kind(
        "reflection",
        "reflection_id",
        {"identification.ReflectionStarted": "ends_at"},
        ("identification.ReflectionEnded",),
        Duty("caseworker"),
        with_case=True,
    ),
    # SH-1, SH-3: overdue a decision, never put out
    Kind(
        "stay",
        "stay_id",
        {"shelter.ShelterAdmitted": "ends_at"},
        ("shelter.ShelterLeft", "shelter.ShelterTransferred"),
        Duty("shelter-manager", of="operator"),
        moves={"shelter.ShelterExtended": "ends_at"},
    ),
    # SH-4: an offer lapses by itself
    Kind(
        "place_offer",
        "stay_id",
        {"shelter.PlaceOffered": "lapses_at"},
        ("shelter.ShelterAdmitted", "shelter.PlaceWithdrawn"),
        Duty("caseworker"),
        with_case=True,
    ),
    # SH-8
    Kind(
        "handover",
        "handover_id",
        {"shelter.HandoverRequested": "due_at"},
        ("shelter.HandoverAcknowledged", "shelter.HandoverDeclined", "shelter.HandoverWithdrawn"),
        Duty("reintegration-worker", of="to"),
    ),
    # RP-3: apply before lawful stay ends
    Kind(
        "permit_application",
        "permit_id",
        {"repatriation.PermitEligible": "apply_by"},
        ("repatriation.PermitApplied",),
        Duty("caseworker"),
        with_case=True,
    ),
    # RP-3: ten working days, silence means no objection
    Kind(
        "opinion",
        "opinion_id",
        {"repatriation.PermitOpinionAsked": "due_at"},
        ("repatriation.PermitOpinionGiven",),
        Duty("migration-officer", agency="sms"),
        object_before="permit_id",
    ),
    # RP-1
    Kind(
        "permit",
        "permit_id",
        {"repatriation.PermitGranted": "valid_until"},
        ("repatriation.PermitEnded",),
        Duty("migration-officer", agency="sms"),
        moves={"repatriation.PermitExtended": "valid_until"},
    ),
    # RP-4: the holder, for `sms` may not know of the bar; an advisory hold has no clock
    Kind(
        "removal_bar",
        "bar_id",
        {"repatriation.RemovalBarRaised": "until"},
        ("repatriation.RemovalBarLifted",),
        Duty("caseworker"),
        moves={"repatriation.RemovalBarExtended": "until"},
        unless="advisory",
    ),
    # ID-12: an agency lets go of what rested on a consent; it may not know of the case any more, so others are told
    Kind(
        "withdrawal",
        "consent_id",
        {"exchange.WithdrawalTold": "acknowledge_by"},
        ("exchange.WithdrawalAcknowledged",),
        Duty("agency-system", of="agency"),
        watchers=(Watcher(HOLDER), OPERATOR),
    ),
)

BY_CODE = {kind.code: kind for kind in KINDS}
CLOCK_EVENTS = frozenset(event for kind in KINDS for event in (*kind.starts, *kind.moves, *kind.closes, *kind.drops))
