"""What identification does when other services' events come: support begins, withdrawals are acknowledged (ID-12)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

from casework import access, projection
from casework.submissions import answer_each
from chassis.bulk import as_lists, insert_lists
from chassis.database import among
from nrm_events import SERVICES, Envelope, exchange, fund, notify, repatriation, shelter
from nrm_events.identification import SubmissionAnswered
from sqlalchemy import Table, func, or_, select, tuple_, update

from identification.commands import Acknowledge
from identification.domain.cases import CASE
from identification.resources import Work
from identification.tables import Case, Consent, ConsentAcknowledgement
from identification.use_cases import cases, consents, handover, referred

_ACKNOWLEDGE = insert_lists(
    cast(Table, ConsentAcknowledgement.__table__), "consent_id", "service", "acknowledged_at"
).on_conflict_do_nothing()
Support = shelter.ShelterAdmitted | shelter.HandoverAcknowledged | fund.PaymentMade
Acknowledgement = (
    shelter.ConsentWithdrawalAcknowledged
    | fund.ConsentWithdrawalAcknowledged
    | repatriation.ConsentWithdrawalAcknowledged
    | notify.ConsentWithdrawalAcknowledged
    | exchange.ConsentWithdrawalAcknowledged
)


async def handover_acknowledged(uow: Work, events: Sequence[Envelope[shelter.HandoverAcknowledged]]) -> None:
    """The recipient serves the person from now on, unless they took its last consent back meanwhile (SH-8, ID-12)."""
    withdrawn = await consents.support_withdrawn(uow, {event.data.case_id: event.data.to for event in events})
    ended = [event.data for event in events if event.data.case_id in withdrawn]
    await access.revoke_each(uow, [access.Ended(taken.case_id, "asked", taken.handover_id) for taken in ended])
    await projection.handover_acknowledged(uow, [event for event in events if event.data.case_id not in withdrawn])


async def support_began(uow: Work, events: Sequence[Envelope[Support]]) -> None:
    """The first help after recognition makes the case `supported` (ID-8)."""
    since = {event.data.case_id: event.data.effective_at for event in events}
    recognised = select(Case).where(Case.id.in_(since), Case.status == "recognised")
    for case in await uow.session.scalars(recognised.order_by(Case.id).with_for_update()):
        case.status = CASE.after(case.status, "support")
        cases.audit(uow, case, "support", since[case.id])


async def withdrawal_acknowledged(uow: Work, events: Sequence[Envelope[Acknowledgement]]) -> None:
    """A service has ended what rested on a withdrawn consent (ID-12)."""
    await _store(uow, {event.data.consent_id: (event.data.service, event.data.effective_at) for event in events})


async def _store(uow: Work, by_consent: Mapping[UUID, tuple[str, datetime | None]]) -> None:
    """The first acknowledgement of a consent that we know stands."""
    rows = []
    for id_ in await uow.session.scalars(select(Consent.id).where(Consent.id.in_(by_consent))):
        who, at = by_consent[id_]
        rows.append({"consent_id": id_, "service": who, "acknowledged_at": at})
    if rows:
        await uow.session.execute(_ACKNOWLEDGE, as_lists(rows))
        await _settle_waiting(uow, by_consent)


async def withdrawal_sent(uow: Work, events: Sequence[Envelope[exchange.WithdrawalTold]]) -> None:
    """An agency's system was notified that a consent ended; staff see that it has not answered yet (ID-12)."""
    await _store(uow, {event.data.consent_id: (event.data.agency, None) for event in events})


async def agency_acknowledged(uow: Work, events: Sequence[Envelope[exchange.WithdrawalAcknowledged]]) -> None:
    """The agency let go of what rested on a withdrawn consent (ID-12)."""
    at = {(event.data.consent_id, event.data.agency): event.data.effective_at for event in events}
    row = ConsentAcknowledgement
    pending = select(row).where(tuple_(row.consent_id, row.service).in_(at), row.acknowledged_at.is_(None))
    for one in await uow.session.scalars(pending):
        one.acknowledged_at = at[one.consent_id, one.service]
    await uow.session.flush()
    await _settle_waiting(uow, {consent_id for consent_id, _ in at})


async def _settle_waiting(uow: Work, consents: Collection[UUID]) -> None:
    """Of a withdrawn consent, each service owes a row, and each agency whose system was notified owes its time."""
    row = ConsentAcknowledgement
    by_services = func.count().filter(row.service.in_(SERVICES), row.acknowledged_at.is_not(None))
    owed_by_agencies = func.count().filter(row.acknowledged_at.is_(None))
    waiting = select(or_(by_services < len(SERVICES) - 1, owed_by_agencies > 0)).where(row.consent_id == Consent.id)
    withdrawn = update(Consent).where(among(Consent.id, consents), Consent.withdrawn_at.is_not(None))
    await uow.session.execute(withdrawn.values(waits=waiting.scalar_subquery()))


async def referral_submitted(uow: Work, events: Sequence[Envelope[exchange.ReferralSubmitted]]) -> None:
    """An agency's system reports a person whom it described over HTTPS; it is answered (ID-1, ID-12)."""
    await answer_each(uow, events, SubmissionAnswered, referred.receive_referral)


async def referral_taken(uow: Work, events: Sequence[Envelope[exchange.ReferralTaken]]) -> None:
    """The system of the special police body takes the case that was handed over; it is answered (ID-7)."""

    async def decide(as_system: Work, submission: exchange.ReferralTaken) -> UUID:
        command = Acknowledge(happened_at=submission.effective_at)
        return (await handover.acknowledge(as_system, submission.case_id, command)).id

    await answer_each(uow, events, SubmissionAnswered, decide)
