"""How much went out to each agency and came from it, counted as it happens: nobody adds up ten years to read it.

Each statement leaves its change in `tally_change`, so that no two transactions wait for one row; the ticker adds the
changes to `tally`. A case counts once for an agency, whichever transaction was first: `told_case` decides.
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_COUNTED = "agency text not null, what text not null, code text not null, amount bigint not null, last_at timestamptz"
_TABLES = (
    "create table told_case (agency text not null, case_id uuid not null, primary key (agency, case_id))",
    f"create table tally ({_COUNTED}, primary key (agency, what, code))",
    f"create table tally_change (id bigint generated always as identity primary key, {_COUNTED})",
    "create index ix_tally_change_agency on tally_change (agency)",
)
_TRIGGERS = (
    """create function told_counted() returns trigger language plpgsql as $$ begin
         with first as (
           insert into told_case (agency, case_id) select distinct agency, case_id from becomes order by 1, 2
           on conflict do nothing returning agency)
         insert into tally_change (agency, what, code, amount, last_at)
         select agency, 'case', '', count(*), null::timestamptz from first group by agency
         union all select agency, 'event', '', sum(events), max(last_at) from becomes group by agency;
         return null;
       end $$""",
    """create function told_again_counted() returns trigger language plpgsql as $$ begin
         insert into tally_change (agency, what, code, amount, last_at)
         select agency, 'event', '', sum(events), max(last_at)
           from (select agency, events, last_at from becomes union all select agency, -events, null from was) both_ways
          group by agency having sum(events) <> 0;
         return null;
       end $$""",
    """create function submission_counted() returns trigger language plpgsql as $$ begin
         insert into tally_change (agency, what, code, amount, last_at)
         select agency, 'submission', coalesce(code, ''), count(*), max(received_at) from becomes group by agency, code;
         return null;
       end $$""",
    """create function submission_answered() returns trigger language plpgsql as $$ begin
         insert into tally_change (agency, what, code, amount, last_at)
         select agency, 'submission', code, sum(one), max(received_at)
           from (select agency, coalesce(code, '') as code, 1 as one, received_at from becomes
                 union all select agency, coalesce(code, ''), -1, null from was) both_ways
          group by agency, code having sum(one) <> 0;
         return null;
       end $$""",
    """create trigger counted after insert on told
       referencing new table as becomes for each statement execute function told_counted()""",
    """create trigger counted_again after update on told
       referencing old table as was new table as becomes for each statement execute function told_again_counted()""",
    """create trigger counted after insert on submission
       referencing new table as becomes for each statement execute function submission_counted()""",
    """create trigger answered after update on submission
       referencing old table as was new table as becomes for each statement execute function submission_answered()""",
)
# After the triggers, whose tables nobody writes before this transaction ends: nothing is missed, nothing counts twice.
_WHAT_IS_THERE = (
    "insert into told_case select distinct agency, case_id from told",
    """insert into tally (agency, what, code, amount, last_at)
       select agency, 'case', '', count(*), null::timestamptz from told_case group by agency
       union all select agency, 'event', '', sum(events), max(last_at) from told group by agency
       union all select agency, 'submission', coalesce(code, ''), count(*), max(received_at)
         from submission group by agency, code""",
)


def upgrade() -> None:
    for statement in (*_TABLES, *_TRIGGERS, *_WHAT_IS_THERE):
        op.execute(statement)
