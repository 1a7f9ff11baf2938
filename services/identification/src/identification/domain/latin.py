"""Letters and digits of any script in plain a–z and 0–9, for the keys that persons are found by (ID-18).

Pure, but for anyascii, which knows the scripts that have no line here.
"""

import re
import unicodedata

from anyascii import anyascii

from identification.domain.letters import az_lower, mend

# By sound where the scripts of the region differ from letter to letter; the rest is anyascii's.
_CYRILLIC = {
    **dict(zip("абвгғґдзиіӣклмнңҥопрсстуўӯұфхһҳқҝ", "abvkkkdziiiklmnnnoprsstuouufkkkkk", strict=True)),
    **dict(zip("жҹҷчшцыйјэәөү", "jcccsciyyeeou", strict=True)),
    **{"дж": "c", "е": "ye", "ё": "yo", "є": "ye", "ї": "yi", "ю": "yu", "я": "ya", "щ": "sc", "ъ": "", "ь": ""},
}
_FROM_CYRILLIC = re.compile("дж|[" + "".join(sign for sign in _CYRILLIC if len(sign) == 1) + "]")
_LATIN_TWINS = {
    **dict(zip("АВЕЅІЈКМНОРСТУХһаеѕіјорсух", "ABESIJKMHOPCTYXhaesijopcyx", strict=True)),
    **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABEZHIKMNOPTYXo", strict=True)),
}
_CYRILLIC_TWINS = {latin: cyrillic for cyrillic, latin in _LATIN_TWINS.items() if cyrillic >= "\u0400"}
_APOSTROPHES = frozenset("'’‘‛′‵՚׳")
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0")
_SILENT = frozenset({"Cf", "Lm", "Sk"})  # invisible signs, and what stands beside a letter: ʻ, ´
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER_SIGN = re.compile("[№#°º]")
# In the letters that `latin` makes: nömrə, нөмрә, номер, numarası, number, seriyalı, серия, serial, raqam.
_WORD_FOR_NUMBER = re.compile("(?:n[ou]mm?b?(?:a|y?e)?r[aeio]?|sy?eri(?:y?al?|es?|i|inii)?|ra[kq]ami?)(?:s[iy]|l[iy])?")
_LIKE_A_SERIES = frozenset({"n", "no", "nr", "num", "ser", "syer"})
_NUMBER_NEXT = re.compile(r"[\W_]*(?:[^\W\d_]{1,4}[\W_]*)?\d")
_SERIES_BEHIND = re.compile(r"(\d{6,})([A-Z]{1,4})")
_BETWEEN_PAPERS = re.compile(r"[/;,،؛]|(?<=\s)(?:v[əәǝea]|в[әа]|and|и)(?=\s)", re.IGNORECASE)
_MOST_PAPERS = 10  # in one field, so that work stays bounded
_LEAST_SIGNS = 6  # of a number beside another one: fewer are a part of it


def _spoken(text: str) -> str:
    return "".join(
        sign
        for sign in text
        if unicodedata.category(sign) not in _SILENT and sign not in _APOSTROPHES and sign not in _FILLERS
    )


def words(text: str) -> list[str]:
    """The words as a reader sees them: full-width letters, invisible signs and marks make no other word."""
    shown = mend(_spoken(unicodedata.normalize("NFKC", _spoken(text))))
    letters = "".join(sign for sign in shown if not unicodedata.category(sign).startswith("M"))
    return [_of_one_script(word) for word in _WORD.findall(letters)]


def _of_one_script(word: str) -> str:
    """A word in which somebody typed twins of another script (Latin a in a Cyrillic word) with its own letters."""
    cyrillic = {sign for sign in word if "\u0400" <= sign <= "\u04ff"}
    latin = {sign for sign in word if sign.isascii()}
    if not cyrillic or not latin:
        return word
    if cyrillic <= _LATIN_TWINS.keys():
        return "".join(_LATIN_TWINS.get(sign, sign) for sign in word)
    return "".join(_CYRILLIC_TWINS.get(sign, sign) for sign in word) if latin <= _CYRILLIC_TWINS.keys() else word


def latin(word: str) -> str:
    """The word in a–z, still spelled as it was: Гүлнарә → gulnare, Łukasz → lukasz."""
    lowered = _FROM_CYRILLIC.sub(lambda sign: _CYRILLIC[sign[0]], az_lower(word))
    bare = unicodedata.normalize("NFD", lowered.replace("ə", "e").replace("ı", "i"))
    return "".join(sign for sign in anyascii(bare).lower() if "a" <= sign <= "z")


def numbers(text: str) -> frozenset[str]:
    """The numbers of documents in a field, each in capitals A–Z and digits: AZE № 12 → AZE12.

    The words for number and series go. N, No and Nr may be a series as well, so both readings are numbers. Of several
    papers in one field each has its own; the whole stays beside them, since one number may have a stroke in it.
    """
    shown = unicodedata.normalize("NFKC", _NUMBER_SIGN.sub(" ", _spoken(text)))
    shown = "".join(sign for sign in shown if not unicodedata.category(sign).startswith("M"))
    papers = _BETWEEN_PAPERS.split(shown)[:_MOST_PAPERS]
    found = _readings(shown)
    if len(papers) > 1:
        found |= {one for paper in papers for one in _readings(paper) if len(one) >= _LEAST_SIGNS and _has_digit(one)}
    return frozenset(found - {""})


def _readings(paper: str) -> set[str]:
    """The number with and without the words that may be a series; a series behind goes in front."""
    bare = _WORD.sub(lambda word: " " if _WORD_FOR_NUMBER.fullmatch(_plain(word[0])) else word[0], paper)
    found = {number(bare), number(_WORD.sub(_without_n, bare))}
    return found | {_SERIES_BEHIND.sub(r"\2\1", one) for one in found if _SERIES_BEHIND.fullmatch(one)}


def _without_n(word: re.Match[str]) -> str:
    """A space for an N, No or Nr that a number or its series follows; the word itself elsewhere."""
    within = word.string[: word.start()][-1:].isalnum()
    before_number = _NUMBER_NEXT.match(word.string, word.end())
    return " " if _plain(word[0]) in _LIKE_A_SERIES and before_number and not within else word[0]


def _plain(word: str) -> str:
    return latin(_of_one_script(word))


def _has_digit(number_: str) -> bool:
    return any(sign.isdigit() for sign in number_)


def number(text: str) -> str:
    """The text in capitals A–Z and digits alone.

    Letters that look like Latin ones count as these, and digits of every script as ours.
    """
    signs = (_sign(sign) for sign in unicodedata.normalize("NFKD", _spoken(text).upper()))
    return "".join(sign for sign in "".join(signs).upper() if sign.isascii() and sign.isalnum())


def _sign(sign: str) -> str:
    if unicodedata.category(sign).startswith("M"):
        return ""
    if sign.isdecimal():
        return str(unicodedata.decimal(sign))
    return _LATIN_TWINS.get(sign) or (sign if sign.isascii() else anyascii(sign))
