"""Who may do what: role × action × scope. `case` = cases that the agency may know of (ID-7, chassis.access)."""

from collections.abc import Mapping

_STAFF = (
    "reporter",
    "caseworker",
    "assessor",
    "shelter-manager",
    "shelter-worker",
    "reintegration-worker",
    "migration-officer",
    "motion-officer",
    "return-officer",
)
_FUND = ("fund-requester", "fund-approver", "fund-releaser", "fund-accountant")
_ANSWERS_FOR_CONTACT = ("caseworker", "assessor", "shelter-manager", "reintegration-worker")


def _each(roles: tuple[str, ...], scope: str) -> dict[str, str]:
    return dict.fromkeys(roles, scope)


RIGHTS: Mapping[str, Mapping[str, str]] = {
    "list_clocks": _each(_STAFF, "case"),
    "read_clock": _each(_STAFF, "case"),
    "read_inbox": _each((*_STAFF, *_FUND), "case"),
    "read_item": _each((*_STAFF, *_FUND), "case"),
    "read_agency_tasks": {"operator": "none"},
    "list_messages": _each(_ANSWERS_FOR_CONTACT, "case"),
    "read_message": _each(_ANSWERS_FOR_CONTACT, "case"),
    "resend": _each(_ANSWERS_FOR_CONTACT, "case"),
    "read_templates": _each((*_STAFF, *_FUND, "coordinator", "auditor", "operator"), "none"),
    "take_receipt": {"service": "none"},
    "read_statistics": {"coordinator": "none"},
}
