"""Support in the hands of another agency, after a stay or without one (SH-8)."""

from datetime import datetime
from uuid import UUID

from casework import access, aggregate
from casework.bases import by_serving
from casework.decreed_days import working_days_for_term
from chassis.clock import new_id
from chassis.errors import Invalid, NotPossible
from chassis.unit_of_work import UnitOfWork
from nrm_events.shelter import (
    HandoverAcknowledged,
    HandoverDeclined,
    HandoverDueMoved,
    HandoverEnded,
    HandoverRequested,
    HandoverWithdrawn,
)
from sqlalchemy import exists, select

from shelter.commands import AcknowledgeHandover, DeclineHandover, EndHandover, HandOver, WithdrawHandover
from shelter.domain.care import HANDOVER
from shelter.facts import agencies
from shelter.parameters import parameter_or_none
from shelter.rights import FORMER_PLACE
from shelter.tables import Handover, Stay
from shelter.use_cases import bases, re_examination
from shelter.use_cases.aggregate import load_case_for_request, load_handover, require_own
from shelter.use_cases.bases import BasisChanges

_BY_FORMER_OPERATOR = by_serving(FORMER_PLACE)


async def hand_over(uow: UnitOfWork, command: HandOver) -> Handover:
    """Hand support to another agency (SH-8), which has five working days to answer.

    Before the first day of that parameter there was no term, and so there is no clock.
    """
    case = await load_case_for_request(uow, command.case_id, for_="hand_over")
    at = uow.effective(command.happened_at, not_before=case.opened_at)
    if command.to == uow.actor.agency:
        raise Invalid("own_agency", "Support is handed over to another agency.")
    await agencies.check_takes_support(uow, command.to, "body.to")
    await _check_former_operator(uow, case.case_id)
    last_stay = await _last_stay(uow, case.case_id, at)
    days = parameter_or_none("handover_workdays", at)
    handover = Handover(
        id=new_id(),
        case_id=case.case_id,
        stay_id=last_stay.id if last_stay else None,
        state=HANDOVER.start,
        version=1,
        from_agency=uow.actor.agency,
        to_agency=command.to,
        requested_at=at,
        due_at=(await working_days_for_term(uow)).due(at, days) if days is not None else None,
        re_examine_reasons=[],
        recorded_at=uow.now,
    )
    uow.session.add(handover)
    await uow.session.flush()  # a second one that waits is refused here, by the database
    await bases.handover_requested(uow, handover)
    uow.emit(
        HandoverRequested(
            effective_at=at,
            case_id=handover.case_id,
            handover_id=handover.id,
            to=handover.to_agency,
            from_agency=handover.from_agency,
            due_at=handover.due_at,
        )
    )
    _audit(uow, "hand_over", handover, at, to=handover.to_agency)
    return handover


async def _last_stay(uow: UnitOfWork, case_id: UUID, at: datetime) -> Stay | None:
    stay: Stay | None = await uow.session.scalar(
        select(Stay)
        .where(Stay.case_id == case_id, Stay.state.in_(("admitted", "ended")), Stay.admitted_at <= at)
        .order_by(Stay.admitted_at.desc(), Stay.id.desc())
        .limit(1)
    )
    return stay


async def _check_former_operator(uow: UnitOfWork, case_id: UUID) -> None:
    """An operator whose stay has ended hands support over once, as that stay's last act (SH-8).

    `belongs_to_another_agency` where the person lived elsewhere since, NotPossible `already_taken_over`.
    """
    own = await access.bases(uow, case_id)
    if access.gives(uow, "hand_over", {basis for basis in own if not _BY_FORMER_OPERATOR.covers(basis)}):
        return
    last_stay = await _last_stay(uow, case_id, uow.now)
    require_own(uow, [last_stay.operator if last_stay else None])
    taken = exists().where(
        Handover.case_id == case_id,
        Handover.from_agency == uow.actor.agency,
        Handover.state.in_(("acknowledged", "ended")),
        Handover.stay_id == (last_stay.id if last_stay else None),
    )
    if await uow.session.scalar(select(taken)):
        raise NotPossible("already_taken_over", "An agency has taken over the support after your stay.")


async def acknowledge(uow: UnitOfWork, handover_id: UUID, command: AcknowledgeHandover) -> Handover:
    """The agency takes the support over and serves the person (SH-8)."""
    handover = await load_handover(uow, handover_id, for_="acknowledge", read=command)
    changes = BasisChanges()
    take_over(uow, changes, handover, command)
    await changes.write(uow)
    return handover


def take_over(uow: UnitOfWork, changes: BasisChanges, handover: Handover, command: AcknowledgeHandover) -> None:
    """The same for a hand-over that was loaded for it; `changes` are written by the caller."""
    at = _begin(uow, handover, "acknowledge", command)
    require_own(uow, [handover.to_agency])
    handover.acknowledged_at = at
    aggregate.transition(handover, HANDOVER, "acknowledge")
    changes.handover_taken(handover, at)
    uow.emit(
        HandoverAcknowledged(effective_at=at, case_id=handover.case_id, handover_id=handover.id, to=handover.to_agency)
    )
    _audit(uow, "acknowledge", handover, at)


