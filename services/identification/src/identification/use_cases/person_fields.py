"""The fields of a person in the vault: sealed one by one, opened together, found by digests (ID-13, ID-18)."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from identification.domain import names, persons, sharing
from identification.domain.known import Known, full_names, is_sealed, text
from identification.resources import Seals, Work
from identification.tables import Person, PersonField, SearchDigest

ACCOUNT = "account"
SAFE_CONTACT = sharing.SAFE_CONTACT


async def store(uow: Work, case_id: UUID, values: Mapping[str, object]) -> None:
    """Seal the fields, those of the standard and ours (account, safe contact). None takes a field away."""
    session, vault = uow.session, uow.resources.vault
    person = await lock(uow, case_id)
    for name, value in sorted(values.items()):
        if not is_sealed(name):
            continue
        if value is None:
            await session.execute(delete(PersonField).where(PersonField.case_id == case_id, PersonField.field == name))
        else:
            sealed = vault.seal(case_id, person.wrapped_key, name, json.dumps(plain(value), ensure_ascii=False))
            row = upsert(PersonField).values(case_id=case_id, field=name, sealed=sealed)
            await session.execute(
                row.on_conflict_do_update(index_elements=["case_id", "field"], set_={"sealed": sealed})
            )
    await _index(uow, case_id)


async def lock(uow: Work, case_id: UUID) -> Person:
    """The person, locked; made with a new key where nothing was stored before."""
    person = await uow.session.get(Person, case_id, with_for_update=True)
    if person is None:
        person = Person(case_id=case_id, wrapped_key=uow.resources.vault.new_person_key(case_id), version=1)
        uow.session.add(person)
        await uow.session.flush()
    return person


def plain(value: object) -> object:
    """The value as JSON has it."""
    return value.isoformat() if isinstance(value, date) else value


async def _index(uow: Work, case_id: UUID) -> None:
    """The digests that the person is found by, made anew."""
    known = await open_person(uow, case_id)
    await uow.session.execute(delete(SearchDigest).where(SearchDigest.case_id == case_id))
    digests = digests_of(uow.resources.vault, known)
    if digests:
        rows = [{"case_id": case_id, "kind": kind, "digest": digest} for kind, digest in sorted(digests)]
        await uow.session.execute(insert(SearchDigest), rows)


def digests_of(vault: Seals, known: Known) -> set[tuple[str, bytes]]:
    """Keyed digests of the names' keys, the document and the phone (ID-18)."""
    found = {("name", vault.digest("name", key)) for key in names.name_keys(full_names(known))}
    if document := persons.document_key(text(known, "prs_IdentityNumber")):
        found.add(("document", vault.digest("document", document)))
    if phone := text(known, "prs_MobilePhone"):
        found.add(("phone", vault.digest("phone", phone)))
    return found


async def open_person(uow: Work, case_id: UUID) -> dict[str, object]:
    """Every field, opened. The caller audits before it shows anything."""
    return (await open_persons(uow, [case_id])).get(case_id, {})


async def open_persons(uow: Work, case_ids: Sequence[UUID]) -> dict[UUID, dict[str, object]]:
    """The same of several persons, by one statement."""
    sealed = select(PersonField.case_id, PersonField.field, PersonField.sealed, Person.wrapped_key).join(
        Person, Person.case_id == PersonField.case_id
    )
    opened: dict[UUID, dict[str, object]] = {}
    for row in await uow.session.execute(sealed.where(PersonField.case_id.in_(case_ids))):
        stored = uow.resources.vault.open(row.case_id, row.wrapped_key, row.field, row.sealed)
        opened.setdefault(row.case_id, {})[row.field] = json.loads(stored)
    return opened


_PERSONS_AT_ONCE = 200


async def rewrap_persons(uow: Work, after: UUID | None) -> tuple[UUID | None, int]:
    """Wrap the next persons' keys by the present master key; the last person of them, or None, and how many."""
    vault = uow.resources.vault
    batch = select(Person).order_by(Person.case_id).limit(_PERSONS_AT_ONCE).with_for_update()
    rows = list(await uow.session.scalars(batch.where(Person.case_id > after) if after else batch))
    old = [person for person in rows if not vault.is_current(person.wrapped_key)]
    for person in old:
        person.wrapped_key = vault.rewrap(person.case_id, person.wrapped_key)
    if old:
        uow.audit("rewrap", facts={"persons": len(old)})
    return (rows[-1].case_id if rows else None), len(old)
