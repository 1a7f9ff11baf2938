"""The terms of a claim: drafted, and amended until it is ordered (FU-2, FU-3, FU-6)."""

from dataclasses import asdict, replace
from datetime import datetime
from uuid import UUID

from casework import access
from casework.aggregate import load
from casework.endings import CASE_WITHDRAWN
from chassis.clock import new_id
from chassis.unit_of_work import UnitOfWork
from nrm_events.fund import ApprovalVoided

from fund import facts, parameters
from fund.commands import AmendClaim, CreateClaim
from fund.domain import claims as rules
from fund.domain import drafts
from fund.domain.drafts import TERMS, Draft
from fund.tables import Claim
from fund.use_cases import papers
from fund.use_cases.aggregate import about, audit, back_to_draft, decide
from fund.use_cases.payments import set_free


async def create(uow: UnitOfWork, command: CreateClaim) -> Claim:
    """Draft a needs grant (FU-2) or a compensation (FU-3) for a case.

    A caseworker drafts needs grants only, for what the basis of the agency covers (ID-12); a compensation is the Fund's
    own.
    """
    if command.kind == "compensation":
        access.cell(uow, "claim_compensation")
    opened_at = await _lock_case(uow, command)
    wanted = Draft(**{name: getattr(command, name) for name in TERMS})
    if "payee" not in command.model_fields_set and await facts.is_childs(uow, command.case_id):
        wanted = replace(wanted, payee="representative")
    terms = _checked(command.kind, wanted, command.happened_at or uow.now)
    at = uow.effective(command.happened_at, not_before=opened_at)
    if access.cell(uow, "create_claim") is None:  # who may not see every claim learns nothing; submission checks it
        await papers.require_free_of_claims(uow, command.kind, command.case_id, terms)
    claim = Claim(
        id=new_id(),
        case_id=command.case_id,
        kind=command.kind,
        state=rules.CLAIM.start,
        version=1,
        recovered_qepik=0,
        reasons=[],
        written_by=uow.actor.sub,
        written_by_agency=uow.actor.agency,
        effective_at=at,
        recorded_at=uow.now,
        **asdict(terms),
    )
    uow.session.add(claim)
    audit(uow, "create_claim", claim, kind=claim.kind, amount_qepik=claim.amount_qepik)
    return claim


async def _lock_case(uow: UnitOfWork, command: CreateClaim) -> datetime:
    """When the case was opened. Access is checked again once the case is locked, so that it lasts until the end.

    NotFound for a case that no event opened, exactly as for one that the agency may not know of (ID-7). NotPossible
    `case_withdrawn`: the person wishes no further part, so nothing new is claimed (ID-9).
    """
    await access.require(uow, command.case_id, for_="create_claim")
    opened_at = await facts.case_opened_at(uow, command.case_id)
    await uow.lock(command.case_id)
    await access.require(uow, command.case_id, for_="create_claim")
    if command.purpose is not None and command.purpose not in rules.LEGAL_NEEDS:
        await access.require(uow, command.case_id, for_="claim_any_need")
    if await facts.is_withdrawn(uow, command.case_id):
        raise rules.refusal(CASE_WITHDRAWN)
    return opened_at


def _checked(kind: str, draft: Draft, at: datetime) -> Draft:
    """The draft, checked by the rules of that day."""
    return drafts.checked(kind, draft, parameters.needs(at) if kind == "needs_grant" else ())


async def amend(uow: UnitOfWork, claim_id: UUID, command: AmendClaim) -> Claim:
    """Change the terms (FU-6): an approval is void, money set aside is free again, the claim is a draft."""
    claim = await load(uow, Claim, claim_id, for_="amend", read=command)
    at = await decide(uow, claim, "amend", command.happened_at)
    terms = _amended(claim, command, at)
    await papers.require_free_of_claims(uow, claim.kind, claim.case_id, terms, taker=claim.id)
    voided = claim.approved_by is not None
    if voided:
        await set_free(uow, claim, at)
        uow.emit(ApprovalVoided(**about(claim, at)))
    for name, value in asdict(terms).items():
        setattr(claim, name, value)
    claim.written_by = uow.actor.sub  # the agency that drafted it goes on seeing it
    back_to_draft(claim, at)
    audit(uow, "amend", claim, voided=voided, amount_qepik=claim.amount_qepik)
    return claim


def _amended(claim: Claim, command: AmendClaim, at: datetime) -> Draft:
    """The stored terms with those of the command in their place."""
    changes = {name: value for name in TERMS if (value := getattr(command, name)) is not None}
    if claim.kind == "allowance" and changes.get("amount_qepik", claim.amount_qepik) != claim.amount_qepik:
        raise rules.refusal("amount_set_by_law")
    computed = {"amount_qepik": None} if claim.kind == "compensation" else {}
    return _checked(claim.kind, replace(claim.draft(), **(computed | changes)), at)
