"""What the rules of the Fund read. Commands decide by it, answers show it.

Whether a claim counts is read from the list of recognitions and from nothing else (FU-8, ID-11).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from chassis.errors import NotFound
from chassis.unit_of_work import UnitOfWork
from sqlalchemy import exists, func, or_, select

from fund import parameters
from fund.domain.claims import APPROVED_STATES, RESERVING_STATES, UNPAID_ENDS, Facts, Recognition, counts
from fund.domain.ledger import FREE, Posting
from fund.domain.limits import Granted, Limit, any_exceeded
from fund.tables import Account, CaseRecognition, Claim, Entry, LedgerPosting, OpenedCase, PaymentOrder


async def case_opened_at(uow: UnitOfWork, case_id: UUID) -> datetime:
    """When the case was opened. NotFound for a case that no event opened."""
    opened_at: datetime | None = await uow.session.scalar(
        select(OpenedCase.opened_at).where(OpenedCase.case_id == case_id)
    )
    if opened_at is None:
        raise NotFound
    return opened_at


async def is_childs(uow: UnitOfWork, case_id: UUID) -> bool:
    """Whether the person of the case is a child, or counts as one in doubt (ID-5)."""
    group = await uow.session.scalar(select(OpenedCase.age_group).where(OpenedCase.case_id == case_id))
    return group == "child"


async def is_withdrawn(uow: UnitOfWork, case_id: UUID) -> bool:
    """Whether the person withdrew from the mechanism, and the case was not reopened since."""
    case = exists().where(OpenedCase.case_id == case_id, OpenedCase.withdrawn_at.is_not(None))
    return bool(await uow.session.scalar(select(case)))


async def payee_revision(uow: UnitOfWork, case_id: UUID) -> int:
    """How often whoever is paid for the case changed (FU-6)."""
    revision = select(OpenedCase.payee_revision).where(OpenedCase.case_id == case_id)
    return await uow.session.scalar(revision) or 0


async def recognitions(uow: UnitOfWork, case_id: UUID) -> Sequence[Recognition]:
    """The case's list of recognitions (FU-8)."""
    rows = await uow.session.scalars(select(CaseRecognition).where(CaseRecognition.case_id == case_id))
    return [Recognition(row.recognition_id, row.kind, row.since, row.revoked_at) for row in rows]


async def about_claim(uow: UnitOfWork, claim: Claim, moment: datetime, free_qepik: int) -> Facts:
    """What the rules look at on that day. Money that this claim has set aside already counts as free for it."""
    own = claim.amount_qepik if claim.state in RESERVING_STATES else 0
    accepted = parameters.accepted_recognitions(claim.kind, moment)
    ceilings, above = _limits(parameters.ceilings(moment)), _limits(parameters.second_approver_above(moment))
    new = Granted(claim.kind, claim.purpose, claim.amount_qepik, moment)
    granted = await _granted(uow, claim)
    approved_now = replace(claim.terms(), payee_revision=await payee_revision(uow, claim.case_id))
    has_ceiling = any(new.is_of(use) for use, _ in ceilings)
    return Facts(
        kind=claim.kind,
        amount_qepik=claim.amount_qepik,
        hands=claim.hands(),
        counts=counts(await recognitions(uow, claim.case_id), accepted, moment),
        over_ceiling=any_exceeded(ceilings, new, granted),
        pays_a_child=claim.payee == "person" and await is_childs(uow, claim.case_id),
        needs_second_approver=not has_ceiling and any_exceeded(above, new, granted),
        free_qepik=free_qepik + own,
        re_examine=claim.re_examine_since is not None,
        approval_holds=claim.approved_digest in (None, approved_now.digest()),
        order_at_bank=await _has_an_order(uow, claim),
        paid_by_earlier_order=claim.overpaid_qepik > claim.recovered_qepik,
        revives_withdrawn=claim.state in UNPAID_ENDS and await is_withdrawn(uow, claim.case_id),
    )


