"""What officers decide about removal bars: raise, extend, lift, confirm (RP-4, ID-9)."""

from uuid import UUID

from casework.access import NotForThisBasis
from casework.agencies import kind
from chassis.errors import Invalid, NotPossible
from chassis.unit_of_work import UnitOfWork
from nrm_events.taking_part import is_police

from repatriation.commands import ConfirmBar, ExtendBar, LiftBar, LiftBarOnWish, RaiseBar
from repatriation.domain import bars
from repatriation.facts import cases
from repatriation.tables import Bar
from repatriation.use_cases import bar_changes
from repatriation.use_cases.aggregate import audit, effective, load_case, load_object, move
from repatriation.use_cases.bar_changes import Ending
from repatriation.use_cases.bar_notices import notices_of
from repatriation.use_cases.re_examination import settle


async def raise_by_decision(uow: UnitOfWork, command: RaiseBar) -> Bar:
    """An officer raises a bar (RP-4). Invalid `already_over`; NotPossible `is_citizen`."""
    await load_case(uow, command.case_id, for_="raise_bar")
    at = uow.effective(command.happened_at)
    person = await cases.person(uow, command.case_id)
    if not person.may_be_removed:
        raise NotPossible("is_citizen", "A citizen cannot be removed, so there is nothing to bar.")
    if command.until and command.until <= at:
        raise Invalid("already_over", "The bar would have ended before it began.")
    wanted = bars.Wanted(command.basis, None, at, command.until)
    async with notices_of(uow, [command.case_id]) as notices:
        return bar_changes.raise_bar(uow, notices, command.case_id, wanted)


async def extend(uow: UnitOfWork, bar_id: UUID, command: ExtendBar) -> Bar:
    """An officer lets the bar run longer (RP-4)."""
    bar = await load_object(uow, Bar, bar_id, for_="extend_bar", read=command)
    bars.decide(bar.state, "extend", bar.basis, until=bar.until, re_examine=bar.re_examine)
    at = effective(uow, bar, command)
    until = bars.extended_until(bar.until, command.until)
    async with notices_of(uow, [bar.case_id]) as notices:
        bar_changes.extend(uow, notices, bar, until, at=at)
    return bar


async def lift(uow: UnitOfWork, bar_id: UUID, command: LiftBar) -> Bar:
    """An officer ends the bar with a reason (RP-4). A child's bar and that of a reflection are not lifted (ID-10)."""
    bar = await load_object(uow, Bar, bar_id, for_="lift_bar", read=command)
    bars.decide(bar.state, "lift", bar.basis, until=bar.until, re_examine=bar.re_examine)
    is_recognised = bar.case_id in await cases.recognitions(uow, [bar.case_id])
    bars.require_lifting_reason(command.reason, bar.basis, is_recognised)
    ending = Ending(command.reason, effective(uow, bar, command))
    async with notices_of(uow, [bar.case_id]) as notices:
        bar_changes.lift(uow, notices, bar, ending)
    return bar


async def lift_on_wish(uow: UnitOfWork, bar_id: UUID, command: LiftBarOnWish) -> Bar:
    """The person's holder, never police, ends the bar on the person's own written wish (RP-4); a child's stays."""
    bar = await load_object(uow, Bar, bar_id, for_="lift_on_wish_bar", read=command)
    if is_police(await kind(uow, uow.actor.agency)):
        raise NotForThisBasis("lift_on_wish_bar")
    person = await cases.person(uow, bar.case_id)
    bars.decide(bar.state, "lift_on_wish", bar.basis, until=bar.until, re_examine=False, is_child=person.is_child)
    ending = Ending(bars.WISH, effective(uow, bar, command), "lift_on_wish", command.written_wish)
    async with notices_of(uow, [bar.case_id]) as notices:
        bar_changes.lift(uow, notices, bar, ending)
    return bar


async def confirm(uow: UnitOfWork, bar_id: UUID, command: ConfirmBar) -> Bar:
    """ID-9: after re-examination the bar stands."""
    bar = await load_object(uow, Bar, bar_id, for_="confirm_bar", read=command)
    after = bars.decide(bar.state, "confirm", bar.basis, until=bar.until, re_examine=bar.re_examine)
    at = effective(uow, bar, command)
    settle(uow, bar, at)
    move(bar, after, at)
    audit(uow, "confirm", bar, at)
    return bar
