"""The year's counts; no identities (CO-1)."""

from casework.calendar import local_date, year_bounds
from casework.disclosure import Cell
from casework.releases import Figures, release
from chassis.unit_of_work import UnitOfWork
from sqlalchemy import func, select

from repatriation.answers import Statistics
from repatriation.parameters import PARAMETERS
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
    cells = {
        "permits_granted": Cell(await uow.session.scalar(granted) or 0),
        "returns": Cell(await uow.session.scalar(departed) or 0),
    }
    threshold: int = PARAMETERS.value("small_cell_threshold", local_date(uow.now))
    shown = await release(uow, Figures("returns", of_year, cells, totals=frozenset(cells)), threshold)
    return Statistics(year=of_year, **{name: cell and cell.persons for name, cell in shown.items()})