def _limits(rows: parameters.LimitRows) -> list[tuple[str, Limit]]:
    return [(use, Limit(**row)) for use, row in rows.items()]


async def _granted(uow: UnitOfWork, claim: Claim) -> Sequence[Granted]:
    """What other claims of the person were approved for and not recovered; stable while the case is locked (FU-2)."""
    others = select(Claim).where(
        Claim.case_id == claim.case_id,
        Claim.id != claim.id,
        or_(Claim.state.in_(APPROVED_STATES), Claim.overpaid_qepik > 0),
    )
    return [
        Granted(row.kind, row.purpose, row.granted_qepik(), row.approved_at or row.effective_at)
        for row in await uow.session.scalars(others)
    ]


async def free_money(uow: UnitOfWork) -> int:
    """Free money in qəpik, to show; it may change at any time."""
    return await uow.session.scalar(select(Account.balance_qepik).where(Account.name == FREE)) or 0


async def lock_free_money(uow: UnitOfWork) -> int:
    """Free money in qəpik, locked until the transaction ends, so that two acts never spend the same (FU-5)."""
    free: int = await uow.session.scalar(select(func.free_money())) or 0
    return free


async def _has_an_order(uow: UnitOfWork, claim: Claim) -> bool:
    """Whether the bank may still confirm an order of the claim (FU-7)."""
    unpaid = exists().where(PaymentOrder.claim_id == claim.id, PaymentOrder.outcome.is_distinct_from("paid"))
    return bool(await uow.session.scalar(select(unpaid)))


async def living_order(uow: UnitOfWork, claim: Claim) -> PaymentOrder:
    """The payment order of the claim that the bank has to settle or has settled (FU-7)."""
    return (await uow.session.scalars(select(PaymentOrder).where(PaymentOrder.id == claim.order_id))).one()


async def order_of(uow: UnitOfWork, claim: Claim, order_id: UUID | None) -> PaymentOrder:
    """This order of the claim, or its newest one. NotFound for an order of another claim."""
    orders = select(PaymentOrder).where(PaymentOrder.claim_id == claim.id).order_by(PaymentOrder.number.desc())
    found = await uow.session.scalar(
        (orders if order_id is None else orders.where(PaymentOrder.id == order_id)).limit(1)
    )
    if found is None:
        raise NotFound
    return found


async def other_allowance(uow: UnitOfWork, claim: Claim) -> Claim | None:
    """The allowance of the case that took the place of this cancelled one, locked (FU-1)."""
    if claim.kind != "allowance" or claim.state not in UNPAID_ENDS:
        return None
    living = select(Claim).where(
        Claim.case_id == claim.case_id, Claim.kind == "allowance", Claim.state.not_in(UNPAID_ENDS)
    )
    found: Claim | None = await uow.session.scalar(living.with_for_update())
    return found


async def newest_entry(uow: UnitOfWork, claim: Claim, kind: str) -> UUID | None:
    """The newest entry of this kind in the claim's life, if there is one (FU-5)."""
    newest = select(Entry.id).where(Entry.claim_id == claim.id, Entry.kind == kind).order_by(Entry.id.desc()).limit(1)
    found: UUID | None = await uow.session.scalar(newest)
    return found


async def entry(uow: UnitOfWork, entry_id: UUID) -> Entry:
    """NotFound for an entry that does not exist."""
    found = await uow.session.get(Entry, entry_id)
    if found is None:
        raise NotFound
    return found


async def is_reversed(uow: UnitOfWork, entry_id: UUID) -> bool:
    """Whether another entry corrects this one (FU-5)."""
    return bool(await uow.session.scalar(select(exists().where(Entry.reverses == entry_id))))


async def postings(uow: UnitOfWork, entry_id: UUID) -> list[Posting]:
    """Both sides of an entry (FU-5)."""
    rows = await uow.session.scalars(select(LedgerPosting).where(LedgerPosting.entry_id == entry_id))
    return [Posting(row.account, row.amount_qepik) for row in rows]
