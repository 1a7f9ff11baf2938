"""The tables of `casework.listing`, and the triggers that keep them. As SQL they are frozen once shipped."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Boolean, Column, MetaData, Table, Text, Uuid

OWN = "+"
"""Marks a way of an agency that is a party to the object."""
_BY_PURPOSE = "consent"
"""The basis of which an agency has many that show nothing of a list."""


def way_of(basis: str, about: str) -> str:
    """The basis; of a consent with its purpose."""
    return f"{basis}/{about}" if basis == _BY_PURPOSE else basis


@dataclass(frozen=True)
class Source:
    """A table whose rows state which agency may know of which case: their case, agency, basis and about, as SQL."""

    table: str = "case_access"
    columns: str = "case_id, agency, basis, about"
    where: str = "true"

    def of(self, rows: str) -> str:
        """The same of these rows."""
        return f"(select {self.columns} from {rows} where {self.where})"  # noqa: S608  names of the code


ACCESS = Source()


@dataclass(frozen=True)
class Listing:
    """The list of the rows of a table with columns `id` and `case_id`.

    `parties`: columns with agencies that are a party to a row. `keys`: what is filtered by. `flags`: conditions that
    few rows meet. Both are SQL of the row `o`.
    """

    table: str
    parties: Sequence[str] = ()
    keys: Mapping[str, str] = field(default_factory=dict)
    flags: Mapping[str, str] = field(default_factory=dict)
    sources: Sequence[Source] = (ACCESS,)

    @property
    def name(self) -> str:
        return f"{self.table}_listed"


def listed(table: str, *, keys: Iterable[str] = (), flags: Iterable[str] = ()) -> Table:
    """The table beside a list's own, as SQLAlchemy maps it."""
    ids = [Column(name, Uuid, primary_key=True) for name in ("case_id", "id")]
    texts = [Column(name, Text, primary_key=True) for name in ("agency", "way")]
    filters = [Column(name, Text, nullable=False) for name in keys]
    conditions = [Column(name, Boolean, nullable=False) for name in flags]
    return Table(f"{table}_listed", MetaData(), *ids, *texts, *filters, *conditions)


# Owned by the database's owner: the runtime role needs no right for them. Temporary tables come last, for a
# rebuild has some with the names of the true ones. Rows are found by index, however many the planner expects.
_FUNCTION = """create function {name}() returns trigger language plpgsql security definer
   set search_path = pg_catalog, public, pg_temp set enable_hashjoin = off set enable_mergejoin = off as $$
   begin
     {body}
     return null;
   end $$"""
# A rebuild that exchanges accesses locks the inbox, so that neither misses what the other writes.
_AFTER_A_REBUILD = "lock table inbox in row exclusive mode;"


def listing(lists: Sequence[Listing]) -> Iterable[str]:
    """Makes the tables, fills them, and has triggers keep them."""
    for one in lists:
        yield from _table(one)
        for source in one.sources:
            yield _insert(one, one.table, source.of(source.table))
        yield from _indexes(one)
        yield from _of_objects(one)
    for source in dict.fromkeys(source for one in lists for source in one.sources):
        of_source = [one for one in lists if source in one.sources]
        granting = [_insert(one, one.table, source.of("granted")) for one in of_source]
        revoking = [_revoke(one, source) for one in of_source]
        yield from _of_accesses(source, "insert", granting)
        yield from _of_accesses(source, "delete", revoking)
        yield from _of_accesses(source, "update", [*granting, *revoking])


def _table(one: Listing) -> Iterable[str]:
    columns = [f"{name} text not null" for name in one.keys] + [f"{name} boolean not null" for name in one.flags]
    yield f"""create table {one.name} (case_id uuid not null, id uuid not null, agency text not null, way text not null,
       {"".join(f"{column}, " for column in columns)}
       constraint pk_{one.name} primary key (case_id, id, agency, way))"""


def _indexes(one: Listing) -> Iterable[str]:
    yield f"create index ix_{one.name} on {one.name} (agency, way, id)"
    for name in one.keys:
        yield f"create index ix_{one.name}_{name} on {one.name} (agency, way, {name}, id)"
    for name in one.flags:
        yield f"create index ix_{one.name}_{name} on {one.name} (agency, way, id) where {name}"


def _way(row: str) -> str:
    return f"{row}.basis || case when {row}.basis = '{_BY_PURPOSE}' then '/' || {row}.about else '' end"


def _insert(one: Listing, objects: str, accesses: str) -> str:
    names = ["case_id", "id", "agency", "way", *one.keys, *one.flags]
    own = " or ".join(f"o.{party} is not distinct from a.agency" for party in one.parties) or "false"
    way = f"{_way('a')} || case when {own} then '{OWN}' else '' end"
    values = ["o.case_id", "o.id", "a.agency", way, *one.keys.values(), *one.flags.values()]
    return f"""insert into {one.name} ({", ".join(names)})
       select distinct {", ".join(values)} from {objects} o join {accesses} a on a.case_id = o.case_id
       on conflict do nothing"""  # noqa: S608  names of the code


def _of_objects(one: Listing) -> Iterable[str]:
    inserts = " ".join(f"{_insert(one, 'changed', source.of(source.table))};" for source in one.sources)
    yield _FUNCTION.format(name=f"{one.name}_added", body=f"{_AFTER_A_REBUILD} {inserts}")
    yield f"""create trigger {one.name}_added after insert on {one.table} referencing new table as changed
       for each statement execute function {one.name}_added()"""
    columns = {**one.keys, **one.flags}
    if not columns:
        return
    differs = " or ".join(f"l.{name} is distinct from ({value})" for name, value in columns.items())
    update = f"""update {one.name} l set {", ".join(f"{name} = ({value})" for name, value in columns.items())}
       from changed o where l.case_id = o.case_id and l.id = o.id and ({differs});"""  # noqa: S608  names of the code
    yield _FUNCTION.format(name=f"{one.name}_changed", body=update)
    yield f"""create trigger {one.name}_changed after update on {one.table} referencing new table as changed
       for each statement execute function {one.name}_changed()"""


def _of_accesses(source: Source, when: str, statements: Sequence[str]) -> Iterable[str]:
    name = f"{source.table}_listed_{when}"
    seen = {"insert": "new table as granted", "delete": "old table as revoked"}
    yield _FUNCTION.format(name=name, body=" ".join(f"{statement};" for statement in statements))
    yield f"""create trigger {name} after {when} on {source.table}
       referencing {seen.get(when, "old table as revoked new table as granted")}
       for each statement execute function {name}()"""


def _revoke(one: Listing, source: Source) -> str:
    """A way goes with the last row that gives it."""
    way = _way("r")
    return f"""delete from {one.name} l using (select distinct * from {source.of("revoked")} revoked) r
       where l.case_id = r.case_id and l.agency = r.agency and l.way in ({way}, {way} || '{OWN}')
         and not exists (select from {source.of(source.table)} a where a.case_id = r.case_id
           and a.agency = r.agency and a.basis = r.basis
           and (a.basis <> '{_BY_PURPOSE}' or a.about = r.about))"""  # noqa: S608  names of the code