async def decline(uow: UnitOfWork, handover_id: UUID, command: DeclineHandover) -> Handover:
    """The agency cannot take the support over, with a reason (SH-8); it knows of the case no longer."""
    handover = await load_handover(uow, handover_id, for_="decline_handover", read=command)
    changes = BasisChanges()
    turn_down(uow, changes, handover, command)
    await changes.write(uow)
    return handover


def turn_down(uow: UnitOfWork, changes: BasisChanges, handover: Handover, command: DeclineHandover) -> None:
    """The same for a hand-over that was loaded for it; `changes` are written by the caller."""
    at = _begin(uow, handover, "decline_handover", command)
    require_own(uow, [handover.to_agency])
    handover.declined_at, handover.decline_reason = at, command.reason
    aggregate.transition(handover, HANDOVER, "decline_handover")
    changes.handover_ended(handover)
    uow.emit(
        HandoverDeclined(
            effective_at=at,
            case_id=handover.case_id,
            handover_id=handover.id,
            to=handover.to_agency,
            reason=command.reason,
        )
    )
    _audit(uow, "decline_handover", handover, at, reason=command.reason)


async def withdraw(uow: UnitOfWork, handover_id: UUID, command: WithdrawHandover) -> Handover:
    """Whoever handed over takes it back before it is acknowledged (SH-8)."""
    handover = await load_handover(uow, handover_id, for_="withdraw", read=command)
    at = _begin(uow, handover, "withdraw", command)
    require_own(uow, [handover.from_agency])
    changes = BasisChanges()
    end_unanswered(uow, changes, handover, at)
    await changes.write(uow)
    return handover


def end_unanswered(uow: UnitOfWork, changes: BasisChanges, handover: Handover, at: datetime) -> None:
    """Ended before it was acknowledged: taken back, or the consent that it rested on was withdrawn (ID-12)."""
    handover.withdrawn_at = at
    aggregate.transition(handover, HANDOVER, "withdraw")
    changes.handover_ended(handover)
    uow.emit(
        HandoverWithdrawn(effective_at=at, case_id=handover.case_id, handover_id=handover.id, to=handover.to_agency)
    )
    _audit(uow, "withdraw", handover, at)


async def end(uow: UnitOfWork, handover_id: UUID, command: EndHandover) -> Handover:
    """The agency that took the support over ends it, with a reason, and serves the person no more (SH-8)."""
    handover = await load_handover(uow, handover_id, for_="end_handover", read=command)
    HANDOVER.after(handover.state, "end_handover")
    at = uow.effective(command.happened_at, not_before=handover.acknowledged_at)
    require_own(uow, [handover.to_agency])
    changes = BasisChanges()
    end_support(uow, changes, handover, at=at, reason=command.reason)
    await changes.write(uow)
    return handover


def end_support(uow: UnitOfWork, changes: BasisChanges, handover: Handover, *, at: datetime, reason: str) -> None:
    """Support that was taken over ends: by its agency, with its consent, or with the case (SH-8, ID-12)."""
    handover.ended_at, handover.end_reason = at, reason
    aggregate.transition(handover, HANDOVER, "end_handover")
    re_examination.settle_handover(uow, handover, at)
    changes.handover_ended(handover)
    uow.emit(
        HandoverEnded(
            effective_at=at,
            case_id=handover.case_id,
            handover_id=handover.id,
            to=handover.to_agency,
            reason=reason,
        )
    )
    _audit(uow, "end_handover", handover, at, reason=reason)


def move_due(uow: UnitOfWork, handover: Handover, due_at: datetime) -> None:
    """Another end of the term in which the agency answers (NO-3)."""
    handover.due_at = due_at
    handover.version += 1
    moved = HandoverDueMoved(
        effective_at=uow.now,
        case_id=handover.case_id,
        handover_id=handover.id,
        to=handover.to_agency,
        from_agency=handover.from_agency,
        due_at=due_at,
    )
    uow.emit(moved)
    _audit(uow, "move_due", handover, uow.now, due_at=due_at.isoformat())


def _begin(
    uow: UnitOfWork,
    handover: Handover,
    action: str,
    command: AcknowledgeHandover | DeclineHandover | WithdrawHandover,
) -> datetime:
    """When the act took effect: possible in this state, and not before the request."""
    HANDOVER.after(handover.state, action)
    return uow.effective(command.happened_at, not_before=handover.requested_at)


def _audit(uow: UnitOfWork, action: str, handover: Handover, at: datetime, **facts: str) -> None:
    about = {"state": handover.state} | facts
    uow.audit(action, subject=f"handover/{handover.id}", case_id=handover.case_id, at=at, facts=about)
