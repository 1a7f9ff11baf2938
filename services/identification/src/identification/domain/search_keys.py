"""What names are searched by, so that only those are opened who may be worth showing (ID-18). Pure.

A person is indexed by `indexed_keys` and sought by `sought_keys`. Whoever `names.rank` shows, without a whole document
or phone in common, is found, since POSSIBLE is 50 points. A name gives 60 times its likeness; citizenship adds 5, the
same end of a document 15, the same year of birth 20, a near one 10.

1. Some part of one name has a key in common with a part of the other: without one a name gives nothing. With the same
   end of a document this may do: key and end. From here on no end is the same.
2. One part of each is matched. Names of n and m parts then give 120 / (n + m) at most. So n + m is 2, or 3 with a near
   year, or 4 with the same year: key alone, or key, number of parts and year.
3. Two parts or more are matched. One part of theirs has a key of ours; another one is matched with some part of ours,
   by a key or by its spelling. So some pair of two parts of theirs has a key of ours, and beside it a key of ours or of
   a word that is spelled like one of ours: this is a pair that we seek. The vocabulary has every word of every name.
4. Two are matched, and the year is near: pair and four years in which that year is.
5. Two are matched and no year helps. They give 240 / (n + m), so n + m is 4 or 5; if it is 5, a part that is only
   spelled alike (0.85) does not do, and both have a key of ours. Pairs of names of two parts, pairs of longer names.
6. Three or more are matched: two of the pairs that we seek are theirs, that of one part with each of two others. Where
   both are one pair, the two others share its key, and a third pair is of that key twice. Where this is again the same,
   three parts share one key, which is ours: such a name is indexed as one of two parts as well.
7. A whole name of the same sound has all keys in common: 2, 5 or 6 cover it.

A part has one to three keys, mostly one or two. A name of three parts has about five pairs, ten parts 405 at worst.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import combinations

from rapidfuzz import process
from rapidfuzz.fuzz import ratio

from identification.domain.names import SPELLED_ALIKE, Described, Part, part_spelled
from identification.domain.persons import document_end

Name = Sequence[Part]
_NEAR = 2  # years, as `rank` has it
_SOME_YEARS = 4  # a year and those near it are within two of these
_YEARS_APART = {3: _NEAR, 4: 0}  # parts of both names together: how far apart years may be where one part is matched
_SHORT = 2
_MOST_PARTS = 3  # of a name that one part and a year may find
_ROUNDING = 0.01  # percent of likeness: one sign of a word weighs more


@dataclass(frozen=True)
class Sought:
    """Who has one key of `enough`, or two of `twice`, may be worth showing; nobody else is."""

    enough: frozenset[str]
    twice: frozenset[str]

    def finds(self, indexed: Set[str]) -> bool:
        """Whether a person who is indexed so is to be opened."""
        return bool(self.enough & indexed) or len(self.twice & indexed) > 1


def indexed_keys(person: Described) -> frozenset[str]:
    """Everything that the person's names are found by."""
    return frozenset(key for name in person.parts for key in _indexed(name, person))


def sought_keys(person: Described, vocabulary: Collection[str]) -> Sought:
    """Everything to look for; `vocabulary` are the spelled words of everybody's names, as `spelled_words`."""
    enough: set[str] = set()
    twice: set[str] = set()
    for name in person.parts:
        enough.update(_sought_by_one(name, person))
        beside = _keys(name) | _keys(_spelled_alike(name, vocabulary)) if len(name) >= _SHORT else frozenset()
        enough.update(_sought_by_pair(name, person, beside))
        if len(name) > _SHORT:
            twice.update(_of_long(pair) for pair in _pairs(_keys(name), beside))
            twice.update(_of_long(_pair(key, key)) for key in beside)
    return Sought(frozenset(enough), frozenset(twice))


def spelled_words(person: Described) -> frozenset[str]:
    """The words of the person's names as they are spelled, in a–z."""
    return frozenset(part.spelled for name in person.parts for part in name)


def _indexed(name: Name, person: Described) -> Iterator[str]:
    keys = _keys(name)
    if len(name) == 1:
        yield from map(_alone, keys)
    if len(name) <= _MOST_PARTS and person.birth_year is not None:
        yield from (_of_year(key, len(name), person.birth_year) for key in keys)
    yield from _of_documents(keys, person)
    pairs = {pair for one, other in combinations(name, 2) for pair in _pairs(one.keys, other.keys)}
    yield from pairs if len(name) == _SHORT else map(_of_long, pairs)
    if person.birth_year is not None:
        yield from (_of_years(pair, person.birth_year) for pair in pairs)
    counted = Counter(key for part in name for key in part.keys)
    yield from (_pair(key, key) for key, count in counted.items() if count > _SHORT)


def _sought_by_one(name: Name, person: Described) -> Iterator[str]:
    keys = _keys(name)
    if len(name) == 1:
        yield from map(_alone, keys)
    yield from _of_documents(keys, person)
    for together, apart in _YEARS_APART.items():
        if person.birth_year is not None and len(name) < together:
            for year in range(person.birth_year - apart, person.birth_year + apart + 1):
                yield from (_of_year(key, together - len(name), year) for key in keys)


def _sought_by_pair(name: Name, person: Described, beside: Set[str]) -> Iterator[str]:
    keys = _keys(name)
    if len(name) == _SHORT:
        yield from _pairs(keys, beside)
        yield from map(_of_long, _pairs(keys, keys))
    elif len(name) > _SHORT:
        yield from _pairs(keys, keys)
    if person.birth_year is not None:
        for pair in _pairs(keys, beside):
            yield _of_years(pair, person.birth_year - _NEAR)
            yield _of_years(pair, person.birth_year + _NEAR)


def _of_documents(keys: Iterable[str], person: Described) -> Iterator[str]:
    ends = {document_end(number) for number in person.documents} - {None}
    return (f"{key}={end}" for key in keys for end in ends)


def _spelled_alike(name: Name, vocabulary: Collection[str]) -> Iterator[Part]:
    least = 100 * SPELLED_ALIKE - _ROUNDING
    for part in name:
        found = process.extract(part.spelled, vocabulary, scorer=ratio, score_cutoff=least, limit=None)
        yield from (part_spelled(word) for word, *_ in found)


def _keys(name: Iterable[Part]) -> frozenset[str]:
    return frozenset(key for part in name for key in part.keys)


# Keys are of letters alone, so no two forms are equal, nor equal to the single keys of former editions.
def _alone(key: str) -> str:
    return f"{key}."


def _of_year(key: str, parts: int, year: int) -> str:
    return f"{key}/{parts}/{year}"


def _pair(one: str, other: str) -> str:
    return "+".join(sorted((one, other)))


def _pairs(ones: Iterable[str], others: Collection[str]) -> set[str]:
    return {_pair(one, other) for one in ones for other in others}


def _of_long(pair: str) -> str:
    return f"{pair}+"


def _of_years(pair: str, year: int) -> str:
    return f"{pair}/{year // _SOME_YEARS}"
