"""What is known of a person is kept sealed, found by digests, and shown for a purpose (ID-13, ID-18)."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from chassis import audit
from chassis.actor import Actor
from chassis.errors import Fault, Invalid, NotFound, Stale
from chassis.clock import effective, local_date
from chassis.rights import may
from sqlalchemy import delete, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from identification.domain import names, persons, sharing
from identification.domain.htcds import Value
from identification.law import parameter_or_none
from identification.queries import classes_shown
from identification.rights import RIGHTS
from identification.standards import usable_contact
from identification.tables import Case, Person, PersonField, SearchDigest
from identification.use_cases.acts import note, open_case, settle_consent
from identification.use_cases.support import tell_facts
from identification.vault import Vault

ACCOUNT = "account"
SAFE_CONTACT = sharing.SAFE_CONTACT
NAME_FIELDS = ("prs_FirstName", "prs_MiddleName", "prs_SecondName")
_OPEN = frozenset(
    {
        "vic_AgeWhenTrafficked",
        "vic_ForcedLabourIndustry",
        "vic_MethodOfRecruitment",
        "vic_MethodsOfControl",
        "vic_TypeOfExploitation",
        "vic_TypeOfSexExploitation",
    }
)


def is_sealed(field: str) -> bool:
    """Every field of the standard is, but the codes that statistics and screening need; free text always is."""
    return field not in _OPEN


async def keep_person(
    session: AsyncSession, vault: Vault, case_id: UUID, values: Mapping[str, Value | None], **more: Any
) -> None:
    """Seal what is known; `more` are fields of ours (account, safe_contact). None takes a field away."""
    person = await session.get(Person, case_id, with_for_update=True)
    if person is None:
        person = Person(case_id=case_id, wrapped_key=vault.new_person_key(case_id))
        session.add(person)
        await session.flush()
    fields = {name: value for name, value in values.items() if is_sealed(name)} | more
    for name, value in sorted(fields.items()):
        if value is None:
            await session.execute(delete(PersonField).where(PersonField.case_id == case_id, PersonField.field == name))
        else:
            sealed = vault.seal(case_id, person.wrapped_key, name, json.dumps(_plain(value), ensure_ascii=False))
            row = upsert(PersonField).values(case_id=case_id, field=name, sealed=sealed)
            await session.execute(
                row.on_conflict_do_update(index_elements=["case_id", "field"], set_={"sealed": sealed})
            )
    await _index(session, vault, case_id)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


async def _index(session: AsyncSession, vault: Vault, case_id: UUID) -> None:
    """The digests that the person is found by, made anew."""
    known = await open_person(session, vault, case_id)
    await session.execute(delete(SearchDigest).where(SearchDigest.case_id == case_id))
    digests = digests_of(vault, known)
    if digests:
        rows = [{"case_id": case_id, "kind": kind, "digest": digest} for kind, digest in sorted(digests)]
        await session.execute(insert(SearchDigest), rows)


def digests_of(vault: Vault, known: Mapping[str, Any]) -> set[tuple[str, bytes]]:
    """Keyed digests of the names' keys, the document and the phone (ID-18)."""
    found = {("name", vault.digest("name", key)) for key in names.name_keys(full_names(known))}
    if document := persons.document_key(known.get("prs_IdentityNumber") or ""):
        found.add(("document", vault.digest("document", document)))
    if phone := known.get("prs_MobilePhone"):
        found.add(("phone", vault.digest("phone", phone)))
    return found


def full_names(known: Mapping[str, Any]) -> tuple[str, ...]:
    """The names a person is known by; the standard has one full name and no aliases."""
    whole = " ".join(known[field] for field in NAME_FIELDS if known.get(field))
    return (whole,) if whole else ()


async def open_person(session: AsyncSession, vault: Vault, case_id: UUID) -> dict[str, Any]:
    """Every field, opened. The caller audits before it shows anything."""
    person = await session.get(Person, case_id)
    if person is None:
        return {}
    rows = await session.scalars(select(PersonField).where(PersonField.case_id == case_id))
    return {row.field: json.loads(vault.open(case_id, person.wrapped_key, row.field, row.sealed)) for row in rows}


