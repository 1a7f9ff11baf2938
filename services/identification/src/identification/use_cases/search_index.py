"""What persons are found by: keyed digests of their present and former names, documents and phones (ID-18).

Names are indexed by what `search_keys` makes of them. Persons of former editions are indexed by each key of a name
alone, until `reindex`: a search looks for both.

A record that cannot be opened is skipped: it is counted where it was tried (`nrm_unreadable_records_total`), and one
damaged key keeps nobody from searching.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from chassis.clock import new_id
from chassis.database import among
from sqlalchemy import delete, func, insert, select, union_all

from identification.adapters.vault import Unreadable
from identification.domain import names, persons
from identification.domain.known import Known, birth_date, codes, findable
from identification.domain.search_keys import indexed_keys, sought_keys, spelled_words
from identification.domain.sharing import SAFE_CONTACT
from identification.resources import Seals, Work
from identification.tables import FormerValue, Person, PersonField, PersonWord, SearchDigest
from identification.use_cases import name_words

Key = tuple[str, str]
Values = Collection[tuple[str, str]]
"""(`name` | `document` | `phone`, as it was written)."""

_FORMER = "former"  # begins the field of a former value: `former name <id>`
_PERSONS_AT_ONCE = 200


@dataclass(frozen=True)
class Found:
    """A person as the search compares them: present fields, and what they were found by before."""

    known: Known
    values: Values


async def follow(uow: Work, person: Person, before: Known, after: Known) -> None:
    """The person's fields changed: what is replaced becomes a former value, and the digests are made anew."""
    present = findable(after)
    former = await _former_values(uow, person)
    for kind, value in sorted(findable(before) - present - former):
        row_id = new_id()
        sealed = uow.resources.vault.seal(person.case_id, person.wrapped_key, f"{_FORMER} {kind} {row_id}", value)
        row = FormerValue(id=row_id, case_id=person.case_id, kind=kind, sealed=sealed, replaced_at=uow.now)
        uow.session.add(row)
        former.add((kind, value))
    await _index(uow, {person: Found(after, present | former)})


async def _former_values(uow: Work, person: Person) -> set[tuple[str, str]]:
    rows = await uow.session.scalars(select(FormerValue).where(FormerValue.case_id == person.case_id))
    vault = uow.resources.vault
    return {
        (row.kind, vault.open(person.case_id, person.wrapped_key, f"{_FORMER} {row.kind} {row.id}", row.sealed))
        for row in rows
    }


async def _index(uow: Work, found: Mapping[Person, Found]) -> None:
    """Make the digests and words of these persons anew, by as many statements as for one.

    All words are taken at once, in one order, so that two transactions never wait crosswise for them.
    """
    session, vault = uow.session, uow.resources.vault
    of_them = [person.case_id for person in found]
    await session.execute(delete(SearchDigest).where(among(SearchDigest.case_id, of_them)))
    had = await session.scalars(
        delete(PersonWord).where(among(PersonWord.case_id, of_them)).returning(PersonWord.digest)
    )
    before, words = set(had), {person: spelled_words(described(theirs)) for person, theirs in found.items()}
    now = await name_words.retain(uow, {word for spelled in words.values() for word in spelled})
    of_words = [
        {"case_id": person.case_id, "digest": now[word]}
        for person, spelled in words.items()
        for word in sorted(spelled)
    ]
    digests = [
        {"case_id": person.case_id, "kind": kind, "digest": digest}
        for person, theirs in found.items()
        for kind, digest in sorted({(kind, vault.digest(kind, key)) for kind, key in stored_keys(described(theirs))})
    ]
    for table, rows in ((SearchDigest, digests), (PersonWord, of_words)):
        if rows:
            await session.execute(insert(table), rows)
    await name_words.forget(uow, before - set(now.values()))
    for person in found:
        person.indexed_by = vault.index


def described(person: Found) -> names.Described:
    """What the person is compared and indexed by."""
    of_kind: dict[str, list[str]] = {"name": [], "document": [], "phone": []}
    for kind, value in sorted(person.values):
        of_kind[kind].append(value)
    born = birth_date(person.known)
    return names.Described(
        names=tuple(of_kind["name"]),
        birth_year=born.year if born else None,
        citizenship=frozenset(codes(person.known, "prs_Citizenship")),
        documents=frozenset(key for value in of_kind["document"] for key in persons.document_keys(value)),
        phones=frozenset(filter(None, map(persons.phone_key, of_kind["phone"]))),
    )


