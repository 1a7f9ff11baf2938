"""What happens in a case goes to the agencies that may know of it, by agreement and by the person's consent (ID-12)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from chassis.calendar import due_in_working_days
from chassis.moments import local_date, utc_now
from chassis.outbox import emit
from nrm_events import Envelope, Event
from nrm_events.agencies import EventShared
from nrm_events.exchange import ConsentWithdrawalAcknowledged, WithdrawalTold
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from exchange.domain.agreements import Agreement, Consent, Line, cut, line_that_allows, waits_for_consent
from exchange.settings import days
from exchange.tables import Agency, ConsentRow, Withdrawal, Withheld
from exchange.use_cases import telling


def name_of(event: type[Event]) -> str:
    """`shelter.ShelterExtended`: how agreements name an event."""
    return f"{event.service}.{event.__name__}"


async def share(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
    """Told to each agency whose agreement names it, on consent or by its address; without consent it waits (ID-12)."""
    now, name = utc_now(), name_of(type(envelopes[0].data))
    agreements = [a for a in (await telling.joined(session)).values() if any(a.lines_for(name))]
    if not agreements:
        return
    consents = await _standing(session, {envelope.key for envelope in envelopes})
    for envelope in envelopes:
        data, at = envelope.data.model_dump(mode="json"), envelope.data.effective_at
        for agreement in agreements:
            if not (agreement.in_force(local_date(at)) and agreement.in_force(local_date(now))):
                continue
            line = line_that_allows(agreement, name, data, at, consents.get(envelope.key, ()))
            if line:
                message = _message(envelope, agreement, line, data)
                await telling.share(session, agreement.agency, [message], now)
            elif line := waits_for_consent(agreement, name):
                await _withhold(session, envelope, agreement, line, data)


async def _standing(session: AsyncSession, cases: Iterable[UUID]) -> Mapping[UUID, list[Consent]]:
    rows = await session.scalars(
        select(ConsentRow).where(ConsentRow.case_id.in_(set(cases)), ConsentRow.withdrawn_at.is_(None))
    )
    found: dict[UUID, list[Consent]] = defaultdict(list)
    for row in rows:
        found[row.case_id].append(Consent(row.recipient, row.purpose, row.given_at))
    return found


def _message(envelope: Envelope, agreement: Agreement, line: Line, data: Mapping[str, Any]) -> EventShared:
    return EventShared(
        effective_at=envelope.data.effective_at,
        case_id=envelope.key,
        event_id=envelope.id,
        event=envelope.type,
        purpose=line.purpose,
        agreement=agreement.edition,
        fields=cut(line, data),
    )


async def _withhold(
    session: AsyncSession, envelope: Envelope, agreement: Agreement, line: Line, data: Mapping[str, Any]
) -> None:
    row = upsert(Withheld).values(
        agency=agreement.agency,
        case_id=envelope.key,
        event_id=envelope.id,
        event=envelope.type,
        purpose=line.purpose,
        edition=agreement.edition,
        effective_at=envelope.data.effective_at,
        recorded_at=envelope.time,
        fields=cut(line, data),
    )
    await session.execute(row.on_conflict_do_nothing())


async def consent_granted(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
    """What was withheld for want of this consent, and took effect since it was given, is told now (ID-12)."""
    now = utc_now()
    rows = [
        e.data.model_dump(include={"case_id", "recipient", "purpose", "data_class"})
        | e.data.model_dump(include={"consent_id"})
        | {"given_at": e.data.effective_at}
        for e in envelopes
    ]
    for row in rows:
        row["id"] = row.pop("consent_id")
    await session.execute(upsert(ConsentRow).values(rows).on_conflict_do_nothing())
    joined = await telling.joined(session, [row["recipient"] for row in rows])
    for row in rows:
        if row["recipient"] in joined:
            await _release(session, row["recipient"], row["case_id"], row["purpose"], row["given_at"], now)


async def _release(
    session: AsyncSession, agency: str, case_id: UUID, purpose: str, given_at: datetime, now: datetime
) -> None:
    waited = await session.scalars(
        delete(Withheld)
        .where(
            Withheld.agency == agency,
            Withheld.case_id == case_id,
            Withheld.purpose == purpose,
            Withheld.effective_at >= given_at,
        )
        .returning(Withheld)
    )
    messages = [
        EventShared(
            effective_at=held.effective_at,
            case_id=held.case_id,
            event_id=held.event_id,
            event=held.event,
            purpose=held.purpose,
            agreement=held.edition,
            fields=held.fields,
        )
        for held in sorted(waited, key=lambda held: held.id)
    ]
    await telling.share(session, agency, messages, now)


async def consent_withdrawn(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
    """The stream under this consent ends here; its recipient is told, and asked to let go of what it has (ID-12)."""
    now = utc_now()
    joined = await telling.joined(session)
    for envelope in envelopes:
        data: Any = envelope.data
        held = await session.get(ConsentRow, data.consent_id, with_for_update=True)
        if held is not None:
            held.withdrawn_at = data.effective_at
        if await _is_known(session, data.recipient):
            await _end(session, envelope, data.recipient in joined, now)
        told = {"case_id": data.case_id, "effective_at": data.effective_at, "consent_id": data.consent_id}
        emit(session, ConsentWithdrawalAcknowledged(**told))


async def _is_known(session: AsyncSession, agency: str) -> bool:
    """Joined now, or cut off for a while: then it is told when it is let in again."""
    known = await session.get(Agency, agency)
    return known is not None and known.state != "removed"


async def _end(session: AsyncSession, envelope: Envelope, is_joined: bool, now: datetime) -> None:
    data: Any = envelope.data
    ended = Withdrawal(
        consent_id=data.consent_id,
        agency=data.recipient,
        case_id=data.case_id,
        purpose=data.purpose,
        data_class=data.data_class,
        withdrawn_at=data.effective_at,
        acknowledge_by=due_in_working_days(now, days("acknowledge_workdays", now)),
    )
    session.add(ended)
    if is_joined:
        telling.tell_withdrawal(session, ended, now)
    emit(
        session,
        WithdrawalTold(
            effective_at=data.effective_at,
            case_id=data.case_id,
            consent_id=data.consent_id,
            agency=data.recipient,
            acknowledge_by=ended.acknowledge_by,
        ),
    )


async def forget_withheld(session: AsyncSession, now: datetime) -> None:
    """What waited for a consent for so many days is not told any more."""
    old = now - timedelta(days=days("withheld_days", now))
    await session.execute(delete(Withheld).where(Withheld.recorded_at < old))
