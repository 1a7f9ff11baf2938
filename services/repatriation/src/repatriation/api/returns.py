"""Voluntary return (RP-5, RP-6)."""

from typing import Annotated
from uuid import UUID

from casework import answers
from casework.routes import in_parts
from chassis import http
from chassis.paging import Page
from chassis.rights import right
from fastapi import Query

from repatriation.answers import ReturnAnswer, ReturnRow
from repatriation.api import ages
from repatriation.commands import (
    AcknowledgeHandover,
    AssessRisk,
    BookTravel,
    CheckClaims,
    ClearReturn,
    CloseReturn,
    CloseWithoutBody,
    ConfirmReturn,
    DecideBestInterests,
    Depart,
    DidNotDepart,
    LogVisit,
    ObtainDocuments,
    OfferHandover,
    RecordReturnConsent,
    RequestReturn,
    WithdrawReturn,
)
from repatriation.resources import Uow
from repatriation.use_cases import handovers, re_examination, returns
from repatriation.views import returns as views
from repatriation.views.lists import WantedReturns

commands, reads = http.commands(), http.reads()


@commands.post("/api/returns", status_code=201, **in_parts("request_return"))
async def request_return(command: RequestReturn, uow: Uow) -> ReturnAnswer:
    """The person wishes to return to another country."""
    return await views.voluntary_return(uow, await returns.request(uow, command))


@commands.post("/api/returns/{return_id}/consent", **in_parts("record_consent_return"))
async def consent(return_id: UUID, command: RecordReturnConsent, uow: Uow) -> ReturnAnswer:
    """The person's consent; it can be withdrawn until departure."""
    return await views.voluntary_return(uow, await returns.record_consent(uow, return_id, command))


@commands.post("/api/returns/{return_id}/risk-assessment", **in_parts("assess_risk_return"))
async def risk_assessment(return_id: UUID, command: AssessRisk, uow: Uow) -> ReturnAnswer:
    """Assess the risk; a high one ends the return."""
    return await views.voluntary_return(uow, await returns.assess_risk(uow, return_id, command))


@commands.post(
    "/api/returns/{return_id}/best-interests",
    response_model_exclude_unset=True,
    **right("decide_best_interests_return"),
)
async def best_interests(return_id: UUID, command: DecideBestInterests, uow: Uow) -> ReturnAnswer:
    """For a child, by the guardianship authority; whether a child is under age, identification knows."""
    reached = await ages.reached_opinion_age(uow, return_id, command)
    row = await returns.decide_best_interests(uow, return_id, command, reached_opinion_age=reached)
    return await views.voluntary_return(uow, row)


@commands.post("/api/returns/{return_id}/claims-check", **in_parts("check_claims_return"))
async def claims_check(return_id: UUID, command: CheckClaims, uow: Uow) -> ReturnAnswer:
    """Check the open claims; they warn."""
    return await views.voluntary_return(uow, await returns.check_claims(uow, return_id, command))


@commands.post("/api/returns/{return_id}/clearance", **in_parts("clear_return"))
async def clearance(return_id: UUID, command: ClearReturn, uow: Uow) -> ReturnAnswer:
    """Cleared, or suspended with each missing gate named."""
    return await views.voluntary_return(uow, await returns.clear(uow, return_id, command))


@commands.post("/api/returns/{return_id}/documents", **in_parts("obtain_documents_return"))
async def documents(return_id: UUID, command: ObtainDocuments, uow: Uow) -> ReturnAnswer:
    """The documents are available."""
    return await views.voluntary_return(uow, await returns.obtain_documents(uow, return_id, command))


@commands.post("/api/returns/{return_id}/travel", **in_parts("book_travel_return"))
async def travel(return_id: UUID, command: BookTravel, uow: Uow) -> ReturnAnswer:
    """Travel is booked, and who pays."""
    return await views.voluntary_return(uow, await returns.book_travel(uow, return_id, command))


@commands.post("/api/returns/{return_id}/departure", **in_parts("depart_return"))
async def departure(return_id: UUID, command: Depart, uow: Uow) -> ReturnAnswer:
    """The person left."""
    return await views.voluntary_return(uow, await returns.depart(uow, return_id, command))


@commands.post("/api/returns/{return_id}/departure-correction", **in_parts("depart_return"))
async def departure_correction(return_id: UUID, command: DidNotDepart, uow: Uow) -> ReturnAnswer:
    """The person did not leave; the booking stands again."""
    return await views.voluntary_return(uow, await returns.did_not_depart(uow, return_id, command))


@commands.post("/api/returns/{return_id}/handover", **in_parts("offer_handover_return"))
async def handover(return_id: UUID, command: OfferHandover, uow: Uow) -> ReturnAnswer:
    """Request a receiving body to take over."""
    return await views.voluntary_return(uow, await handovers.offer(uow, return_id, command))


@commands.post(
    "/api/returns/{return_id}/handover-acknowledgement",
    response_model_exclude_unset=True,
    **right("acknowledge_handover_return"),
)
async def handover_acknowledgement(return_id: UUID, command: AcknowledgeHandover, uow: Uow) -> ReturnAnswer:
    """It took over; an agency acknowledges itself, a body outside on paper, which a second person records."""
    return await views.voluntary_return(uow, await handovers.acknowledge(uow, return_id, command))


@commands.post("/api/returns/{return_id}/end-without-body", **in_parts("close_without_body_return"))
async def end_without_body(return_id: UUID, command: CloseWithoutBody, uow: Uow) -> ReturnAnswer:
    """Nobody takes the person over; the return ends as such."""
    return await views.voluntary_return(uow, await handovers.close_without_body(uow, return_id, command))


@commands.post("/api/returns/{return_id}/follow-ups", **in_parts("follow_up_return"))
async def follow_ups(return_id: UUID, command: LogVisit, uow: Uow) -> ReturnAnswer:
    """Log a visit."""
    return await views.voluntary_return(uow, await handovers.log_visit(uow, return_id, command))


@commands.post("/api/returns/{return_id}/closure", **in_parts("close_return"))
async def closure(return_id: UUID, command: CloseReturn, uow: Uow) -> ReturnAnswer:
    """Follow-up ended."""
    return await views.voluntary_return(uow, await handovers.close(uow, return_id, command))


@commands.post("/api/returns/{return_id}/confirmation", **in_parts("confirm_return"))
async def confirmation(return_id: UUID, command: ConfirmReturn, uow: Uow) -> ReturnAnswer:
    """After re-examination the return goes on (ID-9)."""
    return await views.voluntary_return(uow, await re_examination.confirm_return(uow, return_id, command))


@commands.post("/api/returns/{return_id}/withdrawal", **in_parts("withdraw_return"))
async def withdrawal(return_id: UUID, command: WithdrawReturn, uow: Uow) -> ReturnAnswer:
    """The person withdraws, before departure, without a reason."""
    return await views.voluntary_return(uow, await returns.withdraw(uow, return_id, command))


@reads.get("/api/returns", **right("see_returns"))
async def list_returns(uow: Uow, wanted: Annotated[WantedReturns, Query()]) -> Page[ReturnRow]:
    """Returns that you may see, newest first."""
    return await views.list_returns(uow, wanted)


@reads.get("/api/returns/{return_id}", **in_parts("see_returns"))
async def see_return(return_id: UUID, uow: Uow) -> ReturnAnswer:
    """One return with its gates."""
    return await views.one(uow, return_id)


@reads.get("/api/returns/{return_id}/history", **right("see_returns"))
async def see_history(return_id: UUID, uow: Uow) -> answers.History:
    """What was done, newest first."""
    return await views.history(uow, return_id)
