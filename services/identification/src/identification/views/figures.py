"""The year's figures (CO-1)."""

from datetime import datetime
from uuid import UUID

from casework.calendar import year_bounds
from casework.disclosure import Cell
from casework.releases import Figures, release
from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import InstrumentedAttribute

from identification import answers
from identification import tables as t
from identification.facts import moves_the_case
from identification.parameters import parameter
from identification.resources import Work

Moment = InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]


async def year(uow: Work, wanted: int) -> answers.YearAnswer:
    """The year's counts by effective date in Baku (CO-1 counts build on them).

    Identified: persons with a formal recognition of that year that stands. Potential: persons recorded as such in the
    year, without formal recognition. Not recognised: persons about whom a negative or revoking decision of that year
    stands, whoever was to decide (ID-8, ID-9). A negative decision that was reopened waits for the next one.
    """
    first, end = year_bounds(wanted)

    def in_year(moment: Moment) -> ColumnElement[bool]:
        return and_(moment >= first, moment < end)

    formal = select(t.RecognitionRow.case_id).where(
        t.RecognitionRow.kind == "formal", t.RecognitionRow.revoked_at.is_(None)
    )
    recognised = formal.where(t.RecognitionRow.case_id == t.Case.id).exists()
    negative = select(t.Decision.case_id).where(moves_the_case(), t.Decision.reopened_at.is_(None))
    counts = {
        "reports": select(func.count(t.Report.id)).where(in_year(t.Report.reported_at)),
        "identified": _persons(formal.where(in_year(t.RecognitionRow.since))),
        "potential": select(func.count(t.Case.id)).where(in_year(t.Case.potential_at), ~recognised),
        "not_recognised": _persons(negative.where(in_year(t.Decision.decided_at))),
    }
    cells = {name: Cell(await uow.session.scalar(query) or 0) for name, query in counts.items()}
    threshold: int = parameter("small_cell_threshold", uow.now)
    shown = await release(uow, Figures("cases", wanted, cells, totals=frozenset(cells)), threshold)
    return answers.YearAnswer(year=wanted, **{name: cell and cell.persons for name, cell in shown.items()})


def _persons(case_ids: Select[tuple[UUID]]) -> Select[tuple[int]]:
    return select(func.count(func.distinct(case_ids.subquery().c.case_id)))
