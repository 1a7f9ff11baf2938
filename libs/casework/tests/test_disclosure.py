"""No small group can be computed from all that is shown: CO-1, FU-10."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from casework.disclosure import Cell, Relation, hidden_cells, isolates
from hypothesis import given, settings
from hypothesis import strategies as st

THRESHOLD = 10
Row = list[Fraction]


def reduced(rows: Sequence[Row]) -> list[Row]:
    """The rows, with a leading one each and nothing above or below it."""
    left, done, column = [list(row) for row in rows], list[Row](), 0
    width = len(left[0]) if left else 0
    while left and column < width:
        pivot = next((row for row in left if row[column]), None)
        if pivot is not None:
            left.remove(pivot)
            pivot = [value / pivot[column] for value in pivot]
            left = [[a - row[column] * b for a, b in zip(row, pivot, strict=True)] for row in left]
            done = [[a - row[column] * b for a, b in zip(row, pivot, strict=True)] for row in done] + [pivot]
        column += 1
    return done


def solvable(persons: Mapping[str, int], relations: Sequence[Relation], shown: set[str]) -> set[str]:
    """What an attacker computes: the cells that every assignment which fits all that is shown agrees on."""
    names = list(persons)
    rows = [[Fraction(name == one) for name in names] for one in sorted(shown)]
    rows += [
        [Fraction(-1 if name == relation.total else name in relation.parts) for name in names] for relation in relations
    ]
    return {names[row.index(Fraction(1))] for row in reduced(rows) if sum(value != 0 for value in row) == 1}


LEAVES = ("allowance", "medicine", "travel", "clothing", "other", "compensation")
RELATIONS = (
    Relation("needs", ("medicine", "travel", "clothing", "other")),
    Relation("total", ("allowance", "needs", "compensation")),
)


@st.composite
def figures(draw: st.DrawFn) -> dict[str, int]:
    """A year of the Fund: mostly small groups, some empty, some large."""
    sizes = st.one_of(st.just(0), st.integers(1, 30))
    persons = {leaf: draw(sizes) for leaf in LEAVES}
    for relation in RELATIONS:
        persons[relation.total] = sum(persons[part] for part in relation.parts)
    return persons


@settings(max_examples=600)
@given(figures())
def test_nobody_solves_a_small_cell_from_everything_that_is_shown(persons: dict[str, int]) -> None:
    """Statement and year laid beside each other: an exact linear system, whatever the year."""
    hidden = hidden_cells(persons, RELATIONS, THRESHOLD)
    solved = solvable(persons, RELATIONS, set(persons) - hidden)
    assert not {name for name in solved if 0 < persons[name] < THRESHOLD}


@settings(max_examples=300)
@given(figures())
def test_no_small_sum_of_hidden_parts_can_be_computed_either(persons: dict[str, int]) -> None:
    hidden = hidden_cells(persons, RELATIONS, THRESHOLD)
    for relation in RELATIONS:
        unknown = [part for part in relation.parts if part in hidden]
        if unknown and relation.total not in hidden:
            assert len(unknown) > 1
            assert sum(persons[part] for part in unknown) >= THRESHOLD


@settings(max_examples=300)
@given(figures())
def test_who_publishes_the_years_totals_solves_no_part_of_them_that_is_not_a_total_itself(
    persons: dict[str, int],
) -> None:
    published = {"allowance", "needs"}
    hidden = hidden_cells(persons, RELATIONS, THRESHOLD, published=published)
    solved = solvable(persons, RELATIONS, set(persons) - hidden)
    small = {name for name in solved if 0 < persons[name] < THRESHOLD} - published
    alone = [name for name in RELATIONS[0].parts if persons[name]]
    assert not small or (len(alone) == 1 and small == set(alone)) or persons["needs"] < THRESHOLD


def test_what_is_large_enough_is_shown() -> None:
    persons = dict.fromkeys(LEAVES, 20) | {"needs": 80, "total": 120}
    assert hidden_cells(persons, RELATIONS, THRESHOLD) == frozenset()
    assert hidden_cells(persons | {"medicine": 3}, RELATIONS, THRESHOLD) == {"medicine", "clothing"}


def test_a_change_by_a_small_group_is_not_released() -> None:
    before = Cell(persons=20, qepik=2_000)
    assert isolates(before, Cell(persons=21, qepik=2_100), THRESHOLD)
    assert isolates(before, Cell(persons=20, qepik=2_100), THRESHOLD)
    assert isolates(None, Cell(persons=20), THRESHOLD)
    assert not isolates(before, before, THRESHOLD)
    assert not isolates(before, Cell(persons=30, qepik=3_000), THRESHOLD)
    assert not isolates(before, None, THRESHOLD)
