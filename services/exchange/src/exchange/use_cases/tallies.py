"""How much went to each agency and came from it: the ticker adds up what statements left."""

from chassis.counts import fold
from chassis.unit_of_work import UnitOfWork

from exchange.tables import Base, Tally, TallyChange

_TABLES = Base.metadata.tables
_FOLD = fold(_TABLES[TallyChange.__tablename__], _TABLES[Tally.__tablename__])


async def fold_tallies(uow: UnitOfWork) -> None:
    """Add the oldest changes to the tally."""
    await uow.session.execute(_FOLD)
