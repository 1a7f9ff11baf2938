"""Who may do what in the Fund, and on which basis: action × role × basis (casework.bases). The default is no.

Fund roles see every claim and never a name. A caseworker of the holder, and of the guardianship authority for a child,
sees every claim of the case; of another agency those that it wrote, while the basis stands (ID-12). Actions of the
claim machine have the name of their transition; `decide_appeal` stands for its two outcomes. Rows that end this table
are no endpoints: they decide within an act or an answer.
"""

from casework.bases import (
    BY_FORMAL_BODY,
    BY_GUARDIAN_AUTHORITY,
    BY_HOLDER,
    by_consent,
    by_serving,
    may,
)
from chassis.rights import Rights

_FUND = {"fund-requester": "all", "fund-approver": "all", "fund-releaser": "all", "fund-accountant": "all"}
_LEDGER = dict.fromkeys(_FUND, "none")
_REQUESTER = {"fund-requester": "all"}
_APPROVER = {"fund-approver": "all"}
_RELEASER = {"fund-releaser": "all"}
_ACCOUNTANT = {"fund-accountant": "all"}

_CASEWORKER = ("caseworker",)
# A stay and the support after it cover every need; no other service of the platform claims money (SH-6, SH-8).
_ANY_NEED = (
    BY_HOLDER,
    BY_FORMAL_BODY,
    BY_GUARDIAN_AUTHORITY,
    by_serving("place", "handover"),
    by_consent("assistance"),
)
_CLAIMING = (*_ANY_NEED, by_consent("legal_aid"))

RIGHTS: Rights = {
    "receive_income": {"fund-accountant": "none"},
    "reverse_entry": {"fund-accountant": "none"},
    "see_incomes": _LEDGER,
    "see_entries": _LEDGER,
    "see_accounts": _LEDGER,
    "see_balance": _LEDGER,
    "create_claim": {**_REQUESTER, **may(_CASEWORKER, *_CLAIMING)},
    "find_case": {**_REQUESTER, **may(_CASEWORKER, *_CLAIMING)},
    "see_claims": {**_FUND, **may(_CASEWORKER, *_CLAIMING)},
    "submit": _REQUESTER,
    "amend": _REQUESTER,
    "appeal": _REQUESTER,
    "ask_information": _APPROVER,
    "approve": _APPROVER,
    "reject": _APPROVER,
    "decide_appeal": _APPROVER,
    "settle_re_examination": _APPROVER,
    "reserve": _APPROVER | _RELEASER,
    "release": _RELEASER,
    "confirm": _RELEASER | _ACCOUNTANT,
    "fail": _RELEASER | _ACCOUNTANT,
    "return_payment": _RELEASER | _ACCOUNTANT,
    "cancel": _REQUESTER | _APPROVER | _RELEASER,
    "recover": _ACCOUNTANT,
    "see_statement": {**_LEDGER, "coordinator": "none", "auditor": "none"},
    "see_statistics": {"coordinator": "none", "auditor": "none"},
    "claim_any_need": {**_REQUESTER, **may(_CASEWORKER, *_ANY_NEED)},
    "claim_compensation": _REQUESTER,
    "see_every_claim": {**_FUND, **may(_CASEWORKER, BY_HOLDER, BY_GUARDIAN_AUTHORITY)},
}
APPEAL_OUTCOMES = frozenset({"approve_on_appeal", "reject_on_appeal"})

READINGS = frozenset({"release"})
"""What searches for a person or reads identity, and so has the low limit of a minute (ID-13)."""
