"""Small groups are not shown in the public statement: FU-10."""

from fund.domain.statement import Use, suppress_small, total_of
from hypothesis import given
from hypothesis import strategies as st


def test_a_small_group_is_hidden_with_its_amount_and_one_more_so_that_it_cannot_be_computed() -> None:
    uses = [
        Use("allowance", 80, 5_600_000),
        Use("medicine", 9, 9_000),
        Use("other", 12, 300),
        Use("court_travel", 0, 0),
    ]
    shown = suppress_small(uses, 10)
    assert [use.suppressed for use in shown] == [False, True, True, False]
    assert shown[1] == Use("medicine", None, None)


def test_two_small_groups_hide_each_other() -> None:
    uses = [Use("allowance", 80, 1), Use("medicine", 9, 2), Use("other", 1, 3)]
    assert [use.suppressed for use in suppress_small(uses, 10)] == [False, True, True]


def test_a_small_total_is_hidden() -> None:
    uses = [Use("medicine", 9, 9_000)]
    assert total_of(uses, 9, 10).suppressed
    assert total_of(uses, 10, 10) == Use("total", 10, 9_000)
    assert total_of([], 0, 10) == Use("total", 0, 0)


@given(st.lists(st.integers(0, 40), max_size=7))
def test_never_exactly_one_hidden_group_among_others(persons: list[int]) -> None:
    uses = [Use(f"use-{place}", count, count * 100) for place, count in enumerate(persons)]
    shown = suppress_small(uses, 10)
    assert all(use.persons is None or use.persons == 0 or use.persons >= 10 for use in shown)
    filled = [use for use in uses if use.persons]
    assert not (sum(use.suppressed for use in shown) == 1 and len(filled) > 1)
