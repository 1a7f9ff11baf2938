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
_NUMBER_WORD = re.compile(r"\bn[oº°r][.:]|(?<=\w)\W+n[oº°r](?=\W+\d)", re.IGNORECASE)


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


def number(text: str) -> str:
    """A number of a document in capitals A–Z and digits, without the word for number: AZE № 12 → AZE12.

    Letters that look like Latin ones count as these, and digits of every script as ours.
    """
    shown = _NUMBER_WORD.sub(" ", _spoken(text).replace("№", " ")).upper()
    signs = (_sign(sign) for sign in unicodedata.normalize("NFKD", shown))
    return "".join(sign for sign in "".join(signs).upper() if sign.isascii() and sign.isalnum())


def _sign(sign: str) -> str:
    if unicodedata.category(sign).startswith("M"):
        return ""
    if sign.isdecimal():
        return str(unicodedata.decimal(sign))
    return _LATIN_TWINS.get(sign) or (sign if sign.isascii() else anyascii(sign))
