"""What other services told: the facts that bars, permits and returns rest on (RP-4, ID-5, ID-9, ID-10, ID-12).

Each event is applied once and in the order of its case; after it the bars are what the facts ask for. The two topics of
one case are not in order with each other, so nothing here depends on having heard the other first.
"""

from datetime import datetime
from uuid import UUID

from chassis.outbox import emit
from nrm_events import fund, identification
from nrm_events.repatriation import ConsentWithdrawalAcknowledged
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from repatriation import tables as t
from repatriation.domain import bars
from repatriation.use_cases import facts
from repatriation.use_cases.acts import ITSELF
from repatriation.use_cases.permit_decisions import re_examine_permits, settle_permits
from repatriation.use_cases.permits import make_eligible
from repatriation.use_cases.returns import withdraw_for_consent
from repatriation.use_cases.standing_bars import (
    lift_what_rests_on,
    note_missing_rules,
    re_examine_bars,
    reconcile_bars,
    settle_re_examination,
    stop_telling,
    tell_standing,
)


async def case_opened(session: AsyncSession, told: identification.CaseOpened, now: datetime) -> None:
    """The agency that holds the case sees it here too (ID-7)."""
    await facts.holder_sees(session, told)
    await person_facts(session, told, now)


async def person_facts(session: AsyncSession, told: identification.PersonFacts, now: datetime) -> None:
    """Citizenship and age group decide whether bars and permits are for this person at all (RP-1, RP-4, ID-5)."""
    before = await session.get(t.CaseFile, told.case_id)
    was_citizen = before is not None and before.citizenship == "citizen"
    await facts.person_facts(session, told)
    await reconcile_bars(session, told.case_id, now, told.effective_at)
    if told.age_group == "child":
        await tell_standing(session, told.case_id, told.effective_at)
    await stop_telling(session, told.case_id, told.effective_at)
    if told.citizenship == "citizen" and not was_citizen:
        await re_examine_permits(session, told.case_id, told.effective_at)
    if told.citizenship != "citizen" and await _is_recognised_formally(session, told.case_id):
        await make_eligible(session, ITSELF, told.case_id, told.effective_at, now)


async def _is_recognised_formally(session: AsyncSession, case_id: UUID) -> bool:
    formal = select(t.Recognition.recognition_id).where(
        t.Recognition.case_id == case_id, t.Recognition.kind == "formal", t.Recognition.revoked_at.is_(None)
    )
    return await session.scalar(formal) is not None


async def handed_over(session: AsyncSession, told: identification.VictimReferred, now: datetime) -> None:
    """From now on the special police body sees the case here too (ID-7)."""
    await facts.handed_over(session, told)


async def recognised(
    session: AsyncSession, told: identification.VictimPresumed | identification.VictimIdentified, now: datetime
) -> None:
    """Considered a victim: the bar of RP-4, the child's bar, and with formal recognition the permit (RP-1)."""
    await facts.recognised(session, told)
    note_missing_rules(session, told.case_id, told.effective_at, told.age_group == "child")
    await settle_re_examination(session, told.case_id)
    await settle_permits(session, told.case_id)
    await person_facts(session, told, now)


async def declined(session: AsyncSession, told: identification.IdentificationDeclined, now: datetime) -> None:
    """ID-9: nothing is cancelled silently; what was granted waits for a person to look at it."""
    await re_examine_bars(session, told.case_id, told.effective_at)
    await re_examine_permits(session, told.case_id, told.effective_at)


async def revoked(session: AsyncSession, told: identification.RecognitionRevoked, now: datetime) -> None:
    """ID-9: the recognition counts no more for what comes; what it carried is re-examined."""
    await facts.revoked(session, told)
    await re_examine_bars(session, told.case_id, told.effective_at)
    await re_examine_permits(session, told.case_id, told.effective_at)


async def reflection_started(session: AsyncSession, told: identification.ReflectionStarted, now: datetime) -> None:
    """ID-10: removal is barred until the period ends."""
    await facts.reflection_started(session, told)
    await reconcile_bars(session, told.case_id, now, told.effective_at)


async def reflection_ended(session: AsyncSession, told: identification.ReflectionEnded, now: datetime) -> None:
    """ID-10: the period is over, by its time or by the person's wish, and its bar with it."""
    await facts.reflection_ended(session, told)
    await lift_what_rests_on(session, told.case_id, "reflection", told.reflection_id, told.effective_at)


async def consent_granted(session: AsyncSession, told: identification.ConsentGranted, now: datetime) -> None:
    """ID-12: the recipient sees what the purpose needs; sms is told of the bars that stand (RP-4)."""
    await facts.consent_granted(session, told)
    if (told.recipient, told.purpose) == (bars.TOLD_AGENCY, bars.TOLD_PURPOSE):
        await tell_standing(session, told.case_id, told.effective_at)


async def consent_withdrawn(session: AsyncSession, told: identification.ConsentWithdrawn, now: datetime) -> None:
    """ID-12: what rests on the consent ends, and the end is acknowledged; a bar itself never rests on one (RP-4)."""
    at = told.effective_at
    await facts.consent_withdrawn(session, told)
    if not await facts.still_consents(session, told):
        await _end_what_rests(session, told, at)
    emit(
        session,
        ConsentWithdrawalAcknowledged(effective_at=at, case_id=told.case_id, consent_id=told.consent_id),
    )


async def _end_what_rests(session: AsyncSession, told: identification.ConsentWithdrawn, at: datetime) -> None:
    if told.purpose == "return":
        await withdraw_for_consent(session, told.case_id, told.recipient, at)
    if (told.recipient, told.purpose) == (bars.TOLD_AGENCY, bars.TOLD_PURPOSE):
        await stop_telling(session, told.case_id, at)


async def claim_open(session: AsyncSession, told: fund.ClaimEvent, now: datetime) -> None:
    """RP-4, RP-5: an open claim is shown before a return; one for damage raises a hold that advises."""
    await facts.claim_open(session, told)
    await reconcile_bars(session, told.case_id, now, told.effective_at)


async def claim_rejected(session: AsyncSession, told: fund.ClaimRejected, now: datetime) -> None:
    """A rejection that can be appealed settles nothing yet (RP-4, RP-5)."""
    await (claim_settled if told.final else claim_open)(session, told, now)


async def claim_settled(session: AsyncSession, told: fund.ClaimEvent, now: datetime) -> None:
    """The claim was paid, rejected or cancelled; its hold ends (RP-4)."""
    await facts.claim_settled(session, told)
    await lift_what_rests_on(session, told.case_id, "open_claim", told.claim_id, told.effective_at)
