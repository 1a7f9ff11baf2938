"""Role × action × basis: what an agency's basis lets its people read and do (ID-7, ID-12).

`read_…` and `who_knows` are parts of answers. What is not in the table is refused.
"""

from collections.abc import Iterable, Mapping

from casework.bases import (
    ANY_BASIS,
    BY_FORMAL_BODY,
    BY_FORMAL_BODY_EVER,
    BY_GUARDIAN_AUTHORITY,
    BY_HOLDER,
    BY_TOLD_OF_BAR,
    Asked,
    by_asked,
    by_consent,
    by_court,
    by_serving,
    may,
)
from chassis.rights import Rights

_OFFICE = ("caseworker", "assessor")
_DESK = (*_OFFICE, "reporter")
_AT_SERVICES = ("reintegration-worker", "shelter-manager", "shelter-worker")
_REPORTING = (*_DESK, *_AT_SERVICES)
_STAFF = (*_REPORTING, "migration-officer", "return-officer", "motion-officer", "fund-requester")
_IDENTITY_CLASSES = ("identity", "contact", "needs", "documents")
_BY_ASSESSING = (BY_HOLDER, BY_FORMAL_BODY, BY_GUARDIAN_AUTHORITY, by_consent("joint_assessment"))


def _none(roles: Iterable[str]) -> Mapping[str, str]:
    return dict.fromkeys(roles, "none")


def _desk(*bases: Asked) -> Mapping[str, tuple[Asked, ...]]:
    """The desks; staff of services as well, of cases that they reported and hold (ID-20)."""
    return may(_DESK, *bases) | may(_AT_SERVICES, BY_HOLDER)


def _office(*bases: Asked) -> Mapping[str, tuple[Asked, ...]]:
    """Caseworkers and assessors; everybody else who reports has what a holder needs (ID-20)."""
    return may(_OFFICE, *bases) | may(("reporter", *_AT_SERVICES), BY_HOLDER)


RIGHTS: Rights = {
    "receive_report": _none(_REPORTING),
    "list_reports": may(_REPORTING, *_BY_ASSESSING),
    "read_match": may(
        _STAFF, *_BY_ASSESSING[:3], by_serving(), by_consent(data_class=("identity",)), by_court("identity")
    ),
    "search_same_person": may(_REPORTING, BY_HOLDER),
    "register": may(_REPORTING, BY_HOLDER),
    "attach": may(_REPORTING, BY_HOLDER),
    "close_report": may(_REPORTING, BY_HOLDER),
    "see_same_person_tasks": may(_REPORTING, BY_HOLDER),
    "answer_same_person_task": may(_OFFICE, BY_HOLDER),
    "see_same_person_offers": may(_OFFICE, BY_HOLDER),
    "list_cases": may(_STAFF, *ANY_BASIS),
    "see_case": may(_STAFF, *ANY_BASIS),
    "read_needs": may(
        _STAFF, *_BY_ASSESSING, by_serving(), by_consent(data_class=("identity", "needs")), by_court("identity")
    ),
    "read_progress": may(_STAFF, *_BY_ASSESSING),
    "read_assessment": may((*_DESK, "reintegration-worker"), *_BY_ASSESSING),
    "read_children": may(_REPORTING, BY_HOLDER, BY_FORMAL_BODY, BY_GUARDIAN_AUTHORITY),
    "read_rights_explained": may(_STAFF, BY_HOLDER, BY_FORMAL_BODY, BY_GUARDIAN_AUTHORITY, by_serving()),
    "read_consents": may(_STAFF, *ANY_BASIS),
    "read_holder_offers": may(_REPORTING, BY_HOLDER, by_asked("holder")),
    "who_knows": may(_REPORTING, BY_HOLDER, BY_FORMAL_BODY),
    "read_consent_history": may(_REPORTING, BY_HOLDER),
    "screen": may(_DESK, BY_HOLDER, BY_FORMAL_BODY),
    "see_indicators": _none(_DESK),
    "see_purposes": _none(_STAFF),
    "give_opinion": may((*_DESK, "reintegration-worker"), BY_HOLDER, by_consent("joint_assessment")),
    "record_consent": _desk(BY_HOLDER, BY_FORMAL_BODY),
    "withdraw_consent": may(_STAFF, BY_HOLDER, BY_FORMAL_BODY, by_asked(), by_serving(), BY_TOLD_OF_BAR, by_consent()),
    "presume": may(_DESK, BY_HOLDER),
    "revoke": may(_DESK, BY_HOLDER, BY_FORMAL_BODY_EVER),
    "refer": _desk(BY_HOLDER, BY_GUARDIAN_AUTHORITY),
    "meet_duty_without_name": _desk(BY_HOLDER),
    "see_notices": _none(("assessor", "reporter")),
    "acknowledge": may(("assessor", "agency-system"), BY_FORMAL_BODY),
    "recognise_formally": may({"assessor"}, BY_FORMAL_BODY),
    "decline": may(_OFFICE, BY_HOLDER, BY_FORMAL_BODY),
    "appeal": may(_STAFF, BY_HOLDER, by_serving(), by_consent("legal_aid"))
    | may(_OFFICE, BY_HOLDER, BY_FORMAL_BODY_EVER, BY_GUARDIAN_AUTHORITY, by_serving(), by_consent("legal_aid")),
    "reject_appeal": may(_OFFICE, BY_HOLDER, BY_FORMAL_BODY_EVER),
    "reopen": may(_OFFICE, BY_HOLDER, BY_FORMAL_BODY_EVER),
    "record_potential": _desk(BY_HOLDER, BY_FORMAL_BODY),
    "offer_reflection": may(_DESK, BY_HOLDER, BY_FORMAL_BODY, BY_GUARDIAN_AUTHORITY),
    "confirm_reflection": may(_DESK, BY_HOLDER, BY_FORMAL_BODY, BY_GUARDIAN_AUTHORITY),
    "end_reflection": may(_REPORTING, BY_HOLDER),
    "explain_rights": may(_STAFF, BY_HOLDER, BY_FORMAL_BODY, BY_GUARDIAN_AUTHORITY, by_serving()),
    "establish_age": _office(BY_HOLDER, BY_FORMAL_BODY),
    "doubt_age": may(_STAFF, BY_HOLDER, BY_FORMAL_BODY, by_serving(), by_consent()),
    "see_age_doubts": may(_REPORTING, BY_HOLDER),
    "appoint_guardian": may(_OFFICE, BY_HOLDER, BY_FORMAL_BODY, BY_GUARDIAN_AUTHORITY),
    "establish_identity": may(_OFFICE, BY_HOLDER, BY_FORMAL_BODY),
    "trace_family": may(_OFFICE, BY_HOLDER, BY_FORMAL_BODY, BY_GUARDIAN_AUTHORITY),
    "correct_identity": _office(BY_HOLDER, BY_FORMAL_BODY),
    "erase_person": may(_OFFICE, BY_HOLDER),
    "keep_for_referral": {"agency-system": "agency"},
    "read_identity": may(
        (*_STAFF, "agency-system"),
        BY_HOLDER,
        BY_FORMAL_BODY,
        BY_FORMAL_BODY_EVER,
        BY_GUARDIAN_AUTHORITY,
        by_serving(),
        by_consent(data_class=_IDENTITY_CLASSES),
        by_court(*_IDENTITY_CLASSES),
    ),
    "set_safe_contact": _desk(BY_HOLDER, BY_GUARDIAN_AUTHORITY),
    "set_representative": _office(BY_HOLDER, BY_GUARDIAN_AUTHORITY),
    "disclose": may(_OFFICE, BY_HOLDER, BY_FORMAL_BODY),
    "agree_to_ending": may(_OFFICE, BY_GUARDIAN_AUTHORITY, BY_FORMAL_BODY),
    "withdraw_agreement": may(_OFFICE, BY_GUARDIAN_AUTHORITY, BY_FORMAL_BODY),
    "close": _office(BY_HOLDER, BY_FORMAL_BODY),
    "withdraw": _office(BY_HOLDER, BY_FORMAL_BODY),
    "transfer_abroad": _office(BY_HOLDER, BY_FORMAL_BODY),
    "offer_holder": may(_REPORTING, BY_HOLDER),
    "withdraw_holder_offer": may(_REPORTING, BY_HOLDER),
    "accept_holder": may(_REPORTING, by_asked("holder")),
    "decline_holder": may(_REPORTING, by_asked("holder")),
    "see_statistics": {"coordinator": "all", "auditor": "all"},
    "serve_payee": {"service": "all"},
    "serve_safe_contact": {"service": "all"},
    "serve_age": {"service": "all"},
    "serve_name": {"service": "all"},
}

