"""Who may do what: action → role → the bases that it requires (docs/adr/0021).

A case has parts; a clock, or a task in the inbox, belongs to one. Whoever knows of the case for another reason sees
neither (ID-7, ID-12).
"""

from collections.abc import Mapping
from typing import Literal, get_args

from casework.bases import (
    ANY_BASIS,
    BY_FORMAL_BODY,
    BY_GUARDIAN_AUTHORITY,
    BY_HOLDER,
    BY_TOLD_OF_BAR,
    Cell,
    by_asked,
    by_consent,
    by_serving,
    may,
)
from chassis.rights import Rights

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

Part = Literal[
    "hand_over",
    "recognition",
    "reflection",
    "place",
    "stay",
    "support",
    "payment",
    "permit",
    "removal_bar",
    "return",
    "consent",
    "contact",
    "child",
    "holding",
]
PARTS: tuple[Part, ...] = get_args(Part)

_AUTHORITIES = (BY_HOLDER, BY_FORMAL_BODY, BY_GUARDIAN_AUTHORITY)
_READ_BY: Mapping[Part, Cell] = {
    "hand_over": _AUTHORITIES,
    "recognition": (*_AUTHORITIES, by_consent("joint_assessment")),
    "reflection": _AUTHORITIES,
    # where and with whom a person stays is shown to the operator itself and to nobody else who serves (SH-7)
    "place": (BY_HOLDER, BY_GUARDIAN_AUTHORITY, by_asked("place"), by_serving("place")),
    "stay": (BY_HOLDER, BY_GUARDIAN_AUTHORITY, by_serving("place")),
    "support": (BY_HOLDER, BY_GUARDIAN_AUTHORITY, by_asked("handover"), by_serving("handover")),
    "payment": (BY_HOLDER, by_asked("claim")),
    "permit": (*_AUTHORITIES, by_asked("permit"), by_serving("permit"), by_consent("residence_permit", "legal_aid")),
    "removal_bar": (
        *_AUTHORITIES,
        # not by a permit: the migration service learns of a bar by its notice alone (RP-4)
        by_serving("place", "handover"),
        BY_TOLD_OF_BAR,
        by_consent("removal_bar", "legal_aid", "joint_assessment"),
    ),
    "return": (BY_HOLDER, by_consent("return")),
    "consent": (BY_HOLDER,),
    "contact": (BY_HOLDER,),
    "child": (BY_HOLDER, BY_GUARDIAN_AUTHORITY),
    "holding": (BY_HOLDER,),
}
_OF_REQUEST = frozenset({"asked", "serves"})
OF_ONE_OBJECT: Mapping[Part, frozenset[str]] = {
    "place": _OF_REQUEST,
    "stay": _OF_REQUEST,
    "support": _OF_REQUEST,
    "payment": _OF_REQUEST,
    "removal_bar": frozenset({"told_of_bar"}),
}
"""The bases that open a part for their own object alone: this stay, this hand-over, this bar."""

_READ_MESSAGE = may(
    _ANSWERS_FOR_CONTACT, BY_HOLDER, BY_FORMAL_BODY, BY_GUARDIAN_AUTHORITY, by_consent(data_class=("contact",))
)


def right_of(part: Part) -> str:
    """The action in the table that shows a part of a case."""
    return f"read_{part}"


RIGHTS: Rights = {
    "list_clocks": may(_STAFF, *ANY_BASIS),
    "read_clock": may(_STAFF, *ANY_BASIS),
    "read_own_request": may(_STAFF, *ANY_BASIS),
    "read_inbox": may((*_STAFF, *_FUND), *ANY_BASIS),
    "read_item": may((*_STAFF, *_FUND), *ANY_BASIS),
    **{right_of(part): may((*_STAFF, *_FUND), *cell) for part, cell in _READ_BY.items()},
    "read_agency_tasks": dict.fromkeys(("operator", "coordinator"), "none"),
    "list_messages": _READ_MESSAGE,
    "read_message": _READ_MESSAGE,
    "resend": may(_ANSWERS_FOR_CONTACT, BY_HOLDER, BY_GUARDIAN_AUTHORITY),
    "read_templates": dict.fromkeys((*_STAFF, *_FUND, "coordinator", "auditor", "operator"), "none"),
    "read_calendar": dict.fromkeys((*_STAFF, *_FUND, "coordinator", "auditor", "operator"), "none"),
    "enter_decree": {"coordinator": "none"},
    "take_receipt": {"service": "none"},
    "read_statistics": {"coordinator": "none"},
}
