"""Whom the search for the same person opens, and that it misses nobody (ID-18).

Among 100,000 persons every search is held against `rank` over all of them; among 10,000 and a million it is counted who
is opened. Nothing is sealed or stored: the keys are the same as those that digests are made of.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from random import Random
from statistics import mean

from identification.domain.known import Known, birth_date, codes, findable, full_names, text
from identification.domain.names import POSSIBLE, Described, Part, rank
from identification.domain.search_keys import sought_keys, spelled_words
from identification.use_cases.search_index import Key, stored_keys

from bench.growth.country import Announce
from bench.growth.people import Names, describe
from bench.report import Goal, Report, number

_SIZES = (10_000, 100_000, 1_000_000)
_COMPARED = 100_000
_SEARCHES = 60
_LETTERS = "abdeiklmnorstuv"


@dataclass
class _Search:
    """One report: whom the keys find, whom single keys found before, and who is worth showing."""

    place: int
    reported: Described
    before: set[Key]
    enough: set[Key]
    twice: set[Key]
    opened_before: int = 0
    opened: int = 0
    shown: int = 0


async def run(announce: Announce) -> Report:
    """Who is opened at each size, and every difference to comparing with all as a fault."""
    report = Report("The search for the same person: whom it opens, and that it misses nobody")
    report.table("persons", "words", "keys sought", "opened before, mean / most", "opened now", "worth showing")
    shares: list[float] = []
    quick = _Quick()
    for size in _SIZES:
        announce(f"same person: {size:,} persons")
        words = {word for person in quick.people(size) for word in spelled_words(person)}
        searches = [_of(place, known, words) for place, known in enumerate(islice(_known(), _SEARCHES))]
        report.faults += _ask(searches, quick.people(size), compared=size == _COMPARED)
        shown = number(mean(s.shown for s in searches)) if size == _COMPARED else "–"
        sought = number(mean(len(s.enough) + len(s.twice) for s in searches))
        before = _counts([s.opened_before for s in searches])
        report.row(f"{size:,}", f"{len(words):,}", sought, before, _counts([s.opened for s in searches]), shown)
        shares.append(sum(s.opened for s in searches) / sum(s.opened_before for s in searches))
    report.goals.append(Goal("opened now for each that was opened before", [shares[-1]], 0.1, at_least=False))
    return report


def _counts(values: list[int]) -> str:
    return f"{number(mean(values))} / {max(values):,}"


def _known() -> Iterator[Known]:
    """The same people in the same order every time; of some no middle name or year is known."""
    names, chance = Names(7), Random(8)  # noqa: S311
    while True:
        known = dict(names.person())
        if chance.random() < 0.3:
            del known["prs_MiddleName"]
        if chance.random() < 0.1:
            del known["prs_Birthdate"]
        yield known


class _Quick:
    """Describes persons whose names are of few words and whose numbers are plain, as `describe` does."""

    def __init__(self) -> None:
        self._parts: dict[str, Part] = {}

    def people(self, size: int) -> Iterator[Described]:
        return (self._described(known) for known in islice(_known(), size))

    def _described(self, known: Known) -> Described:
        (name,) = full_names(known)
        born = birth_date(known)
        person = Described(
            names=(name,),
            birth_year=born.year if born else None,
            citizenship=frozenset(codes(known, "prs_Citizenship")),
            documents=frozenset({text(known, "prs_IdentityNumber")} - {""}),
        )
        person.__dict__["parts"] = (tuple(map(self._part, name.split())),)
        return person

    def _part(self, word: str) -> Part:
        if word not in self._parts:
            ((self._parts[word],),) = Described((word,)).parts
        return self._parts[word]


def _of(place: int, known: Known, words: set[str]) -> _Search:
    """Somebody of the country is reported again: mistyped, with less or other facts, or with a former name beside."""
    chance = Random(str(sorted(findable(known))))  # noqa: S311
    again = dict(known)
    for name in ("prs_FirstName", "prs_SecondName"):
        again[name] = _mistyped(str(known[name]), chance)
    if chance.random() < 0.4:
        again.pop("prs_MiddleName", None)
    if chance.random() < 0.5:
        again.pop("prs_Birthdate", None)
    if "prs_IdentityNumber" in again:
        again["prs_IdentityNumber"] = f"OTH99{again['prs_IdentityNumber']}"[: -4 * chance.randrange(2) or None]
    reported = describe(again)
    if chance.random() < 0.2:
        reported = replace(reported, names=(*reported.names, f"{known['prs_SecondName']} {known['prs_FirstName']}"))
    reported = replace(reported, phones=frozenset())
    sought = sought_keys(reported, words)
    enough = {("name", key) for key in sought.enough}
    enough |= {key for key in stored_keys(reported) if key[0] != "name"}
    return _Search(place, reported, _single_keys(reported), enough, {("name", key) for key in sought.twice})


def _mistyped(word: str, chance: Random) -> str:
    """Every second time a letter is exchanged."""
    place = chance.randrange(len(word))
    return word if chance.random() < 0.5 else word[:place] + chance.choice(_LETTERS) + word[place + 1 :]


def _ask(searches: list[_Search], people: Iterable[Described], *, compared: bool) -> Iterator[str]:
    """Count whom each search opens; with `compared` rank everybody, and name each difference."""
    enough, twice = _by_key({s.place: s.enough for s in searches}), _by_key({s.place: s.twice for s in searches})
    before = _by_key({s.place: s.before for s in searches})
    for place, person in enumerate(people):
        indexed = stored_keys(person)
        counted = Counter(search for key in indexed for search in twice.get(key, ()))
        found = {search for search, count in counted.items() if count > 1}
        found.update(search for key in indexed for search in enough.get(key, ()))
        found_before = {search for key in _single_keys(person) for search in before.get(key, ())}
        for search in searches:
            search.opened += search.place in found
            search.opened_before += search.place in found_before
            if compared and rank(search.reported, person)[0] >= POSSIBLE:
                search.shown += 1
                if search.place not in found:
                    yield f"search {search.place} misses person {place}"


def _single_keys(person: Described) -> set[Key]:
    """What persons were indexed by before."""
    parts = [part for name in person.parts for part in name]
    keys = {("name", key) for part in parts for key in (part.key, *part.weak_keys)}
    return keys | {key for key in stored_keys(person) if key[0] != "name"}


def _by_key(sought: dict[int, set[Key]]) -> dict[Key, list[int]]:
    by_key: dict[Key, list[int]] = defaultdict(list)
    for place, keys in sought.items():
        for key in keys:
            by_key[key].append(place)
    return by_key
