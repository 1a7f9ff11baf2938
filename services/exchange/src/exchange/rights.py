"""Who may do what: operators join agencies and cut them off; who oversees sees which agency may hear what."""

from chassis.rights import Rights

_OPERATOR = {"operator": "none"}
_SEES = _OPERATOR | {"coordinator": "none", "auditor": "none"}

RIGHTS: Rights = {
    "see_agencies": _SEES,
    "agree": _OPERATOR,
    "suspend": _OPERATOR,
    "resume": _OPERATOR,
    "remove": _OPERATOR,
}