async def read_identity(
    session: AsyncSession, vault: Vault, who: Actor, case_id: UUID, purpose: str, reference: str | None
) -> tuple[int, dict[str, Any]]:
    """Show the person for a purpose; audited in the same transaction, and without that nothing is shown (ID-13).

    The recipient of a consent is shown the classes of data agreed to (ID-12).
    """
    case = await open_case(session, who, case_id)
    classes = await classes_shown(session, who, case.id)
    sharing.check_opens(classes)
    sharing.check_reading(purpose, reference)
    person = await session.get(Person, case.id)
    audit.record(
        session,
        who,
        "read_identity",
        subject=f"person/{case.id}",
        case_id=case.id,
        kind="read",
        purpose=purpose,
        facts={"reference": reference} if reference else None,
    )
    known = await open_person(session, vault, case.id)
    return (person.version if person else 1), {f: value for f, value in known.items() if sharing.opens(classes, f)}


async def correct_identity(
    session: AsyncSession,
    vault: Vault,
    who: Actor,
    case_id: UUID,
    version: int,
    values: Mapping[str, Value | None],
    happened_at: datetime | None,
    now: datetime,
) -> Case:
    """Correct fields; refused with both values when somebody changed them meanwhile. The search follows (ID-18)."""
    _refuse_codes(values)
    case = await open_case(session, who, case_id)
    at = effective(happened_at, now, not_before=case.reported_at)
    sharing.check_opens(await classes_shown(session, who, case.id), values)
    await _take_version(session, vault, who, case, version, {k: _plain(v) for k, v in values.items()})
    await keep_person(session, vault, case.id, values)
    known = await open_person(session, vault, case.id)
    before = (case.age_group, case.citizenship)
    case.citizenship = persons.citizenship_group(known.get("prs_Citizenship") or ())
    if values.get("prs_Birthdate"):
        _follow_birth_date(case, known, at)
        await settle_consent(session, case, at)
    case.sex = sex_of(known)
    if before != (case.age_group, case.citizenship):
        tell_facts(session, case, at)
    note(session, who, case, "correct_identity", at, f"person/{case.id}", fields=sorted(values))
    return case


def _follow_birth_date(case: Case, known: Mapping[str, Any], at: datetime) -> None:
    """A birth date neither lifts a doubt nor undoes an established age, since documents may be false: that is for
    `establish_age`. But one that makes an established adult a child is a reason to doubt again (ID-5)."""
    group = age_group_of(known, case.reported_at, may_be_child=case.age_doubted)
    if case.came_of_age and group == "child" and age_group_of(known, at, may_be_child=False) == "adult":
        return
    case.came_of_age = False
    if not case.age_established:
        case.age_group = group
    elif group == "child" and case.age_group != "child":
        case.age_group, case.age_doubted, case.age_established = "child", True, False


def _refuse_codes(values: Mapping[str, Value | None]) -> None:
    """The codes of a report are what was said then; they are no part of the identity."""
    faults = [
        Fault(f"body.htcds.{name}", "not_of_the_identity", "Said in a report, and kept as it was said.")
        for name in values
        if not is_sealed(name)
    ]
    if faults:
        raise Invalid("not_of_the_identity", "Only fields of the person can be corrected.", faults=faults)


async def set_safe_contact(
    session: AsyncSession,
    vault: Vault,
    who: Actor,
    case_id: UUID,
    version: int,
    contact: Mapping[str, Any] | None,
    happened_at: datetime | None,
    now: datetime,
) -> Case:
    """Mark a channel safe, or none (NO-2)."""
    contact = usable_contact(contact, "body.contact") if contact else None
    case = await open_case(session, who, case_id)
    at = effective(happened_at, now, not_before=case.reported_at)
    sharing.check_opens(await classes_shown(session, who, case.id), (SAFE_CONTACT,))
    await _take_version(session, vault, who, case, version, {SAFE_CONTACT: contact})
    await keep_person(session, vault, case.id, {}, **{SAFE_CONTACT: contact})
    note(session, who, case, "set_safe_contact", at, f"person/{case.id}", marked=contact is not None)
    return case


