"""Claims and their terms over HTTP (FU-2, FU-3)."""

from typing import Annotated
from uuid import UUID

from casework import answers
from casework.cases import CaseFound
from chassis import http
from chassis.paging import Page
from chassis.rights import right
from fastapi import Query

from fund.answers import ClaimAnswer, ClaimSummary
from fund.commands import AmendClaim, CreateClaim
from fund.resources import Uow
from fund.use_cases import claims
from fund.views import claims as views
from fund.views.filters import CaseFilter, ClaimFilter

commands = http.commands()
reads = http.reads()


@commands.post("/api/claims", status_code=201, **right("create_claim"))
async def create_claim(command: CreateClaim, uow: Uow) -> ClaimAnswer:
    """Draft a needs grant (FU-2) or a compensation (FU-3)."""
    return await views.show(uow, await claims.create(uow, command))


@reads.get("/api/cases", **right("find_case"))
async def find_case(uow: Uow, wanted: Annotated[CaseFilter, Query()]) -> Page[CaseFound]:
    """The case with this reference, or none: for whom a claim can be drafted (ID-7)."""
    return await views.find_case(uow, wanted)


@reads.get("/api/claims", **right("see_claims"))
async def list_claims(uow: Uow, wanted: Annotated[ClaimFilter, Query()]) -> Page[ClaimSummary]:
    """Claims that you may see, newest first (ID-12)."""
    return await views.list_claims(uow, wanted)


@reads.get("/api/claims/{claim_id}", **right("see_claims"))
async def read_claim(claim_id: UUID, uow: Uow) -> ClaimAnswer:
    """A claim with its money and what can be done now (FU-6)."""
    return await views.read(uow, claim_id)


@reads.get("/api/claims/{claim_id}/history", **right("see_claims"))
async def read_claim_history(claim_id: UUID, uow: Uow) -> answers.History:
    """The acts on a claim, by role and agency."""
    return await views.history(uow, claim_id)


@commands.post("/api/claims/{claim_id}/amendment", **right("amend"))
async def amend_claim(claim_id: UUID, command: AmendClaim, uow: Uow) -> ClaimAnswer:
    """Change the terms; an approval is void after it (FU-6)."""
    return await views.show(uow, await claims.amend(uow, claim_id, command))
