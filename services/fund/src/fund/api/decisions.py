"""Decisions on a claim over HTTP (FU-6, FU-8, ID-9)."""

from uuid import UUID

from chassis import http
from chassis.rights import right

from fund.answers import ClaimAnswer
from fund.commands import (
    AppealRejection,
    ApproveClaim,
    CancelClaim,
    DecideAppeal,
    RejectClaim,
    RequestInformation,
    SettleReExamination,
    SubmitClaim,
)
from fund.resources import Uow
from fund.use_cases import decisions
from fund.views import claims as views

commands = http.commands()


@commands.post("/api/claims/{claim_id}/submission", **right("submit"))
async def submit_claim(claim_id: UUID, command: SubmitClaim, uow: Uow) -> ClaimAnswer:
    """Request approval (FU-6, FU-8)."""
    return await views.show(uow, await decisions.submit(uow, claim_id, command))


@commands.post("/api/claims/{claim_id}/information-request", **right("ask_information"))
async def request_information(claim_id: UUID, command: RequestInformation, uow: Uow) -> ClaimAnswer:
    """Send a claim back for what is missing."""
    return await views.show(uow, await decisions.request_information(uow, claim_id, command))


@commands.post("/api/claims/{claim_id}/approval", **right("approve"))
async def approve_claim(claim_id: UUID, command: ApproveClaim, uow: Uow) -> ClaimAnswer:
    """Approve exactly the version you read; money is reserved at once where it suffices (FU-6, FU-7)."""
    return await views.show(uow, await decisions.approve(uow, claim_id, command))


@commands.post("/api/claims/{claim_id}/rejection", **right("reject"))
async def reject_claim(claim_id: UUID, command: RejectClaim, uow: Uow) -> ClaimAnswer:
    """Reject with reasons; it can be appealed."""
    return await views.show(uow, await decisions.reject(uow, claim_id, command))


@commands.post("/api/claims/{claim_id}/appeal", **right("appeal"))
async def appeal_rejection(claim_id: UUID, command: AppealRejection, uow: Uow) -> ClaimAnswer:
    """Record that the person appealed a rejection."""
    return await views.show(uow, await decisions.appeal(uow, claim_id, command))


@commands.post("/api/claims/{claim_id}/appeal-decision", **right("decide_appeal"))
async def decide_appeal(claim_id: UUID, command: DecideAppeal, uow: Uow) -> ClaimAnswer:
    """Grant the appeal, or reject it for good with reasons."""
    return await views.show(uow, await decisions.decide_appeal(uow, claim_id, command))


@commands.post("/api/claims/{claim_id}/cancellation", **right("cancel"))
async def cancel_claim(claim_id: UUID, command: CancelClaim, uow: Uow) -> ClaimAnswer:
    """End a claim that was not paid; what was set aside is free again (FU-7)."""
    return await views.show(uow, await decisions.cancel(uow, claim_id, command))


@commands.post("/api/claims/{claim_id}/re-examination", **right("settle_re_examination"))
async def settle_re_examination(claim_id: UUID, command: SettleReExamination, uow: Uow) -> ClaimAnswer:
    """A person looked: the claim stands although the recognition behind it changed (ID-9)."""
    return await views.show(uow, await decisions.settle_re_examination(uow, claim_id, command))
