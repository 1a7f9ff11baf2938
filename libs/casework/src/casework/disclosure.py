"""Which figures may stand beside each other without showing a small group (CO-1, FU-10). Pure.

A cell is a count of persons with its name. A relation: a total is the sum of its parts; totals that other
answers show are cells as well, so that answers which can be laid beside each other are suppressed as one.

1. A cell of 1 to threshold − 1 persons is hidden, where it is not published by law.
2. Where the hidden parts of a shown total are one, or are together fewer persons than the threshold, the smallest shown
   part is hidden too; where none is left, the total.
3. This is repeated until nothing changes, also for relations that follow from two others.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product


@dataclass(frozen=True)
class Cell:
    """So many persons; `qepik`: what was paid for them, `times`: how often, where that is another number."""

    persons: int
    times: int = 0
    qepik: int = 0


@dataclass(frozen=True)
class Relation:
    """`total` = the sum of `parts`."""

    total: str
    parts: tuple[str, ...]


def is_small(persons: int, threshold: int) -> bool:
    """Whether a group shows single persons; nobody is no group."""
    return 0 < persons < threshold


def hidden_cells(
    persons: Mapping[str, int], relations: Sequence[Relation], threshold: int, *, published: Collection[str] = ()
) -> frozenset[str]:
    """The cells that are not shown. `published` are shown in any case: the law publishes them elsewhere."""
    hidden = {name for name, count in persons.items() if is_small(count, threshold)} - set(published)
    every = _closed(relations)
    while more := next(_to_hide(persons, every, threshold, hidden=hidden, published=published), None):
        hidden.add(more)
    return frozenset(hidden)


def _to_hide(
    persons: Mapping[str, int],
    relations: Sequence[Relation],
    threshold: int,
    *,
    hidden: Collection[str],
    published: Collection[str],
) -> Iterator[str]:
    for relation in relations:
        unknown = [part for part in relation.parts if part in hidden]
        if relation.total in hidden or not unknown:
            continue
        if len(unknown) > 1 and sum(persons[part] for part in unknown) >= threshold:
            continue
        shown = [part for part in relation.parts if persons[part] and part not in (*hidden, *published)]
        if shown:
            yield min(shown, key=lambda part: (persons[part], part))
        elif relation.total not in published:
            yield relation.total


def _closed(relations: Sequence[Relation]) -> list[Relation]:
    """The relations, and those in which a part is replaced by its own parts."""
    found = list(relations)
    for outer, inner in product(relations, relations):
        if inner.total in outer.parts:
            found.append(Relation(outer.total, (*(p for p in outer.parts if p != inner.total), *inner.parts)))
    return found


def isolates(before: Cell | None, now: Cell | None, threshold: int) -> bool:
    """Whether the change of a cell between two releases shows a small group; one that was hidden stays hidden."""
    if now is None or before == now:
        return False
    return before is None or abs(now.persons - before.persons) < threshold
