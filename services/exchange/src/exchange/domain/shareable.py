"""Which events may go to an agency's system, on which right, and which of their fields. Pure.

Every event of a case that may leave is in `PARTS`, and belongs to one right `receive_…` of the rights table.
"""

from collections.abc import Iterator, Mapping
from typing import NotRequired, TypedDict

from nrm_events import EVENTS
from nrm_events.base import CaseEvent

PARTS: Mapping[str, tuple[str, ...]] = {
    "receive_reference": (
        "identification.ReportReceived",
        "identification.CaseOpened",
        "identification.PersonFactsChanged",
        "identification.CaseClosed",
    ),
    "receive_recognitions": (
        "identification.PotentialVictimRecorded",
        "identification.VictimPresumed",
        "identification.VictimIdentified",
        "identification.IdentificationDeclined",
        "identification.RecognitionRevoked",
        "identification.IdentificationAppealed",
        "identification.IdentificationAppealDecided",
        "identification.IdentificationReopened",
        "identification.OpinionGiven",
    ),
    "receive_handover_to_police": (
        "identification.ReferralAwaited",
        "identification.ReferralNoLongerAwaited",
        "identification.ReferralDutyMet",
        "identification.VictimReferred",
        "identification.ReferralAcknowledged",
    ),
    "receive_reflection": ("identification.ReflectionStarted", "identification.ReflectionEnded"),
    "receive_child_steps": ("identification.ChildStepTaken",),
    "receive_who_knows": (
        "identification.HolderChanged",
        "identification.ConsentGranted",
        "identification.RightsExplained",
        "identification.IdentityDisclosed",
    ),
    "receive_consent_ends": ("identification.ConsentWithdrawn",),
    "receive_stays": (
        "shelter.ShelterRequested",
        "shelter.PlaceOffered",
        "shelter.PlaceWithdrawn",
        "shelter.ShelterAdmitted",
        "shelter.ShelterExtended",
        "shelter.ShelterExtensionRefused",
        "shelter.StayOverdue",
        "shelter.ShelterTransferred",
        "shelter.ShelterLeft",
    ),
    "receive_handovers": (
        "shelter.HandoverRequested",
        "shelter.HandoverDueMoved",
        "shelter.HandoverAcknowledged",
        "shelter.HandoverDeclined",
        "shelter.HandoverWithdrawn",
        "shelter.HandoverEnded",
    ),
    "receive_assistance": ("shelter.AssistanceGiven", "shelter.CourseEnrolled"),
    "receive_claims": (
        "fund.ClaimDrafted",
        "fund.ClaimSubmitted",
        "fund.ClaimApproved",
        "fund.ApprovalVoided",
        "fund.ClaimRejected",
        "fund.ClaimCancelled",
        "fund.PaymentReserved",
        "fund.PaymentOrdered",
        "fund.PaymentMade",
        "fund.PaymentFailed",
        "fund.PaymentReturned",
        "fund.PaymentRecovered",
        "fund.RecoveryReversed",
        "fund.ClaimReexamined",
    ),
    "receive_bars": (
        "repatriation.RemovalBarRaised",
        "repatriation.RemovalBarExtended",
        "repatriation.RemovalBarLifted",
        "repatriation.RemovalBarNoticed",
        "repatriation.RemovalBarNoticeEnded",
    ),
    "receive_permits": (
        "repatriation.PermitEligible",
        "repatriation.PermitApplied",
        "repatriation.PermitMotionRequested",
        "repatriation.PermitMotionDueMoved",
        "repatriation.PermitMotionReceived",
        "repatriation.PermitMotionDeclined",
        "repatriation.PermitLodged",
        "repatriation.PermitOpinionAsked",
        "repatriation.PermitOpinionDueMoved",
        "repatriation.PermitOpinionGiven",
        "repatriation.PermitGranted",
        "repatriation.PermitRefused",
        "repatriation.PermitExtended",
        "repatriation.PermitExpiring",
        "repatriation.PermitEnded",
        "repatriation.PermitAppealed",
        "repatriation.PermitSetAside",
        "repatriation.PermitWithdrawn",
    ),
    "receive_returns": (
        "repatriation.ReturnRequested",
        "repatriation.ReturnCleared",
        "repatriation.ReturnSuspended",
        "repatriation.ReturnRefused",
        "repatriation.ReturnWithdrawn",
        "repatriation.Departed",
        "repatriation.DepartureCorrected",
        "repatriation.ReturnHandoverOffered",
        "repatriation.HandedOver",
        "repatriation.ReturnClosed",
    ),
}
NEVER = frozenset(
    {
        "ConsentWithdrawalAcknowledged",
        "PayeeChanged",
        "PlaceToWeighAgain",
        "ReExaminationRequired",
        "ReExaminationSettled",
    }
)
"""What the services publish for each other alone, on whichever topic."""

