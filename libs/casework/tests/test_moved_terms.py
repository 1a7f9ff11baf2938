"""Terms that several decrees of one list move: as one decree after the other would (NO-3). Pure."""

from datetime import UTC, date, datetime, time, timedelta

from casework.calendar import BAKU, WorkingDays
from casework.decreed_days import Decreed, moved_terms
from hypothesis import given, settings
from hypothesis import strategies as st

FIRST = date(2027, 3, 1)
SOON = st.integers(0, 20).map(lambda n: FIRST + timedelta(days=n))
NOON = datetime(2027, 3, 1, 8, tzinfo=UTC)


def decrees_of(days: list[dict[date, bool]]) -> list[Decreed]:
    """Each decree adds to what the one before it left."""
    found, before = [], WorkingDays()
    for changed in days:
        after = WorkingDays({**before.decreed, **changed})
        since = datetime.combine(min(changed), time(), tzinfo=BAKU)
        found.append(Decreed(before, after, since=since, entered_on=FIRST))
        before = after
    return found


@settings(deadline=None)  # the first one reads the published calendar
@given(
    st.lists(st.dictionaries(SOON, st.booleans(), min_size=1, max_size=4), max_size=5),
    st.lists(st.tuples(st.integers(0, 3), st.integers(1, 9)), max_size=8),
)
def test_terms_move_as_by_one_decree_after_the_other(
    days: list[dict[date, bool]], begun: list[tuple[int, int]]
) -> None:
    """NO-3, property: the same moves in the same order, also of terms that are alike."""
    decrees = decrees_of(days)
    starts = [(NOON + timedelta(days=later), length) for later, length in begun]
    terms = {name: (start, WorkingDays().due(start, length)) for name, (start, length) in enumerate(starts)}
    expected, ends = [], {name: due for name, (_, due) in terms.items()}
    for decreed in decrees:
        for name, (start, _) in terms.items():
            if ends[name] >= decreed.since and decreed.due(start, ends[name]) != ends[name]:
                ends[name] = decreed.due(start, ends[name])
                expected.append((name, ends[name]))
    assert list(moved_terms(decrees, terms)) == expected
