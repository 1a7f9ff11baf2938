"""What shelter does on events of a case: age, consent, negative decisions, withdrawal, departure.

Each reads what goes on in all cases of its list by one statement a table, decides case by case, and writes it together.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from casework.endings import CASE_WITHDRAWN, WITHDRAWN
from chassis.database import update_alike
from chassis.unit_of_work import UnitOfWork
from nrm_events import Envelope, identification, repatriation
from nrm_events.identification import ConsentWithdrawn
from nrm_events.shelter import ConsentWithdrawalAcknowledged
from sqlalchemy import select

from shelter.domain.care import PLACE_PURPOSES, SUPPORT_PURPOSES
from shelter.domain.stays import WAITING, category_of
from shelter.facts.grants import Grants, addressees_of, grants_of, purposes_agreed, stays_of
from shelter.tables import CaseFacts, Handover, Stay, StayAddressee
from shelter.use_cases import handovers, re_examination
from shelter.use_cases.aggregate import audit_stay
from shelter.use_cases.endings import Endings, write_alike
from shelter.use_cases.requests import end_request
from shelter.use_cases.residence import end_stay


async def person_facts_changed(uow: UnitOfWork, events: Sequence[Envelope[identification.PersonFacts]]) -> None:
    """ID-5: age was established or corrected. An offer and a stay go on, and a person checks whether they still fit."""
    changed = await _changed(uow, events)
    grants = await stays_of(uow, [facts.case_id for facts in changed])
    _follow_ages(uow, changed, grants)
    write_alike(grants)


async def _changed(
    uow: UnitOfWork, events: Iterable[Envelope[identification.PersonFacts]]
) -> list[identification.PersonFacts]:
    """The events that changed an age; the others state what was known before."""
    facts = [event.data for event in events]
    known = select(CaseFacts.case_id, CaseFacts.age_changed_at).where(CaseFacts.case_id.in_([f.case_id for f in facts]))
    since = dict((await uow.session.execute(known)).tuples().all())
    return [one for one in facts if since.get(one.case_id) == one.effective_at]


def _follow_ages(uow: UnitOfWork, changed: Iterable[identification.PersonFacts], grants: Mapping[UUID, Grants]) -> None:
    for facts in changed:
        for stay in grants[facts.case_id].stays:
            if stay.age_group != facts.age_group:
                _change_age(uow, stay, facts.age_group, facts.effective_at)


async def recognised(
    uow: UnitOfWork, events: Sequence[Envelope[identification.VictimPresumed | identification.VictimIdentified]]
) -> None:
    """ID-5, ID-9: the age of the person as always; and the new recognition carries what the old one did."""
    grants = await grants_of(uow, [event.data.case_id for event in events])
    _follow_ages(uow, await _changed(uow, events), grants)
    for event in events:
        re_examination.settle_by_recognition(uow, grants[event.data.case_id], event.data.effective_at)
    write_alike(grants)


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
    await _look_again(uow, events, "identification_declined")


async def recognition_revoked(uow: UnitOfWork, events: Sequence[Envelope[identification.RecognitionRevoked]]) -> None:
    """ID-9: a person looks again at what was granted; nothing is cancelled by the event."""
    await _look_again(uow, events, "recognition_revoked")


async def _look_again(
    uow: UnitOfWork,
    events: Sequence[Envelope[identification.IdentificationDeclined | identification.RecognitionRevoked]],
    reason: str,
) -> None:
    grants = await grants_of(uow, [event.data.case_id for event in events])
    for event in events:
        re_examination.require_of_case(uow, grants[event.data.case_id], event.data.effective_at, reason)
    write_alike(grants)


async def consent_withdrawn(uow: UnitOfWork, events: Sequence[Envelope[ConsentWithdrawn]]) -> None:
    """ID-12: requests and hand-overs that rested on the consent end, and the end is acknowledged.

    Nobody who moved in is put out (SH-3): the operator of a stay serves until the person leaves. Another consent to the
    same recipient of such a purpose that still stands leaves everything as it is.
    """
    ends = [event.data for event in events]
    rested = [withdrawn for withdrawn in ends if withdrawn.purpose in SUPPORT_PURPOSES]
    cases = [withdrawn.case_id for withdrawn in rested]
    agreed = await purposes_agreed(uow, cases, [withdrawn.recipient for withdrawn in rested])
    grants = await grants_of(uow, cases)
    requests = [stay for case_id in cases for stay in grants[case_id].stays if stay.state != "admitted"]
    addressees = await addressees_of(uow, requests)
    endings = await Endings.of(uow, requests)
    for withdrawn in ends:
        standing = agreed[withdrawn.case_id, withdrawn.recipient]
        if _rested_on(withdrawn, PLACE_PURPOSES, standing):
            for stay in grants[withdrawn.case_id].stays:
                _end_request(uow, endings, withdrawn, stay=stay, rows=addressees[stay.id])
        if _rested_on(withdrawn, SUPPORT_PURPOSES, standing):
            _end_handovers(uow, endings, withdrawn, grants[withdrawn.case_id].handovers)
        acknowledged = ConsentWithdrawalAcknowledged(
            effective_at=withdrawn.effective_at, case_id=withdrawn.case_id, consent_id=withdrawn.consent_id
        )
        uow.emit(acknowledged)
    write_alike(grants)
    update_alike(row for rows in addressees.values() for row in rows)
    await endings.write(uow)


def _rested_on(withdrawn: ConsentWithdrawn, purposes: Collection[str], standing: Collection[str]) -> bool:
    """Whether the consent was the last to this recipient of these purposes."""
    return withdrawn.purpose in purposes and not any(purpose in purposes for purpose in standing)


def _end_request(
    uow: UnitOfWork, endings: Endings, withdrawn: ConsentWithdrawn, *, stay: Stay, rows: Sequence[StayAddressee]
) -> None:
    mine = next((row for row in rows if row.operator == withdrawn.recipient), None)
    if mine is None or stay.state == "admitted":
        return
    at, reasons = max(withdrawn.effective_at, stay.last_act_at), ["consent_withdrawn"]
    mine.refused_at, mine.reasons = mine.refused_at or at, mine.reasons or reasons
    if stay.state == "offered" and stay.operator == withdrawn.recipient:
        end_request(uow, endings, stay, action="decline", at=at, reasons=reasons)
    elif stay.state != "offered" and all(row.refused_at for row in rows):
        end_request(uow, endings, stay, action="refuse", at=at, reasons=reasons)
    else:
        endings.bases.operator_answered_no(stay, withdrawn.recipient)
        audit_stay(uow, stay, "withdraw_one", at, reasons=reasons)


def _end_handovers(uow: UnitOfWork, endings: Endings, withdrawn: ConsentWithdrawn, rows: Iterable[Handover]) -> None:
    for handover in rows:
        if handover.to_agency != withdrawn.recipient:
            continue
        if handover.state == "requested":
            _end_unanswered(uow, endings, handover, withdrawn.effective_at)
        elif handover.state == "acknowledged" and withdrawn.because == "withdrawn":
            # Support outlives a case that closed: who serves ends it.
            _end_support(uow, endings, handover, at=withdrawn.effective_at, reason="consent_withdrawn")


def _end_unanswered(uow: UnitOfWork, endings: Endings, handover: Handover, at: datetime) -> None:
    handovers.end_unanswered(uow, endings.bases, handover, max(at, handover.requested_at))


def _end_support(uow: UnitOfWork, endings: Endings, handover: Handover, *, at: datetime, reason: str) -> None:
    at = max(at, handover.acknowledged_at or handover.requested_at)
    handovers.end_support(uow, endings.bases, handover, at=at, reason=reason)


async def departed(uow: UnitOfWork, events: Sequence[Envelope[repatriation.Departed]]) -> None:
    """The person left the country: a stay ends as repatriated, and no place is looked for any more (SH-2)."""
    grants = await stays_of(uow, [event.data.case_id for event in events])
    endings = await Endings.of(uow, [stay for of_case in grants.values() for stay in of_case.stays])
    for event in events:
        for stay in grants[event.data.case_id].stays:
            at = max(event.data.effective_at, stay.last_act_at)
            if stay.state == "admitted":
                end_stay(uow, endings, stay, at=at, how="repatriated")
            else:
                _look_no_longer(uow, endings, stay, at=at, reason=CASE_WITHDRAWN)
    write_alike(grants)
    await endings.write(uow)


async def case_closed(uow: UnitOfWork, events: Sequence[Envelope[identification.CaseClosed]]) -> None:
    """The case ended: nobody looks for a place or support, and who was requested loses sight (SH-2, SH-8).

    Nobody is put out (SH-3): where the person withdrew, support ends too, and the operator looks again at the stay.
    """
    grants = await grants_of(uow, [event.data.case_id for event in events])
    endings = await Endings.of(uow, [stay for of_case in grants.values() for stay in of_case.stays])
    for event in events:
        _close(uow, endings, grants[event.data.case_id], event.data)
    write_alike(grants)
    await endings.write(uow)


def _close(uow: UnitOfWork, endings: Endings, grants: Grants, closed: identification.CaseClosed) -> None:
    withdrawn = closed.outcome == WITHDRAWN
    for stay in grants.stays:
        if stay.state != "admitted":
            at, reason = max(closed.effective_at, stay.last_act_at), CASE_WITHDRAWN if withdrawn else "case_closed"
            _look_no_longer(uow, endings, stay, at=at, reason=reason)
    for handover in grants.unanswered:
        _end_unanswered(uow, endings, handover, closed.effective_at)
    if withdrawn:
        for handover in grants.supports:
            _end_support(uow, endings, handover, at=closed.effective_at, reason=CASE_WITHDRAWN)
        re_examination.require_of_case(uow, grants, closed.effective_at, CASE_WITHDRAWN)


def _look_no_longer(uow: UnitOfWork, endings: Endings, stay: Stay, *, at: datetime, reason: str) -> None:
    action = "decline" if stay.state == "offered" else "refuse"
    end_request(uow, endings, stay, action=action, at=at, reasons=[reason])
