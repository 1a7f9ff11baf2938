"""Finding the same person under differently written names (ID-18). Pure, but for rapidfuzz, which measures spelling.

A key is what is left of a name when everything that people spell differently is taken away: Əliyev, Aliev and Алиев
have one key. Search goes by digests of keys, so that no name is readable in the database; what it finds is ranked.
The steps follow the order of the table of transliterations; another order breaks groups that must match.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz.fuzz import ratio

from identification.domain.letters import az_lower, mend
from identification.domain.persons import document_end

POSSIBLE = 50  # a score below it is not worth showing: one name in common and nothing else
_MOST_PARTS = 10  # longer names are cut, so that work stays bounded
_WEAK = "~"  # marks the key of a surname without its ending, which is a weaker sign

_CYRILLIC = {
    **dict(zip("абвгғдзиіклмнопрсстуфхһқҝ", "abvkkdziiklmnoprsstufkkkk", strict=True)),
    **dict(zip("жҹчшщцыйјэәөү", "jccssciyyeeou", strict=True)),
    **{"дж": "c", "е": "ye", "ё": "yo", "ю": "yu", "я": "ya", "ъ": "", "ь": ""},
}
_FROM_CYRILLIC = re.compile("дж|[" + "".join(sign for sign in _CYRILLIC if len(sign) == 1) + "]")
_APOSTROPHES = re.compile("['’‘ʼʹ`´]")
_PART = re.compile(r"[^\W\d_]+")
_FEMININE = re.compile(r"(?<=..[oe][vw])a$")
_SURNAME_ENDING = re.compile(r"(?<=..)(?:ov|ow|y?ev|y?ew)$|(?<=...)(?:l[iuy]|zady?[ea]h?)$")
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


def _latin(part: str) -> str:
    """The part in plain Latin letters without accents, still spelled as it was: Гүлнарә → gulnare."""
    lowered = _FROM_CYRILLIC.sub(lambda sign: _CYRILLIC[sign[0]], az_lower(part))
    bare = unicodedata.normalize("NFD", lowered.replace("ə", "e").replace("ı", "i"))
    return "".join(sign for sign in bare if not unicodedata.combining(sign))


def _sound(latin: str) -> str:
    for pattern, sound in _SOUNDS:
        latin = pattern.sub(sound, latin)
    return latin


# One name that sounds different from people to people; the first stands for all.
_SAME_NAMES = (("Məhəmməd", "Muhammad", "Mahammad", "Magomed"),)
_ALIAS = {_sound(_latin(other)): _sound(_latin(names[0])) for names in _SAME_NAMES for other in names}
_PARTICLES = frozenset(_sound(_latin(word)) for word in ("oğlu", "qızı", "оглы", "кызы"))


@dataclass(frozen=True)
class _Part:
    """One name of a full name: as spelled (Latin, masculine), its key, and its key without a surname's ending."""

    spelled: str
    key: str
    weak_key: str


def _part(word: str) -> _Part:
    spelled = _FEMININE.sub("", _latin(word))
    key, stem = _sound(spelled), _sound(_SURNAME_ENDING.sub("", spelled))
    return _Part(spelled, _ALIAS.get(key, key), _WEAK + _ALIAS.get(stem, stem))


def _parts(full_name: str) -> tuple[_Part, ...]:
    whole = "".join(sign for sign in _APOSTROPHES.sub("", mend(full_name)) if not unicodedata.combining(sign))
    words = _PART.findall(whole)
    parts = [part for part in map(_part, words) if part.key]
    named = [part for part in parts if part.key not in _PARTICLES] or parts
    return tuple(named[:_MOST_PARTS])


def name_keys(full_names: Iterable[str]) -> frozenset[str]:
    """Search keys of all names a person is known by (ID-18), in whatever order and letters they are written.

    Keys that begin with `~` are of a name without -ov, -yev, -lı, -zadə. Two people may be one if any key is common.
    """
    parts = [part for name in full_names for part in _parts(name)]
    return frozenset(key for part in parts for key in (part.key, part.weak_key))


@dataclass(frozen=True)
class Described:
    """What two people are compared by. Citizenship: ISO codes; document: its number as `document_key`; phone: E.164."""

    names: tuple[str, ...]
    birth_year: int | None = None
    citizenship: frozenset[str] = frozenset()
    document: str = ""
    phone: str | None = None


def rank(reported: Described, candidate: Described) -> tuple[int, list[str]]:
    """How likely both are one person (ID-18): score 0 to 100, and the codes of the reasons.

    Names give up to 60, the birth year 20, the end of a document number 15, citizenship 5; the whole number 75 and the
    phone 50, since people change names, or give others than their own. What is unknown about one of the two counts
    neither way; a birth year more than two years apart or another citizenship takes 10 away.
    """
    found = [
        _by_names(reported.names, candidate.names),
        _by_birth_year(reported.birth_year, candidate.birth_year),
        _by_citizenship(reported.citizenship, candidate.citizenship),
        _by_document(reported.document, candidate.document),
        (50, "phone_same") if reported.phone and reported.phone == candidate.phone else (0, ""),
    ]
    score = sum(points for points, _ in found)
    return max(0, min(100, score)), [reason for _, reason in found if reason]


def _by_names(ours: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[int, str]:
    likeness = max((_likeness(_parts(a), _parts(b)) for a in ours for b in theirs), default=0.0)
    for least, reason in ((1.0, "name_spelled_same"), (0.9, "name_sounds_same"), (0.45, "name_partly_same")):
        if likeness >= least:
            return round(60 * likeness), reason
    return round(60 * likeness), ""


def _likeness(ours: tuple[_Part, ...], theirs: tuple[_Part, ...]) -> float:
    """Likeness 0 to 1 of two full names: the best pairs of their parts against all parts of both (Dice)."""
    pairs = [(_part_likeness(a, b), tuple(sorted((a.spelled, b.spelled))), a, b) for a in ours for b in theirs]
    left, right, total = list(ours), list(theirs), 0.0
    for likeness, _, a, b in sorted(pairs, key=lambda pair: (-pair[0], pair[1])):
        if likeness and a in left and b in right:
            left.remove(a)
            right.remove(b)
            total += likeness
    return 2 * total / (len(ours) + len(theirs)) if total else 0.0


def _part_likeness(ours: _Part, theirs: _Part) -> float:
    if ours.spelled == theirs.spelled:
        return 1.0
    spelling = ratio(ours.spelled, theirs.spelled) / 100
    if ours.key == theirs.key:
        return max(0.9, spelling)
    if ours.weak_key == theirs.weak_key:
        return max(0.75, min(spelling, 0.85))
    return min(spelling, 0.85) if spelling >= 0.8 else 0.0


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


def _by_document(ours: str, theirs: str) -> tuple[int, str]:
    # People have several documents: another number proves nothing.
    end = document_end(ours)
    if end is None or end != document_end(theirs):
        return 0, ""
    return (75, "document_same") if ours == theirs else (15, "document_end_same")
