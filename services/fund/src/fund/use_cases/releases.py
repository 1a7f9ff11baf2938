"""The release of a payment order by a third person: whether it is possible, and the act (FU-6, FU-7)."""

from dataclasses import dataclass
from uuid import UUID

from casework import access
from casework.aggregate import load
from chassis.unit_of_work import UnitOfWork
from nrm_events.fund import PaymentOrdered
from sqlalchemy import select

from fund.commands import ReleasePayment
from fund.tables import Claim, PaymentOrder
from fund.use_cases.aggregate import about, audit, decide, transition


@dataclass(frozen=True)
class PendingOrder:
    """The order whose payee identification opens, and the version of the claim for which it is written (FU-6)."""

    case_id: UUID
    order_id: UUID
    version: int
    payee: str


async def pending(uow: UnitOfWork, claim_id: UUID, command: ReleasePayment) -> PendingOrder | None:
    """Whether this person could release the claim now; the order's id is the same at every try (FU-6)."""
    claim = await load(uow, Claim, claim_id, for_="release", read=command)
    await decide(uow, claim, "release", command.happened_at)
    assert claim.order_id is not None  # noqa: S101  # set by the reservation that the machine just required
    return PendingOrder(claim.case_id, claim.order_id, claim.version, claim.payee)


async def released(uow: UnitOfWork, claim_id: UUID, command: ReleasePayment) -> PendingOrder | None:
    """The order that this person has released already, for a repeated request; None when there is none."""
    visible = access.visible(uow, Claim.case_id, for_="release")
    claim = await uow.session.scalar(select(Claim).where(Claim.id == claim_id, visible))
    if claim is None or claim.order_id is None or claim.released_by != uow.actor.sub:
        return None
    return PendingOrder(claim.case_id, claim.order_id, claim.version, claim.payee)


async def release(uow: UnitOfWork, claim_id: UUID, command: ReleasePayment) -> Claim:
    """A third person releases the order of what was approved, and of nothing else (FU-6, FU-7)."""
    claim = await load(uow, Claim, claim_id, for_="release", read=command)
    at = await decide(uow, claim, "release", command.happened_at)
    assert claim.order_id is not None  # noqa: S101  # set by the reservation that the machine just required
    uow.session.add(
        PaymentOrder(
            id=claim.order_id,
            claim_id=claim.id,
            amount_qepik=claim.amount_qepik,
            released_by=uow.actor.sub,
            effective_at=at,
        )
    )
    claim.released_by = uow.actor.sub
    transition(claim, "release", at)
    await uow.session.flush()
    uow.emit(PaymentOrdered(**about(claim, at), order_id=claim.order_id))
    audit(uow, "release", claim, order_id=claim.order_id, amount_qepik=claim.amount_qepik)
    return claim
