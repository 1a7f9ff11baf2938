"""Claims as their readers see them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from chassis import answers, audit
from chassis.actor import Actor
from chassis.errors import Invalid, NotFound
from chassis.machine import Possible
from chassis.paging import page
from chassis.rights import may
from sqlalchemy import ColumnElement, func, or_, select
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
    if "settle_re_examination" in held:  # possible in every state, so it is no transition
        why_not = None if claim.re_examine_since else "no_re_examination_open"
        possible.append(Possible("settle_re_examination", why_not is None, why_not))
    return ClaimAnswer(
        **{name: getattr(claim, name) for name in _STORED},
        missing_qepik=missing(facts.free_qepik, claim.amount_qepik) if claim.state == "approved" else 0,
        approval=claim.approved_digest,
        orders=[_show_order(order) for order in orders],
        actions=answers.actions(possible),
    )


def _show_order(order: PaymentOrder) -> OrderAnswer:
    return OrderAnswer(**{name: getattr(order, name) for name in OrderAnswer.model_fields})


def conditions(
    who: Actor, *, case_id: UUID | None, kind: str | None, state: str | None, re_examine: bool | None, mine: bool | None
) -> list[ColumnElement[bool]]:
    """What a list of claims is asked for. Invalid `unknown_state`: a mistyped state is not an empty list."""
    if state is not None and state not in CLAIM.states:
        raise Invalid("unknown_state", "There is no such state of a claim.", facts={"known": list(CLAIM.states)})
    columns = ((Claim.case_id, case_id), (Claim.kind, kind), (Claim.state, state))
    found = [column == wanted for column, wanted in columns if wanted is not None]
    if re_examine is not None:
        found.append(Claim.re_examine_since.is_not(None) == re_examine)
    if mine is not None:
        found.append(_went_through(who.sub) == mine)
    return found


def _went_through(sub: str) -> ColumnElement[bool]:
    """FU-6: claims in which this person had a hand."""
    hands = (Claim.written_by, Claim.requested_by, Claim.approved_by, Claim.released_by)
    return or_(*(func.coalesce(hand, "") == sub for hand in hands))


async def list_claims(
    session: AsyncSession, who: Actor, conditions: Sequence[ColumnElement[bool]], limit: int, after: UUID | None
) -> tuple[list[ClaimSummary], UUID | None]:
    """Claims that the actor may see, newest first."""
    asked = select(Claim).where(visible(who), *conditions)
    rows, following = await page(session, asked, Claim.id, limit, after)
    return [ClaimSummary(**{name: getattr(row, name) for name in _LINE}) for row in rows], following


async def claim_history(session: AsyncSession, who: Actor, claim_id: UUID) -> answers.History:
    """The acts on a claim, newest first, by role and agency."""
    claim = await find_claim(session, who, claim_id)
    return answers.history(await audit.history(session, subject=f"claim/{claim.id}"))
