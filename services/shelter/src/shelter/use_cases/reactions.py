"""What shelter does on events of a case: age, consent, negative decisions, withdrawal, departure."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from casework.endings import CASE_WITHDRAWN, WITHDRAWN
from chassis.unit_of_work import UnitOfWork
from nrm_events import Envelope, identification, repatriation
from nrm_events.identification import ConsentWithdrawn
from nrm_events.shelter import ConsentWithdrawalAcknowledged
from sqlalchemy import exists, select

from shelter.domain.care import PLACE_PURPOSES, SUPPORT_PURPOSES
from shelter.domain.stays import OPEN, WAITING, category_of
from shelter.tables import Agreement, CaseFacts, Handover, Stay
from shelter.use_cases import bases, handovers, re_examination
from shelter.use_cases.aggregate import addressees, audit_stay
from shelter.use_cases.requests import end_request
from shelter.use_cases.residence import end_stay


async def person_facts_changed(uow: UnitOfWork, events: Sequence[Envelope[identification.PersonFacts]]) -> None:
    """ID-5: age was established or corrected. An offer and a stay go on, and a person checks whether they still fit."""
    for event in events:
        facts = event.data
        known = await uow.session.get(CaseFacts, facts.case_id)
        if known is None or known.age_changed_at != facts.effective_at:
            continue  # the event states what was known before
        for stay in await _open_stays(uow, facts.case_id):
            if stay.age_group != facts.age_group:
                _change_age(uow, stay, facts.age_group, facts.effective_at)


async def recognised(
    uow: UnitOfWork, events: Sequence[Envelope[identification.VictimPresumed | identification.VictimIdentified]]
) -> None:
    """ID-5, ID-9: the age of the person as always; and the new recognition carries what the old one did."""
    await person_facts_changed(uow, events)
    for event in events:
        await re_examination.settle_by_recognition(uow, event.data.case_id, event.data.effective_at)


def _change_age(uow: UnitOfWork, stay: Stay, age_group: str, at: datetime) -> None:
    """Where nobody lives yet the category follows at once, so that no child gets an adult's place or days."""
    stay.age_group = age_group
    if stay.state != "admitted":
        stay.category = category_of(stay.category, age_group, stay.children)
    if stay.state in WAITING:
        stay.version += 1
        audit_stay(uow, stay, "change_category", at, category=stay.category)
    else:
        re_examination.require_of_stay(uow, stay, at, "age_group_changed")


async def identification_declined(
    uow: UnitOfWork, events: Sequence[Envelope[identification.IdentificationDeclined]]
) -> None:
    """ID-9: a person looks again at what was granted; nothing is cancelled by the event."""
    for event in events:
        await re_examination.require_of_case(
            uow, event.data.case_id, event.data.effective_at, "identification_declined"
        )


async def recognition_revoked(uow: UnitOfWork, events: Sequence[Envelope[identification.RecognitionRevoked]]) -> None:
    """ID-9: a person looks again at what was granted; nothing is cancelled by the event."""
    for event in events:
        await re_examination.require_of_case(uow, event.data.case_id, event.data.effective_at, "recognition_revoked")


async def _open_stays(uow: UnitOfWork, case_id: UUID) -> Sequence[Stay]:
    found = select(Stay).where(Stay.case_id == case_id, Stay.state.in_(OPEN)).order_by(Stay.id).with_for_update()
    return (await uow.session.scalars(found)).all()


async def consent_withdrawn(uow: UnitOfWork, events: Sequence[Envelope[ConsentWithdrawn]]) -> None:
    """ID-12: requests and hand-overs that rested on the consent end, and the end is acknowledged.

    Nobody who moved in is put out (SH-3): the operator of a stay serves until the person leaves. Another consent to the
    same recipient of such a purpose that still stands leaves everything as it is.
    """
    for event in events:
        withdrawn = event.data
        if await _rested_on(uow, withdrawn, PLACE_PURPOSES):
            await _end_requests(uow, withdrawn)
        if await _rested_on(uow, withdrawn, SUPPORT_PURPOSES):
            await _end_handovers(uow, withdrawn)
        acknowledged = ConsentWithdrawalAcknowledged(
            effective_at=withdrawn.effective_at, case_id=withdrawn.case_id, consent_id=withdrawn.consent_id
        )
        uow.emit(acknowledged)


