"""A permit from the decision on: grant, refusal in writing, extension, end, appeal (RP-1, RP-3, ID-9)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from chassis.actor import Actor
from chassis.calendar import add_months
from chassis.errors import Invalid, NotPossible
from chassis.clock import local_date, new_id
from nrm_events.repatriation import (
    PermitAppealed,
    PermitEligible,
    PermitEnded,
    PermitExtended,
    PermitGranted,
    PermitRefused,
)
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from repatriation import schemas
from repatriation import tables as t
from repatriation.domain import permits
from repatriation.standing import permit_law
from repatriation.use_cases.acts import ITSELF, begin, moved, note, take
from repatriation.use_cases.permits import about, decided, open_row, publish
from repatriation.use_cases.standing_bars import lift_what_rests_on


async def grant(session: AsyncSession, who: Actor, now: datetime, permit_id: UUID, given: schemas.Grant) -> t.Permit:
    """Up to 12 months (RP-1), and one decision only: the database refuses a second one in the same round."""
    permit = await take(session, who, t.Permit, permit_id)
    at = begin(permit, given, now)
    after = await decided(session, permit, "grant", at)
    permits.require_first_months(given.months, permit_law(local_date(at)))
    permit.valid_until = add_months(local_date(at), given.months)
    _decide(session, who, permit, "granted", at, now, months=given.months, valid_until=permit.valid_until, reasons=[])
    moved(permit, after, at)
    publish(session, permit, PermitGranted(**about(permit, at), valid_until=permit.valid_until))
    note(session, who, "grant", permit, at, months=given.months, valid_until=permit.valid_until)
    return permit


async def refuse(session: AsyncSession, who: Actor, now: datetime, permit_id: UUID, given: schemas.Refusal) -> t.Permit:
    """RP-3: reasoned, in writing, and never on a ground that is waived for this person."""
    permit = await take(session, who, t.Permit, permit_id)
    at = begin(permit, given, now)
    after = await decided(session, permit, "refuse", at)
    permits.require_refusal_reasons(given.reasons, permit_law(local_date(at)))
    if not given.text.strip():
        raise Invalid("text_missing", "A refusal is in writing.")
    reasons = list(dict.fromkeys(given.reasons))
    _decide(session, who, permit, "refused", at, now, reasons=reasons, text=given.text)
    moved(permit, after, at)
    publish(session, permit, PermitRefused(**about(permit, at), reasons=reasons))
    note(session, who, "refuse", permit, at, reasons=reasons)
    return permit


def _decide(
    session: AsyncSession, who: Actor, permit: t.Permit, outcome: str, at: datetime, now: datetime, **values: Any
) -> None:
    session.add(
        t.PermitDecision(
            id=new_id(),
            permit_id=permit.id,
            round=permit.round,
            outcome=outcome,
            decided_by=who.sub,
            decided_at=at,
            recorded_at=now,
            **values,
        )
    )
    permit.decided_at = at


async def extend(session: AsyncSession, who: Actor, now: datetime, permit_id: UUID, given: schemas.Grant) -> t.Permit:
    """Up to 24 months each time, counted from the day on which it would end (RP-1)."""
    permit = await take(session, who, t.Permit, permit_id)
    at = _begin_extension(permit, given, now)
    after = await decided(session, permit, "extend", at)
    permits.require_extension_months(given.months, permit_law(local_date(at)))
    _extend(session, who, permit, after, given.months, at)
    return permit


def _begin_extension(permit: t.Permit, given: schemas.Command, now: datetime) -> datetime:
    """What was decided in time and is entered late finds the permit expired; its end is then no act it follows."""
    if permit.state == "expired" and permit.decided_at:
        permit.effective_at = permit.decided_at
    return begin(permit, given, now)


def _extend(session: AsyncSession, who: Actor, permit: t.Permit, after: str, months: int, at: datetime) -> None:
    permit.valid_until = add_months(_end_of(permit), months)
    moved(permit, after, at)
    publish(session, permit, PermitExtended(**about(permit, at), valid_until=permit.valid_until))
    note(session, who, "extend", permit, at, months=months, valid_until=permit.valid_until)


def _end_of(permit: t.Permit) -> date:
    if permit.valid_until is None:
        raise NotPossible("never_granted", "The permit was never granted.")
    return permit.valid_until


def extend_until_judgment(session: AsyncSession, permit: t.Permit, at: datetime) -> bool:
    """RP-1: on the assisting ground the permit goes on until the judgment, by the longest extension of that day.

    It looks like any other extension, so that nobody learns the ground from it (ID-11). False where no rule says so.
    """
    law = permit_law(local_date(at))
    if law.extension_max_months is None:
        return False
    _extend(session, ITSELF, permit, permits.PERMIT.after(permit.state, "extend"), law.extension_max_months, at)
    return True


async def end(
    session: AsyncSession, who: Actor, now: datetime, permit_id: UUID, given: schemas.PermitEnding
) -> t.Permit:
    """Cancelled by the authority or surrendered by the person."""
    permit = await take(session, who, t.Permit, permit_id)
    at = begin(permit, given, now)
    after = await decided(session, permit, permits.ENDED_HOW[given.how], at)
    finish(session, who, permit, after, at)
    return permit


def finish(session: AsyncSession, who: Actor, permit: t.Permit, state: str, at: datetime) -> None:
    moved(permit, state, at)
    permit.re_examine = False
    publish(session, permit, PermitEnded(**about(permit, at), how=state))
    note(session, who, permits.ENDED_HOW[state], permit, at)


async def appeal(session: AsyncSession, who: Actor, now: datetime, permit_id: UUID, given: schemas.Command) -> t.Permit:
    """The refusal is appealed; the next decision is the answer (RP-3)."""
    permit = await take(session, who, t.Permit, permit_id)
    at = begin(permit, given, now)
    moved(permit, await decided(session, permit, "appeal", at), at)
    permit.round += 1
    publish(session, permit, PermitAppealed(**about(permit, at)))
    note(session, who, "appeal", permit, at)
    return permit


async def reapply(
    session: AsyncSession, who: Actor, now: datetime, permit_id: UUID, given: schemas.Command
) -> t.Permit:
    """A new application follows the refused one; the answer is the new permit."""
    old = await take(session, who, t.Permit, permit_id)
    at = begin(old, given, now)
    moved(old, await decided(session, old, "reapply", at), at)
    note(session, who, "reapply", old, at)
    await session.flush()
    new = open_row(session, who, old.case_id, old.ground, at, now)
    new.follows = old.id
    new.proceedings_ended_at = old.proceedings_ended_at
    publish(session, new, PermitEligible(**about(new, at)))
    return new


async def confirm(
    session: AsyncSession, who: Actor, now: datetime, permit_id: UUID, given: schemas.Command
) -> t.Permit:
    """ID-9: after re-examination the permit stands. NotPossible `no_re_examination_open`."""
    permit = await take(session, who, t.Permit, permit_id)
    if not permit.re_examine:
        raise NotPossible("no_re_examination_open", permits.DETAILS["no_re_examination_open"])
    at = begin(permit, given, now)
    permit.re_examine = False
    moved(permit, permit.state, at)
    note(session, who, "confirm", permit, at)
    return permit


async def end_proceedings(
    session: AsyncSession, who: Actor, now: datetime, permit_id: UUID, given: schemas.Command
) -> t.Permit:
    """The proceedings ended: the permit is no longer extended by itself and its bar is lifted (RP-1, RP-4)."""
    permit = await take(session, who, t.Permit, permit_id)
    if permit.ground != permits.ASSISTING or permit.proceedings_ended_at:
        raise NotPossible("not_on_this_ground", permits.DETAILS["not_on_this_ground"])
    at = begin(permit, given, now)
    same = await session.scalars(
        select(t.Permit).where(t.Permit.case_id == permit.case_id, t.Permit.ground == permits.ASSISTING)
    )
    for row in same:
        row.proceedings_ended_at = row.proceedings_ended_at or at
        await lift_what_rests_on(session, permit.case_id, "permit", row.id, at)
    moved(permit, permit.state, at)
    note(session, who, "end_proceedings", permit, at)
    return permit


async def re_examine_permits(session: AsyncSession, case_id: UUID, at: datetime) -> None:
    """ID-9: what the permit rests on changed; it stands until a person decides."""
    for permit in await _live(session, case_id):
        permit.re_examine = True
        moved(permit, permit.state, at)
        note(session, ITSELF, "re_examine", permit, at)


async def settle_permits(session: AsyncSession, case_id: UUID) -> None:
    """A new recognition carries what the old one did (ID-9)."""
    for permit in await _live(session, case_id):
        permit.re_examine = False


async def _live(session: AsyncSession, case_id: UUID) -> list[t.Permit]:
    rows = await session.scalars(
        select(t.Permit)
        .where(t.Permit.case_id == case_id, t.Permit.ground == permits.VICTIM, t.Permit.state.in_(permits.LIVE_STATES))
        .order_by(t.Permit.id)
        .with_for_update()
    )
    return list(rows)
