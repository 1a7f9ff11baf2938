"""Consent, its withdrawal and its refusal. Each act answers with the case as it is after it."""

from uuid import UUID

from casework.routes import in_parts
from chassis import http

from identification import answers as a
from identification import commands as c
from identification.resources import Uow
from identification.use_cases import consents
from identification.views.cases import case_answer

commands = http.commands()


@commands.post("/api/cases/{case_id}/consents", **in_parts("record_consent"))
async def record_consent(case_id: UUID, command: c.RecordConsent, uow: Uow) -> a.CaseAnswer:
    """Record a consent: for whom and what, who agreed, how, to which text (ID-12)."""
    return await case_answer(uow, await consents.record(uow, case_id, command))


@commands.post("/api/cases/{case_id}/consents/together", **in_parts("record_consent"))
async def record_consents(case_id: UUID, command: c.RecordConsents, uow: Uow) -> a.CaseAnswer:
    """Record several consents at one time, all or none: each line is a recipient and a purpose (ID-12)."""
    return await case_answer(uow, await consents.record_several(uow, case_id, command))


@commands.post("/api/cases/{case_id}/consents/{consent_id}/withdrawal", **in_parts("withdraw_consent"))
async def withdraw_consent(case_id: UUID, consent_id: UUID, command: c.WithdrawConsent, uow: Uow) -> a.CaseAnswer:
    """Withdraw a consent; the answer shows which services have acknowledged (ID-12)."""
    return await case_answer(uow, await consents.withdraw(uow, case_id, consent_id, command))


@commands.post("/api/cases/{case_id}/duty-without-name", **in_parts("meet_duty_without_name"))
async def meet_duty_without_name(case_id: UUID, command: c.MeetDutyWithoutName, uow: Uow) -> a.CaseAnswer:
    """Record that an adult refuses the hand-over; meet the duty to report without the name (ID-7)."""
    return await case_answer(uow, await consents.meet_duty_without_name(uow, case_id, command))
