"""Finding the same person under differently written names (ID-18). Pure, but for rapidfuzz, which measures spelling.

A key is what is left of a name when everything that people spell differently is taken away: Əliyev, Aliev and Алиев
have one key. Search goes by digests of keys, so that no name is readable in the database; what it finds is ranked.
The steps follow the order of the table of transliterations; another order breaks groups that must match.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz.fuzz import ratio

from identification.domain.latin import latin, words
from identification.domain.persons import document_end

POSSIBLE = 50  # a score below it is not worth showing: one name in common and nothing else
SPELLED_ALIKE = 0.8  # of the signs of two parts: less is no likeness
_MOST_PARTS = 10  # longer names are cut, so that work stays bounded
_WEAK = "~"  # marks the key of a surname without its ending, which is a weaker sign

_FEMININE = re.compile(r"(?<=..[oe][vw])a$")
_SURNAME_ENDING = re.compile(r"(?<=..)(?:ov|ow|y?ev|y?ew)$|(?<=...)(?:z[ao]dy?[aeo]h?)$")
# Names may end so by themselves (Kamali, Mehdi): they are found by the whole and by what stands before, if it has
# so many sounds.
_PERHAPS_ENDING = ((re.compile("l[iuy]$"), 3), (re.compile("p(?:u|ou|oo)r$"), 3), (re.compile("i[iy]?$"), 4))
_ONE_SOUND = re.compile("dzh|dj|[cgkpsz]h")
_LEAST_KEY = 2  # letters of the key of what stands before an ending
_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("dzh|dj|zh|ch|j", "c"),
        ("sh", "s"),
        ("kh|gh", "k"),
        ("ph", "f"),
        ("w", "v"),
        ("[ghqx]", "k"),
        ("(?<=[aeiou])y|y(?=[aeiou])", ""),
        ("[yiu]", "o"),
        ("e", "a"),
        ("([ao])[ao]+", r"\1"),
        (r"(.)\1+", r"\1"),
        ("d$", "t"),
        ("b$", "p"),
    )
)


def _sound(spelled: str) -> str:
    for pattern, sound in _SOUNDS:
        spelled = pattern.sub(sound, spelled)
    return spelled


# One name that sounds different from people to people; the first stands for all.
_SAME_NAMES = (("Məhəmməd", "Muhammad", "Mahammad", "Magomed"),)
_ALIAS = {_sound(latin(other)): _sound(latin(names[0])) for names in _SAME_NAMES for other in names}
_PARTICLES = frozenset(_sound(latin(word)) for word in ("oğlu", "qızı", "оглы", "кызы"))


@dataclass(frozen=True)
class Part:
    """One name of a full name: as spelled (Latin, masculine), its key, and its keys without a surname's ending."""

    spelled: str
    key: str
    weak_keys: frozenset[str]

    @property
    def keys(self) -> frozenset[str]:
        """Its keys without the sign of a weak one. Parts that are alike by any key have one of these in common."""
        return frozenset({self.key, *(key.removeprefix(_WEAK) for key in self.weak_keys)})


def part_spelled(spelled: str) -> Part:
    """The part that is spelled so, as `Part.spelled` is."""
    return Part(spelled, _key(spelled), frozenset(_WEAK + key for key in _stem_keys(spelled)))


def _part(word: str) -> Part:
    return part_spelled(_FEMININE.sub("", latin(word)))


def _key(spelled: str) -> str:
    sound = _sound(spelled)
    return _ALIAS.get(sound, sound)


def _stem_keys(spelled: str) -> set[str]:
    """Keys of what stands before the ending; of the whole name where there is none, or perhaps none."""
    stem = _SURNAME_ENDING.sub("", spelled)
    if stem != spelled and len(_sound(stem)) >= _LEAST_KEY:
        return {_key(stem)}
    stems = [(ending.sub("", spelled), least) for ending, least in _PERHAPS_ENDING]
    perhaps = {_key(stem) for stem, least in stems if len(_ONE_SOUND.sub("c", stem)) >= least}
    return {_key(spelled)} | {key for key in perhaps if len(key) >= _LEAST_KEY}


def _parts(full_name: str) -> tuple[Part, ...]:
    parts = [part for part in map(_part, words(full_name)) if part.key]
    named = [part for part in parts if part.key not in _PARTICLES] or parts
    return tuple(named[:_MOST_PARTS])


def name_keys(full_names: Iterable[str]) -> frozenset[str]:
    """Search keys of all names a person is known by (ID-18), in whatever order and letters they are written.

    Keys that begin with `~` are of a name without -ov, -yev, -lı, -zadə, -zoda, -pur, -i. Two people may be one if any
    key is common.
    """
    parts = [part for name in full_names for part in _parts(name)]
    return frozenset(key for part in parts for key in (part.key, *part.weak_keys))


