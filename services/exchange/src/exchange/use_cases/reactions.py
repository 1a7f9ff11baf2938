"""Events of a case go to the agencies that may know of it, until the reason ends (ID-7, ID-12)."""

import dataclasses
from collections.abc import Sequence
from datetime import timedelta

from casework.access import bases
from casework.agencies import kinds
from casework.bases import FORMAL_BODY
from casework.decreed_days import decree, working_days_for_term
from chassis.unit_of_work import UnitOfWork
from nrm_events import Envelope
from nrm_events.base import CaseEvent
from nrm_events.exchange import ConsentWithdrawalAcknowledged, WithdrawalDueMoved, WithdrawalTold
from nrm_events.identification import ConsentWithdrawn
from nrm_events.notify import CalendarDecreed
from nrm_events.taking_part import is_police
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as upsert

from exchange.domain.agreements import Agreement, Happened, cut, fields_to_store
from exchange.parameters import days
from exchange.tables import Agency, Withdrawal, Withheld
from exchange.use_cases.agency_outbound import Outbound


async def share(uow: UnitOfWork, envelopes: Sequence[Envelope[CaseEvent]]) -> None:
    """Each agency whose agreement names the event receives it by its basis; without one the event waits (ID-12)."""
    events = [
        Happened(e.key, e.id, e.type, e.data.effective_at, e.time, e.data.model_dump(mode="json")) for e in envelopes
    ]
    out = await Outbound.of(uow, {happened.case_id for happened in events})
    agreements = out.agreements_for(events[0].name)
    for happened in events:
        for agreement in agreements:
            if not await out.share(agreement.agency, happened):
                await _withhold(uow, agreement, happened)


async def _withhold(uow: UnitOfWork, agreement: Agreement, happened: Happened) -> None:
    fields = fields_to_store(agreement, happened)
    if fields is not None:
        row = vars(happened) | {"fields": cut(sorted(fields), happened.fields), "agency": agreement.agency}
        await uow.session.execute(upsert(Withheld).values(row).on_conflict_do_nothing())


async def release(uow: UnitOfWork, envelopes: Sequence[Envelope[CaseEvent]]) -> None:
    """Two topics have no order: what took effect since a basis began, and came before it, goes out now (ID-12).

    By the agreement in force now, whichever was in force when the event was received.
    """
    cases = {envelope.key for envelope in envelopes}
    waiting = list(
        await uow.session.scalars(
            select(Withheld).where(Withheld.case_id.in_(cases)).order_by(Withheld.id).with_for_update()
        )
    )
    if not waiting:
        return
    out = await Outbound.of(uow, cases, {row.agency for row in waiting})
    for row in waiting:
        happened = Happened(**{field.name: getattr(row, field.name) for field in dataclasses.fields(Happened)})
        if row.agency in out.recipients and await out.share(row.agency, happened):
            await uow.session.delete(row)


async def consent_withdrawn(uow: UnitOfWork, envelopes: Sequence[Envelope[ConsentWithdrawn]]) -> None:
    """The recipient is notified and must acknowledge; this service acknowledges at once (ID-12).

    A police body to which the case was not handed over is not notified, and nobody waits for it (ID-7).
    """
    ends = [envelope.data for envelope in envelopes]
    out = await Outbound.of(uow, {ended.case_id for ended in ends})
    kind_of = await kinds(uow, {ended.recipient for ended in ends})
    for ended in ends:
        if await _is_notified(uow, ended, kind_of[ended.recipient]):
            await _notify(uow, out, ended)
        uow.emit(
            ConsentWithdrawalAcknowledged(
                effective_at=ended.effective_at, case_id=ended.case_id, consent_id=ended.consent_id
            )
        )


async def _is_notified(uow: UnitOfWork, ended: ConsentWithdrawn, kind: str | None) -> bool:
    """Joined now, or suspended: then it is notified when it is resumed."""
    if is_police(kind):
        names = {basis.name for basis in await bases(uow, ended.case_id, ended.recipient)}
        if FORMAL_BODY.name not in names:
            return False
    agency = await uow.session.get(Agency, ended.recipient)
    return agency is not None and agency.state != "removed"


async def _notify(uow: UnitOfWork, out: Outbound, ended: ConsentWithdrawn) -> None:
    calendar = await working_days_for_term(uow)
    withdrawal = Withdrawal(
        consent_id=ended.consent_id,
        agency=ended.recipient,
        case_id=ended.case_id,
        purpose=ended.purpose,
        data_class=ended.data_class,
        withdrawn_at=ended.effective_at,
        counted_from=uow.now,
        acknowledge_by=calendar.due(uow.now, days("acknowledge_workdays", uow.now)),
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
    for event in events:
        decreed = await decree(uow, event.data)
        awaited = await uow.session.scalars(
            select(Withdrawal)
            .where(Withdrawal.acknowledged_at.is_(None), Withdrawal.acknowledge_by >= decreed.since)
            .with_for_update()
        )
        for row in awaited:
            due_at = decreed.due(row.counted_from, row.acknowledge_by)
            if due_at != row.acknowledge_by:
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
    """What waited for a basis for so many days never goes out."""
    old = uow.now - timedelta(days=days("withheld_days", uow.now))
    await uow.session.execute(delete(Withheld).where(Withheld.recorded_at < old))
