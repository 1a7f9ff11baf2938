"""Role × action × scope. `case`: cases that the actor's agency may know of; whose bed it is, is asked besides.

Actions of a stay have the name of their transition, so that an answer lists what the asker may do at all.
"""

from chassis.rights import Rights

_MANAGER = {"shelter-manager": "case"}
_STAFF = _MANAGER | {"shelter-worker": "case"}
_ASKERS = {"caseworker": "case", "assessor": "case", "reporter": "case"}  # a case may be held by who reported it
_EVERYBODY = _STAFF | _ASKERS
_CENTRE = {"reintegration-worker": "case"}

RIGHTS: Rights = {
    "see_facilities": dict.fromkeys([*_EVERYBODY, "coordinator"], "none"),
    "see_capacity": dict.fromkeys([*_EVERYBODY, "coordinator"], "none"),
    "see_board": dict.fromkeys(_STAFF, "case"),
    "close_bed": {"shelter-manager": "agency"},
    "see_closures": dict.fromkeys(_STAFF, "agency"),
    "request_place": _ASKERS | _MANAGER,
    "see_stays": _EVERYBODY,
    "see_places": _ASKERS | _MANAGER,
    "offer": _MANAGER,
    "waitlist": _MANAGER,
    "refuse": _MANAGER | _ASKERS,
    "decline": _EVERYBODY,
    "admit": _STAFF,
    "request_extension": _STAFF | {"caseworker": "case"},
    "decide_extension": _MANAGER,
    "re_examine": _MANAGER,
    "record_service": _STAFF,
    "leave": _STAFF,
    "transfer": _MANAGER,
    "hand_over": _ASKERS | _MANAGER,
    "withdraw": _ASKERS | _MANAGER,
    "see_handovers": _EVERYBODY | _CENTRE,
    "acknowledge": _CENTRE | {"caseworker": "case"} | _MANAGER,
    "decline_handover": _CENTRE | {"caseworker": "case"} | _MANAGER,
    "tell_course": _CENTRE | {"caseworker": "case"},
    "see_courses": _CENTRE | _ASKERS,
    "give_assistance": _CENTRE,
    "see_assistance": _CENTRE | _ASKERS,
    "name_conflict": _ASKERS | _MANAGER,
    "end_conflict": _ASKERS | _MANAGER,
    "see_conflicts": _ASKERS | _MANAGER,
    "see_statistics": {"coordinator": "all"},
}
