"""What other services told, kept as told: the facts that bars, permits and returns rest on, who sees a case.

Nothing is decided here and nobody is told; `heard` does what follows. So these rows can be made anew from the topics.
"""

from chassis import access
from nrm_events import fund, identification
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from repatriation import tables as t
from repatriation.domain import bars
from repatriation.rights import CONSENT_BASES

Recognised = identification.VictimPresumed | identification.VictimIdentified


async def holder_sees(session: AsyncSession, told: identification.CaseOpened) -> None:
    """The agency that holds the case sees it here too (ID-7)."""
    await access.allow(session, [(told.case_id, told.holder, "holder", told.effective_at)])


async def case_opened(session: AsyncSession, told: identification.CaseOpened) -> None:
    """The holder, and the person's facts (ID-7, ID-5)."""
    await holder_sees(session, told)
    await person_facts(session, told)


async def person_facts(session: AsyncSession, told: identification.PersonFacts) -> None:
    """Citizenship and age group as they were told last (ID-5)."""
    case = await session.get(t.CaseFile, told.case_id) or t.CaseFile(case_id=told.case_id)
    case.citizenship, case.age_group, case.changed_at = told.citizenship, told.age_group, told.effective_at
    session.add(case)


async def handed_over(session: AsyncSession, told: identification.VictimReferred) -> None:
    """From now on the special police body sees the case here too (ID-7)."""
    await access.allow(session, [(told.case_id, told.to, "referral", told.effective_at)])


async def recognised(session: AsyncSession, told: Recognised) -> None:
    """The person is considered a victim (ID-8)."""
    kind = "formal" if isinstance(told, identification.VictimIdentified) else told.kind
    if await session.get(t.Recognition, told.recognition_id) is None:
        session.add(
            t.Recognition(recognition_id=told.recognition_id, case_id=told.case_id, kind=kind, since=told.effective_at)
        )


async def recognised_person(session: AsyncSession, told: Recognised) -> None:
    """The recognition, and the facts that come with it (ID-8, ID-5)."""
    await recognised(session, told)
    await person_facts(session, told)


async def revoked(session: AsyncSession, told: identification.RecognitionRevoked) -> None:
    """The recognition counts no more for what comes (ID-9)."""
    recognition = await session.get(t.Recognition, told.recognition_id)
    if recognition:
        recognition.revoked_at = told.effective_at


async def reflection_started(session: AsyncSession, told: identification.ReflectionStarted) -> None:
    """The period and its end (ID-10)."""
    session.add(
        t.Reflection(
            reflection_id=told.reflection_id, case_id=told.case_id, since=told.effective_at, ends_at=told.ends_at
        )
    )


async def reflection_ended(session: AsyncSession, told: identification.ReflectionEnded) -> None:
    """The period is over (ID-10)."""
    reflection = await session.get(t.Reflection, told.reflection_id)
    if reflection:
        reflection.ended_at = told.effective_at


async def consent_granted(session: AsyncSession, told: identification.ConsentGranted) -> None:
    """A consent whose purpose is served here; what it lets the recipient see (ID-12)."""
    if told.purpose not in (bars.TOLD_PURPOSE, *CONSENT_BASES):
        return
    session.add(
        t.Consent(
            consent_id=told.consent_id,
            case_id=told.case_id,
            recipient=told.recipient,
            purpose=told.purpose,
            given_at=told.effective_at,
        )
    )
    await session.flush()
    if told.purpose in CONSENT_BASES:
        await access.allow(session, [(told.case_id, told.recipient, told.purpose, told.effective_at)])


async def consent_withdrawn(session: AsyncSession, told: identification.ConsentWithdrawn) -> None:
    """The consent ends, and what it let the recipient see, unless another to the same purpose stands (ID-12)."""
    consent = await session.get(t.Consent, told.consent_id)
    if consent:
        consent.withdrawn_at = told.effective_at
        await session.flush()
    if told.purpose in CONSENT_BASES and not await still_consents(session, told):
        await access.end(session, [(told.case_id, told.recipient, told.purpose)])


async def still_consents(session: AsyncSession, told: identification.ConsentWithdrawn) -> bool:
    """Whether another consent to this recipient and purpose stands."""
    other = select(t.Consent.consent_id).where(
        t.Consent.case_id == told.case_id,
        t.Consent.recipient == told.recipient,
        t.Consent.purpose == told.purpose,
        t.Consent.withdrawn_at.is_(None),
    )
    return await session.scalar(other.limit(1)) is not None


async def claim_open(session: AsyncSession, told: fund.ClaimEvent) -> None:
    """A claim at the Fund that is open (RP-4, RP-5)."""
    await _claim(session, told, is_open=True)


async def claim_settled(session: AsyncSession, told: fund.ClaimEvent) -> None:
    """A claim at the Fund that is not open any more (RP-4)."""
    await _claim(session, told, is_open=False)


async def _claim(session: AsyncSession, told: fund.ClaimEvent, *, is_open: bool) -> None:
    claim = await session.get(t.ClaimSeen, told.claim_id)
    if claim is None:
        claim = t.ClaimSeen(claim_id=told.claim_id, case_id=told.case_id, kind=told.kind, since=told.effective_at)
        session.add(claim)
    claim.is_open, claim.changed_at = is_open, told.effective_at
    await session.flush()
