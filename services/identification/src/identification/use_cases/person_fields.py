"""The fields of a person in the vault: sealed one by one, opened together (ID-13)."""

import json
from collections.abc import Mapping
from datetime import date
from uuid import UUID

from chassis.errors import NotPossible
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as upsert

from identification.adapters.vault import Unreadable
from identification.domain import sharing
from identification.domain.known import is_sealed
from identification.resources import Work
from identification.tables import Case, Person, PersonField
from identification.use_cases import search_index

ACCOUNT = "account"
SAFE_CONTACT = sharing.SAFE_CONTACT


async def store(uow: Work, case_id: UUID, values: Mapping[str, object]) -> None:
    """Seal the fields, those of the standard and ours (account, safe contact). None takes a field away.

    What a search went by and goes by no more stays with the person's former values (ID-18).
    """
    session, vault = uow.session, uow.resources.vault
    person = await lock(uow, case_id)
    before = await open_person(uow, case_id)
    after = {name: plain(value) for name, value in values.items() if is_sealed(name)}
    for name, value in sorted(after.items()):
        if value is None:
            await session.execute(delete(PersonField).where(PersonField.case_id == case_id, PersonField.field == name))
        else:
            sealed = vault.seal(case_id, person.wrapped_key, name, json.dumps(value, ensure_ascii=False))
            row = upsert(PersonField).values(case_id=case_id, field=name, sealed=sealed)
            await session.execute(
                row.on_conflict_do_update(index_elements=["case_id", "field"], set_={"sealed": sealed})
            )
    await search_index.follow(uow, person, before, before | after)


async def lock(uow: Work, case_id: UUID) -> Person:
    """The person, locked; made with a new key where nothing was stored before. NotPossible `person_erased`."""
    person = await uow.session.get(Person, case_id, with_for_update=True)
    if person is None:
        if await uow.session.scalar(select(Case.erased_at).where(Case.id == case_id)):
            raise NotPossible("person_erased", "The person was erased; nothing is stored of them any more.")
        person = Person(case_id=case_id, wrapped_key=uow.resources.vault.new_person_key(case_id), version=1)
        uow.session.add(person)
        await uow.session.flush()
    return person


def plain(value: object) -> object:
    """The value as JSON has it."""
    return value.isoformat() if isinstance(value, date) else list(value) if isinstance(value, tuple) else value


async def open_person(uow: Work, case_id: UUID) -> dict[str, object]:
    """Every field, opened. The caller audits before it shows anything."""
    sealed = select(PersonField.field, PersonField.sealed, Person.wrapped_key).join(
        Person, Person.case_id == PersonField.case_id
    )
    return {
        row.field: json.loads(uow.resources.vault.open(case_id, row.wrapped_key, row.field, row.sealed))
        for row in await uow.session.execute(sealed.where(PersonField.case_id == case_id))
    }


_PERSONS_AT_ONCE = 200


async def rewrap_persons(uow: Work, after: UUID | None) -> tuple[UUID | None, int, int]:
    """Wrap the next persons' keys by the present master key.

    The last person of them, or None; how many were wrapped; how many could not be opened and stay as they are.
    """
    vault = uow.resources.vault
    batch = select(Person).order_by(Person.case_id).limit(_PERSONS_AT_ONCE).with_for_update()
    rows = list(await uow.session.scalars(batch.where(Person.case_id > after) if after else batch))
    old = [person for person in rows if not vault.is_current(person.wrapped_key)]
    done = 0
    for person in old:
        try:
            person.wrapped_key = vault.rewrap(person.case_id, person.wrapped_key)
        except Unreadable:
            continue
        done += 1
    if done:
        uow.audit("rewrap", facts={"persons": done})
    return (rows[-1].case_id if rows else None), done, len(old) - done
