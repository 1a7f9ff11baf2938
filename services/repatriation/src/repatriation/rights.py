"""Who may do what: action × role × scope (chassis.rights), and why an agency sees a bar, a permit or a return.

An action of a machine has the name `<action>_<object>`. Default is no.
"""

from chassis.rights import Rights

_OFFICERS = {"migration-officer": "case", "motion-officer": "case"}
_PERMIT = {"migration-officer": "case"}
_MOTION = {"motion-officer": "case"}
_CASEWORKER = {"caseworker": "case"}
_RETURN = {"return-officer": "case", "caseworker": "case"}

RIGHTS: Rights = {
    "see_bars": _OFFICERS | _CASEWORKER | {"return-officer": "case"},
    "print_certificate": _OFFICERS | _CASEWORKER,
    "raise_bar": _MOTION,
    "extend_bar": _MOTION,
    "lift_bar": _MOTION,
    "confirm_bar": _MOTION,
    "see_permits": _OFFICERS | _CASEWORKER,
    "see_assisting_ground": _OFFICERS,
    "open_permit": _OFFICERS | _CASEWORKER,
    "record_lawful_stay_permit": _OFFICERS | _CASEWORKER,
    "apply_permit": _OFFICERS | _CASEWORKER,
    "request_motion_permit": _PERMIT | _CASEWORKER,
    "receive_motion_permit": _MOTION,
    "lodge_permit": _PERMIT,
    "ask_opinion_permit": _PERMIT,
    "give_opinion_permit": _PERMIT,
    "grant_permit": _PERMIT,
    "refuse_permit": _PERMIT,
    "extend_permit": _PERMIT,
    "end_permit": _PERMIT,
    "confirm_permit": _PERMIT,
    "appeal_permit": _PERMIT | _CASEWORKER,
    "reapply_permit": _PERMIT | _CASEWORKER,
    "end_proceedings": _OFFICERS,
    "see_returns": _RETURN,
    "request_return": _RETURN,
    "record_consent_return": _RETURN,
    "assess_risk_return": _RETURN,
    "decide_best_interests_return": _RETURN,
    "check_claims_return": _RETURN,
    "clear_return": _RETURN,
    "obtain_documents_return": _RETURN,
    "book_travel_return": _RETURN,
    "depart_return": _RETURN,
    "offer_handover_return": _RETURN,
    "acknowledge_handover_return": _RETURN,
    "follow_up_return": _RETURN,
    "close_return": _RETURN,
    "withdraw_return": _RETURN,
    "see_statistics": {"coordinator": "none", "auditor": "none"},
}

SAME_RIGHT = {"cancel_permit": "end_permit", "surrender_permit": "end_permit"}

SEEN_BY = {
    "bar": frozenset({"holder", "referral", "removal_bar", "legal_aid", "joint_assessment"}),
    "permit": frozenset({"holder", "referral", "permit_application", "residence_permit", "legal_aid"}),
    "return": frozenset({"holder", "referral", "return"}),
}
"""Object → bases of `case_access` that show it. Consent to one purpose shows nothing of another (ID-12)."""

CONSENT_BASES = ("residence_permit", "legal_aid", "joint_assessment", "return")
"""Purposes of consent that let the recipient see something here; `removal_bar` does through a notice (RP-4)."""
