"""Counts that a country of any size reads at once: statements leave their changes, and the ticker adds them up.

No two transactions wait for one row. Whoever reads the counts and the changes sees each change once.
"""

from sqlalchemy import DateTime, Table, TextClause, text

_AT_ONCE = 10_000  # changes, the oldest first


def fold(changes: Table, counts: Table) -> TextClause:
    """The statement that adds the oldest changes to the counts: amounts are added up, and the latest moment stays.

    `changes` has the columns of `counts` and an `id` in their order; rows of `counts` are keyed by its primary key.
    """
    keys = ", ".join(column.name for column in counts.primary_key)
    found, becomes = [], []
    for name, is_moment in ((c.name, isinstance(c.type, DateTime)) for c in counts.columns if not c.primary_key):
        found.append(f"max({name}) as {name}" if is_moment else f"sum({name}) as {name}")
        of_both = f"{counts.name}.{name}, excluded.{name}"
        becomes.append(f"{name} = greatest({of_both})" if is_moment else f"{name} = {of_both.replace(',', ' +')}")
    names = ", ".join([keys, *(c.name for c in counts.columns if not c.primary_key)])
    return text(
        f"with folded as (delete from {changes.name} where id in "  # noqa: S608  names of our own tables
        f"(select id from {changes.name} order by id limit {_AT_ONCE}) returning {names}) "
        f"insert into {counts.name} ({names}) select {keys}, {', '.join(found)} from folded group by {keys} "
        f"on conflict ({keys}) do update set {', '.join(becomes)}"
    )
