"""Who may do what, and which events an agency's system receives on which basis (ID-7, ID-12, docs/adr/0021).

An action `receive_…` is a part of a case: `domain.shareable` lists its events. An agreement narrows what
is written here and never widens it.
"""

from casework.bases import (
    ANY_BASIS,
    BY_FORMAL_BODY,
    BY_GUARDIAN_AUTHORITY,
    BY_HOLDER,
    BY_TOLD_OF_BAR,
    by_consent,
    by_serving,
    may,
)
from chassis.rights import Rights

SYSTEM = "agency-system"
_OPERATOR = {"operator": "none"}
_SEES = _OPERATOR | {"coordinator": "none", "auditor": "none"}
_SYSTEM = {SYSTEM}
_AUTHORITIES = (BY_HOLDER, BY_FORMAL_BODY, BY_GUARDIAN_AUTHORITY)

RIGHTS: Rights = {
    "see_agencies": _SEES,
    "agree": _OPERATOR,
    "suspend": _OPERATOR,
    "resume": _OPERATOR,
    "remove": _OPERATOR,
    "receive_reference": may(_SYSTEM, *ANY_BASIS),
    "receive_recognitions": may(_SYSTEM, *_AUTHORITIES, by_consent("joint_assessment")),
    "receive_handover_to_police": may(_SYSTEM, *_AUTHORITIES),
    "receive_reflection": may(_SYSTEM, *_AUTHORITIES),
    "receive_child_steps": may(_SYSTEM, *_AUTHORITIES),
    "receive_who_knows": may(_SYSTEM, BY_HOLDER, BY_FORMAL_BODY),
    "receive_consent_ends": may(_SYSTEM, BY_HOLDER),
    "receive_stays": may(_SYSTEM, BY_HOLDER, BY_GUARDIAN_AUTHORITY, by_serving("place")),
    "receive_handovers": may(_SYSTEM, BY_HOLDER, BY_GUARDIAN_AUTHORITY, by_serving("handover")),
    # no holder: what the person agreed to, and by a line to whom the event names what the agency recorded itself
    "receive_assistance": may(_SYSTEM, BY_GUARDIAN_AUTHORITY, by_consent("assistance", "reintegration")),
    # no formal body: events of a claim do not name who requested it, and it sees its own alone
    "receive_claims": may(_SYSTEM, BY_HOLDER, BY_GUARDIAN_AUTHORITY),
    "receive_bars": may(
        _SYSTEM,
        *_AUTHORITIES,
        by_serving(),
        BY_TOLD_OF_BAR,
        by_consent("removal_bar", "legal_aid", "joint_assessment"),
    ),
    "receive_permits": may(_SYSTEM, *_AUTHORITIES, by_consent("residence_permit")),
    "receive_returns": may(_SYSTEM, BY_HOLDER, BY_GUARDIAN_AUTHORITY, by_consent("return")),
}
