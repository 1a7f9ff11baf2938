"""Double entry in whole qəpik (FU-5). A posting is positive for debit and negative for credit; an entry sums to zero.

The money at the bank stands on two accounts: `bank.free`, and `bank.reserved` for what approved claims wait for (FU-7).
Neither can fall below zero, so the Fund can never be overdrawn; the database holds the same rule as a constraint.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chassis.errors import Invalid, NotPossible
from chassis.machine import Machine

FREE = "bank.free"
RESERVED = "bank.reserved"
INCOME_SOURCES = ("donation", "campaign", "contribution", "grant", "state_budget", "confiscated_property", "recovery")
CLAIM_KINDS = ("allowance", "needs_grant", "compensation")
INCOME_ACCOUNTS = tuple(f"income.{source}" for source in INCOME_SOURCES)
EXPENSE_ACCOUNTS = tuple(f"expense.{kind}" for kind in CLAIM_KINDS)
ACCOUNTS = (FREE, RESERVED, *INCOME_ACCOUNTS, *EXPENSE_ACCOUNTS)

ENTRY_KINDS = (
    "income", "reservation", "reservation_released", "payment", "payment_returned", "overpayment", "recovery",
    "reversal",
)  # fmt: skip
REVERSIBLE_KINDS = ("income", "recovery")
"""Other entries of a claim's life are undone by the claim's own acts (failure, cancellation, recovery) only."""
ENTRY = Machine("entry", start="booked", transitions={("booked", "reverse_entry"): "corrected"})
"""An entry is never edited, only corrected by a new one (FU-5)."""


@dataclass(frozen=True)
class Posting:
    """`amount_qepik` on `account`: positive debit, negative credit."""

    account: str
    amount_qepik: int


Postings = tuple[Posting, ...]


def _moved(amount_qepik: int, *, debit: str, credit: str) -> Postings:
    if amount_qepik <= 0:
        raise Invalid("amount_not_positive", "An amount is at least one qəpik.")
    return Posting(debit, amount_qepik), Posting(credit, -amount_qepik)


def income(source: str, amount_qepik: int) -> Postings:
    """Money received from a named source (FU-4)."""
    if source not in INCOME_SOURCES:
        raise Invalid("unknown_source", "The source of income is not on the list.")
    return _moved(amount_qepik, debit=FREE, credit=f"income.{source}")


def reservation(amount_qepik: int) -> Postings:
    """Free money set aside for an approved claim (FU-7)."""
    return _moved(amount_qepik, debit=RESERVED, credit=FREE)


def reservation_released(amount_qepik: int) -> Postings:
    """Money that was set aside becomes free again (FU-7)."""
    return _moved(amount_qepik, debit=FREE, credit=RESERVED)


def payment(kind: str, amount_qepik: int) -> Postings:
    """The bank confirmed: reserved money was spent on a claim of this kind (FU-7)."""
    return _moved(amount_qepik, debit=f"expense.{kind}", credit=RESERVED)


def payment_returned(kind: str, amount_qepik: int) -> Postings:
    """The bank gave a confirmed payment back: it is undone, and its money is set aside again (FU-5, FU-7)."""
    return reversed_postings(payment(kind, amount_qepik))


def overpayment(kind: str, amount_qepik: int) -> Postings:
    """The bank paid an order that does not pay its claim: free money is gone until it is recovered (FU-7)."""
    return _moved(amount_qepik, debit=f"expense.{kind}", credit=FREE)


def recovery(amount_qepik: int) -> Postings:
    """Money came back from the offender or the payee and is booked back (FU-3)."""
    return _moved(amount_qepik, debit=FREE, credit="income.recovery")


def reversed_postings(postings: Sequence[Posting]) -> Postings:
    """The correction of an entry: the same accounts with the opposite sign (FU-5: never an edit)."""
    return tuple(Posting(posting.account, -posting.amount_qepik) for posting in postings)


def require_balanced(postings: Sequence[Posting]) -> None:
    """Invalid `entry_not_balanced` unless two or more postings on known accounts sum to zero (FU-5)."""
    known = all(posting.account in ACCOUNTS and posting.amount_qepik != 0 for posting in postings)
    if not known or len(postings) < 2 or sum(posting.amount_qepik for posting in postings) != 0:
        raise Invalid("entry_not_balanced", "An entry has two or more postings on known accounts that sum to zero.")


def post(balances: Mapping[str, int], postings: Sequence[Posting]) -> dict[str, int]:
    """Balances after an entry. NotPossible `not_enough_free_money` / `balance_below_zero`: nothing is posted (FU-5)."""
    require_balanced(postings)
    after = dict(balances)
    for posting in postings:
        after[posting.account] = after.get(posting.account, 0) + posting.amount_qepik
    if after.get(FREE, 0) < 0:
        raise not_enough(missing_qepik=-after[FREE])
    if any(in_its_own_sign(account, balance) < 0 for account, balance in after.items()):
        raise NotPossible("balance_below_zero", "The entry would take an account below zero.")
    return after


def in_its_own_sign(account: str, balance_qepik: int) -> int:
    """Balance as people read it: income grows by credit, everything else by debit."""
    return -balance_qepik if account in INCOME_ACCOUNTS else balance_qepik


def missing(free_qepik: int, amount_qepik: int) -> int:
    """Qəpik that free money lacks for the amount; 0 when it suffices (FU-7)."""
    return max(0, amount_qepik - free_qepik)


def not_enough(missing_qepik: int | None = None) -> NotPossible:
    """The refusal when free money does not suffice (FU-5), with what is missing where it is known."""
    facts = {} if missing_qepik is None else {"missing_qepik": missing_qepik}
    return NotPossible("not_enough_free_money", "There is not enough free money.", facts=facts)


IRREVERSIBLE = {
    "entry_belongs_to_claim": "This entry is part of a claim and changes with the claim only.",
    "reversal_of_reversal": "A correction is not corrected: book the money anew.",
    "already_reversed": "This entry has a correction already.",
}


def why_irreversible(kind: str, already_reversed: bool) -> str | None:
    """The code of IRREVERSIBLE that keeps an entry from being corrected, or None (FU-5)."""
    if kind == "reversal":
        return "reversal_of_reversal"
    if kind not in REVERSIBLE_KINDS:
        return "entry_belongs_to_claim"
    return "already_reversed" if already_reversed else None


def require_reversible(kind: str, already_reversed: bool) -> None:
    """NotPossible with a code of IRREVERSIBLE (FU-5)."""
    if code := why_irreversible(kind, already_reversed):
        raise NotPossible(code, IRREVERSIBLE[code])
