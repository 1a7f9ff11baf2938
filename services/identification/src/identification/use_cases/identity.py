"""What is known of a person is sealed, found by digests, and shown for a purpose (ID-13, ID-18)."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from casework import access
from casework.calendar import local_date
from chassis.errors import Fault, Invalid, NotFound, Stale
from sqlalchemy import delete, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from identification import facts
from identification.adapters.standards import usable_contact
from identification.commands import CorrectIdentity, ReadIdentity, ServeIdentity, SetSafeContact
from identification.domain import names, persons, sharing
from identification.domain.htcds import Value
from identification.parameters import parameter_or_none
from identification.resources import Seals, Work
from identification.tables import Case, Person, PersonField, SearchDigest
from identification.use_cases import cases
from identification.use_cases.agreements import agreed_by_others

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


async def keep_person(uow: Work, case_id: UUID, values: Mapping[str, Value | None], **more: Any) -> None:
    """Seal what is known; `more` are fields of ours (account, safe_contact). None takes a field away."""
    session, vault = uow.session, uow.resources.vault
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
    await _index(uow, case_id)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


async def _index(uow: Work, case_id: UUID) -> None:
    """The digests that the person is found by, made anew."""
    session, vault = uow.session, uow.resources.vault
    known = await open_person(uow, case_id)
    await session.execute(delete(SearchDigest).where(SearchDigest.case_id == case_id))
    digests = digests_of(vault, known)
    if digests:
        rows = [{"case_id": case_id, "kind": kind, "digest": digest} for kind, digest in sorted(digests)]
        await session.execute(insert(SearchDigest), rows)


def digests_of(vault: Seals, known: Mapping[str, Any]) -> set[tuple[str, bytes]]:
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


async def open_person(uow: Work, case_id: UUID) -> dict[str, Any]:
    """Every field, opened. The caller audits before it shows anything."""
    return (await open_persons(uow, [case_id])).get(case_id, {})


async def open_persons(uow: Work, case_ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """The same of several persons, by one statement."""
    sealed = select(PersonField.case_id, PersonField.field, PersonField.sealed, Person.wrapped_key).join(
        Person, Person.case_id == PersonField.case_id
    )
    opened: dict[UUID, dict[str, Any]] = {}
    for row in await uow.session.execute(sealed.where(PersonField.case_id.in_(case_ids))):
        text = uow.resources.vault.open(row.case_id, row.wrapped_key, row.field, row.sealed)
        opened.setdefault(row.case_id, {})[row.field] = json.loads(text)
    return opened


async def read_identity(uow: Work, case_id: UUID, command: ReadIdentity) -> tuple[int, dict[str, Any]]:
    """Show the person for a purpose; audited in the same transaction, and without that nothing is shown (ID-13).

    Each basis shows the fields that it gives: a consent its class of data (ID-12).
    """
    case = await cases.load(uow, case_id, for_="read_identity")
    classes = sharing.classes_of(await access.bases(uow, case.id))
    sharing.check_opens(classes)
    sharing.check_reading(command.purpose, command.reference)
    person = await uow.session.get(Person, case.id)
    uow.audit(
        "read_identity",
        subject=f"person/{case.id}",
        case_id=case.id,
        kind="read",
        purpose=command.purpose,
        facts={"reference": command.reference} if command.reference else None,
    )
    known = await open_person(uow, case.id)
    return (person.version if person else 1), {f: value for f, value in known.items() if sharing.opens(classes, f)}


async def correct_identity(
    uow: Work, case_id: UUID, command: CorrectIdentity, values: Mapping[str, Value | None]
) -> Case:
    """Correct fields; refused with both values when somebody changed them meanwhile. The search follows (ID-18)."""
    _refuse_codes(values)
    case = await cases.load(uow, case_id, for_="correct_identity")
    at = uow.effective(command.happened_at, not_before=case.reported_at)
    await _take_version(uow, case, command.version, {k: _plain(v) for k, v in values.items()})
    earlier = await open_person(uow, case.id)
    await keep_person(uow, case.id, values)
    known = await open_person(uow, case.id)
    before = (case.age_group, case.citizenship)
    case.citizenship = persons.citizenship_group(known.get("prs_Citizenship") or ())
    if values.get("prs_Birthdate"):
        await _follow_birth_date(uow, case, earlier, known)
        await cases.settle_consent(uow, case, at)
    case.sex = sex_of(known)
    if before != (case.age_group, case.citizenship):
        await cases.person_facts_changed(uow, case, at)
    cases.audit(uow, case, "correct_identity", at, subject=f"person/{case.id}", fields=sorted(values))
    return case


async def _follow_birth_date(uow: Work, case: Case, before: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    """A birth date neither lifts a doubt nor undoes an established age: documents may be false, `establish_age` does.

    1. One that makes an adult a child protects at once; a hand-over still goes by what was before it (ID-5, ID-7).
    2. No child comes of age by one that makes them older, unless the guardianship authority agreed to an adult (ID-7).
    """
    on_report = age_group_of(known, case.reported_at, may_be_child=False)
    if case.age_group != "child":
        if case.came_of_age and on_report == "child" and age_group_of(known, uow.now, may_be_child=False) == "adult":
            return
        if on_report == "child":
            case.age_without_doubt, case.age_group = case.age_group, "child"
            case.age_doubted, case.age_established, case.came_of_age = True, False, False
        elif not case.age_established:
            case.age_group, case.came_of_age = on_report, False
    elif _is_earlier(before, known):
        of_age = age_group_of(known, uow.now, may_be_child=False) == "adult"
        counts = of_age and not (case.age_doubted or case.age_established)
        case.birth_date_doubted = not (counts and await agreed_by_others(uow, case, "establish_as_adult", uow.now))
        if not case.birth_date_doubted:
            case.age_group = on_report  # who was a child on that day comes of age by the ticker


def _is_earlier(before: Mapping[str, Any], known: Mapping[str, Any]) -> bool:
    """Whether the birth date became an earlier one, or there was none before."""
    was = before.get("prs_Birthdate")
    return was is None or str(known["prs_Birthdate"]) < str(was)


def _refuse_codes(values: Mapping[str, Value | None]) -> None:
    """The codes belong to a report and stay as reported; they are no part of the identity."""
    faults = [
        Fault(f"body.htcds.{name}", "not_of_the_identity", "Said in a report, and kept as it was said.")
        for name in values
        if not is_sealed(name)
    ]
    if faults:
        raise Invalid("not_of_the_identity", "Only fields of the person can be corrected.", faults=faults)


async def set_safe_contact(uow: Work, case_id: UUID, command: SetSafeContact) -> Case:
    """Mark a channel safe, or none (NO-2). The guardianship authority does so for children alone."""
    contact = usable_contact(command.contact.model_dump(), "body.contact") if command.contact else None
    case = await cases.load(uow, case_id, for_="set_safe_contact")
    if case.age_group != "child" and not await facts.is_holder(uow, case.id):
        raise access.NotForThisBasis("set_safe_contact")
    at = uow.effective(command.happened_at, not_before=case.reported_at)
    await _take_version(uow, case, command.version, {SAFE_CONTACT: contact})
    await keep_person(uow, case.id, {}, **{SAFE_CONTACT: contact})
    cases.audit(uow, case, "set_safe_contact", at, subject=f"person/{case.id}", marked=contact is not None)
    return case


async def _take_version(uow: Work, case: Case, version: int, own_values: Mapping[str, Any]) -> None:
    """Raise the person's version, or refuse a stale edit.

    The stored values are in the refusal, which is audited before it is answered (ID-13); who may not read identities
    gets the versions alone.
    """
    session = uow.session
    person = await session.get(Person, case.id, with_for_update=True)
    if person is None:
        person = Person(case_id=case.id, wrapped_key=uow.resources.vault.new_person_key(case.id), version=1)
        session.add(person)
        await session.flush()
    if person.version != version:
        reads = access.gives(uow, "read_identity", await access.bases(uow, case.id))
        known = await open_person(uow, case.id) if reads else {}
        raise Stale(
            version, person.version, own_values, {field: known[field] for field in own_values if field in known}
        )
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


async def payee(uow: Work, command: ServeIdentity) -> dict[str, Any]:
    """What one payment order needs of its payee; audited with the order and the releaser (FU-6)."""
    return await _serve(uow, "serve_payee", command)


async def safe_contact(uow: Work, command: ServeIdentity) -> dict[str, Any]:
    """The channel marked safe, for one notification; NotFound when none is (NO-2: fail closed)."""
    known = await _serve(uow, "serve_safe_contact", command)
    if not known.get(SAFE_CONTACT):
        raise NotFound
    contact: dict[str, Any] = known[SAFE_CONTACT]
    return contact


async def _serve(uow: Work, action: str, command: ServeIdentity) -> dict[str, Any]:
    case_id = command.case_id
    if await uow.session.get(Case, case_id) is None:
        raise NotFound
    uow.audit(
        action,
        subject=f"person/{case_id}",
        case_id=case_id,
        kind="read",
        purpose=command.purpose,
        facts={"on_behalf_of": command.on_behalf_of, "concerning": str(command.concerning)},
    )
    return await open_person(uow, case_id)


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
