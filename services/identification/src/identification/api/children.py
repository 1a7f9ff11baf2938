"""What is done for a found child, and what is decided of the age (ID-5)."""

from uuid import UUID

from casework.routes import in_parts
from chassis import http

from identification import answers as a
from identification import commands as c
from identification.resources import Uow
from identification.use_cases import agreements, children
from identification.views.cases import case_answer

commands = http.commands()


@commands.post("/api/cases/{case_id}/guardian", **in_parts("appoint_guardian"))
async def appoint_guardian(case_id: UUID, command: c.AppointGuardian, uow: Uow) -> a.CaseAnswer:
    """A guardian comes first (ID-5)."""
    return await case_answer(uow, await children.appoint_guardian(uow, case_id, command))


@commands.post("/api/cases/{case_id}/identity-establishment", **in_parts("establish_identity"))
async def establish_identity(case_id: UUID, command: c.EstablishIdentity, uow: Uow) -> a.CaseAnswer:
    """Then who the child is (ID-5)."""
    return await case_answer(uow, await children.establish_identity(uow, case_id, command))


@commands.post("/api/cases/{case_id}/family-tracing", **in_parts("trace_family"))
async def trace_family(case_id: UUID, command: c.TraceFamily, uow: Uow) -> a.CaseAnswer:
    """Then the family, if it is in the child's interest (ID-5)."""
    return await case_answer(uow, await children.trace_family(uow, case_id, command))


@commands.post("/api/cases/{case_id}/age", **in_parts("establish_age"))
async def establish_age(case_id: UUID, command: c.EstablishAge, uow: Uow) -> a.CaseAnswer:
    """Establish the age group, with ground, method and document (ID-5)."""
    return await case_answer(uow, await children.establish_age(uow, case_id, command))


@commands.post("/api/cases/{case_id}/age-doubts", **in_parts("doubt_age"))
async def doubt_age(case_id: UUID, command: c.DoubtAge, uow: Uow) -> a.CaseAnswer:
    """Doubt that the person is an adult: a child at once, and a task to the holder (ID-5)."""
    return await case_answer(uow, await children.doubt_age(uow, case_id, command))


@commands.post("/api/cases/{case_id}/ending-agreements", **in_parts("agree_to_ending"))
async def agree_to_ending(case_id: UUID, command: c.AgreeToEnding, uow: Uow) -> a.CaseAnswer:
    """The guardianship authority agrees to one ending of a child's case, once (ID-7)."""
    return await case_answer(uow, await children.agree_to_ending(uow, case_id, command))


@commands.post("/api/cases/{case_id}/ending-agreements/withdrawal", **in_parts("withdraw_agreement"))
async def withdraw_agreement(case_id: UUID, command: c.WithdrawAgreement, uow: Uow) -> a.CaseAnswer:
    """The guardianship authority takes its agreement back before it is used (ID-7)."""
    return await case_answer(uow, await agreements.withdraw(uow, case_id, command))
