"""Reflection, rights explained, potential victims, age established, and how a case ends."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, cast
from uuid import UUID

from chassis.actor import Actor
from chassis.errors import NotPossible
from chassis.clock import effective, new_id
from chassis.outbox import emit
from nrm_events import identification as events
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from identification.domain import cases
from identification.law import parameter
from identification.standards import known_language
from identification.tables import Case, Disclosure, Reflection, RightsExplanation
from identification.use_cases.acts import (
    last_step_at,
    move,
    note,
    open_case,
    open_going_case,
    recognitions,
    settle_consent,
)
from identification.use_cases.agencies import check_agency

Outcome = Literal["closed", "withdrawn", "transferred_abroad"]
_ENDINGS: dict[str, Outcome] = {"close": "closed", "withdraw": "withdrawn", "transfer_abroad": "transferred_abroad"}


async def offer_reflection(
    session: AsyncSession, who: Actor, case_id: UUID, started: bool, happened_at: datetime | None, now: datetime
) -> Case:
    """Offer or start the reflection period (ID-10); `not_in_force` before the law knew it."""
    case = await open_going_case(session, who, case_id, "offer_reflection")
    held = await recognitions(session, case.id)
    cases.check_reflection(held)
    first = min(recognition.since for recognition in held if recognition.revoked_at is None)
    at = effective(happened_at, now, not_before=first)
    days = parameter("reflection_days", at, applies_to="all" if case.citizenship == "citizen" else "foreign")
    row = await _open_reflection(session, case)
    if row is None:
        row = Reflection(id=new_id(), case_id=case.id, state=cases.REFLECTION.start, offered_at=at)
        session.add(row)
    elif row.state == "active":
        raise NotPossible("already_active", "A reflection period runs already.")
    elif not started:
        raise NotPossible("already_offered", "Reflection was offered already.")
    if started:
        row.state = cases.REFLECTION.after(row.state, "start")
        row.started_at = effective(at, now, not_before=row.offered_at)
        row.ends_at = cases.reflection_end(at, days)
        emit(
            session,
            events.ReflectionStarted(effective_at=at, case_id=case.id, reflection_id=row.id, ends_at=row.ends_at),
        )
    note(session, who, case, "offer_reflection", at, f"reflection/{row.id}", started=started)
    return case


async def _open_reflection(session: AsyncSession, case: Case) -> Reflection | None:
    found: Reflection | None = await session.scalar(
        select(Reflection).where(Reflection.case_id == case.id, Reflection.state != "ended").with_for_update()
    )
    return found


async def end_reflection(
    session: AsyncSession, who: Actor, case_id: UUID, happened_at: datetime | None, now: datetime
) -> Case:
    """The person ends the period earlier (ID-10)."""
    case = await open_case(session, who, case_id)
    row = await _open_reflection(session, case)
    if row is None:
        raise NotPossible("no_reflection", "No reflection period is open.")
    at = effective(happened_at, now, not_before=row.started_at or row.offered_at)
    finish_reflection(session, row, at)
    note(session, who, case, "end_reflection", at, f"reflection/{row.id}")
    return case


def finish_reflection(session: AsyncSession, row: Reflection, at: datetime) -> None:
    """By the person's wish, or by the clock on its last day (ID-10)."""
    was_active = row.state == "active"
    row.state = cases.REFLECTION.after(row.state, "end")
    row.ended_at = at
    if was_active:
        emit(session, events.ReflectionEnded(effective_at=at, case_id=row.case_id, reflection_id=row.id))


async def explain_rights(
    session: AsyncSession,
    who: Actor,
    case_id: UUID,
    language: str,
    document_version: str,
    interpreter: bool,
    happened_at: datetime | None,
    now: datetime,
) -> Case:
    """Record that the person was told their rights in a language they understand (ID-14)."""
    case = await open_going_case(session, who, case_id, "explain_rights")
    language = known_language(language, "body.language")
    at = effective(happened_at, now, not_before=case.reported_at)
    row = RightsExplanation(
        id=new_id(),
        case_id=case.id,
        language=language,
        document_version=document_version,
        interpreter=interpreter,
        explained_at=at,
    )
    session.add(row)
    emit(
        session,
        events.RightsExplained(
            effective_at=at,
            case_id=case.id,
            explanation_id=row.id,
            language=language,
            document_version=document_version,
        ),
    )
    note(session, who, case, "explain_rights", at, language=language, interpreter=interpreter)
    return case