_RESPONSIBLE = (BY_HOLDER, BY_FORMAL_BODY, BY_GUARDIAN_AUTHORITY)
BEGINNINGS: Mapping[str, Mapping[str, tuple[Asked, ...]]] = {
    "request_place": may((*_DESK, "shelter-manager"), *_RESPONSIBLE, by_consent("shelter"), by_serving("place")),
    "hand_over": may((*_DESK, "shelter-manager"), *_RESPONSIBLE, by_serving("place", "former_place", "handover")),
}
"""Acts of shelter that begin at the case: its own rows, so that a link leads nobody to a refusal."""

PART_OF: Mapping[str, str] = {
    "receive_report": "read_progress",
    "register": "read_progress",
    "attach": "read_progress",
    "join_report": "read_progress",
    "close_report": "read_progress",
    "answer_same_person_task": "see_same_person_tasks",
    "screen": "read_assessment",
    "give_opinion": "read_assessment",
    "presume": "read_assessment",
    "revoke": "read_assessment",
    "recognise_formally": "read_assessment",
    "decline": "read_assessment",
    "appeal": "read_assessment",
    "reject_appeal": "read_assessment",
    "reopen": "read_assessment",
    "record_consent": "read_consent_history",
    "withdraw_consent": "read_consent_history",
    "meet_duty_without_name": "read_consent_history",
    "refer": "read_progress",
    "acknowledge": "read_progress",
    "support": "read_progress",
    "record_potential": "read_progress",
    "offer_reflection": "read_progress",
    "confirm_reflection": "read_progress",
    "end_reflection": "read_progress",
    "explain_rights": "read_rights_explained",
    "establish_age": "read_children",
    "doubt_age": "read_children",
    "come_of_age": "read_children",
    "appoint_guardian": "read_children",
    "establish_identity": "read_children",
    "trace_family": "read_children",
    "agree_to_ending": "read_children",
    "withdraw_agreement": "read_children",
    "correct_identity": "read_identity",
    "erase_person": "read_identity",
    "set_safe_contact": "read_identity",
    "set_representative": "read_identity",
    "disclose": "read_consent_history",
    "close": "read_progress",
    "withdraw": "read_progress",
    "transfer_abroad": "read_progress",
    "offer_holder": "read_consent_history",
    "withdraw_holder_offer": "read_consent_history",
    "accept_holder": "read_consent_history",
    "decline_holder": "read_consent_history",
}
"""The part that an entry of the history belongs to; an act without one shows to nobody."""

READINGS = frozenset({"read_identity", "search_same_person", "serve_payee", "serve_safe_contact"})
"""What searches for a person or reads identity, and so has the low limit of a minute (ID-13)."""
