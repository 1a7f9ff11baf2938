"""What names are searched by, so that only those are opened who may be worth showing (ID-18). Pure.

A person is indexed by `indexed_keys` and sought by `sought_keys`. Whoever `names.rank` shows, without a whole document
or phone in common, is found, since POSSIBLE is 50 points and a name gives 60 times its likeness:

1. Some part of one name has a key in common with a part of the other: without one a name gives nothing.
2. One part of each is matched. Names of n and m parts then give 120 / (n + m) at most. With the same end of a document
   that may do, whatever else: key and end. Else citizenship adds 5 and the year of birth 20 if it is the same, 10 if it
   is near. So n + m is 2, or 3 with a near year, or 4 with the same year: key alone, or key, number of parts and year.
3. Two parts or more of each are matched. One part of theirs has a key of ours; another one is matched with some part of
   ours, by a key or by its spelling. So a pair of two parts of theirs has a key of ours, and a key of ours or of a word
   that is spelled like one of ours: pairs of keys. The vocabulary has every word that anybody's name is spelled with.
4. A whole name of the same sound has all keys in common: 2 or 3 cover it.

Keys are worth more than they look: a part has one to three, mostly one or two. A name of three parts has about five
pairs, ten parts have 405 at worst; years add a key for each key of a short name, ends of documents one for each of all.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import combinations

from rapidfuzz import process
from rapidfuzz.fuzz import ratio

from identification.domain.names import SPELLED_ALIKE, Described, Part, part_spelled
from identification.domain.persons import document_end

Name = Sequence[Part]
_YEARS_APART = {3: 2, 4: 0}  # parts of both names together: how far apart years may be where one part is matched
_MOST_PARTS = 3  # of a name that one part and a year may find
_ROUNDING = 0.01  # percent of likeness: one sign of a word weighs more


def indexed_keys(person: Described) -> frozenset[str]:
    """Everything that the person's names are found by."""
    return frozenset(key for name in person.parts for key in _indexed(name, person))


def sought_keys(person: Described, vocabulary: Collection[str]) -> frozenset[str]:
    """Everything to look for: whoever is worth showing by name is indexed by one of these.

    `vocabulary` are the spelled words of everybody's names, as `spelled_words`.
    """
    return frozenset(key for name in person.parts for key in _sought(name, person, vocabulary))


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
    for one, other in combinations(name, 2):
        yield from (_pair(a, b) for a in one.keys for b in other.keys)


def _sought(name: Name, person: Described, vocabulary: Collection[str]) -> Iterator[str]:
    keys = _keys(name)
    if len(name) == 1:
        yield from map(_alone, keys)
    else:
        beside = keys | _keys(_spelled_alike(name, vocabulary))
        yield from (_pair(one, other) for one in keys for other in beside)
    if person.birth_year is not None:
        yield from _of_years(name, keys, person.birth_year)
    yield from _of_documents(keys, person)


def _of_years(name: Name, keys: Iterable[str], year: int) -> Iterator[str]:
    for together, apart in _YEARS_APART.items():
        for near in range(year - apart, year + apart + 1):
            yield from (_of_year(key, together - len(name), near) for key in keys if len(name) < together)


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