async def record_potential(
    session: AsyncSession,
    who: Actor,
    case_id: UUID,
    categories: Sequence[str],
    happened_at: datetime | None,
    now: datetime,
) -> Case:
    """The person has access to help without recognition (ID-19)."""
    case = await open_case(session, who, case_id)
    if case.status in cases.ENDED or case.status == "reported":
        raise NotPossible("not_possible_in_state", f"A case that is {case.status} takes no category.")
    at = effective(happened_at, now, not_before=case.reported_at)
    case.categories = sorted(set(case.categories) | set(categories))
    case.potential_at = case.potential_at or at
    emit(
        session,
        events.PotentialVictimRecorded(effective_at=at, case_id=case.id, categories=case.categories),
    )
    note(session, who, case, "record_potential", at, categories=case.categories)
    return case


async def establish_age(
    session: AsyncSession, who: Actor, case_id: UUID, age_group: str, happened_at: datetime | None, now: datetime
) -> Case:
    """Age is established; until then doubt counted as child (ID-5). Whether consent is needed follows (ID-7)."""
    case = await open_going_case(session, who, case_id, "establish_age")
    at = effective(happened_at, now, not_before=case.reported_at)
    case.age_group, case.age_doubted, case.age_established = age_group, False, True
    case.came_of_age = False
    await settle_consent(session, case, at)
    tell_facts(session, case, at)
    note(session, who, case, "establish_age", at, age_group=age_group)
    return case


def tell_facts(session: AsyncSession, case: Case, at: datetime) -> None:
    """Age group or citizenship changed: the services that decide by them hear it (ID-5)."""
    emit(
        session,
        events.PersonFactsChanged.model_validate(
            {"effective_at": at, "case_id": case.id, "age_group": case.age_group, "citizenship": case.citizenship}
        ),
    )


async def disclose(
    session: AsyncSession,
    who: Actor,
    case_id: UUID,
    recipient: str,
    decided_by: str,
    decision_reference: str,
    data_class: str,
    happened_at: datetime | None,
    now: datetime,
) -> Case:
    """Record a disclosure by decision of a prosecutor or court, with its reference (ID-13)."""
    case = await open_case(session, who, case_id)
    await check_agency(session, recipient, "body.recipient")
    at = effective(happened_at, now, not_before=case.reported_at)
    row = Disclosure(
        id=new_id(),
        case_id=case.id,
        recipient=recipient,
        decided_by=decided_by,
        decision_reference=decision_reference,
        data_class=data_class,
        disclosed_at=at,
    )
    session.add(row)
    emit(
        session,
        events.IdentityDisclosed(
            effective_at=at,
            case_id=case.id,
            disclosure_id=row.id,
            recipient=recipient,
            decided_by=cast(Literal["prosecutor", "court"], decided_by),
        ),
    )
    note(session, who, case, "disclose", at, f"disclosure/{row.id}", recipient=recipient, decided_by=decided_by)
    return case


async def end_case(
    session: AsyncSession, who: Actor, case_id: UUID, action: str, happened_at: datetime | None, now: datetime
) -> Case:
    """Close the case, or end it by the person's wish or because another country takes it over."""
    case = await open_case(session, who, case_id)
    at = effective(happened_at, now, not_before=await last_step_at(session, case))
    move(case, action)
    case.referral_awaited = False  # whoever waits for it hears that the case closed
    emit(session, events.CaseClosed(effective_at=at, case_id=case.id, outcome=_ENDINGS[action]))
    note(session, who, case, action, at)
    return case