def stored_keys(person: names.Described) -> set[Key]:
    """Kind and key of everything that the person is found by; of one kind whatever is made of names."""
    return {("name", key) for key in indexed_keys(person)} | _whole_numbers(person)


def _whole_numbers(person: names.Described) -> set[Key]:
    return {("document", key) for key in person.documents} | {("phone", key) for key in person.phones}


def keys_of(values: Iterable[tuple[str, str]]) -> set[Key]:
    """Kind and key of each as former editions had them: names by sound, documents and phones by signs alone."""
    found: set[Key] = set()
    for kind, value in values:
        if kind == "name":
            found |= {("name", key) for key in names.name_keys([value])}
        else:
            keys = persons.document_keys(value) if kind == "document" else {persons.phone_key(value)} - {""}
            found |= {(kind, key) for key in keys}
    return found


async def digests_to_seek(uow: Work, person: Found) -> tuple[list[bytes], list[bytes]]:
    """One of the first, or two of the second, lead to whoever may be worth showing.

    They are made with every search key that is valid, and of the keys of former editions too.
    """
    sought = sought_keys(described(person), await name_words.learned(uow))
    enough = {("name", key) for key in sought.enough} | keys_of(person.values)
    twice = {("name", key) for key in sought.twice}
    vault = uow.resources.vault
    return _digests(vault, enough), _digests(vault, twice)


def _digests(vault: Seals, keys: Iterable[Key]) -> list[bytes]:
    return [digest for kind, key in sorted(keys) for digest in vault.digests(kind, key)]


async def open_found(uow: Work, case_ids: Collection[UUID]) -> dict[UUID, Found]:
    """Persons as the search compares them, by one statement whatever their number; who cannot be opened is left out."""
    key = (Person.case_id, Person.wrapped_key)
    present = select(*key, PersonField.field, PersonField.sealed).join(Person, Person.case_id == PersonField.case_id)
    field = func.concat(_FORMER, " ", FormerValue.kind, " ", FormerValue.id)
    former = select(*key, field, FormerValue.sealed).join(Person, Person.case_id == FormerValue.case_id)
    compared = PersonField.field.startswith("prs_", autoescape=True) | (PersonField.field == SAFE_CONTACT)
    rows = union_all(
        present.where(among(Person.case_id, case_ids), compared),
        former.where(among(Person.case_id, case_ids)),
    )
    persons_: dict[UUID, dict[str, str] | None] = {}
    for case_id, wrapped_key, name, sealed in await uow.session.execute(rows):
        fields = persons_.setdefault(case_id, {})
        if fields is not None:
            try:
                fields[name] = uow.resources.vault.open(case_id, wrapped_key, name, sealed)
            except Unreadable:
                persons_[case_id] = None
    return {case_id: _found(fields) for case_id, fields in persons_.items() if fields is not None}


def _found(fields: Mapping[str, str]) -> Found:
    known = {name: json.loads(value) for name, value in fields.items() if not name.startswith(_FORMER)}
    former = {(name.split()[1], value) for name, value in fields.items() if name.startswith(_FORMER)}
    return Found(known, findable(known) | former)


async def reindex_persons(uow: Work, after: UUID | None) -> tuple[UUID | None, int, int]:
    """Make the digests of the next persons by the present search key and edition, and seal their fields padded.

    The last person of them, or None; how many were done; how many could not be opened and stay as they are.
    """
    stale = select(Person).where(Person.indexed_by.is_distinct_from(uow.resources.vault.index))
    batch = stale.order_by(Person.case_id).limit(_PERSONS_AT_ONCE).with_for_update()
    rows = list(await uow.session.scalars(batch.where(Person.case_id > after) if after else batch))
    opened: dict[Person, Found] = {}
    for person in rows:
        with suppress(Unreadable):
            opened[person] = await _renewed(uow, person)
    if opened:
        await _index(uow, opened)
        uow.audit("reindex", facts={"persons": len(opened)})
    return (rows[-1].case_id if rows else None), len(opened), len(rows) - len(opened)


async def _renewed(uow: Work, person: Person) -> Found:
    """What the person is found by, once every field is sealed padded."""
    vault, key = uow.resources.vault, person.wrapped_key
    known: dict[str, object] = {}
    for row in list(await uow.session.scalars(select(PersonField).where(PersonField.case_id == person.case_id))):
        value = vault.open(person.case_id, key, row.field, row.sealed)
        known[row.field] = json.loads(value)
        row.sealed = vault.seal(person.case_id, key, row.field, value)
    return Found(known, findable(known) | await _former_values(uow, person))
