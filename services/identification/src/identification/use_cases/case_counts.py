"""Counts of cases by agency and status: the changes that acts left are added up by the ticker."""

from sqlalchemy import text

from identification.resources import Work

_FOLD = text(
    "with folded as (delete from case_count_change where id in "
    "(select id from case_count_change order by id limit 10000) returning agency, status, cases) "
    "insert into case_count (agency, status, cases) select agency, status, sum(cases) from folded "
    "group by agency, status on conflict (agency, status) do update set cases = case_count.cases + excluded.cases"
)


async def fold_counts(uow: Work) -> None:
    """Add the oldest changes to the counts; whoever reads both sees each case once, before it and after it."""
    await uow.session.execute(_FOLD)
