"""A year by effective date, Asia/Baku: counts without identities."""

from collections.abc import Collection

from casework import agencies
from casework.calendar import year_bounds
from casework.disclosure import Cell
from casework.releases import Figures, release
from chassis.unit_of_work import UnitOfWork
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from shelter.answers.houses import YearAnswer
from shelter.facts.agencies import police_operators
from shelter.parameters import parameter
from shelter.tables import Assistance, Handover, Stay


async def count_year(uow: UnitOfWork, year: int) -> YearAnswer:
    """Admissions to the shelters of the police, and cases of the assistance centre (SH-8)."""
    centres = await agencies.of_kind(uow, "social_support")  # of the kind of the assistance centre
    counted = YearAnswer(
        year=year,
        mia_shelter_admissions=await _admissions(uow, year, await police_operators(uow)),
        vac=await _acknowledged(uow, year, centres),
        vac_psychological=await _cared_for(uow, year, centres, "psychological"),
        vac_legal=await _cared_for(uow, year, centres, "legal"),
    )
    cells = {name: Cell(count) for name, count in counted.model_dump(exclude={"year"}).items()}
    threshold: int = parameter("small_cell_threshold", uow.now)
    shown = await release(uow, Figures("support", year, cells, totals=frozenset(cells)), threshold)
    return YearAnswer(year=year, **{name: cell and cell.persons for name, cell in shown.items()})


async def _admissions(uow: UnitOfWork, year: int, operators: Collection[str]) -> int:
    """A transfer between beds of the same operator goes on with a stay that was counted."""
    first, after = year_bounds(year)
    before = aliased(Stay)
    found = (
        select(func.count(Stay.id))
        .join(before, Stay.transferred_from == before.id, isouter=True)
        .where(
            Stay.operator.in_(operators),
            Stay.state.in_(("admitted", "ended")),
            Stay.admitted_at >= first,
            Stay.admitted_at < after,
            or_(before.id.is_(None), before.operator.not_in(operators)),
        )
    )
    return await uow.session.scalar(found) or 0


async def _acknowledged(uow: UnitOfWork, year: int, centres: Collection[str]) -> int:
    first, after = year_bounds(year)
    took = and_(Handover.acknowledged_at >= first, Handover.acknowledged_at < after, Handover.to_agency.in_(centres))
    return await _cases(uow, Handover, took)


async def _cared_for(uow: UnitOfWork, year: int, centres: Collection[str], kind: str) -> int:
    first, after = year_bounds(year)
    cared_for = and_(Assistance.effective_at >= first, Assistance.effective_at < after, Assistance.agency.in_(centres))
    return await _cases(uow, Assistance, cared_for & (Assistance.kind == kind))


async def _cases(uow: UnitOfWork, table: type[Handover] | type[Assistance], condition: ColumnElement[bool]) -> int:
    return await uow.session.scalar(select(func.count(func.distinct(table.case_id))).where(condition)) or 0
