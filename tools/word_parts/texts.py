"""The texts of libs/staffui/src/staffui/words, and what is wrong with them as texts."""

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypedDict

import yaml

COLUMNS = ["key", "az", "en", "ru", "source", "note"]
LANGUAGES = ("az", "en", "ru")
FORMS = {"az": 1, "en": 2, "ru": 3}
"""Forms of a plural by language, as Babel has them for whole numbers. In az the noun stays singular."""
AVOIDED = Path(__file__).parents[1] / "words_avoided.yaml"
OWN_NAME = "ui.language."
"""Keys of the languages' own names, the same in every language."""

_KEY = re.compile(r"^[a-z_]+(?:\.[\w-]+)+$")
_VARIABLE = re.compile(r"\{([a-z_]+)\}")
_SUFFIX = re.compile(r"\}(?:\w|[-’'](?=\w))|\w\{")
_WORD = re.compile(r"[^\W\d_]+")
_CYRILLIC = re.compile(r"[Ѐ-ӿ]")
_REFERENCE = re.compile(r"[A-Z0-9]-?[0-9]|[0-9]-?[A-Z]|[A-Z]-[A-Z]")
_LATIN = re.compile(r"[A-Za-zÀ-ɏə]")
_LIKE_CYRILLIC = re.compile(r"^[aceopxyABCEHKMOPTXY]{1,3}$")
_TURNED_E = "\N{LATIN SMALL LETTER TURNED E}\N{LATIN CAPITAL LETTER REVERSED E}"


@dataclass(frozen=True)
class Word:
    """One row: a key with its text in each language; `where` is the file and its line."""

    key: str
    texts: Mapping[str, str]
    source: str
    note: str
    where: str

    @property
    def is_plural(self) -> bool:
        return any(" | " in text for text in self.texts.values())

    def forms(self, language: str) -> list[str]:
        return self.texts[language].split(" | ")

    def variables(self, language: str) -> list[set[str]]:
        """The variables of each form."""
        return [set(_VARIABLE.findall(form)) for form in self.forms(language)]


class _Avoided(TypedDict):
    word: str
    instead: str
    allowed: list[str]


def read(folder: Path) -> tuple[list[Word], list[str]]:
    """The words of all files, and faults of their form: columns, keys, empty cells, keys that stand twice."""
    words: list[Word] = []
    faults: list[str] = []
    seen: dict[str, str] = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            rows = csv.DictReader(lines)
            if rows.fieldnames != COLUMNS:
                faults.append(f"{path.name}: the columns are {','.join(COLUMNS)}")
                continue
            for row in rows:
                where = f"{path.name}:{rows.line_num}"
                if None in row or None in row.values():
                    faults.append(f"{where}: more or fewer cells than columns")
                    continue
                word = Word(row["key"], {name: row[name] for name in LANGUAGES}, row["source"], row["note"], where)
                faults += _of_form(word, seen)
                words.append(word)
    return words, faults


def _of_form(word: Word, seen: dict[str, str]) -> Iterator[str]:
    if not _KEY.match(word.key):
        yield f"{word.where}: {word.key}: no key"
    if word.key in seen:
        yield f"{word.where}: {word.key}: stands in {seen[word.key]} too"
    seen[word.key] = word.where
    cells = [*word.texts.items(), ("source", word.source)]
    yield from (f"{word.where}: {word.key}: no {name}" for name, text in cells if not text.strip())


def faults_of(words: Sequence[Word]) -> Iterator[str]:
    """Everything that is wrong with the texts themselves."""
    for word in words:
        for fault in (*_of_variables(word), *_of_plural(word)):
            yield f"{word.where}: {word.key}: {fault}"
        for language, text in word.texts.items():
            for fault in (*_of_letters(word, language, text), *avoided(language, text)):
                yield f"{word.where}: {word.key}: {language}: {fault}"


def _of_variables(word: Word) -> Iterator[str]:
    wanted = word.variables("en")[0]
    for language in LANGUAGES:
        for found in word.variables(language):
            if found != wanted:
                yield f"{language} has other variables than en: {', '.join(sorted(found ^ wanted))}"
        if _SUFFIX.search(word.texts[language]):
            yield f"{language}: a variable stands alone, without a suffix"
        if re.search(r"[{}]", _VARIABLE.sub("", word.texts[language])):
            yield f"{language}: a brace that is no variable"


def _of_plural(word: Word) -> Iterator[str]:
    if word.is_plural:
        for language, wanted in FORMS.items():
            if len(word.forms(language)) != wanted:
                yield f"{language} has {len(word.forms(language))} plural forms, not {wanted}"


def _of_letters(word: Word, language: str, text: str) -> Iterator[str]:
    if unicodedata.normalize("NFC", text) != text:
        yield "the text is not in NFC"
    if text != " ".join(text.split(" ")).strip() or "  " in text:
        yield "a space too many"
    if any(letter in text for letter in _TURNED_E):
        yield "ǝ (U+01DD) stands for ə (U+0259)"
    if word.key.startswith(OWN_NAME):
        return
    plain = " ".join(part for part in _VARIABLE.sub(" ", text).split() if not _REFERENCE.search(part))
    for part in _WORD.findall(plain):
        if language != "ru" and _CYRILLIC.search(part):
            yield f"Cyrillic letters in {part}"
        if language == "ru" and _LATIN.search(part) and (_CYRILLIC.search(part) or _LIKE_CYRILLIC.match(part)):
            yield f"Latin letters in {part}"


@cache
def _patterns() -> dict[str, list[tuple[re.Pattern[str], re.Pattern[str] | None, str]]]:
    listed: dict[str, list[_Avoided]] = yaml.safe_load(AVOIDED.read_text(encoding="utf-8"))
    return {
        language: [
            (re.compile(row["word"]), re.compile("|".join(row["allowed"])) if row["allowed"] else None, row["instead"])
            for row in rows
        ]
        for language, rows in listed.items()
    }


def avoided(language: str, text: str) -> Iterator[str]:
    """Words to avoid in a text, with what to write instead."""
    low = lowered(language, text)
    for word, allowed, instead in _patterns()[language]:
        rest = allowed.sub(" ", low) if allowed else low
        if found := word.search(rest):
            yield f"not “{found.group()}” but “{instead}”"


def lowered(language: str, text: str) -> str:
    """In small letters; for az by its own rule: İ is the capital of i, I of ı."""
    return (text.replace("İ", "i").replace("I", "ı") if language == "az" else text).lower()
