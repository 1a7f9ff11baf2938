"""What officers decide about removal bars: raise, extend, lift, confirm (RP-4, ID-9)."""

from datetime import datetime
from uuid import UUID

from chassis.actor import Actor
from chassis.errors import Invalid, NotPossible
from chassis.clock import effective
from sqlalchemy.ext.asyncio import AsyncSession

from repatriation import schemas
from repatriation import tables as t
from repatriation.domain import bars
from repatriation.standing import person_of, standing_recognitions
from repatriation.use_cases.acts import begin, moved, note, require_case, take
from repatriation.use_cases.standing_bars import extend_bar_until, lift, raise_bar


async def raise_by_decision(session: AsyncSession, who: Actor, now: datetime, given: schemas.BarRaising) -> t.Bar:
    """An officer raises a bar (RP-4). Invalid `already_over`; NotPossible `is_citizen`."""
    await require_case(session, who, given.case_id, "bar")
    at = effective(given.happened_at, now)
    person = await person_of(session, given.case_id)
    if not person.may_be_removed:
        raise NotPossible("is_citizen", "A citizen cannot be removed, so there is nothing to bar.")
    if given.until and given.until <= at:
        raise Invalid("already_over", "The bar would have ended before it began.")
    wanted = bars.Wanted(given.basis, None, at, given.until)
    return await raise_bar(session, who, given.case_id, wanted, person, now)


async def extend_bar(
    session: AsyncSession, who: Actor, now: datetime, bar_id: UUID, given: schemas.BarExtension
) -> t.Bar:
    """An officer lets the bar run longer (RP-4)."""
    bar = await take(session, who, t.Bar, bar_id)
    bars.decide(bar.state, "extend", bar.basis, bar.until, bar.re_examine)
    at = begin(bar, given, now)
    until = bars.extended_until(bar.until, given.until)
    await extend_bar_until(session, who, bar, until, await person_of(session, bar.case_id), at)
    return bar


async def lift_bar(session: AsyncSession, who: Actor, now: datetime, bar_id: UUID, given: schemas.BarLifting) -> t.Bar:
    """An officer ends the bar with a reason (RP-4). A child's bar and that of a reflection are not lifted (ID-10)."""
    bar = await take(session, who, t.Bar, bar_id)
    bars.decide(bar.state, "lift", bar.basis, bar.until, bar.re_examine)
    bars.require_lifting_reason(given.reason, bar.basis, bool(await standing_recognitions(session, bar.case_id)))
    await lift(session, who, bar, given.reason, begin(bar, given, now), action="lift")
    return bar


async def confirm_bar(session: AsyncSession, who: Actor, now: datetime, bar_id: UUID, given: schemas.Command) -> t.Bar:
    """ID-9: after re-examination the bar stands."""
    bar = await take(session, who, t.Bar, bar_id)
    after = bars.decide(bar.state, "confirm", bar.basis, bar.until, bar.re_examine)
    at = begin(bar, given, now)
    bar.re_examine = False
    moved(bar, after, at)
    note(session, who, "confirm", bar, at)
    return bar
