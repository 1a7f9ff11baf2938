"""Claims as their readers see them."""

from datetime import datetime
from uuid import UUID

from chassis import answers, audit
from chassis.actor import Actor
from chassis.errors import NotFound
from chassis.paging import page
from chassis.rights import may
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from fund.domain.claims import CLAIM, refused_actions
from fund.domain.ledger import FREE, missing
from fund.queries.standing import facts_of, visible
from fund.rights import APPEAL_OUTCOMES, RIGHTS
from fund.schemas import ClaimAnswer, ClaimSummary, OrderAnswer
from fund.tables import Account, Claim, PaymentOrder

_LINE = tuple(ClaimSummary.model_fields)
_STORED = (
    *_LINE,
    "payee",
    "document",
    "recognition_id",
    "awarded_qepik",
    "from_property_qepik",
    "property_document",
    "reasons",
    "re_examine_reason",
)


async def find_claim(session: AsyncSession, who: Actor, claim_id: UUID) -> Claim:
    """NotFound for one that does not exist and for one that the actor may not know of: one answer for both."""
    claim = await session.scalar(select(Claim).where(Claim.id == claim_id, visible(who)))
    if claim is None:
        raise NotFound
    return claim


async def show_claim(session: AsyncSession, who: Actor, now: datetime, claim: Claim) -> ClaimAnswer:
    """The claim, its orders, and every action with the reason why it is not possible to this person now."""
    await session.flush()
    free = await session.scalar(select(Account.balance_qepik).where(Account.name == FREE)) or 0
    orders = await session.scalars(
        select(PaymentOrder).where(PaymentOrder.claim_id == claim.id).order_by(PaymentOrder.number)
    )
    held = may(RIGHTS, who)
    held |= APPEAL_OUTCOMES if "decide_appeal" in held else set()
    facts = await facts_of(session, claim, now, free)
    possible = CLAIM.list_actions(claim.state, refused_actions(facts, who.sub), may=held)
    return ClaimAnswer(
        **{name: getattr(claim, name) for name in _STORED},
        missing_qepik=missing(facts.free_qepik, claim.amount_qepik) if claim.state == "approved" else 0,
        approval=claim.approved_digest,
        orders=[_show_order(order) for order in orders],
        actions=answers.actions(possible),
    )


def _show_order(order: PaymentOrder) -> OrderAnswer:
    return OrderAnswer(**{name: getattr(order, name) for name in OrderAnswer.model_fields})


async def list_claims(
    session: AsyncSession,
    who: Actor,
    *,
    case_id: UUID | None,
    kind: str | None,
    state: str | None,
    re_examine: bool | None,
    limit: int,
    after: UUID | None,
) -> tuple[list[ClaimSummary], UUID | None]:
    """Claims that the actor may see, newest first."""
    asked = select(Claim).where(visible(who))
    for column, wanted in ((Claim.case_id, case_id), (Claim.kind, kind), (Claim.state, state)):
        if wanted is not None:
            asked = asked.where(column == wanted)
    if re_examine is not None:
        asked = asked.where(Claim.re_examine_since.is_not(None) == re_examine)
    rows, following = await page(session, asked, Claim.id, limit, after)
    return [ClaimSummary(**{name: getattr(row, name) for name in _LINE}) for row in rows], following


async def claim_history(session: AsyncSession, who: Actor, claim_id: UUID) -> answers.History:
    """The acts on a claim, newest first, by role and agency."""
    claim = await find_claim(session, who, claim_id)
    return answers.history(await audit.history(session, subject=f"claim/{claim.id}"))
