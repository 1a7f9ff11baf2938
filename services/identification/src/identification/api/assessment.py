"""Screenings, opinions, recognitions and decisions. Each act answers with the case as it is after it."""

from uuid import UUID

from casework.routes import in_parts
from chassis import http

from identification import answers as a
from identification import commands as c
from identification.resources import Uow
from identification.use_cases import appeals, assessment, decisions, recognitions
from identification.views.cases import case_answer

commands = http.commands()


@commands.post("/api/cases/{case_id}/screenings", **in_parts("screen"))
async def screen(case_id: UUID, command: c.Screen, uow: Uow) -> a.CaseAnswer:
    """Screen by a versioned indicator set; the explanation advises, people decide (ID-2, ID-4)."""
    return await case_answer(uow, await assessment.screen(uow, case_id, command))


@commands.post("/api/cases/{case_id}/opinions", **in_parts("give_opinion"))
async def give_opinion(case_id: UUID, command: c.GiveOpinion, uow: Uow) -> a.CaseAnswer:
    """Give an opinion in a joint assessment, or dissent from a decision (ID-8)."""
    return await case_answer(uow, await assessment.give_opinion(uow, case_id, command))


@commands.post("/api/cases/{case_id}/recognitions", **in_parts("presume"))
async def presume(case_id: UUID, command: c.Presume, uow: Uow) -> a.CaseAnswer:
    """Give a presumed or an NGO recognition (ID-8)."""
    return await case_answer(uow, await recognitions.presume(uow, case_id, command))


@commands.post("/api/cases/{case_id}/formal-recognition", **in_parts("recognise_formally"))
async def recognise_formally(case_id: UUID, command: c.RecogniseFormally, uow: Uow) -> a.CaseAnswer:
    """Recognise formally after assessment (ID-8)."""
    return await case_answer(uow, await recognitions.recognise_formally(uow, case_id, command))


@commands.post("/api/cases/{case_id}/recognitions/{recognition_id}/revocation", **in_parts("revoke"))
async def revoke(case_id: UUID, recognition_id: UUID, command: c.DecideAgainst, uow: Uow) -> a.CaseAnswer:
    """Revoke a recognition with reasons; services re-examine what rests on it (ID-9)."""
    return await case_answer(uow, await recognitions.revoke(uow, case_id, recognition_id, command))


@commands.post("/api/cases/{case_id}/decline", **in_parts("decline"))
async def decline(case_id: UUID, command: c.DecideAgainst, uow: Uow) -> a.CaseAnswer:
    """Decline recognition with reasons (ID-9)."""
    return await case_answer(uow, await decisions.decline(uow, case_id, command))


@commands.post("/api/cases/{case_id}/appeal", **in_parts("appeal"))
async def appeal(case_id: UUID, command: c.LodgeAppeal, uow: Uow) -> a.CaseAnswer:
    """Appeal a negative or revoking decision to another body, also after the case has ended (ID-9)."""
    return await case_answer(uow, await appeals.lodge(uow, case_id, command))


@commands.post("/api/cases/{case_id}/appeal/rejection", **in_parts("reject_appeal"))
async def reject_appeal(case_id: UUID, command: c.SettleAppeal, uow: Uow) -> a.CaseAnswer:
    """Record that the body upheld the decision, by another person than who decided (ID-9)."""
    return await case_answer(uow, await appeals.reject(uow, case_id, command))


@commands.post("/api/cases/{case_id}/reopening", **in_parts("reopen"))
async def reopen(case_id: UUID, command: c.SettleAppeal, uow: Uow) -> a.CaseAnswer:
    """Open the assessment again, by the outcome of an appeal or on new facts (ID-9)."""
    return await case_answer(uow, await appeals.reopen(uow, case_id, command))
