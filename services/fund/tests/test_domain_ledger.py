"""The ledger as a law of arithmetic: FU-4, FU-5, FU-7, FU-3."""

from typing import ClassVar

import pytest
from chassis.errors import Invalid, NotPossible
from fund.domain import ledger
from fund.domain.ledger import FREE, RESERVED, Posting
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

AMOUNTS = st.integers(min_value=1, max_value=10**6)


class LedgerStory(RuleBasedStateMachine):
    """Any order of acts: sums are zero, balances equal postings, nothing falls below zero (FU-5)."""

    stored: ClassVar[list[str]] = [FREE, RESERVED]

    def __init__(self) -> None:
        super().__init__()
        self.balances: dict[str, int] = {}
        self.written: list[tuple[Posting, ...]] = []

    def write(self, postings: tuple[Posting, ...]) -> None:
        before = dict(self.balances)
        try:
            self.balances = ledger.post(self.balances, postings)
        except NotPossible:
            assert self.balances == before
        else:
            self.written.append(postings)

    @rule(source=st.sampled_from(ledger.INCOME_SOURCES), amount=AMOUNTS)
    def receives(self, source: str, amount: int) -> None:
        self.write(ledger.income(source, amount))

    @rule(amount=AMOUNTS)
    def sets_aside(self, amount: int) -> None:
        self.write(ledger.reservation(amount))

    @rule(amount=AMOUNTS)
    def sets_free(self, amount: int) -> None:
        self.write(ledger.reservation_released(amount))

    @rule(kind=st.sampled_from(ledger.CLAIM_KINDS), amount=AMOUNTS)
    def pays(self, kind: str, amount: int) -> None:
        self.write(ledger.payment(kind, amount))

    @rule(kind=st.sampled_from(ledger.CLAIM_KINDS), amount=AMOUNTS)
    def is_given_back(self, kind: str, amount: int) -> None:
        self.write(ledger.payment_returned(kind, amount))

    @rule(amount=AMOUNTS)
    def gets_back(self, amount: int) -> None:
        self.write(ledger.recovery(amount))

    @rule(place=st.integers(0, 50))
    def corrects(self, place: int) -> None:
        if self.written:
            self.write(ledger.reversed_postings(self.written[place % len(self.written)]))

    @invariant()
    def holds(self) -> None:
        assert sum(self.balances.values()) == 0
        for account in ledger.ACCOUNTS:
            posted = sum(p.amount_qepik for entry in self.written for p in entry if p.account == account)
            assert self.balances.get(account, 0) == posted
            assert ledger.in_its_own_sign(account, posted) >= 0


TestLedgerStory = LedgerStory.TestCase


@pytest.mark.parametrize(
    "postings",
    [
        (),
        (Posting(FREE, 0), Posting(RESERVED, 0)),
        (Posting(FREE, 5),),
        (Posting(FREE, 5), Posting(RESERVED, -4)),
        (Posting(FREE, 5), Posting("elsewhere", -5)),
    ],
)
def test_an_entry_that_does_not_balance_is_refused_fu_5(postings: tuple[Posting, ...]) -> None:
    with pytest.raises(Invalid, match="entry_not_balanced"):
        ledger.post({}, postings)


@pytest.mark.parametrize("amount", [0, -1])
def test_an_amount_is_at_least_one_qepik_fu_5(amount: int) -> None:
    with pytest.raises(Invalid, match="amount_not_positive"):
        ledger.income("donation", amount)


def test_income_has_a_source_of_the_list_fu_4() -> None:
    assert "confiscated_property" in ledger.INCOME_SOURCES
    with pytest.raises(Invalid, match="unknown_source"):
        ledger.income("lottery", 1)


def test_more_than_is_free_is_refused_with_what_is_missing_fu_5() -> None:
    with pytest.raises(NotPossible) as refused:
        ledger.post({FREE: 100, RESERVED: 900}, ledger.reservation(220))
    assert (refused.value.code, refused.value.facts) == ("not_enough_free_money", {"missing_qepik": 120})


def test_money_recovered_is_booked_back_fu_3() -> None:
    after = ledger.post({}, ledger.recovery(700))
    assert after == {FREE: 700, "income.recovery": -700}


def test_a_payment_given_back_is_set_aside_again_and_spent_on_nothing_fu_7() -> None:
    paid = ledger.post({RESERVED: 700, "income.grant": -700}, ledger.payment("allowance", 700))
    returned = ledger.post(paid, ledger.payment_returned("allowance", 700))
    assert (returned[RESERVED], returned["expense.allowance"]) == (700, 0)


def test_what_is_missing_fu_7() -> None:
    assert (ledger.missing(100, 220), ledger.missing(220, 100)) == (120, 0)
    assert ledger.not_enough().facts == {}


@pytest.mark.parametrize(
    ("kind", "done", "code"),
    [
        ("payment", False, "entry_belongs_to_claim"),
        ("reversal", False, "reversal_of_reversal"),
        ("income", True, "already_reversed"),
        ("recovery", True, "already_reversed"),
    ],
)
def test_what_cannot_be_corrected_fu_5(kind: str, done: bool, code: str) -> None:
    ledger.require_reversible("income", False)
    ledger.require_reversible("recovery", False)
    with pytest.raises(NotPossible, match=code):
        ledger.require_reversible(kind, done)
