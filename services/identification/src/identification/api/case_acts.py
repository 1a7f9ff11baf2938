"""Hand-over, reflection, help, and how a case ends. Each act answers with the case as it is after it."""

from uuid import UUID

from casework.routes import in_parts
from chassis import http

from identification import answers as a
from identification import commands as c
from identification.resources import Uow
from identification.use_cases import endings, handover, help, reflection
from identification.views.cases import case_answer

commands = http.commands()


@commands.post("/api/cases/{case_id}/referral", **in_parts("refer"))
async def refer(case_id: UUID, command: c.Refer, uow: Uow) -> a.CaseAnswer:
    """Hand the case over to the special police body (ID-7)."""
    return await case_answer(uow, await handover.refer(uow, case_id, command))


@commands.post("/api/cases/{case_id}/referral/acknowledgement", **in_parts("acknowledge"))
async def acknowledge(case_id: UUID, command: c.Acknowledge, uow: Uow) -> a.CaseAnswer:
    """Take the case over and begin the assessment; meets the 24 h clock (ID-7)."""
    return await case_answer(uow, await handover.acknowledge(uow, case_id, command))


@commands.post("/api/cases/{case_id}/reflection", **in_parts("offer_reflection"))
async def offer_reflection(case_id: UUID, command: c.OfferReflection, uow: Uow) -> a.CaseAnswer:
    """Offer or start the reflection and recovery period (ID-10)."""
    return await case_answer(uow, await reflection.offer(uow, case_id, command))


@commands.post("/api/cases/{case_id}/reflection/end", **in_parts("end_reflection"))
async def end_reflection(case_id: UUID, command: c.EndReflection, uow: Uow) -> a.CaseAnswer:
    """The person ends the period early, by their own written wish (ID-10)."""
    return await case_answer(uow, await reflection.end(uow, case_id, command))


@commands.post("/api/cases/{case_id}/reflection/confirmation", **in_parts("confirm_reflection"))
async def confirm_reflection(case_id: UUID, command: c.ConfirmReflection, uow: Uow) -> a.CaseAnswer:
    """The period was looked at again after a negative decision, and goes on (ID-9, ID-10)."""
    return await case_answer(uow, await reflection.confirm(uow, case_id, command))


@commands.post("/api/cases/{case_id}/rights-explanations", **in_parts("explain_rights"))
async def explain_rights(case_id: UUID, command: c.ExplainRights, uow: Uow) -> a.CaseAnswer:
    """Record that the person's rights were explained (ID-14)."""
    return await case_answer(uow, await help.explain_rights(uow, case_id, command))


@commands.post("/api/cases/{case_id}/potential", **in_parts("record_potential"))
async def record_potential(case_id: UUID, command: c.RecordPotential, uow: Uow) -> a.CaseAnswer:
    """Record a category with access to help without recognition (ID-19)."""
    return await case_answer(uow, await help.record_potential(uow, case_id, command))


@commands.post("/api/cases/{case_id}/disclosures", **in_parts("disclose"))
async def disclose(case_id: UUID, command: c.Disclose, uow: Uow) -> a.CaseAnswer:
    """Record a disclosure by decision of a prosecutor or court (ID-13)."""
    return await case_answer(uow, await help.disclose(uow, case_id, command))


@commands.post("/api/cases/{case_id}/closing", **in_parts("close"))
async def close(case_id: UUID, command: c.EndCase, uow: Uow) -> a.CaseAnswer:
    """Close the case; a child's case with an agreement (ID-7)."""
    return await case_answer(uow, await endings.close(uow, case_id, command))


@commands.post("/api/cases/{case_id}/withdrawal", **in_parts("withdraw"))
async def withdraw(case_id: UUID, command: c.EndCase, uow: Uow) -> a.CaseAnswer:
    """The person wishes no further part in the mechanism."""
    return await case_answer(uow, await endings.withdraw(uow, case_id, command))


@commands.post("/api/cases/{case_id}/transfer-abroad", **in_parts("transfer_abroad"))
async def transfer_abroad(case_id: UUID, command: c.EndCase, uow: Uow) -> a.CaseAnswer:
    """Another country's mechanism takes the case over."""
    return await case_answer(uow, await endings.transfer_abroad(uow, case_id, command))
