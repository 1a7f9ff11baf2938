"""Consent per recipient, purpose and class of data; withdrawal, and who has acknowledged it (ID-12)."""

from datetime import datetime
from uuid import UUID

from chassis import access
from chassis.actor import Actor
from chassis.errors import NotFound, NotPossible
from chassis.clock import effective, new_id
from chassis.outbox import emit
from nrm_events.identification import ConsentGranted, ConsentWithdrawn
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from identification.domain.cases import POLICE
from identification.tables import Case, Consent
from identification.use_cases.acts import note, open_case, open_going_case, settle_consent
from identification.use_cases.agencies import check_agency


async def grant_consent(
    session: AsyncSession,
    who: Actor,
    case_id: UUID,
    recipient: str,
    purpose: str,
    data_class: str,
    happened_at: datetime | None,
    now: datetime,
) -> Case:
    """The person agrees (ID-12). The recipient may then know of the case; police only by the hand-over (ID-7).

    Their last word counts: one entered late does not come before a withdrawal of the same.
    """
    case = await open_going_case(session, who, case_id, "record_consent")
    await check_agency(session, recipient, "body.recipient")
    same = (Consent.recipient == recipient, Consent.purpose == purpose, Consent.data_class == data_class)
    taken_back = await session.scalar(select(func.max(Consent.withdrawn_at)).where(Consent.case_id == case.id, *same))
    at = effective(happened_at, now, not_before=taken_back or case.reported_at)
    consent = Consent(
        id=new_id(), case_id=case.id, recipient=recipient, purpose=purpose, data_class=data_class, given_at=at
    )
    session.add(consent)
    await session.flush()
    await settle_consent(session, case, at)
    if recipient not in POLICE:
        await access.allow(session, [(case.id, recipient, f"consent:{consent.id}", at)])
    emit(
        session,
        ConsentGranted(
            effective_at=at,
            case_id=case.id,
            consent_id=consent.id,
            recipient=recipient,
            purpose=purpose,
            data_class=data_class,
        ),
    )
    note(session, who, case, "record_consent", at, f"consent/{consent.id}", recipient=recipient, purpose=purpose)
    return case


async def withdraw_consent(
    session: AsyncSession, who: Actor, case_id: UUID, consent_id: UUID, happened_at: datetime | None, now: datetime
) -> Case:
    """The person takes the consent back (ID-12). Every service ends what rests on it and says so.

    A hand-over that was done stays done; before it, the case is again one that police may not know of (ID-7).
    """
    case = await open_case(session, who, case_id)
    consent = await session.scalar(
        select(Consent).where(Consent.id == consent_id, Consent.case_id == case.id).with_for_update()
    )
    if consent is None:
        raise NotFound
    if consent.withdrawn_at:
        raise NotPossible("already_withdrawn", "The consent was withdrawn already.")
    at = effective(happened_at, now, not_before=consent.given_at)
    consent.withdrawn_at = at
    await settle_consent(session, case, at)
    await access.end(session, [(case.id, consent.recipient, f"consent:{consent.id}")])
    emit(
        session,
        ConsentWithdrawn(
            effective_at=at,
            case_id=case.id,
            consent_id=consent.id,
            recipient=consent.recipient,
            purpose=consent.purpose,
            data_class=consent.data_class,
        ),
    )
    note(session, who, case, "withdraw_consent", at, f"consent/{consent.id}", recipient=consent.recipient)
    return case