async def _rested_on(uow: UnitOfWork, withdrawn: ConsentWithdrawn, purposes: Collection[str]) -> bool:
    """Whether the consent was the last to this recipient of these purposes."""
    if withdrawn.purpose not in purposes:
        return False
    standing = exists().where(
        Agreement.case_id == withdrawn.case_id,
        Agreement.recipient == withdrawn.recipient,
        Agreement.purpose.in_(sorted(purposes)),
    )
    return not await uow.session.scalar(select(standing))


async def _end_requests(uow: UnitOfWork, withdrawn: ConsentWithdrawn) -> None:
    for stay in await _open_stays(uow, withdrawn.case_id):
        rows = await addressees(uow, stay.id)
        mine = next((row for row in rows if row.operator == withdrawn.recipient), None)
        if mine is None or stay.state == "admitted":
            continue
        at, reasons = max(withdrawn.effective_at, stay.last_act_at), ["consent_withdrawn"]
        mine.refused_at, mine.reasons = mine.refused_at or at, mine.reasons or reasons
        if stay.state == "offered" and stay.operator == withdrawn.recipient:
            await end_request(uow, stay, "decline", at, reasons=reasons)
        elif stay.state != "offered" and all(row.refused_at for row in rows):
            await end_request(uow, stay, "refuse", at, reasons=reasons)
        else:
            await bases.operator_answered_no(uow, stay, withdrawn.recipient)
            audit_stay(uow, stay, "withdraw_one", at, reasons=reasons)


async def _end_handovers(uow: UnitOfWork, withdrawn: ConsentWithdrawn) -> None:
    rows = await uow.session.scalars(
        select(Handover)
        .where(Handover.case_id == withdrawn.case_id, Handover.to_agency == withdrawn.recipient)
        .with_for_update()
    )
    for handover in rows:
        if handover.state == "requested":
            await handovers.end_unanswered(uow, handover, max(withdrawn.effective_at, handover.requested_at))
        elif handover.state == "acknowledged" and withdrawn.because == "withdrawn":
            # Support outlives a case that closed: who serves ends it.
            await _end_support(uow, handover, withdrawn.effective_at, "consent_withdrawn")


async def _end_support(uow: UnitOfWork, handover: Handover, at: datetime, reason: str) -> None:
    await handovers.end_support(uow, handover, max(at, handover.acknowledged_at or handover.requested_at), reason)


async def departed(uow: UnitOfWork, events: Sequence[Envelope[repatriation.Departed]]) -> None:
    """The person left the country: a stay ends as repatriated, and no place is looked for any more (SH-2)."""
    for event in events:
        for stay in await _open_stays(uow, event.data.case_id):
            if stay.state == "admitted":
                await end_stay(uow, stay, max(event.data.effective_at, stay.last_act_at), "repatriated")
            else:
                await _look_no_longer(uow, stay, event.data.effective_at)


async def case_closed(uow: UnitOfWork, events: Sequence[Envelope[identification.CaseClosed]]) -> None:
    """The case ended: nobody looks for a place or support, and who was requested loses sight (SH-2, SH-8).

    Nobody is put out (SH-3): where the person withdrew, support ends too, and the operator looks again at the stay.
    """
    for event in events:
        withdrawn = event.data.outcome == WITHDRAWN
        for stay in await _open_stays(uow, event.data.case_id):
            if stay.state != "admitted":
                reason = CASE_WITHDRAWN if withdrawn else "case_closed"
                await _look_no_longer(uow, stay, event.data.effective_at, reason=reason)
        for handover in await _unanswered(uow, event.data.case_id):
            await handovers.end_unanswered(uow, handover, max(event.data.effective_at, handover.requested_at))
        if withdrawn:
            for handover in await re_examination.supports(uow, event.data.case_id):
                await _end_support(uow, handover, event.data.effective_at, CASE_WITHDRAWN)
            await re_examination.require_of_case(uow, event.data.case_id, event.data.effective_at, CASE_WITHDRAWN)


async def _unanswered(uow: UnitOfWork, case_id: UUID) -> Sequence[Handover]:
    waiting = select(Handover).where(Handover.case_id == case_id, Handover.state == "requested").with_for_update()
    return (await uow.session.scalars(waiting.order_by(Handover.id))).all()


async def _look_no_longer(uow: UnitOfWork, stay: Stay, at: datetime, *, reason: str = CASE_WITHDRAWN) -> None:
    action = "decline" if stay.state == "offered" else "refuse"
    await end_request(uow, stay, action, max(at, stay.last_act_at), reasons=[reason])
