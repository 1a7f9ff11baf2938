"""Ten years of a country out of one that was played: each row again, with other ids and at earlier times.

What a row holds stays as the services wrote it: states, agencies, bases, lengths. Faithful to the tables as they are
today, because columns and constraints are read from the database itself.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg
from chassis.ticker import INBOX_KEPT, SENT_KEPT
from exchange.parameters import days
from psycopg import sql
from psycopg.rows import TupleRow

Connection = psycopg.Connection[TupleRow]
Announce = Callable[[str], None]
YEARS = 10
FIXED = frozenset(
    {
        *("facility", "room", "bed", "closure", "bed_night_block", "account", "unnamed_notice"),  # houses do not grow
        *("agency", "agreement", "joined_agency", "decreed_day", "alembic_version"),
        *(
            "outbox",
            "parked_event",
            "idempotency_key",
            "rebuild",
            "figure_release",
            "referral_handle",
        ),
        *("audit_head", "witnessed_head", "audit_mark", "case_count", "case_count_change", "tally", "tally_change"),
        *("staff_session", "draft"),  # of people at the pages, not of cases
        *("person", "person_field", "former_value", "search_digest", "name_word", "person_word"),  # made by `people`
    }
)
KEPT = {
    "sent_event": SENT_KEPT.days,
    "inbox": INBOX_KEPT.days,
    "withheld": int(days("withheld_days", datetime.now(UTC))),
}
"""Days after which the services themselves delete rows of these tables."""
_SAME = frozenset({"bed_id"})
"""Ids of rows that do not grow."""
_OTHER_ID = """
create or replace function other_id(id uuid, copy int, shift interval) returns uuid language sql immutable as $$
  select case
    when id is null or id = '00000000-0000-0000-0000-000000000000' then id
    when uuid_extract_version(id) = 7 then (
      lpad(to_hex((extract(epoch from uuid_extract_timestamp(id) - shift) * 1000)::bigint), 12, '0')
      || '7' || substr(md5(id::text || copy), 1, 3) || '8' || substr(md5(id::text || copy), 4, 15))::uuid
    else md5(id::text || copy)::uuid end $$"""
_COLUMNS = """
select a.attname, t.typname, exists (
         select from pg_index i where i.indrelid = a.attrelid and i.indisunique
            and a.attnum = i.indkey[i.indnkeyatts - 1] and not exists (
              select from pg_attribute o where o.attrelid = i.indrelid and o.atttypid = 'uuid'::regtype
                 and o.attnum = any(i.indkey)))
         or exists (
         select from pg_index i where i.indrelid = a.attrelid and i.indisunique
            and pg_get_expr(i.indexprs, i.indrelid) ~ format('\\m%%s\\M', a.attname))
  from pg_attribute a join pg_type t on t.oid = a.atttypid
 where a.attrelid = %s::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum"""
_TABLES = """
select relname from pg_class
 where relkind = 'r' and not relispartition and relnamespace = 'public'::regnamespace order by 1"""
_CONSTRAINTS = """
select conrelid::regclass::text, conname,
       pg_get_constraintdef(oid) || case when contype in ('f', 'c') then ' not valid' else '' end
  from pg_constraint
 where conrelid::regclass::text = any(%(on)s) and contype in ('p', 'u', 'x', 'f', 'c')
    or confrelid::regclass::text = any(%(on)s)
 order by contype <> 'f', contype"""
_INDEXES = """
select i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) from pg_index i
 where indrelid::regclass::text = any(%s)
   and not exists (select from pg_constraint c where c.conindid = i.indexrelid)"""
_HEADS = """
update audit_head h set position = last.position, hash = last.hash
  from (select distinct on (chain) chain, position, hash from audit_entry order by chain, position desc) last
 where last.chain = h.chain"""
_COUNTS = """
do $$ begin
  if to_regclass('case_count') is not null then
    truncate case_count, case_count_change;
    insert into case_count select agency, status, count(*) from case_progress group by agency, status;
  end if;
  if to_regclass('tally') is not null then
    truncate tally, tally_change;
    insert into tally (agency, what, code, amount, last_at)
    select agency, 'case', '', count(*), null::timestamptz from told_case group by agency
    union all select agency, 'event', '', sum(events), max(last_at) from told group by agency
    union all select agency, 'submission', coalesce(code, ''), count(*), max(received_at)
      from submission group by agency, code;
  end if;
