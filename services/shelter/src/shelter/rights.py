"""Role × action × basis: the one table from which checks, answers, lists of actions and tests are made (docs/adr/0021).

Beside the basis a use case checks whose object it is, e.g. the operator's own stay. Actions of a stay have the name of
their transition, so that an answer lists what the viewer may do. `read_…` are parts of answers.
"""

from casework.bases import (
    BY_FORMAL_BODY,
    BY_GUARDIAN_AUTHORITY,
    BY_HOLDER,
    Asked,
    by_asked,
    by_consent,
    by_serving,
    may,
)
from chassis.rights import Rights

PLACE = "place"
FORMER_PLACE = "former_place"
"""Kind of basis of an operator whose stay has ended: it reads and completes its own record."""
HANDOVER = "handover"
OWN_REQUEST = "own_request"
"""Marks a formal body that requested the place, where the person did not agree to show it the stay."""
NEEDS = ("needs",)

_MANAGER = {"shelter-manager"}
_STAFF = _MANAGER | {"shelter-worker"}
_DESK = {"caseworker", "assessor", "reporter"}  # whoever reported a case may be its holder
_CENTRE = {"reintegration-worker"}
_SUPPORT = _CENTRE | {"caseworker"}
_SYSTEM = {"agency-system"}
_EVERYBODY = _STAFF | _DESK

_RESPONSIBLE = (BY_HOLDER, BY_FORMAL_BODY, BY_GUARDIAN_AUTHORITY)
_INFORMED = (BY_HOLDER, Asked("formal_body", frozenset({""})), BY_GUARDIAN_AUTHORITY)  # not by its own request alone
_IN_CARE = (BY_HOLDER, BY_GUARDIAN_AUTHORITY)
_REQUESTED = by_asked(PLACE)
_OPERATOR = by_serving(PLACE)
_WAS_OPERATOR = by_serving(PLACE, FORMER_PLACE)
_REQUESTERS = (*_RESPONSIBLE, by_consent("shelter"), _OPERATOR)  # an operator requests another place for its resident
_WAS_SERVED = by_serving(FORMER_PLACE, HANDOVER)
_RECIPIENT = (by_asked(HANDOVER), by_serving(HANDOVER))
_CARE_PURPOSES = ("assistance", "medical", "psychological", "legal_aid", "reintegration")
_WITH_CARE_PURPOSE = by_consent(*_CARE_PURPOSES, data_class=NEEDS)
_OF_SUPPORT = (*_IN_CARE, by_serving(HANDOVER), _WITH_CARE_PURPOSE)
_NO_CASE = "none"

_HOUSES: Rights = {
    "see_facilities": dict.fromkeys([*sorted(_EVERYBODY), "coordinator"], _NO_CASE),
    "see_capacity": dict.fromkeys([*sorted(_EVERYBODY), "coordinator"], _NO_CASE),
    "see_board": may(_STAFF, _REQUESTED, _WAS_OPERATOR),
    "close_bed": dict.fromkeys(_MANAGER, "agency"),
    "see_closures": dict.fromkeys(_STAFF, "agency"),
    "see_nights": dict.fromkeys(_STAFF, "agency"),
    "see_statistics": {"coordinator": "all"},
}
_STAYS: Rights = {
    "see_stays": may(_EVERYBODY | _CENTRE, *_RESPONSIBLE, _REQUESTED, by_serving(), by_consent("shelter")),
    "read_stay_request": may(_EVERYBODY, *_REQUESTERS, _REQUESTED, _WAS_OPERATOR),
    "read_stay_addressees": may(_EVERYBODY, *_INFORMED),
    "read_stay_operator": may(_EVERYBODY, *_INFORMED, _WAS_OPERATOR),
    "read_stay_place": may(_EVERYBODY, _REQUESTED, _WAS_OPERATOR),
    "read_stay_care": may(_EVERYBODY, *_IN_CARE, _WAS_OPERATOR),
    "read_stay_services": may(_EVERYBODY | _CENTRE, BY_GUARDIAN_AUTHORITY, _WAS_OPERATOR, _WITH_CARE_PURPOSE),
    "see_places": may(_DESK | _STAFF, *_RESPONSIBLE, _REQUESTED, _OPERATOR),
    "find_case": may(_DESK | _MANAGER | _CENTRE, *_REQUESTERS, _WAS_SERVED, by_consent("reintegration")),  # of any act
    "request_place": may(_DESK | _MANAGER, *_REQUESTERS),
    "offer": may(_STAFF, _REQUESTED),  # at night a worker is on duty
    "waitlist": may(_MANAGER, _REQUESTED),
    "refuse": may(_DESK | _MANAGER, *_REQUESTERS, _REQUESTED),
    "decline": may(_EVERYBODY, *_REQUESTERS, _REQUESTED),
    "admit": may(_STAFF, _REQUESTED, _OPERATOR),
    "request_extension": may(_STAFF | {"caseworker"}, *_REQUESTERS),
    "decide_extension": may(_MANAGER, _OPERATOR),
    "re_examine": may(_MANAGER, _OPERATOR),
    "record_service": may(_STAFF, _WAS_OPERATOR),
    "leave": may(_STAFF, _WAS_OPERATOR),
    "transfer": may(_MANAGER, _WAS_OPERATOR),
}
_SUPPORT_AFTER: Rights = {
    "hand_over": may(_DESK | _MANAGER, *_RESPONSIBLE, by_serving(PLACE, FORMER_PLACE, HANDOVER)),
    "withdraw": may(_DESK | _MANAGER, *_RESPONSIBLE, by_serving(PLACE, FORMER_PLACE, HANDOVER)),
    "see_handovers": may(
        _EVERYBODY | _CENTRE, *_RESPONSIBLE, by_asked(HANDOVER), by_serving(PLACE, FORMER_PLACE, HANDOVER)
    ),
    "read_handover_stay": may(_EVERYBODY | _CENTRE, *_IN_CARE, by_serving(PLACE, FORMER_PLACE, HANDOVER)),
    "acknowledge": may(_SUPPORT | _MANAGER | _SYSTEM, *_RECIPIENT),
    "decline_handover": may(_SUPPORT | _MANAGER | _SYSTEM, *_RECIPIENT),
    "re_examine_handover": may(_SUPPORT | _MANAGER, by_serving(HANDOVER)),
    "end_handover": may(_SUPPORT | _MANAGER, by_serving(HANDOVER)),
    "record_course": may(_SUPPORT | _SYSTEM, BY_HOLDER, by_serving(HANDOVER), by_consent("reintegration")),
    "see_courses": may(
        _SUPPORT | _DESK, *_IN_CARE, by_serving(HANDOVER), by_consent("reintegration"), _WITH_CARE_PURPOSE
    ),
    "record_assistance": may(_SUPPORT, by_serving(HANDOVER)),
    "see_assistance": may(_SUPPORT | _DESK, *_OF_SUPPORT),
}
_CONFLICTS: Rights = dict.fromkeys(
    ("name_conflict", "end_conflict", "see_conflicts"),
    may(_DESK | _MANAGER, BY_HOLDER, BY_FORMAL_BODY, _OPERATOR),
)

RIGHTS: Rights = {**_HOUSES, **_STAYS, **_SUPPORT_AFTER, **_CONFLICTS}