async def _take_version(
    session: AsyncSession, vault: Vault, who: Actor, case: Case, version: int, yours: Mapping[str, Any]
) -> None:
    """Raise the person's version, or refuse a stale edit.

    The stored values are in the refusal, which is audited before it is answered (ID-13); who may not read identities
    learns the versions alone.
    """
    person = await session.get(Person, case.id, with_for_update=True)
    if person is None:
        person = Person(case_id=case.id, wrapped_key=vault.new_person_key(case.id), version=1)
        session.add(person)
        await session.flush()
    if person.version != version:
        known = await open_person(session, vault, case.id) if "read_identity" in may(RIGHTS, who) else {}
        raise Stale(version, person.version, yours, {field: known[field] for field in yours if field in known})
    person.version += 1


def age_group_of(known: Mapping[str, Any], on: datetime, *, may_be_child: bool) -> str:
    """The age group on that day, with the law of that day; doubt counts as child (ID-5).

    A report is never refused for the law's sake: before the law knew an adult age, the group is unknown.
    """
    adult_age: int | None = parameter_or_none("adult_age", on)
    if adult_age is None:
        return "unknown"
    born = known.get("prs_Birthdate")
    return persons.age_group(
        date.fromisoformat(born) if isinstance(born, str) else cast(date | None, born),
        None,
        local_date(on),
        adult_age=adult_age,
        may_be_child=may_be_child,
        doubt_means_child=bool(parameter_or_none("doubt_means_child", on)),
    )


def sex_of(known: Mapping[str, Any]) -> str:
    """HTCDS gender as the code that places are found by."""
    return {"Feminine": "female", "Masculine": "male"}.get(str(known.get("prs_Gender")), "unknown")


async def payee(
    session: AsyncSession, vault: Vault, who: Actor, case_id: UUID, purpose: str, **facts: str
) -> dict[str, Any]:
    """What one payment order needs of its payee; audited with the order and the releaser (FU-6)."""
    return await _serve(session, vault, who, case_id, "serve_payee", purpose, facts)


async def safe_contact(
    session: AsyncSession, vault: Vault, who: Actor, case_id: UUID, purpose: str, **facts: str
) -> dict[str, Any]:
    """The channel marked safe, for one notification; NotFound when none is (NO-2: fail closed)."""
    known = await _serve(session, vault, who, case_id, "serve_safe_contact", purpose, facts)
    if not known.get(SAFE_CONTACT):
        raise NotFound
    contact: dict[str, Any] = known[SAFE_CONTACT]
    return contact


async def _serve(
    session: AsyncSession, vault: Vault, who: Actor, case_id: UUID, action: str, purpose: str, facts: Mapping[str, str]
) -> dict[str, Any]:
    case = await session.get(Case, case_id)
    if case is None:
        raise NotFound
    audit.record(
        session, who, action, subject=f"person/{case_id}", case_id=case_id, kind="read", purpose=purpose, facts=facts
    )
    return await open_person(session, vault, case_id)


_PERSONS_AT_ONCE = 200


async def rewrap_persons(
    session: AsyncSession, vault: Vault, who: Actor, after: UUID | None
) -> tuple[UUID | None, int]:
    """Wrap the next persons' keys by the present master key; the last person looked at, or None, and how many."""
    asked = select(Person).order_by(Person.case_id).limit(_PERSONS_AT_ONCE).with_for_update()
    rows = list(await session.scalars(asked.where(Person.case_id > after) if after else asked))
    old = [person for person in rows if not vault.is_current(person.wrapped_key)]
    for person in old:
        person.wrapped_key = vault.rewrap(person.case_id, person.wrapped_key)
    if old:
        audit.record(session, who, "rewrap", facts={"persons": len(old)})
    return (rows[-1].case_id if rows else None), len(old)
