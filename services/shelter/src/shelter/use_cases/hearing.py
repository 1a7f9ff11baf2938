"""What shelter does when it hears of a case: who may know of it, its facts, consent, decisions, departure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from chassis import access
from chassis.actor import system
from chassis.outbox import emit
from chassis.schema import case_access
from nrm_events.identification import ConsentGranted, ConsentWithdrawn, PersonFacts
from nrm_events.shelter import ConsentWithdrawalAcknowledged
from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from shelter.domain.codes import of_police
from shelter.domain.stays import OPEN, WAITING, category_of
from shelter.tables import CaseFacts, Handover, Stay
from shelter.use_cases.aftercare import handover_basis, withdraw_handover
from shelter.use_cases.at_hand import addressees, note, request_basis
from shelter.use_cases.requests import withdraw
from shelter.use_cases.residence import end_stay

SHELTER = system("shelter")
_GROWN_UP = ("child", "adult")


async def open_cases(session: AsyncSession, opened: Mapping[UUID, tuple[str, str, datetime]]) -> None:
    """New cases with (holder, age group, since); the holder may know of them."""
    rows = [{"case_id": c, "holder": h, "age_group": a, "opened_at": at} for c, (h, a, at) in opened.items()]
    await session.execute(upsert(CaseFacts).values(rows).on_conflict_do_nothing())
    await access.allow(session, [(c, holder, "holder", at) for c, (holder, _, at) in opened.items()])


async def keep_facts(session: AsyncSession, told: Sequence[PersonFacts]) -> list[PersonFacts]:
    """ID-5: the age group as it was told last; those of `told` that changed it."""
    changes = []
    for facts in told:
        known = await session.get(CaseFacts, facts.case_id)
        if known is not None and known.age_group != facts.age_group:
            known.child_until = facts.effective_at if (known.age_group, facts.age_group) == _GROWN_UP else None
            known.age_group = facts.age_group
            changes.append(facts)
    return changes


async def change_facts(session: AsyncSession, told: Sequence[PersonFacts]) -> None:
    """ID-5: age was established or corrected. An offer and a stay go on, and a person looks whether they still fit."""
    for change in await keep_facts(session, told):
        for stay in await _open_stays(session, change.case_id):
            _change_age(session, stay, change.age_group, change.effective_at)


def _change_age(session: AsyncSession, stay: Stay, age_group: str, at: datetime) -> None:
    """Where nobody lives yet the category follows at once, so that no child is given an adult's place or days."""
    stay.age_group = age_group
    if stay.state != "admitted":
        stay.category = category_of(stay.category, age_group, stay.children)
    if stay.state in WAITING:
        stay.version += 1
        note(session, SHELTER, "change_category", stay, at, category=stay.category)
    else:
        _ask_to_re_examine(session, stay, at, "age_group_changed")


async def mark_for_re_examination(session: AsyncSession, case_id: UUID, at: datetime, reason: str) -> None:
    """ID-9: what was granted is looked at again by a person; nothing is cancelled by the event."""
    for stay in await _open_stays(session, case_id):
        if stay.state == "admitted":
            _ask_to_re_examine(session, stay, at, reason)


def _ask_to_re_examine(session: AsyncSession, stay: Stay, at: datetime, reason: str) -> None:
    stay.re_examine_since, stay.re_examine_reason = at, reason
    stay.version += 1
    note(session, SHELTER, "ask_to_re_examine", stay, at, reason=reason)


async def _open_stays(session: AsyncSession, case_id: UUID) -> Sequence[Stay]:
    asked = select(Stay).where(Stay.case_id == case_id, Stay.state.in_(OPEN)).order_by(Stay.id).with_for_update()
    return (await session.scalars(asked)).all()


def consent_basis(consent_id: UUID) -> str:
    """Why an agency may know of a case: the person agreed."""
    return f"consent:{consent_id}"


async def allow_by_consent(session: AsyncSession, granted: Sequence[ConsentGranted]) -> None:
    """ID-12: the recipient may know of the case; bodies of the police only by the hand-over itself (ID-7)."""
    rows = [(g.case_id, g.recipient, consent_basis(g.consent_id), g.effective_at) for g in granted]
    await access.allow(session, [row for row in rows if not of_police(row[1])])


