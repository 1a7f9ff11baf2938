"""Who may do what in the Fund: action × role × scope (chassis.rights). The default is no.

Fund roles see every claim and never a name; a caseworker sees the claims that the own agency wrote. Actions of the
claim machine have the name of their transition; `decide_appeal` stands for its two outcomes.
"""

from chassis.rights import Rights

_FUND = {"fund-requester": "all", "fund-approver": "all", "fund-releaser": "all", "fund-accountant": "all"}
_LEDGER = dict.fromkeys(_FUND, "none")
_REQUESTER = {"fund-requester": "all"}
_APPROVER = {"fund-approver": "all"}
_RELEASER = {"fund-releaser": "all"}
_ACCOUNTANT = {"fund-accountant": "all"}

RIGHTS: Rights = {
    "receive_income": {"fund-accountant": "none"},
    "reverse_entry": {"fund-accountant": "none"},
    "see_incomes": _LEDGER,
    "see_entries": _LEDGER,
    "see_accounts": _LEDGER,
    "see_balance": _LEDGER,
    "create_claim": {**_REQUESTER, "caseworker": "case"},
    "see_claims": {**_FUND, "caseworker": "agency"},
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
}
APPEAL_OUTCOMES = frozenset({"approve_on_appeal", "reject_on_appeal"})
