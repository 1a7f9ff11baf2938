"""Who may do what, and on which basis: action × role × basis (casework.bases). The default is no.

An act of a machine has the name `<action>_<object>`. Rows that end each part are no endpoints: they decide which fields
and entries an answer has. A request or service of this service's own kinds, and a notice of a bar, count for their own
permit, return or bar alone (facts.visibility).

A return has no row for the formal body: one that is not police reads it by the person's consent, police never do.
"""

from casework.bases import (
    BY_FORMAL_BODY,
    BY_GUARDIAN_AUTHORITY,
    BY_HOLDER,
    BY_TOLD_OF_BAR,
    by_asked,
    by_consent,
    by_serving,
    may,
)
from chassis.rights import Rights

PERMIT_KIND, HANDOVER_KIND = "permit", "return_handover"
OWN_KINDS = frozenset({PERMIT_KIND, HANDOVER_KIND})
"""Kinds of `asked` and `serves` that this service grants and revokes itself; their id is the permit's or return's."""

_PERMIT_OFFICER, _MOTION_OFFICER = ("migration-officer",), ("motion-officer",)
_OFFICERS = (*_PERMIT_OFFICER, *_MOTION_OFFICER)
_CASEWORKER, _RETURN_OFFICER = ("caseworker",), ("return-officer",)
_RETURNING = (*_RETURN_OFFICER, *_CASEWORKER)

_BY_CASE = (BY_HOLDER, BY_FORMAL_BODY)
"""All that a motion officer acts on: police know of no case by consent (ID-7)."""

_REASONS = (*_BY_CASE, BY_GUARDIAN_AUTHORITY, by_consent("joint_assessment"))
_READS_BAR = (
    *_BY_CASE,
    BY_GUARDIAN_AUTHORITY,
    by_serving("place", "handover"),
    by_consent("legal_aid", "joint_assessment"),
)
_AGREED_TO_NAME = by_consent("removal_bar", "legal_aid", "joint_assessment", data_class=("identity",))
_SEES_BAR = (*_READS_BAR, by_consent("removal_bar"))

_APPLICATION = (by_asked(PERMIT_KIND), by_serving(PERMIT_KIND))
"""The application, and the permit that came of it: which act is possible, the state of the permit decides."""

_APPLYING = (*_BY_CASE, by_consent("residence_permit"))
_ADVISING = (*_BY_CASE, by_consent("residence_permit", "legal_aid"))
_APPLIES = (
    may(_MOTION_OFFICER, *_BY_CASE) | may(_CASEWORKER, *_APPLYING) | may(_PERMIT_OFFICER, *_APPLYING, *_APPLICATION)
)

_HANDLING = (BY_HOLDER, by_consent("return"))
_REQUESTED, _RECEIVED = by_asked(HANDOVER_KIND), by_serving(HANDOVER_KIND)

_AT_DESKS = ("reporter", "assessor", "reintegration-worker", "shelter-manager", "shelter-worker")
"""Who holds or serves a case in another role: they print the certificate, and see no more."""
_HOLDS_OR_SERVES = (*_BY_CASE, by_serving("place", "handover"))
_EVERY_OFFICER = (*_AT_DESKS, *_OFFICERS, *_RETURNING)

