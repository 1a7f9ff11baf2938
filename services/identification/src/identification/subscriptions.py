"""What identification does when other services' events come: support begins, withdrawals are acknowledged (ID-12)."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from chassis import audit
from chassis.actor import Actor, system
from chassis.inbox import Handler
from chassis.clock import utc_now
from chassis.submissions import decide_each
from nrm_events import Envelope, Event, exchange, fund, notify, repatriation, shelter
from nrm_events.identification import SubmissionAnswered
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from identification.domain.cases import CASE
from identification.tables import Case, Consent, ConsentAcknowledgement
from identification.use_cases import agencies, referred

ITSELF = system("identification")


async def support_began(session: AsyncSession, events: Sequence[Envelope]) -> None:
    """The first help after recognition makes the case `supported` (ID-8)."""
    cases = await session.scalars(
        select(Case)
        .where(Case.id.in_({e.key for e in events}), Case.status == "recognised")
        .order_by(Case.id)
        .with_for_update()
    )
    since = {e.key: e.data.effective_at for e in events}
    for case in cases:
        case.status = CASE.after(case.status, "support")
        case.version += 1
        audit.record(
            session, ITSELF, "support", subject=f"case/{case.id}", case_id=case.id, effective_at=since[case.id]
        )


async def withdrawal_acknowledged(session: AsyncSession, events: Sequence[Envelope]) -> None:
    """A service has ended what rested on a withdrawn consent (ID-12)."""
    await _keep(session, [_acknowledgement(e) for e in events])


async def _keep(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """The first word on a consent that we know stands."""
    known = set(await session.scalars(select(Consent.id).where(Consent.id.in_({r["consent_id"] for r in rows}))))
    held = [row for row in rows if row["consent_id"] in known]
    if held:
        await session.execute(upsert(ConsentAcknowledgement).values(held).on_conflict_do_nothing())


def _acknowledgement(envelope: Envelope) -> dict[str, Any]:
    told = envelope.data.model_dump(include={"consent_id", "effective_at"})
    return {
        "consent_id": told["consent_id"],
        "service": envelope.data.service,
        "acknowledged_at": told["effective_at"],
    }


async def withdrawal_told(session: AsyncSession, events: Sequence[Envelope]) -> None:
    """An agency's system was told that a consent ended; staff see that it has not answered yet (ID-12)."""
    told = [e.data.model_dump(include={"consent_id", "agency"}) for e in events]
    await _keep(
        session, [{"consent_id": t["consent_id"], "service": t["agency"], "acknowledged_at": None} for t in told]
    )


async def agency_acknowledged(session: AsyncSession, events: Sequence[Envelope]) -> None:
    """The agency let go of what rested on a withdrawn consent (ID-12)."""
    for event in events:
        said = event.data.model_dump(include={"consent_id", "agency", "effective_at"})
        asked = await session.get(ConsentAcknowledgement, (said["consent_id"], said["agency"]))
        if asked and asked.acknowledged_at is None:
            asked.acknowledged_at = said["effective_at"]


async def agency_joined(session: AsyncSession, events: Sequence[Envelope]) -> None:
    """The agency can be named from now on, such as the recipient of a consent (ID-12)."""
    await agencies.keep_joined(session, _by_agency(events))


async def agency_removed(session: AsyncSession, events: Sequence[Envelope]) -> None:
    """The agency is named no more, unless it takes part from the start (ID-12)."""
    await agencies.keep_removed(session, _by_agency(events))


def _by_agency(events: Sequence[Envelope]) -> dict[str, Any]:
    said = (event.data.model_dump(include={"agency", "effective_at"}) for event in events)
    return {told["agency"]: told["effective_at"] for told in said}


async def referral_submitted(session: AsyncSession, events: Sequence[Envelope]) -> None:
    """An agency's system reports a person whom it told of over HTTPS; it is answered (ID-1, ID-12)."""

    async def decide(session: AsyncSession, who: Actor, said: exchange.ReferralSubmitted) -> UUID:
        return await referred.receive_referral(session, session.info["vault"], who, said, utc_now())

    await decide_each(session, events, SubmissionAnswered, decide)


async def referral_taken(session: AsyncSession, events: Sequence[Envelope]) -> None:
    """The system of the special police body takes the case that was handed over; it is answered (ID-7)."""

    async def decide(session: AsyncSession, who: Actor, said: exchange.ReferralTaken) -> UUID:
        return await referred.take_referral(session, who, said, utc_now())

    await decide_each(session, events, SubmissionAnswered, decide)


HANDLERS: Mapping[type[Event], Handler] = {
    shelter.ShelterAdmitted: support_began,
    shelter.HandoverAcknowledged: support_began,
    fund.PaymentMade: support_began,
    shelter.ConsentWithdrawalAcknowledged: withdrawal_acknowledged,
    fund.ConsentWithdrawalAcknowledged: withdrawal_acknowledged,
    repatriation.ConsentWithdrawalAcknowledged: withdrawal_acknowledged,
    notify.ConsentWithdrawalAcknowledged: withdrawal_acknowledged,
    exchange.ConsentWithdrawalAcknowledged: withdrawal_acknowledged,
    exchange.AgencyJoined: agency_joined,
    exchange.AgencyRemoved: agency_removed,
    exchange.WithdrawalTold: withdrawal_told,
    exchange.WithdrawalAcknowledged: agency_acknowledged,
    exchange.ReferralSubmitted: referral_submitted,
    exchange.ReferralTaken: referral_taken,
}