RIGHT_OF: Mapping[str, str] = {name: part for part, names in PARTS.items() for name in names}
_OF_A_CASE: Mapping[str, type[CaseEvent]] = {
    f"{event.service}.{event.__name__}": event for event in EVENTS.values() if issubclass(event, CaseEvent)
}
SHAREABLE: Mapping[str, type[CaseEvent]] = {name: _OF_A_CASE[name] for name in RIGHT_OF}
"""Events of a case that an agreement may name, as `shelter.ShelterExtended`."""

_REFERENCE = {"uuid", "date", "date-time"}
_NAMED = {"age_group": "age_group", "citizenship": "identity"}
_IN_EVERY_MESSAGE = {"case_id", "effective_at"}
_AMONG_SERVICES = {"addressed_to", "doubted_by_guardianship"}
"""Fields for other services alone: nobody learns who else was addressed (SH-4), or who doubted the age (ID-5)."""
_AGENCY_PATTERN = _OF_A_CASE["identification.CaseOpened"].model_json_schema()["properties"]["holder"]["pattern"]

CONSENT_OPENS: Mapping[str, frozenset[str]] = {
    "case_reference": frozenset({"case_reference"}),
    "contact": frozenset({"case_reference"}),
    "documents": frozenset({"case_reference"}),
    "identity": frozenset({"case_reference", "age_group", "identity"}),
    "needs": frozenset({"case_reference", "needs"}),
}
"""Data class of a consent → classes of fields. No event has a contact or a document, so these two open no more."""

_PLAIN = frozenset({"case_reference", "age_group", "needs"})
_EVERY_CLASS = _PLAIN | {"identity", "agency"}
GROUND_OPENS: Mapping[str, frozenset[str]] = {
    "addressed": _EVERY_CLASS,
    "holder": _EVERY_CLASS,
    "formal_body": _EVERY_CLASS,
    "guardian_authority": _EVERY_CLASS - {"agency"},
    "asked": _PLAIN,
    "serves": _PLAIN,
    "told_of_bar": _PLAIN,
    "consent": _EVERY_CLASS - {"agency"},
}
"""Ground of a line → classes of fields, at most. A consent is narrowed further by its own data class.

A field of the class `agency` names an agency: who else knows of the case is for the holder and the formal body alone.
"""


class _Schema(TypedDict):
    """Of a JSON Schema, what decides the class of a field."""

    anyOf: NotRequired[list["_Schema"]]
    items: NotRequired["_Schema"]
    type: NotRequired[str]
    format: NotRequired[str]
    pattern: NotRequired[str]


def _leaves(schema: _Schema) -> Iterator[_Schema]:
    nested = [*schema.get("anyOf", ()), *([schema["items"]] if "items" in schema else [])]
    if not nested and schema.get("type") != "null":
        yield schema
    for inner in nested:
        yield from _leaves(inner)


def _class_of(name: str, schema: _Schema) -> str:
    leaves = list(_leaves(schema))
    if any(leaf.get("pattern") == _AGENCY_PATTERN for leaf in leaves):
        return "agency"
    if all(leaf.get("format") in _REFERENCE for leaf in leaves):
        return "case_reference"
    return _NAMED.get(name, "needs")


FIELDS: Mapping[str, Mapping[str, str]] = {
    name: {
        field: _class_of(field, schema)
        for field, schema in event.model_json_schema()["properties"].items()
        if field not in _IN_EVERY_MESSAGE | _AMONG_SERVICES
    }
    for name, event in SHAREABLE.items()
}
"""Event → field → class. `case_reference` is an id or a date; `needs` a code, a number, an amount, a yes or no."""


_OF_ONE_SERVICE = ("receive_stays", "receive_handovers")


def own_object(event: str) -> str | None:
    """The field with the id of the stay or hand-over, where a basis opens the agency's own alone; else None."""
    return f"{SHAREABLE[event].about}_id" if RIGHT_OF[event] in _OF_ONE_SERVICE else None


def opened(event: str, classes: frozenset[str]) -> frozenset[str]:
    """The fields of an event that belong to one of these classes."""
    return frozenset(name for name, kind in FIELDS[event].items() if kind in classes)
