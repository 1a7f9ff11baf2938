"""The year's counts; no identities (CO-1)."""

from casework.calendar import year_bounds
from chassis.unit_of_work import UnitOfWork
from sqlalchemy import func, select

from repatriation.answers import Statistics
from repatriation.tables import PermitDecision, Return


async def year(uow: UnitOfWork, of_year: int) -> Statistics:
    """By effective date, year in Baku: permits first granted, persons departed."""
    first, end = year_bounds(of_year)
    granted = select(func.count()).where(
        PermitDecision.outcome == "granted",
        PermitDecision.decided_at >= first,
        PermitDecision.decided_at < end,
    )
    departed = select(func.count()).where(Return.departed_at >= first, Return.departed_at < end)
    return Statistics(
        year=of_year,
        permits_granted=await uow.session.scalar(granted) or 0,
        returns=await uow.session.scalar(departed) or 0,
    )
