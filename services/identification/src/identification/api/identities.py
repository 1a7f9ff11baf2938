"""The person behind a case: read for a purpose, corrected by version, served to two services."""

from uuid import UUID

from casework.routes import in_parts
from chassis import http
from chassis.errors import Forbidden
from chassis.rights import right

from identification import answers as a
from identification import commands as c
from identification.domain.representatives import REPRESENTATIVE
from identification.resources import Uow
from identification.use_cases import erasure, identity, reports, representatives
from identification.use_cases.person_fields import ACCOUNT, SAFE_CONTACT
from identification.views.cases import case_answer

commands = http.commands()
reads = http.reads()


@reads.post("/api/cases/{case_id}/identity/reading", **right("read_identity"))
async def read_identity(case_id: UUID, command: c.ReadIdentity, uow: Uow) -> a.IdentityAnswer:
    """Show the person for a purpose; who, when and why are audited before it is shown (ID-13)."""
    version, known = await identity.read_identity(uow, case_id, command)
    ours = {name: known.pop(name, None) for name in (ACCOUNT, SAFE_CONTACT, REPRESENTATIVE)}
    return a.IdentityAnswer.model_validate({"version": version, "htcds": known} | ours)


@commands.post("/api/cases/{case_id}/identity", **in_parts("correct_identity"))
async def correct_identity(case_id: UUID, command: c.CorrectIdentity, uow: Uow) -> a.CaseAnswer:
    """Correct fields of the person; stale edits are refused with both values."""
    present = {name: value for name, value in command.htcds.items() if value is not None}
    checked = reports.checked(present, uow.now)
    values = {name: checked.get(name) for name in command.htcds}
    return await case_answer(uow, await identity.correct_identity(uow, case_id, command, values))


@commands.post("/api/cases/{case_id}/erasure", **in_parts("erase_person"))
async def erase_person(case_id: UUID, command: c.ErasePerson, uow: Uow) -> a.CaseAnswer:
    """Erase the person of a case that has ended; it cannot be undone (ID-13)."""
    return await case_answer(uow, await erasure.erase_person(uow, case_id, command))


@commands.post("/api/cases/{case_id}/safe-contact", **in_parts("set_safe_contact"))
async def set_safe_contact(case_id: UUID, command: c.SetSafeContact, uow: Uow) -> a.CaseAnswer:
    """Mark a channel safe, or none (NO-2)."""
    return await case_answer(uow, await identity.set_safe_contact(uow, case_id, command))


@commands.post("/api/cases/{case_id}/representative", **in_parts("set_representative"))
async def set_representative(case_id: UUID, command: c.SetRepresentative, uow: Uow) -> a.CaseAnswer:
    """Record who is paid for a child or a represented person (FU-6)."""
    return await case_answer(uow, await representatives.set_representative(uow, case_id, command))


@reads.post("/api/internal/payee", **right("serve_payee"))
async def serve_payee(command: c.ServeIdentity, uow: Uow) -> a.PayeeAnswer:
    """The payee of one payment order, for the Fund's releaser; audited here with the order (FU-6)."""
    _only(uow, "fund", "serve_payee")
    name, number = await representatives.payee(uow, command)
    return a.PayeeAnswer(name=name, identity_number=number)


@reads.post("/api/internal/safe-contact", **right("serve_safe_contact"))
async def serve_safe_contact(command: c.ServeIdentity, uow: Uow) -> a.ContactAnswer:
    """The channel marked safe, for one notification; 404 when there is none (NO-2)."""
    _only(uow, "notify", "serve_safe_contact")
    return a.ContactAnswer.model_validate(await identity.safe_contact(uow, command))


@reads.post("/api/internal/age", **right("serve_age"))
async def serve_age(command: c.ServeAge, uow: Uow) -> a.AgeAnswer:
    """Whether a child has reached an age on a day, for one act of repatriation (RP-5); audited with it."""
    _only(uow, "repatriation", "serve_age")
    return a.AgeAnswer(reached=await identity.has_reached(uow, command))


@reads.post("/api/internal/name", **right("serve_name"))
async def serve_name(command: c.ServeIdentity, uow: Uow) -> a.NameAnswer:
    """The name for one certificate of a removal bar (RP-4); audited with it and whoever prints it."""
    _only(uow, "repatriation", "serve_name")
    return a.NameAnswer(name=await identity.holder_name(uow, command))


def _only(uow: Uow, service: str, action: str) -> None:
    """A token of another service is refused."""
    if uow.actor.client != service:
        raise Forbidden(action)
