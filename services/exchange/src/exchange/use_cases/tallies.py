"""How much went to each agency and came from it: the ticker adds up what statements left."""

from chassis.unit_of_work import UnitOfWork
from sqlalchemy import text

_FOLD = text(
    "with folded as (delete from tally_change where id in (select id from tally_change order by id limit 10000) "
    "returning agency, what, code, amount, last_at) "
    "insert into tally (agency, what, code, amount, last_at) "
    "select agency, what, code, sum(amount), max(last_at) from folded group by agency, what, code "
    "on conflict (agency, what, code) do update set amount = tally.amount + excluded.amount, "
    "last_at = greatest(tally.last_at, excluded.last_at)"
)


async def fold_tallies(uow: UnitOfWork) -> None:
    """Add the oldest changes to the tally; whoever reads both sees each once, before it and after it."""
    await uow.session.execute(_FOLD)
