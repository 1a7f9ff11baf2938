"""Ceilings by person, kind and period: no split and no date gets round them: FU-2."""

from datetime import UTC, datetime, timedelta

from fund.domain.limits import Granted, Limit, any_exceeded, exceeds
from hypothesis import given
from hypothesis import strategies as st

START = datetime(2024, 1, 1, tzinfo=UTC)
LIMIT = Limit(qepik=1_000, days=30)


def grant(amount: int, day: int = 0, purpose: str = "medicine") -> Granted:
    return Granted("needs_grant", purpose, amount, START + timedelta(days=day))


def test_a_sum_counts_not_a_claim() -> None:
    assert not exceeds(LIMIT, grant(1_000), [])
    assert exceeds(LIMIT, grant(1_001), [])
    assert exceeds(LIMIT, grant(501, day=29), [grant(500)])
    assert not exceeds(LIMIT, grant(501, day=30), [grant(500)])


def test_a_limit_is_of_a_purpose_or_of_all_needs() -> None:
    spent = [grant(600, purpose="other")]
    assert not any_exceeded([("medicine", LIMIT)], grant(600), spent)
    assert any_exceeded([("needs_grant", LIMIT)], grant(600), spent)
    assert not any_exceeded([("compensation", LIMIT)], grant(600), spent)


@given(st.lists(st.tuples(st.integers(1, 700), st.integers(0, 90)), max_size=12))
def test_no_period_ever_holds_more_whatever_the_order_and_the_dates(wanted: list[tuple[int, int]]) -> None:
    """Who approves one after another, each on any day: what passed fits the limit in every period of 30 days."""
    granted: list[Granted] = []
    for amount, day in wanted:
        if not exceeds(LIMIT, grant(amount, day), granted):
            granted.append(grant(amount, day))
    for first in range(91):
        period = [one for one in granted if 0 <= (one.at - START).days - first < LIMIT.days]
        assert sum(one.amount_qepik for one in period) <= LIMIT.qepik
