"""The same outer paper counts once (FU-2, FU-3, FU-4, FU-7). The database refuses a second; here the first is named.

A lock on the paper's key makes the second of two wait for the first, so that it can name it.
"""

from typing import Literal
from uuid import UUID

from chassis.errors import NotPossible
from chassis.unit_of_work import UnitOfWork
from sqlalchemy import ColumnElement, func, or_, select

from fund.domain.claims import UNPAID_ENDS
from fund.domain.drafts import Draft
from fund.tables import Claim, Paper

Use = Literal["money_in", "bank_payment", "bank_return"]


async def require_free(uow: UnitOfWork, use: Use, reference: str, *, taker: UUID | None = None) -> None:
    """NotPossible `paper_used` with the entry or the order that has this paper, unless it is the taker itself."""
    await _lock(uow, use, reference)
    living = select(Paper.holder).where(Paper.use == use, Paper.key == func.paper_key(reference), ~Paper.void)
    holder = await uow.session.scalar(living)
    if holder not in (None, taker):
        raise _used("order_id" if use == "bank_payment" else "entry_id", holder)


async def require_free_of_claims(
    uow: UnitOfWork, kind: str, case_id: UUID, draft: Draft, *, taker: UUID | None = None
) -> None:
    """NotPossible `paper_used` with the claim that rests on this receipt or decision.

    A decision that awards several persons is one of each of their cases, where every claim is marked so. For people of
    the Fund alone, who see every claim.
    """
    if draft.document is None:
        return
    await _lock(uow, kind, draft.document)
    living = select(Claim.id).where(
        func.paper_key(Claim.document) == func.paper_key(draft.document),
        Claim.kind == kind,
        Claim.state.not_in(UNPAID_ENDS),
    )
    if kind == "compensation" and draft.shared_decision:
        living = living.where(_excludes_a_shared_one(case_id))
    if taker is not None:
        living = living.where(Claim.id != taker)
    if (found := await uow.session.scalar(living.limit(1))) is not None:
        raise _used("claim_id", found)


def _excludes_a_shared_one(case_id: UUID) -> ColumnElement[bool]:
    return or_(Claim.case_id == case_id, ~Claim.shared_decision)


async def _lock(uow: UnitOfWork, use: str, reference: str) -> None:
    key = func.concat(use, " ", func.paper_key(reference))
    await uow.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))


def _used(what: str, holder: UUID | None) -> NotPossible:
    return NotPossible("paper_used", "This paper was recorded already.", facts={what: holder})
