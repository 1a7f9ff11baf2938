"""Events of a case go to the agencies that may know of it, until the reason ends (ID-7, ID-12)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from casework.agencies import police_among
from casework.decreed_days import decree_each, moved_terms, working_days_for_term
from chassis.bulk import as_lists, insert_lists
from chassis.unit_of_work import UnitOfWork
from nrm_events import Envelope
from nrm_events.base import CaseEvent
from nrm_events.exchange import ConsentWithdrawalAcknowledged, WithdrawalDueMoved, WithdrawalTold
from nrm_events.identification import ConsentWithdrawn
from nrm_events.notify import CalendarDecreed
from sqlalchemy import delete, select

from exchange import facts
from exchange.domain.agreements import Agreement, Happened, cut, fields_to_store, is_handed_over
from exchange.parameters import days
from exchange.tables import Agency, Base, Withdrawal, Withheld
from exchange.use_cases.agency_outbound import Outbound

_AT_ONCE = 10_000
_WITHHELD = Base.metadata.tables[Withheld.__tablename__]
_WITHHOLD = insert_lists(
    _WITHHELD, *(column.name for column in _WITHHELD.columns if not column.primary_key)
).on_conflict_do_nothing()


async def share(uow: UnitOfWork, envelopes: Sequence[Envelope[CaseEvent]]) -> None:
    """Each agency whose agreement names the event receives it by its basis; without one the event waits (ID-12)."""
    events = [
        Happened(e.key, e.id, e.type, e.data.effective_at, e.time, e.data.model_dump(mode="json")) for e in envelopes
    ]
    out = await Outbound.of(uow, {happened.case_id for happened in events})
    agreements = out.agreements_for(events[0].name)
    waiting = [
        _withheld(agreement, happened)
        for happened in events
        for agreement in agreements
        if not out.share(agreement.agency, happened)
    ]
    await out.store_counts()
    await _store(uow, [row for row in waiting if row is not None])


def _withheld(agreement: Agreement, happened: Happened) -> dict[str, object] | None:
    """The event as it waits for a basis of this agency; None where no line of the agreement can apply."""
    fields = fields_to_store(agreement, happened)
    if fields is None:
        return None
    return vars(happened) | {"fields": cut(sorted(fields), happened.fields), "agency": agreement.agency}


async def _store(uow: UnitOfWork, withheld: Sequence[Mapping[str, object]]) -> None:
    if withheld:
        await uow.session.execute(_WITHHOLD, as_lists(withheld))


async def release(uow: UnitOfWork, envelopes: Sequence[Envelope[CaseEvent]]) -> None:
    """Two topics have no order: what took effect since a basis began, and came before it, goes out now (ID-12).

    By the agreement in force now, whichever was in force when the event was received.
    """
    of_cases = Withheld.case_id.in_([envelope.key for envelope in envelopes])
    found = select(Withheld).where(of_cases, facts.known_by_then()).order_by(Withheld.id).with_for_update()
    waiting = (await uow.session.scalars(found)).all()
    if not waiting:
        return
    out = await Outbound.of(uow, {row.case_id for row in waiting}, {row.agency for row in waiting})
    sent = [row.id for row in waiting if row.agency in out.recipients and out.share(row.agency, _happened(row))]
    await out.store_counts()
    if sent:
        gone = delete(Withheld).where(Withheld.id.in_(sent))
        await uow.session.execute(gone, execution_options={"synchronize_session": False})


def _happened(row: Withheld) -> Happened:
    return Happened(row.case_id, row.event_id, row.event, row.effective_at, row.recorded_at, row.fields)


async def consent_withdrawn(uow: UnitOfWork, envelopes: Sequence[Envelope[ConsentWithdrawn]]) -> None:
    """The recipient is notified and must acknowledge; this service acknowledges at once (ID-12).

    A police body to which the case was not handed over is not notified, and nobody waits for it (ID-7).
    """
    ends = [envelope.data for envelope in envelopes]
    out = await Outbound.of(uow, {ended.case_id for ended in ends})
    notified = await _notified(uow, ends)
    acknowledge_by = await _end_of_term(uow) if notified else uow.now
    for ended in ends:
        if ended.consent_id in notified:
            _notify(uow, out, ended, acknowledge_by)
        uow.emit(
            ConsentWithdrawalAcknowledged(
                effective_at=ended.effective_at, case_id=ended.case_id, consent_id=ended.consent_id
            )
        )


async def _notified(uow: UnitOfWork, ends: Sequence[ConsentWithdrawn]) -> frozenset[UUID]:
    """The consents whose recipient is joined now, or suspended: then it is notified when it is resumed."""
    recipients = {ended.recipient for ended in ends}
    police = await police_among(uow, recipients)
    known = await facts.reasons(uow, {ended.case_id for ended in ends if ended.recipient in police}, police)
    joined = select(Agency.code).where(Agency.code.in_(recipients), Agency.state != "removed")
    codes = set(await uow.session.scalars(joined))
    return frozenset(
        ended.consent_id
        for ended in ends
        if ended.recipient in codes
        and (ended.recipient not in police or is_handed_over(known.get((ended.recipient, ended.case_id), ())))
    )


async def _end_of_term(uow: UnitOfWork) -> datetime:
    calendar = await working_days_for_term(uow)
    return calendar.due(uow.now, days("acknowledge_workdays", uow.now))


def _notify(uow: UnitOfWork, out: Outbound, ended: ConsentWithdrawn, acknowledge_by: datetime) -> None:
    withdrawal = Withdrawal(
        consent_id=ended.consent_id,
        agency=ended.recipient,
        case_id=ended.case_id,
        purpose=ended.purpose,
        data_class=ended.data_class,
        withdrawn_at=ended.effective_at,
        counted_from=uow.now,
        acknowledge_by=acknowledge_by,
    )
    uow.session.add(withdrawal)
    out.end_consent(withdrawal)
    uow.emit(
        WithdrawalTold(
            effective_at=ended.effective_at,
            case_id=ended.case_id,
            consent_id=ended.consent_id,
            agency=ended.recipient,
            acknowledge_by=withdrawal.acknowledge_by,
        )
    )


async def calendar_decreed(uow: UnitOfWork, events: Sequence[Envelope[CalendarDecreed]]) -> None:
    """Working days changed: whoever is to acknowledge the end of a consent keeps as many of them (ID-12, NO-3)."""
    decrees = await decree_each(uow, [event.data for event in events])
    first = min(decreed.since for decreed in decrees)
    awaited = await uow.session.scalars(
        select(Withdrawal)
        .where(Withdrawal.acknowledged_at.is_(None), Withdrawal.acknowledge_by >= first)
        .with_for_update()
    )
    rows = {row.consent_id: row for row in awaited}
    terms = {row.consent_id: (row.counted_from, row.acknowledge_by) for row in rows.values()}
    for consent_id, due_at in moved_terms(decrees, terms):
        row = rows[consent_id]
        row.acknowledge_by = due_at
        uow.emit(
            WithdrawalDueMoved(
                effective_at=uow.now,
                case_id=row.case_id,
                consent_id=row.consent_id,
                agency=row.agency,
                acknowledge_by=due_at,
            )
        )


async def forget_withheld(uow: UnitOfWork) -> None:
    """What waited for a basis for so many days never goes out; a tick deletes the oldest of it."""
    old = uow.now - timedelta(days=days("withheld_days", uow.now))
    oldest = select(Withheld.id).where(Withheld.recorded_at < old).order_by(Withheld.recorded_at).limit(_AT_ONCE)
    await uow.session.execute(delete(Withheld).where(Withheld.id.in_(oldest)))
