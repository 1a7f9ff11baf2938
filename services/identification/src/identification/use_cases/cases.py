"""What every act on a case begins and ends with: load, transition, settle what follows, audit."""

from datetime import datetime
from uuid import UUID

from casework import access, aggregate
from casework.access import grant, revoke_by
from casework.bases import GUARDIAN_AUTHORITY
from casework.commands import Change, Decision
from casework.projection import guardianship, opens_to_guardianship
from chassis.errors import NotPossible
from nrm_events import identification as events

from identification import facts
from identification.domain.cases import (
    BEFORE_HAND_OVER,
    CASE,
    check_going,
    consent_move,
    referral_awaited,
    referral_due,
)
from identification.parameters import parameter_or_none
from identification.resources import Work
from identification.tables import Case


async def load(uow: Work, case_id: UUID, *, for_: str, read: Change | Decision | None = None) -> Case:
    """The case, locked, where the actor's basis gives this action; Stale where it is not as the command read it."""
    return await aggregate.load(uow, Case, case_id, for_=for_, read=read)


async def load_going(uow: Work, case_id: UUID, *, for_: str) -> Case:
    """The same, for an act that a case which has ended no longer takes."""
    case = await load(uow, case_id, for_=for_)
    try:
        check_going(case.status, for_)
    except NotPossible as refused:
        raise await without_state(uow, case, refused) from None
    return case


async def without_state(uow: Work, case: Case, refused: NotPossible) -> NotPossible:
    """The refusal; without the state where the actor may not read the progress of the case (ID-12)."""
    if access.gives(uow, "read_progress", await access.bases(uow, case.id)):
        return refused
    return NotPossible(refused.code, "The case does not allow this now.")


def transition(case: Case, action: str) -> None:
    """Follow the case's machine; NotPossible names what would be possible. `audit` raises the version."""
    case.status = CASE.after(case.status, action)


def audit(uow: Work, case: Case, action: str, at: datetime, *, subject: str | None = None, **facts_: object) -> None:
    """The case changed: a new version, and an entry in the audit, which is its history too."""
    case.version += 1
    uow.audit(action, subject=subject or f"case/{case.id}", case_id=case.id, at=at, facts=facts_)


async def settle_consent(uow: Work, case: Case, at: datetime) -> None:
    """Consent or the need of it changed: the case waits for it, or may be handed over (ID-7)."""
    await uow.session.flush()
    consent = await facts.hand_over_consent(uow, case.id)
    needed = await facts.needs_consent(uow, case) and not await facts.was_handed_over(uow, case.id)
    step = consent_move(case.status, needed, consent is not None)
    if step:
        transition(case, step)
    await settle_referral(uow, case, at)


async def settle_referral(uow: Work, case: Case, at: datetime) -> None:
    """Emit ReferralAwaited when the 24-hour deadline starts and ReferralNoLongerAwaited when it stops applying (ID-7).

    The hand-over, and the duty met without the name, emit their own events.
    """
    hours = parameter_or_none("referral_hours", case.reported_at)
    awaited = hours is not None and await _is_awaited(uow, case)
    if awaited and not case.referral_awaited:
        due_at = referral_due(case.reported_at, hours)
        uow.emit(events.ReferralAwaited(effective_at=at, case_id=case.id, holder=case.holder, due_at=due_at))
    if case.referral_awaited and not awaited and case.status != "referred":
        uow.emit(events.ReferralNoLongerAwaited(effective_at=at, case_id=case.id))
    case.referral_awaited = awaited


async def _is_awaited(uow: Work, case: Case) -> bool:
    if case.status not in BEFORE_HAND_OVER or not await facts.may_be_handed_over(uow, case):
        return False
    return referral_awaited(case.status, await facts.was_handed_over(uow, case.id), True)


async def person_facts_changed(uow: Work, case: Case, at: datetime) -> None:
    """Age group or citizenship changed: emit it, and let the guardianship authority follow the age (ID-5)."""
    event = events.PersonFactsChanged.model_validate(
        {"effective_at": at, "case_id": case.id, **await person_facts(uow, case)}
    )
    uow.emit(event)
    await follow_age(uow, event)


def payee_changed(uow: Work, case: Case, at: datetime) -> None:
    """Another is paid for the case, or under another name or number: approvals before are void (FU-6)."""
    case.payee_revision += 1
    uow.emit(events.PayeeChanged(effective_at=at, case_id=case.id, revision=case.payee_revision))


async def person_facts(uow: Work, case: Case) -> dict[str, object]:
    """What an event states of the person; of a child also whether the guardianship authority alone doubts (ID-5)."""
    doubted = await facts.is_doubted_by_guardianship(uow, case)
    return {"age_group": case.age_group, "citizenship": case.citizenship, "doubted_by_guardianship": doubted}


async def follow_age(uow: Work, event: events.PersonFacts) -> None:
    """The guardianship authority knows of a child's case by law, until the person is adult (ID-5)."""
    if opens_to_guardianship(event):
        await grant(uow, [guardianship(event)])
    elif event.age_group == "adult":
        await revoke_by(uow, event.case_id, GUARDIAN_AUTHORITY.name)