RIGHTS: Rights = {
    # Removal bars (RP-4). With a notice or consent to `removal_bar`: that the bar stands, and nothing else.
    "see_bars": may(_MOTION_OFFICER, *_BY_CASE)
    | may(_CASEWORKER, *_SEES_BAR)
    | may((*_PERMIT_OFFICER, *_RETURN_OFFICER), *_SEES_BAR, BY_TOLD_OF_BAR)
    | may(_AT_DESKS, *_HOLDS_OR_SERVES),
    "print_certificate": may(_MOTION_OFFICER, *_BY_CASE)
    | may(_CASEWORKER, *_SEES_BAR)
    | may((*_PERMIT_OFFICER, *_RETURN_OFFICER), *_SEES_BAR, BY_TOLD_OF_BAR)
    | may(_AT_DESKS, *_HOLDS_OR_SERVES),
    "read_holder_name": may(_MOTION_OFFICER, *_BY_CASE)
    | may((*_PERMIT_OFFICER, *_RETURNING), *_HOLDS_OR_SERVES, BY_GUARDIAN_AUTHORITY, _AGREED_TO_NAME)
    | may(_AT_DESKS, *_HOLDS_OR_SERVES),
    "verify_certificate": dict.fromkeys(_EVERY_OFFICER, "none"),
    "raise_bar": may(_MOTION_OFFICER, BY_FORMAL_BODY),
    "extend_bar": may(_MOTION_OFFICER, BY_FORMAL_BODY),
    "lift_bar": may(_MOTION_OFFICER, BY_FORMAL_BODY),
    "lift_on_wish_bar": may(_CASEWORKER, BY_HOLDER),
    "confirm_bar": may(_MOTION_OFFICER, BY_FORMAL_BODY) | may(_CASEWORKER, BY_HOLDER),
    "read_bar": may(_MOTION_OFFICER, *_BY_CASE) | may((*_PERMIT_OFFICER, *_RETURNING), *_READS_BAR),
    "read_bar_basis": may(_MOTION_OFFICER, *_BY_CASE) | may((*_PERMIT_OFFICER, *_RETURNING), *_REASONS),
    "read_bar_notice": may((*_OFFICERS, *_RETURNING), BY_HOLDER),
    # For whom something can be begun here: a case by its reference.
    "find_case": may(_MOTION_OFFICER, *_BY_CASE)
    | may(_PERMIT_OFFICER, *_APPLYING)
    | may(_CASEWORKER, *_APPLYING, *_HANDLING)
    | may(_RETURN_OFFICER, *_HANDLING),
    # Residence permits (RP-1 … RP-3); the ground of assisting for permit and motion officers alone (ID-11).
    "see_permits": may(_MOTION_OFFICER, *_BY_CASE)
    | may(_CASEWORKER, *_ADVISING)
    | may(_PERMIT_OFFICER, *_ADVISING, *_APPLICATION),
    "open_permit": may(_MOTION_OFFICER, *_BY_CASE) | may((*_PERMIT_OFFICER, *_CASEWORKER), *_APPLYING),
    "record_lawful_stay_permit": _APPLIES,
    "apply_permit": _APPLIES,
    "request_motion_permit": may(_CASEWORKER, *_APPLYING) | may(_PERMIT_OFFICER, *_APPLYING, *_APPLICATION),
    "receive_motion_permit": may(_MOTION_OFFICER, *_BY_CASE),
    "decline_motion_permit": may(_MOTION_OFFICER, *_BY_CASE),
    "withdraw_permit": may(_CASEWORKER, *_ADVISING)
    | may(_PERMIT_OFFICER, *_APPLYING, *_APPLICATION)
    | may(_MOTION_OFFICER, BY_HOLDER),
    "set_aside_permit": may(_PERMIT_OFFICER, *_APPLICATION),
    "lodge_permit": may(_PERMIT_OFFICER, *_APPLICATION),
    "ask_opinion_permit": may(_PERMIT_OFFICER, *_APPLICATION),
    "give_opinion_permit": may(_PERMIT_OFFICER, *_APPLICATION),
    "grant_permit": may(_PERMIT_OFFICER, *_APPLICATION),
    "refuse_permit": may(_PERMIT_OFFICER, *_APPLICATION),
    "extend_permit": may(_PERMIT_OFFICER, *_APPLICATION),
    "end_permit": may(_PERMIT_OFFICER, *_APPLICATION),
    "confirm_permit": may(_PERMIT_OFFICER, *_APPLICATION),
    "appeal_permit": may(_CASEWORKER, *_ADVISING) | may(_PERMIT_OFFICER, *_APPLYING, *_APPLICATION),
    "reapply_permit": may(_CASEWORKER, *_ADVISING) | may(_PERMIT_OFFICER, *_APPLYING, *_APPLICATION),
    "end_proceedings": may(_MOTION_OFFICER, *_BY_CASE) | may(_PERMIT_OFFICER, *_APPLICATION),
    "see_assisting_ground": may(_MOTION_OFFICER, *_BY_CASE) | may(_PERMIT_OFFICER, *_APPLYING, *_APPLICATION),
    # Voluntary return (RP-5, RP-6). The receiving body reads what it takes over, not why it was cleared.
    "see_returns": may(_RETURNING, *_HANDLING, BY_GUARDIAN_AUTHORITY, _REQUESTED, _RECEIVED),
    "request_return": may(_RETURNING, *_HANDLING),
    "record_consent_return": may(_RETURNING, *_HANDLING),
    "assess_risk_return": may(_RETURNING, *_HANDLING),
    "decide_best_interests_return": may(_RETURNING, BY_GUARDIAN_AUTHORITY),
    "check_claims_return": may(_RETURNING, *_HANDLING),
    "clear_return": may(_RETURNING, *_HANDLING),
    "obtain_documents_return": may(_RETURNING, *_HANDLING),
    "book_travel_return": may(_RETURNING, *_HANDLING),
    "depart_return": may(_RETURNING, *_HANDLING),
    "offer_handover_return": may(_RETURNING, *_HANDLING),
    "acknowledge_handover_return": may(_RETURNING, *_HANDLING, _REQUESTED, _RECEIVED),
    "close_without_body_return": may(_RETURNING, *_HANDLING),
    "follow_up_return": may(_RETURNING, *_HANDLING, _RECEIVED),
    "close_return": may(_RETURNING, *_HANDLING, _RECEIVED),
    "confirm_return": may(_RETURNING, *_HANDLING),
    "withdraw_return": may(_RETURNING, *_HANDLING),
    "read_return_gates": may(_RETURNING, *_HANDLING, BY_GUARDIAN_AUTHORITY),
    "see_statistics": {"coordinator": "none", "auditor": "none"},
}

SAME_RIGHT = {
    "cancel_permit": "end_permit",
    "surrender_permit": "end_permit",
    "did_not_depart_return": "depart_return",
}
"""Act → the right that it needs: whoever records a departure takes back one that did not take place."""

READINGS = frozenset({"print_certificate", "verify_certificate"})
"""What searches for a person or reads identity, and so has the low limit of a minute (ID-13)."""
