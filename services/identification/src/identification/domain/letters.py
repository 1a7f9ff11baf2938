"""Azerbaijani letters: their case, their order, and look-alikes typed for them. Pure.

Python's `lower`, `upper`, `capitalize`, `title` and `casefold` are wrong for i and ı, so text in Azerbaijani goes
through the functions below. Codes, e-mail addresses and case references are ASCII and keep plain `lower`.
"""

import re
import unicodedata

ALPHABET = "abcçdeəfgğhxıijkqlmnoöprsştuüvyz"
_POSITION = {letter: position for position, letter in enumerate(ALPHABET)}
_WORD = re.compile(r"[^\W\d_]+")
_DOTTED_TWICE = re.compile("i\u0307+")
_TURNED_E = str.maketrans({"\u01dd": "\u0259", "\u018e": "\u018f"})
_CYRILLIC_SCHWA = str.maketrans({"\u04d9": "\u0259", "\u04d8": "\u018f"})


def az_lower(text: str) -> str:
    """Lower case of Azerbaijani text: İ → i, I → ı."""
    return text.replace("İ", "i").replace("I", "ı").lower()


def az_upper(text: str) -> str:
    """Upper case of Azerbaijani text: i → İ, ı → I."""
    return text.replace("i", "İ").replace("ı", "I").upper()


def mend(text: str) -> str:
    """NFC, with look-alikes of ə made ə: the turned e always, a Cyrillic ә in Latin words.

    A word written in Azerbaijani Cyrillic (Әлијев) keeps its own letter. The second dot that other programs leave on
    the small letter of İ goes. Mending twice changes nothing more.
    """
    composed = _DOTTED_TWICE.sub("i", unicodedata.normalize("NFC", text.translate(_TURNED_E)))
    return unicodedata.normalize("NFC", _WORD.sub(_mend_word, composed))


def _mend_word(word: re.Match[str]) -> str:
    mended = word[0].translate(_CYRILLIC_SCHWA)
    return word[0] if any("\u0400" <= letter <= "\u04ff" for letter in mended) else mended


def sort_key(text: str) -> tuple[tuple[int, int], ...]:
    """Key for `sorted`: signs and digits, then the 32 letters in their order, then letters that Azerbaijani has not."""
    return tuple(_place(sign) for sign in az_lower(mend(text)))


def _place(sign: str) -> tuple[int, int]:
    if sign in _POSITION:
        return 1, _POSITION[sign]
    return (2 if sign.isalpha() else 0), ord(sign)
