"""Steps that acts, events and clocks share: open, publish, extend, end, re-examine a permit (RP-1, ID-9, ID-11)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import TypedDict
from uuid import UUID

from casework.access import revoke
from casework.bases import requested, serves
from casework.calendar import Term, local_date
from chassis.clock import new_id
from chassis.database import among, update_alike
from chassis.errors import NotPossible
from chassis.unit_of_work import UnitOfWork
from nrm_events.repatriation import PermitEnded, PermitEvent, PermitExtended, PermitOpinionGiven
from nrm_events.taking_part import MIGRATION_SERVICE
from sqlalchemy import select

from repatriation.domain import permits
from repatriation.facts.permits import facts_of, law, opinions_of
from repatriation.rights import PERMIT_KIND
from repatriation.tables import Permit, PermitOpinion
from repatriation.use_cases.aggregate import audit, move
from repatriation.use_cases.re_examination import require, settle


class OfAPermit(TypedDict):
    effective_at: datetime
    case_id: UUID
    permit_id: UUID


def about(permit: Permit, at: datetime) -> OfAPermit:
    """What every event of a permit states; the ground is not in it (ID-11)."""
    return {"effective_at": at, "case_id": permit.case_id, "permit_id": permit.id}


def publish(uow: UnitOfWork, permit: Permit, event: PermitEvent) -> None:
    """Publish what became of a permit; of one on the ground of assisting nothing leaves this service (ID-11).

    Even without the ground, a second permit of a case would give it away to whoever receives the events of both.
    """
    if permit.ground != permits.ASSISTING:
        uow.emit(event)


async def state_after(uow: UnitOfWork, permit: Permit, action: str, at: datetime) -> str:
    """The state after the action by the rules of that day."""
    facts = await facts_of(uow, permit, at)
    return permits.decide(permit.state, action, facts, law=law(local_date(at)), now=at)


def open_row(uow: UnitOfWork, case_id: UUID, ground: str, at: datetime) -> Permit:
    """A permit that may be applied for."""
    permit = Permit(
        id=new_id(),
        case_id=case_id,
        ground=ground,
        state=permits.PERMIT.start,
        version=1,
        round=1,
        opened_at=at,
        re_examine=False,
        effective_at=at,
        recorded_at=uow.now,
    )
    uow.session.add(permit)
    audit(uow, "open", permit, at)
    return permit


def set_term(permit: Permit, term: Term) -> date:
    """From when and for how many months the permit is valid, extensions included; the day on which it ends."""
    permit.term_begins, permit.term_months, permit.valid_until = term.begins, term.months, term.ends
    return term.ends


def extend(uow: UnitOfWork, permit: Permit, months: int, at: datetime) -> None:
    """Extend from the day on which the permit would end, counted from its first day (RP-1)."""
    valid_until = set_term(permit, _term_of(permit).extended(months))
    move(permit, permits.PERMIT.after(permit.state, "extend"), at)
    publish(uow, permit, PermitExtended(**about(permit, at), valid_until=valid_until))
    audit(uow, "extend", permit, at, months=months, valid_until=valid_until)


def _term_of(permit: Permit) -> Term:
    if permit.term_begins is None or permit.term_months is None:
        raise NotPossible("never_granted", "The permit was never granted.")
    return Term(permit.term_begins, permit.term_months)


def extend_until_judgment(uow: UnitOfWork, permit: Permit, at: datetime) -> bool:
    """RP-1: on the ground of assisting the permit goes on until the judgment, by the longest extension of that day.

    It looks like any other extension, so that nobody infers the ground from it (ID-11). False where no rule allows it.
    """
    months = law(local_date(at)).extension_max_months
    if months is None:
        return False
    extend(uow, permit, months, at)
    return True


async def finish(uow: UnitOfWork, permit: Permit, state: str, at: datetime) -> None:
    """The permit ended."""
    move(permit, state, at)
    settle(uow, permit, at)
    publish(uow, permit, PermitEnded(**about(permit, at), how=state))
    audit(uow, permits.ENDED_HOW[state], permit, at)
    await end_access(uow, permit)


async def end_access(uow: UnitOfWork, permit: Permit) -> None:
    """The migration service knows of the case by this permit as long as anything can be done about it.

    A refusal can be appealed, and an extension decided in time is entered after the expiry (RP-3).
    """
    if not permits.PERMIT.possible_in(permit.state):
        await revoke(uow, permit.case_id, MIGRATION_SERVICE, requested(PERMIT_KIND, permit.id))
        await revoke(uow, permit.case_id, MIGRATION_SERVICE, serves(PERMIT_KIND, permit.id))


async def record_silence(uow: UnitOfWork, permit: Permit, now: datetime) -> bool:
    """RP-3: opinions whose term is over fall silent; an answer that is entered later is recorded still.

    True where there was one.
    """
    overdue = [opinion for opinion in await opinions_of(uow, permit.id) if _is_overdue(opinion, now)]
    for opinion in overdue:
        opinion.silent = True
        given = PermitOpinionGiven(**about(permit, opinion.due_at), silent=True, opinion_id=opinion.id)
        publish(uow, permit, given)
        audit(uow, "fall_silent", permit, opinion.due_at, body=opinion.body)
    return bool(overdue)


def _is_overdue(opinion: PermitOpinion, now: datetime) -> bool:
    return opinion.answered_at is None and not opinion.silent and opinion.due_at < now


async def re_examine(uow: UnitOfWork, at: Mapping[UUID, datetime], reason: str) -> None:
    """ID-9: what the permit rests on changed; it stands until a person decides."""
    live = await _live(uow, at)
    for permit in live:
        require(uow, permit, reason, at[permit.case_id])
    update_alike(live)


async def settle_re_examination(uow: UnitOfWork, at: Mapping[UUID, datetime]) -> None:
    """A new recognition carries what the old one did (ID-9)."""
    live = await _live(uow, at)
    for permit in live:
        settle(uow, permit, at[permit.case_id])
    update_alike(live)


async def _live(uow: UnitOfWork, case_ids: Mapping[UUID, datetime]) -> list[Permit]:
    if not case_ids:
        return []
    rows = await uow.session.scalars(
        select(Permit)
        .where(among(Permit.case_id, case_ids), Permit.ground == permits.VICTIM, Permit.state.in_(permits.LIVE_STATES))
        .order_by(Permit.id)
        .with_for_update()
    )
    return list(rows)
