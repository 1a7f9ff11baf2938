"""What happens in a case goes to the agencies that may know of it, by agreement and by the person's consent (ID-12)."""

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from chassis.calendar import due_in_working_days
from chassis.clock import local_date, utc_now
from chassis.outbox import emit
from nrm_events import Envelope
from nrm_events.agencies import EventShared
from nrm_events.exchange import ConsentWithdrawalAcknowledged, WithdrawalTold
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from exchange.domain.agreements import Agreement, Consent, Line, cut, fields_by_consent, line_that_allows
from exchange.settings import days
from exchange.tables import Agency, ConsentRow, Withdrawal, Withheld
from exchange.use_cases import telling


@dataclass(frozen=True)
class Happened:
    """An event, just heard or one that waited: all of its fields, or those that some consent may open."""

    case_id: UUID
    event_id: UUID
    event: str  # its type
    effective_at: datetime
    recorded_at: datetime
    fields: Mapping[str, Any]

    @property
    def name(self) -> str:
        """`shelter.ShelterExtended`: how agreements name it."""
        _, service, name, _ = self.event.split(".")
        return f"{service}.{name}"

    def as_told(self, agreement: Agreement, line: Line) -> EventShared:
        return EventShared(
            effective_at=self.effective_at,
            case_id=self.case_id,
            event_id=self.event_id,
            event=self.event,
            purpose=line.purpose,
            agreement=agreement.edition,
            fields=cut(line.fields, self.fields),
        )


async def share(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
    """Told to each agency whose agreement names it, on consent or by its address; without consent it waits (ID-12)."""
    now = utc_now()
    happened = [
        Happened(e.key, e.id, e.type, e.data.effective_at, e.time, e.data.model_dump(mode="json")) for e in envelopes
    ]
    agreements = [a for a in (await telling.joined(session)).values() if any(a.lines_for(happened[0].name))]
    if not agreements:
        return
    consents = await _standing(session, {one.case_id for one in happened})
    for one in happened:
        for agreement in agreements:
            if line := _line(agreement, one, consents, now):
                await telling.share(session, agreement.agency, one.as_told(agreement, line), now)
            else:
                await _withhold(session, agreement, one)


def _line(
    agreement: Agreement, one: Happened, consents: Mapping[UUID, Sequence[Consent]], now: datetime
) -> Line | None:
    standing = consents.get(one.case_id, ())
    return line_that_allows(agreement, one.name, one.fields, one.effective_at, local_date(now), standing)


async def _standing(session: AsyncSession, cases: Iterable[UUID]) -> Mapping[UUID, list[Consent]]:
    rows = await session.scalars(
        select(ConsentRow).where(ConsentRow.case_id.in_(set(cases)), ConsentRow.withdrawn_at.is_(None))
    )
    found: dict[UUID, list[Consent]] = defaultdict(list)
    for row in rows:
        found[row.case_id].append(Consent(row.recipient, row.purpose, row.given_at))
    return found


async def _withhold(session: AsyncSession, agreement: Agreement, one: Happened) -> None:
    fields = fields_by_consent(agreement, one.name)
    if fields is not None:
        kept = vars(one) | {"fields": cut(sorted(fields), one.fields), "agency": agreement.agency}
        await session.execute(upsert(Withheld).values(kept).on_conflict_do_nothing())


async def consent_granted(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
    """What was withheld for want of this consent, and took effect since it was given, is told now (ID-12)."""
    now = utc_now()
    given: list[Any] = [envelope.data for envelope in envelopes]
    rows = [
        {
            "id": one.consent_id,
            "case_id": one.case_id,
            "recipient": one.recipient,
            "purpose": one.purpose,
            "data_class": one.data_class,
            "given_at": one.effective_at,
        }
        for one in given
    ]
    await session.execute(upsert(ConsentRow).values(rows).on_conflict_do_nothing())
    joined = await telling.joined(session, [one.recipient for one in given])
    consents = await _standing(session, {one.case_id for one in given})
    for one in given:
        if agreement := joined.get(one.recipient):
            await _release(session, agreement, one.case_id, consents, now)


async def _release(
    session: AsyncSession,
    agreement: Agreement,
    case_id: UUID,
    consents: Mapping[UUID, Sequence[Consent]],
    now: datetime,
) -> None:
    """By the agreement that holds now, whichever held when the event was heard."""
    waiting = await session.scalars(
        select(Withheld)
        .where(Withheld.agency == agreement.agency, Withheld.case_id == case_id)
        .order_by(Withheld.id)
        .with_for_update()
    )
    for held in list(waiting):
        one = Happened(**{field.name: getattr(held, field.name) for field in dataclasses.fields(Happened)})
        if line := _line(agreement, one, consents, now):
            await telling.share(session, agreement.agency, one.as_told(agreement, line), now)
            await session.delete(held)


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
