"""What each agency finds in its lists of bars, permits and returns, stored in their order: a page costs the same always.

`thing_seen` follows from those three tables and `case_access` alone; triggers keep it so in the transaction of the
change, which has the locks of the cases. An agency that turns out to be police loses bases without them: so the rows are
locked before it is looked. It says where to look: what is shown is decided for every row again
(`facts.visibility`). Names are whole, because a projection is rebuilt beside temporary tables of the same names.
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLES = (
    """create table thing_seen (
        agency text not null,
        thing text not null,
        id uuid not null,
        case_id uuid not null,
        state text not null,
        re_examine boolean not null,
        primary key (id, agency))""",
    "create index ix_thing_seen_case_id on thing_seen (case_id)",
    "create index ix_thing_seen_list on thing_seen (agency, thing, id)",
    "create index ix_thing_seen_state on thing_seen (agency, thing, state, id)",
    "create index ix_thing_seen_re_examine on thing_seen (agency, thing, id) where re_examine",
)
SHOWS = """create function shows(thing text, basis text, about text, own boolean) returns boolean
    language sql immutable as $$
    select case thing
      when 'bar' then basis in ('holder', 'formal_body', 'guardian_authority') or basis = 'told_of_bar' and own
        or basis || ' ' || about in ('serves place', 'serves handover', 'consent legal_aid',
                                     'consent joint_assessment', 'consent removal_bar')
      when 'permit' then basis in ('holder', 'formal_body')
        or basis || ' ' || about in ('consent residence_permit', 'consent legal_aid')
        or own and basis || ' ' || about in ('asked permit', 'serves permit')
      when 'return' then basis in ('holder', 'guardian_authority') or basis || ' ' || about = 'consent return'
        or own and basis || ' ' || about in ('asked return_handover', 'serves return_handover')
    end $$"""
WHO_SEES = """create function who_sees(cases uuid[])
    returns table (agency text, thing text, id uuid, case_id uuid, state text, re_examine boolean)
    language sql stable as $$
    with found as (
      select 'bar' as thing, b.id, b.case_id, b.state, b.re_examine from public.bar b where b.case_id = any(cases)
      union all
      select 'permit', p.id, p.case_id, p.state, p.re_examine from public.permit p where p.case_id = any(cases)
      union all
      select 'return', r.id, r.case_id, r.state, r.re_examine from public.voluntary_return r
       where r.case_id = any(cases))
    select distinct a.agency, f.thing, f.id, f.case_id, f.state, f.re_examine
      from found f join public.case_access a on a.case_id = f.case_id
     where public.shows(f.thing, a.basis, a.about, a.ref = f.id) $$"""
SEE = """create function see(cases uuid[]) returns void language plpgsql as $$ begin
    if cardinality(cases) = 0 then return; end if;
    perform id from public.bar where case_id = any(cases) order by id for no key update;
    perform id from public.permit where case_id = any(cases) order by id for no key update;
    perform id from public.voluntary_return where case_id = any(cases) order by id for no key update;
    delete from public.thing_seen s where s.case_id = any(cases) and not exists (
      select from public.who_sees(cases) n where n.id = s.id and n.agency = s.agency);
    insert into public.thing_seen as s (agency, thing, id, case_id, state, re_examine)
    select * from public.who_sees(cases) on conflict on constraint thing_seen_pkey do update
       set state = excluded.state, re_examine = excluded.re_examine
     where (s.state, s.re_examine) is distinct from (excluded.state, excluded.re_examine);
    end $$"""
_LISTED = ("bar", "permit", "voluntary_return")
_CHANGED = "(n.state, n.re_examine) is distinct from (o.state, o.re_examine)"
_EVERY = "array(select distinct case_id from {0})"


def _trigger(table: str, change: str, rows: str, cases: str) -> tuple[str, str]:
    name = f"{table}_{change}_seen"
    return (
        f"create function {name}() returns trigger language plpgsql as $$"
        f" begin perform public.see({cases}); return null; end $$",
        f"create trigger {name} after {change} on {table} referencing {rows} for each statement"
        f" execute function {name}()",
    )


def upgrade() -> None:
    statements = [*TABLES, SHOWS, WHO_SEES, SEE]
    for table in (*_LISTED, "case_access"):
        statements += _trigger(table, "insert", "new table as after_it", _EVERY.format("after_it"))
        statements += _trigger(table, "delete", "old table as before_it", _EVERY.format("before_it"))
    cases = f"array(select distinct n.case_id from after_it n join before_it o using (id) where {_CHANGED})"  # noqa: S608
    for table in _LISTED:
        statements += _trigger(table, "update", "old table as before_it new table as after_it", cases)
    for statement in statements:
        op.execute(statement)
    op.execute(
        "select public.see(array(select case_id from bar union select case_id from permit"
        " union select case_id from voluntary_return))"
    )
