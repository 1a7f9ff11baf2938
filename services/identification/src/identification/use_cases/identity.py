"""What is known of a person is shown for a purpose, corrected by version, served to two services (ID-13)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from casework import access
from casework.calendar import local_date
from casework.safe_contact import Unreachable
from chassis.errors import Fault, Invalid, NotFound, Stale

from identification import facts
from identification.adapters.standards import usable_contact
from identification.commands import (
    CorrectIdentity,
    ReadIdentity,
    SafeContact,
    ServeAge,
    ServeIdentity,
    SetSafeContact,
)
from identification.domain import known as record
from identification.domain import persons, representatives, sharing
from identification.domain.htcds import Value
from identification.domain.known import Known
from identification.parameters import parameter_or_none
from identification.resources import Work
from identification.tables import Case, Person
from identification.use_cases import cases
from identification.use_cases.agreements import agreed_by_others
from identification.use_cases.person_fields import SAFE_CONTACT, lock, open_person, store


async def read_identity(uow: Work, case_id: UUID, command: ReadIdentity) -> tuple[int, dict[str, object]]:
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
    """Correct fields; refused when somebody changed them meanwhile. The search follows (ID-18)."""
    _refuse_codes(values)
    case = await cases.load(uow, case_id, for_="correct_identity")
    at = uow.effective(command.happened_at, not_before=case.reported_at)
    await _take_version(uow, case, command.version, values)
    earlier = await open_person(uow, case.id)
    await store(uow, case.id, values)
    known = await open_person(uow, case.id)
    before = (case.age_group, case.citizenship)
    paid = representatives.paid(earlier, is_child=case.age_group == "child")
    case.citizenship = persons.citizenship_group(record.codes(known, "prs_Citizenship"))
    if values.get("prs_Birthdate"):
        await _follow_birth_date(uow, case, earlier, known)
        await cases.settle_consent(uow, case, at)
    case.sex = record.sex(known)
    if before != (case.age_group, case.citizenship):
        await cases.person_facts_changed(uow, case, at)
    if paid != representatives.paid(known, is_child=case.age_group == "child"):
        cases.payee_changed(uow, case, at)
    cases.audit(uow, case, "correct_identity", at, subject=f"person/{case.id}", fields=sorted(values))
    return case


async def _follow_birth_date(uow: Work, case: Case, before: Known, known: Known) -> None:
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


def _is_earlier(before: Known, known: Known) -> bool:
    """Whether the birth date became an earlier one, or there was none before."""
    was, born = record.birth_date(before), record.birth_date(known)
    return was is None or (born is not None and born < was)


def _refuse_codes(values: Mapping[str, Value | None]) -> None:
    """The codes belong to a report and stay as reported; they are no part of the identity."""
    faults = [
        Fault(f"body.htcds.{name}", "not_of_the_identity", "Said in a report, and kept as it was said.")
        for name in values
        if not record.is_sealed(name)
    ]
    if faults:
        raise Invalid("not_of_the_identity", "Only fields of the person can be corrected.", faults=faults)


async def set_safe_contact(uow: Work, case_id: UUID, command: SetSafeContact) -> Case:
    """Mark a channel safe, or none (NO-2). The guardianship authority does so for children alone."""
    contact = _usable(command.contact, uow.now) if command.contact else None
    case = await cases.load(uow, case_id, for_="set_safe_contact")
    if case.age_group != "child" and not await facts.is_holder(uow, case.id):
        raise access.NotForThisBasis("set_safe_contact")
    at = uow.effective(command.happened_at, not_before=case.reported_at)
    await _take_version(uow, case, command.version, [SAFE_CONTACT])
    await store(uow, case.id, {SAFE_CONTACT: contact})
    cases.audit(uow, case, "set_safe_contact", at, subject=f"person/{case.id}", marked=contact is not None)
    return case


def _usable(typed: SafeContact, now: datetime) -> dict[str, str | None]:
    try:
        return usable_contact(typed.model_dump(), local_date(now)).as_fields()
    except Unreachable as wrong:
        fault = Fault(f"body.contact.{wrong.field}", wrong.code, wrong.message)
        raise Invalid("unreachable_contact", "Nobody can be reached by this contact.", faults=[fault]) from None


async def _take_version(uow: Work, case: Case, version: int, fields: Iterable[str]) -> None:
    """Raise the person's version, or refuse a stale edit; stored values come by an audited reading alone (ID-13)."""
    person = await lock(uow, case.id)
    if person.version != version:
        raise Stale(version, person.version, fields)
    person.version += 1


def age_group_of(known: Known, on: datetime, *, may_be_child: bool) -> str:
    """The age group on that day, with the law of that day; doubt counts as child (ID-5).

    A report is never refused for the law's sake: before the law knew an adult age, the group is unknown.
    """
    adult_age: int | None = parameter_or_none("adult_age", on)
    if adult_age is None:
        return "unknown"
    return persons.age_group(
        record.birth_date(known),
        None,
        local_date(on),
        adult_age=adult_age,
        may_be_child=may_be_child,
        doubt_means_child=bool(parameter_or_none("doubt_means_child", on)),
    )


async def safe_contact(uow: Work, command: ServeIdentity) -> dict[str, object]:
    """The channel marked safe, for one notification; NotFound when none is (NO-2: fail closed)."""
    known = await serve(uow, "serve_safe_contact", command)
    contact = known.get(SAFE_CONTACT)
    if not isinstance(contact, dict):
        raise NotFound
    return contact


async def has_reached(uow: Work, command: ServeAge) -> bool | None:
    """Whether the person has this age on that day; None where the birth date is unknown or doubted (RP-5, ID-5)."""
    born = record.birth_date(await serve(uow, "serve_age", command))
    case = await uow.session.get(Case, command.case_id)
    if born is None or case is None or case.birth_date_doubted or case.age_doubted:
        return None
    return born <= command.on and persons.age_on(born, command.on) >= command.age


async def holder_name(uow: Work, command: ServeIdentity) -> str:
    """The name that a certificate is made out to; audited with the certificate and its printer (RP-4, ID-13)."""
    return " ".join(record.full_names(await serve(uow, "serve_name", command))[:1])


async def serve(uow: Work, action: str, command: ServeIdentity) -> dict[str, object]:
    """The person, opened for another service; audited with what it is for, and for whom."""
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
