"""What nobody does: an offer lapses, a stay that ran out is reported once (SH-3), places are weighed again (SH-4)."""

from collections.abc import Sequence

from casework.calendar import end_of_day, local_date
from chassis.unit_of_work import UnitOfWork
from nrm_events.shelter import PlaceToWeighAgain, StayOverdue
from sqlalchemy import ColumnElement, or_, select, union_all

from shelter.facts.misfits import stays_that_fit_no_more
from shelter.tables import Stay
from shelter.use_cases.aggregate import audit_stay
from shelter.use_cases.requests import end_one_request

_AT_ONCE = 200


async def run_clocks(uow: UnitOfWork) -> None:
    """One round of the clocks, at most 200 stays each; the rest follow in the next round."""
    await lapse_offers(uow)
    await report_overdue(uow)
    await weigh_again(uow)


async def _due(uow: UnitOfWork, condition: ColumnElement[bool]) -> Sequence[Stay]:
    """The stays that are due, locked after their cases, as everywhere; those that moved meanwhile are left out."""
    found = (await uow.session.scalars(select(Stay).where(condition).order_by(Stay.id).limit(_AT_ONCE))).all()
    await uow.lock(*(stay.case_id for stay in found))
    ids = [stay.id for stay in found]
    again = select(Stay).where(Stay.id.in_(ids), condition).with_for_update().execution_options(populate_existing=True)
    return (await uow.session.scalars(again)).all()


async def lapse_offers(uow: UnitOfWork) -> None:
    """An offer that nobody answered gives its bed back."""
    for stay in await _due(uow, (Stay.state == "offered") & (Stay.lapses_at <= uow.now)):
        await end_one_request(uow, stay, "lapse", stay.lapses_at or uow.now, reasons=["no_answer"])


async def report_overdue(uow: UnitOfWork) -> None:
    """SH-3: one StayOverdue for each end that passed. The stay stays admitted and keeps its bed."""
    unreported = Stay.overdue_told_for.is_distinct_from(Stay.ends_on)
    ran_out = (Stay.state == "admitted") & (Stay.ends_on < local_date(uow.now))
    for stay in await _due(uow, ran_out & unreported):
        if stay.ends_on is None:
            continue
        ended_at = end_of_day(stay.ends_on)
        stay.overdue_told_for = stay.ends_on
        uow.emit(StayOverdue(effective_at=ended_at, case_id=stay.case_id, stay_id=stay.id, ended_at=ended_at))
        audit_stay(uow, stay, "become_overdue", ended_at, ends_on=stay.ends_on)


async def weigh_again(uow: UnitOfWork) -> None:
    """SH-4: mark the offers and stays that fit no more, as tasks of their houses. Unmark those that fit again.

    Whatever act or event changed nights, an age or a conflict: nobody is put out (SH-3), and nobody but the house
    learns of it, neither by the stay's version nor by its history.
    """
    misfits = await stays_that_fit_no_more(uow)
    marked = Stay.weigh_again_since.is_not(None)
    newly, no_more = Stay.id.in_(misfits) & ~marked, Stay.id.not_in(misfits) & marked
    found = union_all(select(Stay.id).where(newly), select(Stay.id).where(no_more))  # each by its index
    for stay in await _due(uow, or_(newly, no_more) & Stay.id.in_(found)):
        stay.weigh_again_since = uow.now if stay.id in misfits else None
        if stay.weigh_again_since and stay.operator:
            uow.emit(
                PlaceToWeighAgain(effective_at=uow.now, case_id=stay.case_id, stay_id=stay.id, operator=stay.operator)
            )
        facts = {"fits": stay.weigh_again_since is None}
        uow.audit("weigh_again", subject=f"place/{stay.id}", case_id=stay.case_id, at=uow.now, facts=facts)
