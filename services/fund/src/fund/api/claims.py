"""Claims and the audit over HTTP. A command answers with the claim as it is now and what can be done."""

from typing import Annotated
from uuid import UUID

from chassis import answers, http
from chassis.http import Now, Session
from chassis.paging import After, Limit, Page
from chassis.rights import Who, right
from fastapi import Query

from fund import schemas
from fund.queries import claims as views
from fund.schemas import ClaimAnswer, ClaimSummary
from fund.use_cases import claims, payments

commands = http.commands()
reads = http.reads()
Code = Annotated[str | None, Query(max_length=64)]


@commands.post("/api/claims", status_code=201, **right("create_claim"))
async def create_claim(body: schemas.ClaimDraft, who: Who, session: Session, now: Now) -> ClaimAnswer:
    """Draft a needs grant (FU-2) or a compensation (FU-3)."""
    claim = await claims.create_claim(session, who, now, body)
    return await views.show_claim(session, who, now, claim)


@reads.get("/api/claims", **right("see_claims"))
async def list_claims(
    who: Who,
    session: Session,
    case_id: UUID | None = None,
    kind: schemas.Kind | None = None,
    state: Code = None,
    re_examine: bool | None = None,
    mine: Annotated[bool | None, Query(description="Whether you wrote, requested, approved or released it")] = None,
    limit: Limit = 50,
    after: After = None,
) -> Page[ClaimSummary]:
    conditions = views.conditions(who, case_id=case_id, kind=kind, state=state, re_examine=re_examine, mine=mine)
    items, following = await views.list_claims(session, who, conditions, limit, after)
    return Page(items=items, next=following)


@reads.get("/api/claims/{claim_id}", **right("see_claims"))
async def read_claim(claim_id: UUID, who: Who, session: Session, now: Now) -> ClaimAnswer:
    return await views.show_claim(session, who, now, await views.find_claim(session, who, claim_id))


@reads.get("/api/claims/{claim_id}/history", **right("see_claims"))
async def read_claim_history(claim_id: UUID, who: Who, session: Session) -> answers.History:
    return await views.claim_history(session, who, claim_id)


@commands.post("/api/claims/{claim_id}/submission", **right("submit"))
async def submit_claim(claim_id: UUID, body: schemas.Change, who: Who, session: Session, now: Now) -> ClaimAnswer:
    """Ask for approval (FU-6, FU-8)."""
    claim = await claims.submit_claim(session, who, now, claim_id, body)
    return await views.show_claim(session, who, now, claim)


@commands.post("/api/claims/{claim_id}/information-request", **right("ask_information"))
async def ask_information(
    claim_id: UUID, body: schemas.InformationRequest, who: Who, session: Session, now: Now
) -> ClaimAnswer:
    """Send a claim back for what is missing."""
    claim = await claims.ask_information(session, who, now, claim_id, body)
    return await views.show_claim(session, who, now, claim)


@commands.post("/api/claims/{claim_id}/amendment", **right("amend"))
async def amend_claim(claim_id: UUID, body: schemas.Amendment, who: Who, session: Session, now: Now) -> ClaimAnswer:
    """Change the terms; an approval is void after it (FU-6)."""
    claim = await claims.amend_claim(session, who, now, claim_id, body)
    return await views.show_claim(session, who, now, claim)


@commands.post("/api/claims/{claim_id}/approval", **right("approve"))
async def approve_claim(claim_id: UUID, body: schemas.Approval, who: Who, session: Session, now: Now) -> ClaimAnswer:
    """Approve exactly the version you read; money is reserved at once where it suffices (FU-6, FU-7)."""
    claim = await claims.approve_claim(session, who, now, claim_id, body)
    return await views.show_claim(session, who, now, claim)


@commands.post("/api/claims/{claim_id}/rejection", **right("reject"))
async def reject_claim(claim_id: UUID, body: schemas.Rejection, who: Who, session: Session, now: Now) -> ClaimAnswer:
    claim = await claims.reject_claim(session, who, now, claim_id, body)
    return await views.show_claim(session, who, now, claim)


@commands.post("/api/claims/{claim_id}/appeal", **right("appeal"))
async def appeal_rejection(claim_id: UUID, body: schemas.Change, who: Who, session: Session, now: Now) -> ClaimAnswer:
    claim = await claims.appeal_rejection(session, who, now, claim_id, body)
    return await views.show_claim(session, who, now, claim)


@commands.post("/api/claims/{claim_id}/appeal-decision", **right("decide_appeal"))
async def decide_appeal(
    claim_id: UUID, body: schemas.AppealDecision, who: Who, session: Session, now: Now
) -> ClaimAnswer:
    claim = await claims.decide_appeal(session, who, now, claim_id, body)
    return await views.show_claim(session, who, now, claim)


@commands.post("/api/claims/{claim_id}/reservation", **right("reserve"))
async def reserve_money(claim_id: UUID, body: schemas.Change, who: Who, session: Session, now: Now) -> ClaimAnswer:
    """Set money aside for an approved claim, or queue a failed payment anew (FU-7)."""
    claim = await payments.reserve_money(session, who, now, claim_id, body)
    return await views.show_claim(session, who, now, claim)


@commands.post("/api/claims/{claim_id}/confirmation", **right("confirm"))
async def confirm_payment(
    claim_id: UUID, body: schemas.Confirmation, who: Who, session: Session, now: Now
) -> ClaimAnswer:
    """The bank confirmed the payment (FU-7)."""
    claim = await payments.confirm_payment(session, who, now, claim_id, body)
    return await views.show_claim(session, who, now, claim)


@commands.post("/api/claims/{claim_id}/failure", **right("fail"))
async def fail_payment(claim_id: UUID, body: schemas.Failure, who: Who, session: Session, now: Now) -> ClaimAnswer:
    """The bank refused or returned the payment (FU-7)."""
    claim = await payments.fail_payment(session, who, now, claim_id, body)
    return await views.show_claim(session, who, now, claim)


@commands.post("/api/claims/{claim_id}/return", **right("return_payment"))
async def return_payment(claim_id: UUID, body: schemas.Return, who: Who, session: Session, now: Now) -> ClaimAnswer:
    """The bank gave back what it had confirmed; the claim is paid again only after a new approval (FU-7)."""
    claim = await payments.return_payment(session, who, now, claim_id, body)
    return await views.show_claim(session, who, now, claim)


@commands.post("/api/claims/{claim_id}/cancellation", **right("cancel"))
async def cancel_claim(claim_id: UUID, body: schemas.Cancellation, who: Who, session: Session, now: Now) -> ClaimAnswer:
    """End a claim that was not paid; what was set aside is free again (FU-7)."""
    claim = await claims.cancel_claim(session, who, now, claim_id, body)
    return await views.show_claim(session, who, now, claim)


@commands.post("/api/claims/{claim_id}/recovery", **right("recover"))
async def recover_payment(claim_id: UUID, body: schemas.Recovery, who: Who, session: Session, now: Now) -> ClaimAnswer:
    """Money came back and is booked back (FU-3)."""
    claim = await payments.recover_payment(session, who, now, claim_id, body)
    return await views.show_claim(session, who, now, claim)


@commands.post("/api/claims/{claim_id}/re-examination", **right("settle_re_examination"))
async def settle_re_examination(
    claim_id: UUID, body: schemas.ReExamination, who: Who, session: Session, now: Now
) -> ClaimAnswer:
    """A person looked: the claim stands although the recognition behind it changed (ID-9)."""
    claim = await claims.settle_re_examination(session, who, now, claim_id, body)
    return await views.show_claim(session, who, now, claim)
