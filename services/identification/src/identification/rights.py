"""Role × action × scope. `case`: cases that the actor's agency may know of. Police: only what was handed over."""

from chassis.rights import Rights

_DESK = {"caseworker": "case", "assessor": "case", "reporter": "case"}

RIGHTS: Rights = {
    "receive_report": _DESK,
    "list_reports": _DESK,
    "search_same_person": _DESK,
    "register": _DESK,
    "attach": _DESK,
    "see_same_person_tasks": _DESK,
    "list_cases": _DESK | {"reintegration-worker": "case"},
    "see_case": _DESK | {"reintegration-worker": "case"},
    "screen": _DESK,
    "see_indicators": _DESK,
    "record_consent": _DESK,
    "withdraw_consent": _DESK,
    "presume": _DESK,
    "revoke": {"assessor": "case", "caseworker": "case", "reporter": "case"},
    "refer": _DESK,
    "acknowledge": {"assessor": "case"},
    "recognise_formally": {"assessor": "case"},
    "decline": {"assessor": "case", "caseworker": "case"},
    "appeal": {"caseworker": "case", "assessor": "case"},
    "reject_appeal": {"assessor": "case", "caseworker": "case"},
    "reopen": {"assessor": "case", "caseworker": "case"},
    "record_potential": _DESK,
    "offer_reflection": _DESK,
    "end_reflection": {"caseworker": "case", "assessor": "case"},
    "explain_rights": _DESK,
    "establish_age": {"caseworker": "case", "assessor": "case"},
    "correct_identity": {"caseworker": "case", "assessor": "case"},
    "read_identity": {"caseworker": "case", "assessor": "case"},
    "set_safe_contact": {"caseworker": "case", "assessor": "case", "reporter": "case"},
    "disclose": {"assessor": "case"},
    "close": {"caseworker": "case", "assessor": "case"},
    "withdraw": {"caseworker": "case", "assessor": "case"},
    "transfer_abroad": {"caseworker": "case", "assessor": "case"},
    "see_statistics": {"coordinator": "all", "auditor": "all"},
    "serve_payee": {"service": "all"},
    "serve_safe_contact": {"service": "all"},
}