@dataclass(frozen=True)
class Described:
    """What two people are compared by: the names are present and former ones, and so are documents and phones.

    Citizenship: ISO codes; documents: as `document_keys`; phones: as `phone_key`.
    """

    names: tuple[str, ...]
    birth_year: int | None = None
    citizenship: frozenset[str] = frozenset()
    documents: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()

    @cached_property
    def parts(self) -> tuple[tuple[Part, ...], ...]:
        """The parts of each name; made once, however many are compared with this one."""
        return tuple(map(_parts, self.names))


def rank(reported: Described, candidate: Described) -> tuple[int, list[str]]:
    """How likely both are one person (ID-18): score 0 to 100, and the codes of the reasons.

    Names give up to 60, the birth year 20, the end of a document number 15, citizenship 5; the whole number 75 and the
    phone 50, since people change names, or give others than their own. What is unknown about one of the two counts
    neither way; a birth year more than two years apart or another citizenship takes 10 away. Whoever has the same whole
    name by sound is worth showing all the same, since years and citizenships are often wrong. A name that is spelled
    alike counts beside a name of the same sound, a document or a phone only: so whoever is worth showing has a search
    key in common, and the search finds everybody that comparing with all persons would. The keys of `search_keys`
    follow from these points: another number here may need other keys there.
    """
    certain = bool(reported.documents & candidate.documents or reported.phones & candidate.phones)
    found = [
        _by_names(reported.parts, candidate.parts, beside=certain),
        _by_birth_year(reported.birth_year, candidate.birth_year),
        _by_citizenship(reported.citizenship, candidate.citizenship),
        _by_document(reported.documents, candidate.documents),
        (50, "phone_same") if reported.phones & candidate.phones else (0, ""),
    ]
    score = sum(points for points, _ in found)
    least = POSSIBLE if _sounds_same(reported.parts, candidate.parts) else 0
    return max(least, min(100, score)), [reason for _, reason in found if reason]


def _sounds_same(ours: tuple[tuple[Part, ...], ...], theirs: tuple[tuple[Part, ...], ...]) -> bool:
    """Whether a whole name of one sounds like a whole name of the other, in whatever order."""
    sounds = {tuple(sorted(part.key for part in name)) for name in ours if name}
    return any(tuple(sorted(part.key for part in name)) in sounds for name in theirs)


def _by_names(
    ours: tuple[tuple[Part, ...], ...], theirs: tuple[tuple[Part, ...], ...], *, beside: bool
) -> tuple[int, str]:
    likeness = max((_likeness(a, b, beside=beside) for a in ours for b in theirs), default=0.0)
    for least, reason in ((1.0, "name_spelled_same"), (0.9, "name_sounds_same"), (0.45, "name_partly_same")):
        if likeness >= least:
            return round(60 * likeness), reason
    return round(60 * likeness), ""


def _likeness(ours: tuple[Part, ...], theirs: tuple[Part, ...], *, beside: bool) -> float:
    """Likeness 0 to 1 of two full names: the best pairs of their parts against all parts of both (Dice)."""
    if not beside and not any(a.key == b.key or a.weak_keys & b.weak_keys for a in ours for b in theirs):
        return 0.0
    pairs = [(_part_likeness(a, b), tuple(sorted((a.spelled, b.spelled))), a, b) for a in ours for b in theirs]
    left, right, total = list(ours), list(theirs), 0.0
    for likeness, _, a, b in sorted(pairs, key=lambda pair: (-pair[0], pair[1])):
        if likeness and a in left and b in right:
            left.remove(a)
            right.remove(b)
            total += likeness
    return round(2 * total / (len(ours) + len(theirs)), 9) if total else 0.0


def _part_likeness(ours: Part, theirs: Part) -> float:
    if ours.spelled == theirs.spelled:
        return 1.0
    spelling = ratio(ours.spelled, theirs.spelled) / 100
    if ours.key == theirs.key:
        return max(0.9, spelling)
    if ours.weak_keys & theirs.weak_keys:
        return max(0.75, min(spelling, 0.85))
    return min(spelling, 0.85) if spelling >= SPELLED_ALIKE else 0.0


def _by_birth_year(ours: int | None, theirs: int | None) -> tuple[int, str]:
    if ours is None or theirs is None:
        return 0, ""
    apart = abs(ours - theirs)
    if apart == 0:
        return 20, "birth_year_same"
    return (10, "birth_year_near") if apart <= 2 else (-10, "birth_year_differs")


def _by_citizenship(ours: frozenset[str], theirs: frozenset[str]) -> tuple[int, str]:
    if not ours or not theirs:
        return 0, ""
    return (5, "citizenship_same") if ours & theirs else (-10, "citizenship_differs")


def _by_document(ours: frozenset[str], theirs: frozenset[str]) -> tuple[int, str]:
    # People have several documents: another number proves nothing. Short numbers have no end of their own.
    if ours & theirs:
        return 75, "document_same"
    common = {document_end(key) for key in ours} & {document_end(key) for key in theirs} - {None}
    return (15, "document_end_same") if common else (0, "")
