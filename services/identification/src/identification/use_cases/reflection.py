"""The reflection and recovery period: offered, started, ended by the person or its last day (ID-10)."""

from datetime import datetime
from uuid import UUID

from casework import agencies
from casework.access import NotForThisBasis
from chassis.clock import new_id
from chassis.errors import NotPossible
from nrm_events import identification as events
from nrm_events.taking_part import is_police
from sqlalchemy import select

from identification import facts
from identification.commands import ConfirmReflection, EndReflection, OfferReflection
from identification.domain import cases as rules
from identification.parameters import parameter
from identification.resources import Work
from identification.tables import Case, Reflection
from identification.use_cases import cases


async def offer(uow: Work, case_id: UUID, command: OfferReflection) -> Case:
    """Offer or start the reflection period (ID-10); `not_in_force` before the law knew it."""
    case = await cases.load_going(uow, case_id, for_="offer_reflection")
    recognitions = await facts.recognitions(uow, case.id)
    rules.check_reflection(recognitions)
    first = min(recognition.since for recognition in recognitions if recognition.revoked_at is None)
    at = uow.effective(command.happened_at, not_before=first)
    days = parameter("reflection_days", at, applies_to="all" if case.citizenship == "citizen" else "foreign")
    row = await _offered(uow, case, command, at)
    if command.started:
        row.state = rules.REFLECTION.after(row.state, "start")
        row.started_at = uow.effective(at, not_before=row.offered_at)
        row.ends_at = rules.reflection_end(at, days)
        uow.emit(events.ReflectionStarted(effective_at=at, case_id=case.id, reflection_id=row.id, ends_at=row.ends_at))
    cases.audit(uow, case, "offer_reflection", at, subject=f"reflection/{row.id}", started=command.started)
    return case


async def _offered(uow: Work, case: Case, command: OfferReflection, at: datetime) -> Reflection:
    """The period that was offered before, or a new one."""
    row = await facts.open_reflection(uow, case.id)
    if row is None:
        row = Reflection(id=new_id(), case_id=case.id, state=rules.REFLECTION.start, offered_at=at)
        uow.session.add(row)
    elif row.state == "active":
        raise NotPossible("already_active", "A reflection period runs already.")
    elif not command.started:
        raise NotPossible("already_offered", "Reflection was offered already.")
    return row


async def end(uow: Work, case_id: UUID, command: EndReflection) -> Case:
    """The person ends the period early, by their own written wish; never the police, on whatever basis (ID-10)."""
    case = await cases.load(uow, case_id, for_="end_reflection")
    if is_police(await agencies.kind(uow, uow.actor.agency)):
        raise NotForThisBasis("end_reflection")
    row = await facts.open_reflection(uow, case.id)
    if row is None:
        raise NotPossible("no_reflection", "No reflection period is open.")
    at = uow.effective(command.happened_at, not_before=row.started_at or row.offered_at)
    row.written_wish = command.written_wish
    _finish(uow, row, at)
    cases.audit(uow, case, "end_reflection", at, subject=f"reflection/{row.id}", written_wish=command.written_wish)
    return case


async def end_with_case(uow: Work, case: Case, written_wish: str | None, at: datetime) -> None:
    """The case ends, and with it an offer; an active period by the person's own written wish alone (ID-10).

    Without the wish it runs on to its last day. While one is active, police do not end the case.
    """
    row = await facts.open_reflection(uow, case.id)
    if row is None:
        return
    if row.state == "active":
        if is_police(await agencies.kind(uow, uow.actor.agency)):
            raise NotPossible("reflection_active", "Police do not end a case while a reflection period runs.")
        if written_wish is None:
            return
        row.written_wish = written_wish
    _finish(uow, row, max(at, row.started_at or row.offered_at))


async def require_re_examination(uow: Work, case: Case, reason: str, at: datetime) -> None:
    """What an open period rests on has changed: the holder looks, and the period goes on meanwhile (ID-9, ID-10)."""
    row = await facts.open_reflection(uow, case.id)
    if row is not None:
        row.re_examine_since = at
        uow.emit(
            events.ReExaminationRequired(
                effective_at=at, case_id=case.id, grant="reflection", grant_id=row.id, reason=reason
            )
        )


async def settle_re_examination(uow: Work, case: Case, at: datetime) -> None:
    """A new recognition carries the period as the old one did (ID-9)."""
    row = await facts.open_reflection(uow, case.id)
    if row is not None:
        _settle(uow, row, at)


async def confirm(uow: Work, case_id: UUID, command: ConfirmReflection) -> Case:
    """Somebody looked at the period again, and it goes on (ID-9, ID-10)."""
    case = await cases.load_going(uow, case_id, for_="confirm_reflection")
    row = await facts.open_reflection(uow, case.id)
    if row is None or row.re_examine_since is None:
        raise NotPossible("nothing_to_re_examine", "No decision requires the period to be looked at again.")
    at = uow.effective(command.happened_at, not_before=row.re_examine_since)
    _settle(uow, row, at)
    cases.audit(uow, case, "confirm_reflection", at, subject=f"reflection/{row.id}")
    return case


def _settle(uow: Work, row: Reflection, at: datetime) -> None:
    if row.re_examine_since is not None:
        row.re_examine_since = None
        uow.emit(events.ReExaminationSettled(effective_at=at, case_id=row.case_id, grant="reflection", grant_id=row.id))


def _finish(uow: Work, row: Reflection, at: datetime) -> None:
    was_active = row.state == "active"
    _settle(uow, row, at)
    row.state = rules.REFLECTION.after(row.state, "end")
    row.ended_at = at
    if was_active:
        uow.emit(events.ReflectionEnded(effective_at=at, case_id=row.case_id, reflection_id=row.id))


async def end_due(uow: Work) -> None:
    """Reflection periods end with their last day (ID-10). Their cases are locked first, as by every act."""
    over = select(Reflection).where(Reflection.state == "active", Reflection.ends_at <= uow.now)
    due = list(await uow.session.scalars(over.with_only_columns(Reflection.case_id).limit(200)))
    await uow.lock(*due)
    for row in list(await uow.session.scalars(over.where(Reflection.case_id.in_(due)).with_for_update())):
        case = await uow.session.get_one(Case, row.case_id, with_for_update=True)
        ended_at = row.ends_at or uow.now
        _finish(uow, row, ended_at)
        cases.audit(uow, case, "end_reflection", ended_at, subject=f"reflection/{row.id}")
