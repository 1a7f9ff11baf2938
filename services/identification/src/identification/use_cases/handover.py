"""Hand-over to the special police body within 24 hours (ID-7), and its acknowledgement."""

from datetime import datetime
from uuid import UUID

from chassis import access
from chassis.actor import Actor
from chassis.errors import NotPossible
from chassis.clock import effective, new_id
from chassis.outbox import emit
from nrm_events.identification import ReferralAcknowledged, VictimReferred
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from identification.domain import cases
from identification.law import parameter
from identification.queries import hand_over_consent, was_handed_over
from identification.tables import Case, Referral
from identification.use_cases.acts import assessed_since, move, note, open_case, open_case_as_read, settle_referral
from identification.use_cases.ages import age_group_at
from identification.vault import Vault


async def refer(
    session: AsyncSession,
    vault: Vault,
    who: Actor,
    case_id: UUID,
    read: int,
    happened_at: datetime | None,
    best_interests: bool,
    now: datetime,
) -> Case:
    """Hand the case over (ID-7). From this transaction on the special police body may know of it, not before.

    Whether consent is asked, and the best interests, goes by the age on the day of the hand-over (ID-5).
    """
    case = await open_case_as_read(session, who, case_id, read, best_interests_recorded=best_interests)
    at = effective(happened_at, now, not_before=await assessed_since(session, case))
    consent = await hand_over_consent(session, case.id)
    age_group = await age_group_at(session, vault, who, case, at)
    free = consent is not None or not cases.needs_consent(case.source, age_group)
    cases.check_referral(age_group, await was_handed_over(session, case.id), free, best_interests)
    if consent and at < consent.given_at:
        raise NotPossible("before_consent", "The hand-over cannot come before the consent it rests on.")
    if case.status == "consent_pending":  # came of age since the day of the hand-over
        move(case, "need_no_consent")
    move(case, "refer")
    due_at = cases.referral_due(case.reported_at, parameter("referral_hours", case.reported_at))
    referral = Referral(
        id=new_id(),
        case_id=case.id,
        to=cases.SPECIAL_POLICE,
        referred_at=at,
        due_at=due_at,
        best_interests=best_interests,
    )
    session.add(referral)
    await access.allow(session, [(case.id, cases.SPECIAL_POLICE, "referral", at)])
    emit(
        session,
        VictimReferred(
            effective_at=at,
            case_id=case.id,
            referral_id=referral.id,
            to=cases.SPECIAL_POLICE,
            reported_at=case.reported_at,
            due_at=due_at,
        ),
    )
    await settle_referral(session, case, at)
    note(session, who, case, "refer", at, to=cases.SPECIAL_POLICE)
    return case


async def acknowledge(
    session: AsyncSession, who: Actor, case_id: UUID, happened_at: datetime | None, now: datetime
) -> Case:
    """The special police body takes the case and begins the assessment (ID-7)."""
    case = await open_case(session, who, case_id)
    move(case, "acknowledge")
    referral = (await session.scalars(select(Referral).where(Referral.case_id == case.id))).one()
    referral.acknowledged_at = effective(happened_at, now, not_before=referral.referred_at)
    emit(
        session,
        ReferralAcknowledged(
            effective_at=referral.acknowledged_at, case_id=case.id, referral_id=referral.id, by=who.agency
        ),
    )
    note(session, who, case, "acknowledge", referral.acknowledged_at)
    return case