async def end_sight_by_consent(session: AsyncSession, events: Sequence[ConsentWithdrawn]) -> None:
    """ID-12: this consent lets its recipient see the case no more."""
    await access.end(session, [(e.case_id, e.recipient, consent_basis(e.consent_id)) for e in events])


async def end_consent(session: AsyncSession, event: ConsentWithdrawn) -> None:
    """ID-12: the recipient loses sight of the case here, its pending requests and hand-overs end, and we say so.

    Nobody who moved in is put out (SH-3): the operator of a stay keeps it until the person leaves. Another consent to
    the same recipient that still stands keeps everything as it is."""
    await end_sight_by_consent(session, [event])
    if not await _consents_still(session, event.case_id, event.recipient):
        await _end_requests(session, event)
        await _end_handovers(session, event)
    emit(
        session,
        ConsentWithdrawalAcknowledged(
            effective_at=event.effective_at, case_id=event.case_id, consent_id=event.consent_id
        ),
    )


async def _consents_still(session: AsyncSession, case_id: UUID, recipient: str) -> bool:
    standing = exists().where(
        case_access.c.case_id == case_id,
        case_access.c.agency == recipient,
        case_access.c.basis.startswith("consent:"),
    )
    return bool(await session.scalar(select(standing)))


async def _end_requests(session: AsyncSession, event: ConsentWithdrawn) -> None:
    for stay in await _open_stays(session, event.case_id):
        asked = await addressees(session, stay.id)
        mine = next((row for row in asked if row.operator == event.recipient), None)
        if mine is None or stay.state == "admitted":
            continue
        at = max(event.effective_at, stay.last_act_at)
        mine.refused_at, mine.reasons = mine.refused_at or at, mine.reasons or ["consent_withdrawn"]
        if stay.state == "offered" and stay.operator == event.recipient:
            await withdraw(session, SHELTER, stay, "decline", at, ["consent_withdrawn"])
        elif stay.state != "offered" and all(row.refused_at for row in asked):
            await withdraw(session, SHELTER, stay, "refuse", at, ["consent_withdrawn"])
        else:
            await access.end(session, [(event.case_id, event.recipient, request_basis(stay.id))])
            note(session, SHELTER, "withdraw_one", stay, at, reasons=["consent_withdrawn"])


async def _end_handovers(session: AsyncSession, event: ConsentWithdrawn) -> None:
    rows = await session.scalars(
        select(Handover)
        .where(Handover.case_id == event.case_id, Handover.to_agency == event.recipient)
        .with_for_update()
    )
    for handover in rows:
        await access.end(session, [(event.case_id, event.recipient, handover_basis(handover.id))])
        if handover.state == "requested":
            withdraw_handover(session, SHELTER, handover, max(event.effective_at, handover.requested_at))


async def end_by_departure(session: AsyncSession, case_id: UUID, at: datetime) -> None:
    """The person left the country: a stay ends as repatriated, and a place is no longer looked for (SH-2)."""
    for stay in await _open_stays(session, case_id):
        if stay.state == "admitted":
            await end_stay(session, SHELTER, stay, max(at, stay.last_act_at), "repatriated")
        else:
            await _look_no_longer(session, stay, at)


async def end_by_withdrawal(session: AsyncSession, case_id: UUID, at: datetime) -> None:
    """The person withdrew the case: a place is no longer looked for, so those who were asked lose sight of it.

    Nobody is put out (SH-3): a person looks at the stay of who lives in a shelter."""
    for stay in await _open_stays(session, case_id):
        if stay.state == "admitted":
            _ask_to_re_examine(session, stay, at, "case_withdrawn")
        else:
            await _look_no_longer(session, stay, at)


async def _look_no_longer(session: AsyncSession, stay: Stay, at: datetime) -> None:
    action = "decline" if stay.state == "offered" else "refuse"
    await withdraw(session, SHELTER, stay, action, max(at, stay.last_act_at), ["case_withdrawn"])


async def allow_by_referral(session: AsyncSession, rows: Sequence[tuple[UUID, str, datetime]]) -> None:
    """ID-7: the case was handed over; from now on this body may know of it."""
    await access.allow(session, [(case_id, agency, "referral", at) for case_id, agency, at in rows])
