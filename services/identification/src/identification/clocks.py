"""What time alone makes happen."""

from sqlalchemy import select

from identification.resources import Work
from identification.tables import Case
from identification.use_cases import cases, reflection
from identification.use_cases.ages import come_of_age
from identification.use_cases.case_counts import fold_counts
from identification.use_cases.referred import forget_handles
from identification.use_cases.same_person_search import leave_tasks


async def clocks(uow: Work) -> None:
    """Handles expire, searches leave tasks (ID-18), children come of age (ID-5), reflection periods end (ID-10).

    Counts of cases are added up.
    """
    await forget_handles(uow)
    await leave_tasks(uow)
    await come_of_age(uow)
    await reflection.end_due(uow)
    await _settle_old_cases(uow)
    await fold_counts(uow)


async def _settle_old_cases(uow: Work) -> None:
    """Cases from before hand-overs were awaited are settled once (ID-7)."""
    unknown = select(Case).where(Case.referral_awaited.is_(None))
    found = list(await uow.session.scalars(unknown.with_only_columns(Case.id).order_by(Case.id).limit(200)))
    await uow.lock(*found)
    for case in list(await uow.session.scalars(unknown.where(Case.id.in_(found)).with_for_update())):
        await cases.settle_referral(uow, case, uow.now)
