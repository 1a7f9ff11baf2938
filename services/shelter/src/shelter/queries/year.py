"""A year by effective date, Asia/Baku: counts without identities."""

from chassis.clock import year_bounds
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from shelter.schemas import shapes
from shelter.tables import Assistance, Handover, Stay

POLICE_SHELTER = "mia-shelter"
CENTRE = "vac"


async def count_year(session: AsyncSession, year: int) -> shapes.YearAnswer:
    """Admissions to the shelters of the interior ministry, and cases of the assistance centre (SH-8)."""
    return shapes.YearAnswer(
        year=year,
        mia_shelter_admissions=await _admissions(session, year),
        vac=await _acknowledged(session, year),
        vac_psychological=await _cared_for(session, year, "psychological"),
        vac_legal=await _cared_for(session, year, "legal"),
    )


async def _admissions(session: AsyncSession, year: int) -> int:
    """A transfer between beds of the same operator goes on with a stay that was counted."""
    first, after = year_bounds(year)
    before = aliased(Stay)
    asked = (
        select(func.count(Stay.id))
        .join(before, Stay.transferred_from == before.id, isouter=True)
        .where(
            Stay.operator == POLICE_SHELTER,
            Stay.state.in_(("admitted", "ended")),
            Stay.admitted_at >= first,
            Stay.admitted_at < after,
            or_(before.id.is_(None), before.operator != POLICE_SHELTER),
        )
    )
    return await session.scalar(asked) or 0


async def _acknowledged(session: AsyncSession, year: int) -> int:
    first, after = year_bounds(year)
    took = and_(Handover.acknowledged_at >= first, Handover.acknowledged_at < after, Handover.to_agency == CENTRE)
    return await _cases(session, Handover, took)


async def _cared_for(session: AsyncSession, year: int, kind: str) -> int:
    first, after = year_bounds(year)
    given = and_(Assistance.effective_at >= first, Assistance.effective_at < after, Assistance.agency == CENTRE)
    return await _cases(session, Assistance, given & (Assistance.kind == kind))


async def _cases(
    session: AsyncSession, table: type[Handover] | type[Assistance], condition: ColumnElement[bool]
) -> int:
    return await session.scalar(select(func.count(func.distinct(table.case_id))).where(condition)) or 0