end $$"""
_AT_ONCE = 100  # copies, so that rows lie about in the order of their time


@dataclass(frozen=True)
class Column:
    name: str
    type: str
    distinguishes: bool
    """Alone, or with columns that are no ids, it must be unique."""

    def copied(self) -> sql.Composable:
        """The column of the copy number `copy`, which lies `shift` earlier."""
        name = sql.Identifier(self.name)
        if self.name in _SAME:
            return name
        if self.distinguishes and self.type in ("text", "int8"):
            wanted = "({0} || '~' || copy)" if self.type == "text" else "(was.{0} + copy * most.{0})"
            return sql.SQL(wanted).format(name)
        expression = _EXPRESSIONS.get(self.type)
        return sql.SQL(expression).format(name) if expression else name


_EXPRESSIONS = {
    "uuid": "other_id({0}, copy, shift)",
    "_uuid": "array(select other_id(id, copy, shift) from unnest({0}) id)",
    "timestamptz": "({0} - shift)",
    "date": "({0} - shift)::date",
}


def grow(connection: Connection, base: int, cases: int, announce: Announce) -> None:
    """Make of the `base` cases that are there `cases`, evenly over the ten years before them."""
    connection.execute("set session_replication_role = replica")  # no triggers while rows come
    connection.execute("set synchronous_commit = off")
    connection.execute("set maintenance_work_mem = '512MB'")
    connection.execute(_OTHER_ID)
    tables = [table for (table,) in connection.execute(_TABLES).fetchall() if table not in FIXED]
    columns = {table: [Column(*row) for row in connection.execute(_COLUMNS, [table]).fetchall()] for table in tables}
    with without_indexes(connection, tables, announce):
        for table in tables:
            announce(f"  {table}")
            _copy(connection, table, columns[table], max(cases // base - 1, 0))
    for kept in (_HEADS, _COUNTS):
        connection.execute(kept)
    connection.execute("set session_replication_role = default")


def _copy(connection: Connection, table: str, columns: Sequence[Column], copies: int) -> None:
    counted = [sql.Identifier(c.name) for c in columns if c.distinguishes and c.type == "int8"]
    most: list[sql.Composable] = [sql.SQL("max({0}) + 1 as {0}").format(name) for name in counted]
    on, names = sql.Identifier(table), sql.SQL(", ").join(sql.Identifier(c.name) for c in columns)
    connection.execute(sql.SQL("create temp table was as table {}").format(on))
    connection.execute(
        sql.SQL("create temp table most as select {} from was limit 1").format(
            sql.SQL(", ").join(most or [sql.SQL("1 as one")])
        )
    )
    statement = sql.SQL(
        "insert into {on} ({names}) overriding system value"
        " select {copied} from generate_series(%(last)s::int, %(first)s::int) copy"
        " cross join lateral (select copy * interval '{days} days' / {copies} as shift) cross join most cross join was"
    ).format(
        on=on,
        names=names,
        copied=sql.SQL(", ").join(c.copied() for c in columns),
        days=sql.Literal(365 * YEARS),
        copies=sql.Literal(max(copies, 1)),
    )
    oldest = min(copies, copies * KEPT.get(table, 365 * YEARS) // (365 * YEARS))
    for first in range(oldest, 0, -_AT_ONCE):
        connection.execute(statement, {"first": first, "last": max(first - _AT_ONCE + 1, 1)})
    connection.execute("drop table was, most")


@contextmanager
def without_indexes(connection: Connection, tables: Sequence[str], announce: Announce) -> Iterator[None]:
    """Rows come much faster into tables that have none; they are made again at the end."""
    constraints = connection.execute(_CONSTRAINTS, {"on": list(tables)}).fetchall()
    indexes = connection.execute(_INDEXES, [list(tables)]).fetchall()
    for table, name, _ in constraints:
        drop = sql.SQL("alter table {} drop constraint {}")
        connection.execute(drop.format(sql.Identifier(table), sql.Identifier(name)))
    for name, _ in indexes:
        connection.execute(sql.SQL("drop index {}").format(sql.SQL(name)))
    yield
    announce("  indexes")
    for table, name, definition in sorted(constraints, key=lambda found: "FOREIGN KEY" in found[2]):
        add = sql.SQL("alter table {} add constraint {} {}")
        connection.execute(add.format(sql.Identifier(table), sql.Identifier(name), sql.SQL(definition)))
    for _, definition in indexes:
        connection.execute(sql.SQL(definition))
