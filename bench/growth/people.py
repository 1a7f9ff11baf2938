"""Persons for the cases of a grown country, sealed and found by digests as everywhere (ID-13, ID-18)."""

import json
from bisect import bisect
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import accumulate
from random import Random
from uuid import UUID

from identification.adapters.vault import Vault
from identification.domain.known import Known, findable
from identification.domain.names import Described
from identification.domain.search_keys import spelled_words
from identification.use_cases.search_index import Found, described, stored_keys
from psycopg import sql

from bench.growth.country import Announce, Connection, without_indexes

_SYLLABLES = [
    "ba",
    "de",
    "ga",
    "ja",
    "ka",
    "la",
    "ma",
    "na",
    "pa",
    "ra",
    "sa",
    "ta",
    "va",
    "za",
    "fo",
    "go",
    "lo",
    "mo",
    "no",
    "ro",
    "so",
    "to",
    "bi",
    "di",
    "gi",
    "ki",
    "li",
    "mi",
    "ni",
    "ri",
]
_TABLES = {
    "person": ("case_id uuid", "wrapped_key bytea", "version int4", "indexed_by bytea"),
    "person_field": ("case_id uuid", "field text", "sealed bytea"),
    "search_digest": ("case_id uuid", "kind text", "digest bytea"),
    "name_word": ("digest bytea", "sealed bytea"),
    "person_word": ("case_id uuid", "digest bytea"),
}
_AT_ONCE = 10_000
Rows = dict[str, list[tuple[object, ...]]]


class Names:
    """Given names and surnames, some of them much more common than others."""

    def __init__(self, seed: int) -> None:
        self._chance = Random(seed)  # noqa: S311  the same country every time
        self._given = self._words(1_000, 1, "n"), self._weights(1_000, 0.6)
        self._second = self._words(4_000, 7, "sov"), self._weights(4_000, 0.9)

    @staticmethod
    def _words(count: int, step: int, ending: str) -> list[str]:
        return [_word(31 + step * number) + ending for number in range(count)]

    @staticmethod
    def _weights(count: int, slope: float) -> list[float]:
        return list(accumulate(1 / (place + 1) ** slope for place in range(count)))

    def _one(self, of: tuple[list[str], list[float]]) -> str:
        words, weights = of
        return words[bisect(weights, self._chance.random() * weights[-1])]

    def person(self) -> Known:
        """What was told of somebody; six of ten with a number, half with a phone."""
        known: dict[str, object] = {
            "prs_FirstName": self._one(self._given),
            "prs_MiddleName": self._one(self._given),
            "prs_SecondName": self._one(self._second),
            "prs_Birthdate": (date(1960, 1, 1) + timedelta(days=self._chance.randrange(18_000))).isoformat(),
            "prs_Gender": "Feminine",
            "prs_Citizenship": ["AZ"],
        }
        if self._chance.random() < 0.6:
            known["prs_IdentityNumber"] = f"TST{self._chance.randrange(10**8):08d}"
        if self._chance.random() < 0.5:
            known["prs_MobilePhone"] = f"+99400{self._chance.randrange(10**7):07d}"
        return known


def _word(number: int) -> str:
    signs = ""
    while number:
        number, rest = divmod(number, len(_SYLLABLES))
        signs += _SYLLABLES[rest]
    return signs.capitalize()


def settle(connection: Connection, vault: Vault, announce: Announce) -> None:
    """Somebody for every case, in the place of those who were played."""
    connection.execute("truncate person, person_field, former_value, search_digest, name_word, person_word")
    cases = [case for (case,) in connection.execute("select id from case_file order by id").fetchall()]
    names, digests = Names(7), _Digests(vault)
    with without_indexes(connection, list(_TABLES), announce):
        for first in range(0, len(cases), _AT_ONCE):
            announce(f"  persons: {first:,} of {len(cases):,}")
            _put_all(connection, _rows(vault, names, digests, cases[first : first + _AT_ONCE]))


def _rows(vault: Vault, names: Names, digests: "_Digests", cases: Sequence[UUID]) -> Rows:
    rows: Rows = {table: [] for table in _TABLES}
    for case in cases:
        known, key = names.person(), vault.new_person_key(case)
        rows["person"].append((case, key, 1, vault.index))
        rows["person_field"] += _sealed(vault, case, key, known)
        of_person = describe(known)
        rows["search_digest"] += [(case, kind, digest) for kind, digest in digests.of(of_person)]
        rows["name_word"] += digests.new_words(of_person)
        rows["person_word"] += [(case, digest) for digest in digests.of_words(of_person)]
    return rows


def _sealed(vault: Vault, case: UUID, key: bytes, known: Known) -> Iterator[tuple[UUID, str, bytes]]:
    for field, value in known.items():
        yield case, field, vault.seal(case, key, field, json.dumps(value))


def describe(known: Known) -> Described:
    """The person as the search compares them."""
    return described(Found(known, findable(known)))


class _Digests:
    """Words repeat, so they are sealed and their digests are made once."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._words: dict[str, bytes] = {}

    def of(self, person: Described) -> set[tuple[str, bytes]]:
        return {(kind, self._vault.digest(kind, key)) for kind, key in stored_keys(person)}

    def new_words(self, person: Described) -> list[tuple[bytes, bytes]]:
        """Digest and sealed word of those that nobody had before."""
        new = sorted(spelled_words(person) - self._words.keys())
        self._words |= {word: self._vault.digest("word", word) for word in new}
        return [(self._words[word], self._vault.seal_word(word)) for word in new]

    def of_words(self, person: Described) -> list[bytes]:
        return [self._words[word] for word in sorted(spelled_words(person))]


def _put_all(connection: Connection, rows: Rows) -> None:
    for table, columns in _TABLES.items():
        names = sql.SQL(", ").join(sql.Identifier(column.split()[0]) for column in columns)
        copy = sql.SQL("copy {} ({}) from stdin with (format binary)").format(sql.Identifier(table), names)
        with connection.cursor().copy(copy) as into:
            into.set_types([column.split()[1] for column in columns])
            for row in rows[table]:
                into.write_row(row)
