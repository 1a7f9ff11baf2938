"""A permit from the decision on: grant, refusal in writing, extension, end, appeal (RP-1, RP-3, ID-9)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

from casework.access import Access, grant, revoke
from casework.bases import requested, serves
from casework.calendar import Term, local_date
from casework.endings import require_not_withdrawn
from chassis.clock import new_id
from chassis.errors import Invalid, NotPossible
from chassis.unit_of_work import UnitOfWork
from nrm_events.repatriation import PermitAppealed, PermitEligible, PermitGranted, PermitRefused, PermitSetAside
from nrm_events.taking_part import MIGRATION_SERVICE
from sqlalchemy import select

from repatriation.commands import (
    AppealPermit,
    ConfirmPermit,
    EndPermit,
    EndProceedings,
    ExtendPermit,
    GrantPermit,
    ReapplyForPermit,
    RefusePermit,
    SetRefusalAside,
)
from repatriation.domain import permits
from repatriation.facts import cases
from repatriation.facts.permits import facts_of, law
from repatriation.rights import PERMIT_KIND
from repatriation.tables import Permit, PermitDecision
from repatriation.use_cases import permit_changes
from repatriation.use_cases.aggregate import audit, effective, load_object, move
from repatriation.use_cases.bar_changes import lift_what_rests_on
from repatriation.use_cases.permit_changes import about, end_access, open_row, publish, state_after
from repatriation.use_cases.re_examination import settle


@dataclass(frozen=True)
class Outcome:
    """What was decided, as it is stored."""

    outcome: str
    months: int | None = None
    valid_until: date | None = None
    reasons: Sequence[str] = ()
    text: str | None = None


async def grant_permit(uow: UnitOfWork, permit_id: UUID, command: GrantPermit) -> Permit:
    """Up to 12 months (RP-1), and one decision only: the database refuses a second one in the same round."""
    permit = await load_object(uow, Permit, permit_id, for_="grant_permit", read=command)
    at = effective(uow, permit, command)
    after = await state_after(uow, permit, "grant", at)
    permits.require_first_months(command.months, law(local_date(at)))
    valid_until = permit_changes.set_term(permit, Term(local_date(at), command.months))
    await _decide(uow, permit, Outcome("granted", command.months, valid_until), at)
    move(permit, after, at)
    await revoke(uow, permit.case_id, MIGRATION_SERVICE, requested(PERMIT_KIND, permit.id))
    await grant(uow, [Access(permit.case_id, MIGRATION_SERVICE, serves(PERMIT_KIND, permit.id), at)])
    publish(uow, permit, PermitGranted(**about(permit, at), valid_until=valid_until))
    audit(uow, "grant", permit, at, months=command.months, valid_until=valid_until)
    return permit


async def refuse(uow: UnitOfWork, permit_id: UUID, command: RefusePermit) -> Permit:
    """RP-3: reasoned, in writing, and never on a ground that is waived for this person."""
    permit = await load_object(uow, Permit, permit_id, for_="refuse_permit", read=command)
    at = effective(uow, permit, command)
    after = await state_after(uow, permit, "refuse", at)
    of_the_day = law(local_date(at))
    possible = permits.refusal_grounds(permit.state, await facts_of(uow, permit, at), of_the_day)
    permits.require_refusal_reasons(command.reasons, of_the_day, possible)
    if not command.text.strip():
        raise Invalid("text_missing", "A refusal is in writing.")
    reasons = list(dict.fromkeys(command.reasons))
    await _decide(uow, permit, Outcome("refused", reasons=reasons, text=command.text), at)
    move(permit, after, at)
    settle(uow, permit, at)
    publish(uow, permit, PermitRefused(**about(permit, at), reasons=reasons))
    audit(uow, "refuse", permit, at, reasons=reasons)
    return permit


async def _decide(uow: UnitOfWork, permit: Permit, outcome: Outcome, at: datetime) -> None:
    """The decision of this round. Opinions whose term ended before the clocks ran fall silent with it."""
    values = asdict(outcome) | {"reasons": list(outcome.reasons)}
    uow.session.add(
        PermitDecision(
            id=new_id(),
            permit_id=permit.id,
            round=permit.round,
            decided_by=uow.actor.sub,
            decided_at=at,
            recorded_at=uow.now,
            **values,
        )
    )
    permit.decided_at = at
    await permit_changes.record_silence(uow, permit, at)


async def extend(uow: UnitOfWork, permit_id: UUID, command: ExtendPermit) -> Permit:
    """Up to 24 months each time, counted from the day on which it would end (RP-1).

    What was decided in time and is entered late finds the permit expired; its end is then no act that it follows.
    """
    permit = await load_object(uow, Permit, permit_id, for_="extend_permit", read=command)
    if permit.state == "expired" and permit.decided_at:
        permit.effective_at = permit.decided_at
    at = effective(uow, permit, command)
    await state_after(uow, permit, "extend", at)
    permits.require_extension_months(command.months, law(local_date(at)))
    permit_changes.extend(uow, permit, command.months, at)
    return permit


async def end(uow: UnitOfWork, permit_id: UUID, command: EndPermit) -> Permit:
    """Cancelled by the authority or surrendered by the person."""
    permit = await load_object(uow, Permit, permit_id, for_="end_permit", read=command)
    at = effective(uow, permit, command)
    after = await state_after(uow, permit, permits.ENDED_HOW[command.how], at)
    await permit_changes.finish(uow, permit, after, at)
    return permit


async def appeal(uow: UnitOfWork, permit_id: UUID, command: AppealPermit) -> Permit:
    """The refusal is appealed; the next decision is the answer (RP-3)."""
    permit = await load_object(uow, Permit, permit_id, for_="appeal_permit", read=command)
    at = effective(uow, permit, command)
    move(permit, await state_after(uow, permit, "appeal", at), at)
    permit.round += 1
    publish(uow, permit, PermitAppealed(**about(permit, at)))
    audit(uow, "appeal", permit, at)
    return permit


async def set_aside(uow: UnitOfWork, permit_id: UUID, command: SetRefusalAside) -> Permit:
    """The appeal against a refusal before lodging succeeds: the application goes on (RP-1, RP-3)."""
    permit = await load_object(uow, Permit, permit_id, for_="set_aside_permit", read=command)
    at = effective(uow, permit, command)
    move(permit, await state_after(uow, permit, "set_aside", at), at)
    permit.round += 1
    permit.decided_at = permit.motion_declined_at = permit.motion_due_at = None
    publish(uow, permit, PermitSetAside(**about(permit, at)))
    audit(uow, "set_aside", permit, at)
    return permit


async def reapply(uow: UnitOfWork, permit_id: UUID, command: ReapplyForPermit) -> Permit:
    """A new application follows the refused one; the answer is the new permit. NotPossible `case_withdrawn`.

    The migration service sees it before the application only where it recorded this itself.
    """
    old = await load_object(uow, Permit, permit_id, for_="reapply_permit", read=command)
    require_not_withdrawn(await cases.outcome(uow, old.case_id))
    at = effective(uow, old, command)
    move(old, await state_after(uow, old, "reapply", at), at)
    audit(uow, "reapply", old, at)
    await end_access(uow, old)
    await uow.session.flush()
    new = open_row(uow, old.case_id, old.ground, at)
    new.follows = old.id
    new.proceedings_ended_at = old.proceedings_ended_at
    if uow.actor.agency == MIGRATION_SERVICE:
        await grant(uow, [Access(new.case_id, MIGRATION_SERVICE, requested(PERMIT_KIND, new.id), at)])
    publish(uow, new, PermitEligible(**about(new, at)))
    return new


async def confirm(uow: UnitOfWork, permit_id: UUID, command: ConfirmPermit) -> Permit:
    """ID-9: after re-examination the permit stands. NotPossible `no_re_examination_open`."""
    permit = await load_object(uow, Permit, permit_id, for_="confirm_permit", read=command)
    if not permit.re_examine:
        raise NotPossible("no_re_examination_open", permits.DETAILS["no_re_examination_open"])
    at = effective(uow, permit, command)
    settle(uow, permit, at)
    move(permit, permit.state, at)
    audit(uow, "confirm", permit, at)
    return permit


async def end_proceedings(uow: UnitOfWork, permit_id: UUID, command: EndProceedings) -> Permit:
    """The proceedings ended: the permit is no longer extended by itself and its bar is lifted (RP-1, RP-4)."""
    permit = await load_object(uow, Permit, permit_id, for_="end_proceedings", read=command)
    if permit.ground != permits.ASSISTING or permit.proceedings_ended_at:
        raise NotPossible("not_on_this_ground", permits.DETAILS["not_on_this_ground"])
    at = effective(uow, permit, command)
    same = await uow.session.scalars(
        select(Permit).where(Permit.case_id == permit.case_id, Permit.ground == permits.ASSISTING)
    )
    for row in same.all():
        row.proceedings_ended_at = row.proceedings_ended_at or at
        await lift_what_rests_on(uow, "permit", {permit.case_id: (row.id, at)})
    move(permit, permit.state, at)
    audit(uow, "end_proceedings", permit, at)
    return permit
