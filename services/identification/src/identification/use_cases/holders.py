"""Change of holder: offered, accepted with the person's consent or by law; both histories stay (ID-20)."""

from datetime import datetime
from uuid import UUID

from casework import access, agencies, aggregate
from casework.access import Access
from casework.bases import HOLDER, requested
from chassis.clock import new_id
from chassis.errors import NotFound, NotPossible
from nrm_events.identification import HolderChanged
from nrm_events.taking_part import is_police
from sqlalchemy import select

from identification import facts
from identification.commands import AnswerHolderOffer, DeclineHolder, OfferHolder
from identification.domain import holders as rules
from identification.domain.cases import check_going
from identification.resources import Work
from identification.tables import Case, HolderOffer
from identification.use_cases import cases
from identification.use_cases.consents import check_details


async def offer(uow: Work, case_id: UUID, command: OfferHolder) -> Case:
    """Request another agency to hold the case; it may know of the case while it has not answered (ID-20).

    Police only where the case was handed over (ID-7).
    """
    case = await cases.load_going(uow, case_id, for_="offer_holder")
    rules.check_ground(command.ground, command.consent is not None, command.legal_reference)
    await agencies.check_takes_part(uow, command.to, "body.to")
    police = is_police(await agencies.kind(uow, command.to))
    handed_over = await facts.was_handed_over(uow, case.id)
    rules.check_new_holder(command.to, case.holder, police=police, handed_over=handed_over)
    at = uow.effective(command.happened_at, not_before=case.reported_at)
    if command.consent is not None:
        await check_details(uow, case, command.consent, at)
    row = HolderOffer(
        id=new_id(),
        case_id=case.id,
        to=command.to,
        offered_by=uow.actor.agency,
        ground=command.ground,
        legal_reference=command.legal_reference,
        consent=command.consent.model_dump() if command.consent else None,
        state="offered",
        version=1,
        offered_at=at,
    )
    uow.session.add(row)
    await uow.session.flush()
    await access.grant(uow, [Access(case.id, row.to, requested("holder", row.id), at)])
    cases.audit(uow, case, "offer_holder", at, subject=f"holder-offer/{row.id}", to=row.to, ground=row.ground)
    return case


async def accept(uow: Work, case_id: UUID, offer_id: UUID, command: AnswerHolderOffer) -> Case:
    """The agency holds the case from now on; the former holder does no more (ID-20).

    The person's consent is weighed again: whoever counts as a child by now did not agree alone (ID-12).
    """
    row = await _offer(uow, case_id, offer_id, for_="accept_holder")
    case = await _answered(uow, row, "accepted", command.happened_at)
    check_going(case.status, "accept_holder")
    rules.check_word_carries(row.given_by, case.age_group)
    at = row.answered_at or uow.now
    previous, case.holder = case.holder, row.to
    await access.revoke_by(uow, case.id, HOLDER.name)
    await access.grant(uow, [Access(case.id, row.to, HOLDER, at)])
    uow.emit(HolderChanged(effective_at=at, case_id=case.id, holder=row.to, previous=previous))
    case.referral_awaited = case.referral_awaited and None  # whoever must hand over has changed: awaited anew
    await cases.settle_consent(uow, case, at)
    subject = f"holder-offer/{row.id}"
    cases.audit(uow, case, "accept_holder", at, subject=subject, holder=row.to, previous=previous)
    return case


async def decline(uow: Work, case_id: UUID, offer_id: UUID, command: DeclineHolder) -> Case:
    """The agency declines to hold the case, and knows of it no more by this request (ID-20)."""
    row = await _offer(uow, case_id, offer_id, for_="decline_holder")
    case = await _answered(uow, row, "declined", command.happened_at)
    row.reason = command.reason
    at = row.answered_at or uow.now
    cases.audit(uow, case, "decline_holder", at, subject=f"holder-offer/{row.id}", reason=row.reason)
    return case


async def withdraw(uow: Work, case_id: UUID, offer_id: UUID, command: AnswerHolderOffer) -> Case:
    """The holder takes the offer back before it is answered (ID-20)."""
    row = await _offer(uow, case_id, offer_id, for_="withdraw_holder_offer")
    case = await _answered(uow, row, "withdrawn", command.happened_at)
    cases.audit(uow, case, "withdraw_holder_offer", row.answered_at or uow.now, subject=f"holder-offer/{row.id}")
    return case


async def withdraw_open_offer(uow: Work, case: Case, at: datetime) -> None:
    """A case that ends is offered to nobody any more."""
    waiting = select(HolderOffer).where(HolderOffer.case_id == case.id, HolderOffer.state == "offered")
    for row in await uow.session.scalars(waiting.with_for_update()):
        row.state, row.answered_at = "withdrawn", at
        await access.revoke_by(uow, case.id, "asked", row.id)


async def _offer(uow: Work, case_id: UUID, offer_id: UUID, *, for_: str) -> HolderOffer:
    row = await aggregate.load(uow, HolderOffer, offer_id, for_=for_)
    answers = for_ in ("accept_holder", "decline_holder")
    if row.case_id != case_id or (answers and row.to != uow.actor.agency):
        raise NotFound
    if row.state != "offered":
        raise NotPossible(
            "already_answered", "The offer was answered or withdrawn already.", facts={"state": row.state}
        )
    return row


async def _answered(uow: Work, row: HolderOffer, state: str, happened_at: datetime | None) -> Case:
    row.state, row.version = state, row.version + 1
    row.answered_at = uow.effective(happened_at, not_before=row.offered_at)
    await access.revoke_by(uow, row.case_id, "asked", row.id)
    return await uow.session.get_one(Case, row.case_id, with_for_update=True)
