"""Referrals of agencies' systems: the person comes over HTTPS and waits under a handle; the message names it (ID-1)."""

from datetime import datetime, timedelta
from uuid import UUID

from chassis import audit
from chassis.actor import Actor
from chassis.errors import Invalid, NotFound, NotPossible
from chassis.clock import new_id
from nrm_events import exchange
from pydantic import ValidationError
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from identification.law import parameter
from identification.schemas import NewConsent, NewReferralHandle, NewReport
from identification.tables import Referral, ReferralHandle
from identification.use_cases.consent import grant_consent
from identification.use_cases.handover import acknowledge
from identification.use_cases.reports import check_report, receive_report
from identification.vault import Vault

_FIELD = "referral"
_AT_ONCE = 500


async def keep_for_referral(
    session: AsyncSession, vault: Vault, who: Actor, told: NewReferralHandle, now: datetime
) -> ReferralHandle:
    """Seal what a referral tells of the person, under a key of its own, until a message names it (ID-13)."""
    check_report(told, now)
    handle_id = new_id()
    key = vault.new_person_key(handle_id)
    handle = ReferralHandle(
        id=handle_id,
        agency=who.agency,
        wrapped_key=key,
        sealed=vault.seal(handle_id, key, _FIELD, told.model_dump_json()),
        good_until=now + timedelta(hours=parameter("referral_handle_hours", now)),
    )
    session.add(handle)
    audit.record(session, who, "keep_for_referral", subject=f"referral-handle/{handle_id}", effective_at=now)
    return handle


async def receive_referral(
    session: AsyncSession, vault: Vault, who: Actor, said: exchange.ReferralSubmitted, now: datetime
) -> UUID:
    """The report of an agency's system (ID-1), and what the person agreed to (ID-12); its case.

    NotPossible `handle_unknown`: used before, too old, or another agency's.
    """
    handle = await session.scalar(
        delete(ReferralHandle)
        .where(
            ReferralHandle.id == said.handle_id, ReferralHandle.agency == who.agency, ReferralHandle.good_until > now
        )
        .returning(ReferralHandle)
    )
    if handle is None:
        raise NotPossible("handle_unknown", "The handle was used, is too old, or is not yours.")
    told = vault.open(handle.id, handle.wrapped_key, _FIELD, handle.sealed)
    try:
        known = NewReferralHandle.model_validate_json(told).model_dump()
        report = NewReport.model_validate(known | {"happened_at": said.effective_at})
        consents = [NewConsent.model_validate(given.model_dump()) for given in said.consents]
    except ValidationError:
        raise Invalid("payload_malformed", "A code or a time is on no list.") from None
    received = await receive_report(session, vault, who, report, now)
    for given in consents:
        await grant_consent(
            session, who, received.case_id, given.recipient, given.purpose, given.data_class, said.effective_at, now
        )
    return received.case_id


async def take_referral(session: AsyncSession, who: Actor, said: exchange.ReferralTaken, now: datetime) -> UUID:
    """The body that the case was handed over to takes it (ID-7); for any other agency there is no such hand-over."""
    to = await session.scalar(select(Referral.to).where(Referral.case_id == said.case_id))
    if to != who.agency:
        raise NotFound
    return (await acknowledge(session, who, said.case_id, said.effective_at, now)).id


async def forget_handles(session: AsyncSession, now: datetime) -> None:
    """What nobody named in time is gone, with its key."""
    old = select(ReferralHandle.id).where(ReferralHandle.good_until <= now).limit(_AT_ONCE)
    await session.execute(delete(ReferralHandle).where(ReferralHandle.id.in_(old)))


async def rewrap_handles(session: AsyncSession, vault: Vault) -> int:
    """Wrap their keys by the present master key; how many there were under a former one."""
    rows = await session.scalars(select(ReferralHandle).with_for_update())
    old = [handle for handle in rows if not vault.is_current(handle.wrapped_key)]
    for handle in old:
        handle.wrapped_key = vault.rewrap(handle.id, handle.wrapped_key)
    return len(old)
