"""Change of holder (ID-20). Each act answers with the case as it is after it."""

from uuid import UUID

from casework.routes import in_parts
from chassis import http

from identification import answers as a
from identification import commands as c
from identification.resources import Uow
from identification.use_cases import holders
from identification.views.cases import case_answer

commands = http.commands()


@commands.post("/api/cases/{case_id}/holder-offers", **in_parts("offer_holder"))
async def offer_holder(case_id: UUID, command: c.OfferHolder, uow: Uow) -> a.CaseAnswer:
    """Request another agency to hold the case, with the person's consent or by law (ID-20)."""
    return await case_answer(uow, await holders.offer(uow, case_id, command))


@commands.post("/api/cases/{case_id}/holder-offers/{offer_id}/acceptance", **in_parts("accept_holder"))
async def accept_holder(case_id: UUID, offer_id: UUID, command: c.AnswerHolderOffer, uow: Uow) -> a.CaseAnswer:
    """Hold the case from now on; the former holder does no more (ID-20)."""
    return await case_answer(uow, await holders.accept(uow, case_id, offer_id, command))


@commands.post("/api/cases/{case_id}/holder-offers/{offer_id}/refusal", **in_parts("decline_holder"))
async def decline_holder(case_id: UUID, offer_id: UUID, command: c.DeclineHolder, uow: Uow) -> a.CaseAnswer:
    """Decline to hold the case, with the reason (ID-20)."""
    return await case_answer(uow, await holders.decline(uow, case_id, offer_id, command))


@commands.post("/api/cases/{case_id}/holder-offers/{offer_id}/withdrawal", **in_parts("withdraw_holder_offer"))
async def withdraw_holder_offer(case_id: UUID, offer_id: UUID, command: c.AnswerHolderOffer, uow: Uow) -> a.CaseAnswer:
    """Take the offer back before it is answered (ID-20)."""
    return await case_answer(uow, await holders.withdraw(uow, case_id, offer_id, command))
