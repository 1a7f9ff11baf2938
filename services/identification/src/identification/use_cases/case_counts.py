"""Counts of cases by agency and status: the changes that acts left are added up by the ticker."""

from chassis.counts import fold

from identification.resources import Work
from identification.tables import Base, CaseCount, CaseCountChange

_TABLES = Base.metadata.tables
_FOLD = fold(_TABLES[CaseCountChange.__tablename__], _TABLES[CaseCount.__tablename__])


async def fold_counts(uow: Work) -> None:
    """Add the oldest changes to the counts."""
    await uow.session.execute(_FOLD)
