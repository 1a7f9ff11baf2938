"""What each agency finds in its lists, stored in the order of the lists: a page costs the same in a country of any size.

`clock_seen`, `item_seen` and `message_seen` follow from clocks, tasks, messages, `case_access` and `known_case` alone;
triggers keep them so in the transaction of the change. They say where to look. What is shown is decided for every row
by `facts.visible` again, so a row too many shows nothing.
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_OPEN = "('running', 'approaching', 'breached')"

TABLES = (
    """create table clock_seen (
         agency text not null, clock_id uuid not null,
         kind text not null, state text not null, due_at timestamptz not null,
         open boolean not null, mine boolean not null, primary key (clock_id, agency))""",
    "create index ix_clock_seen_id on clock_seen (agency, clock_id)",
    "create index ix_clock_seen_state on clock_seen (agency, state, clock_id)",
    "create index ix_clock_seen_kind on clock_seen (agency, kind, clock_id)",
    "create index ix_clock_seen_mine on clock_seen (agency, clock_id) where mine",
    "create index ix_clock_seen_overdue on clock_seen (agency, clock_id) where mine and state = 'breached'",
    "create index ix_clock_seen_due on clock_seen (agency, due_at, clock_id) where open",
    "create index ix_clock_seen_due_mine on clock_seen (agency, due_at, clock_id) where open and mine",
    """create table item_seen (
         agency text not null, box text not null constraint ck_item_seen_box check (box in ('own', 'holder', 'agencies')),
         role text not null, item_id uuid not null,
         primary key (item_id, agency, box, role))""",
    "create index ix_item_seen_list on item_seen (agency, box, role, item_id)",
    """create table message_seen (
         agency text not null, message_id uuid not null,
         state text not null, primary key (message_id, agency))""",
    "create index ix_message_seen_id on message_seen (agency, message_id)",
    "create index ix_message_seen_state on message_seen (agency, state, message_id)",
    "create index ix_inbox_read_sub on inbox_read (sub, item_id)",
    "create index ix_clock_due_at on clock (due_at) include (kind, state)",
    "create index ix_message_effective_at on message (effective_at) include (state)",
)

# The cells of `rights.py` that show a part of a case; `message` is no part, and one's own is that of an act of one's own.
SHOWS = """
create function shows(part text, basis text, about text, data_class text, own boolean) returns boolean
  language sql immutable as $$
  select case basis
    when 'holder' then true
    when 'formal_body' then part in ('hand_over', 'recognition', 'reflection', 'permit', 'removal_bar')
      or part = 'message' and own
    when 'guardian_authority' then part in ('hand_over', 'recognition', 'reflection', 'place', 'stay', 'support',
      'permit', 'removal_bar', 'child', 'message')
    when 'asked' then part || ' ' || about = 'permit permit'
      or own and part || ' ' || about in ('place place', 'support handover', 'payment claim')
    when 'serves' then part || ' ' || about in ('permit permit', 'removal_bar place', 'removal_bar handover')
      or own and part || ' ' || about in ('place place', 'stay place', 'support handover')
    when 'told_of_bar' then own and part = 'removal_bar'
    when 'consent' then part || ' ' || about in ('recognition joint_assessment', 'permit residence_permit',
      'permit legal_aid', 'removal_bar removal_bar', 'removal_bar legal_aid', 'removal_bar joint_assessment',
      'return return') or part = 'message' and data_class = 'contact'
    else false end $$"""
PART_OF_CLOCK = """
create function part_of_clock(kind text) returns text language sql immutable as $$
  select case
    when kind = 'referral' then 'hand_over'
    when kind in ('appeal', 'appeal_decision', 're_examination_of_bar') then 'recognition'
    when kind in ('reflection', 're_examination_of_reflection') then 'reflection'
    when kind = 'place_offer' then 'place'
    when kind in ('stay', 're_examination_of_stay') then 'stay'
    when kind in ('handover', 're_examination_of_handover') then 'support'
    when kind in ('permit_application', 'motion', 'opinion', 'permit', 're_examination_of_permit') then 'permit'
    when kind in ('return_handover', 're_examination_of_return') then 'return'
    when kind = 'removal_bar' then 'removal_bar'
    when kind = 'withdrawal' then 'consent'
    when kind = 're_examination_of_claim' then 'payment' end $$"""

WHO_SEES = (
    f"""create function who_sees_clocks(ids uuid[])
          returns table (agency text, clock_id uuid, kind text, state text, due_at timestamptz, open boolean, mine boolean)
          language sql stable as $$
          select distinct a.agency, c.id, c.kind, c.state, c.due_at, c.state in {_OPEN},
                 coalesce(coalesce(c.duty_agency, k.holder) = a.agency, false)
            from public.clock c join public.case_access a on a.case_id = c.case_id
            left join public.known_case k on k.case_id = c.case_id
           where c.id = any(ids) and (c.requested_by = a.agency
              or public.shows(public.part_of_clock(c.kind), a.basis, a.about, a.data_class, a.ref = c.object_id)) $$""",  # noqa: S608  our own names
    # a task for the holder is found by the agency that holds; one that names an agency and no case, by its recipient
    """create function who_sees_items(ids uuid[]) returns table (agency text, box text, role text, item_id uuid)
         language sql stable as $$
         select distinct i.recipient, 'agencies', role, i.id
           from public.inbox_item i cross join unnest(i.roles) role
          where i.id = any(ids) and i.subject like 'agency/%'
         union all
         select distinct a.agency, case i.recipient when 'holder' then 'holder' else 'own' end, role, i.id
           from public.inbox_item i cross join unnest(i.roles) role
           left join public.known_case k on k.case_id = i.case_id
           join public.case_access a on a.case_id = i.case_id
            and a.agency = case i.recipient when 'holder' then k.holder else i.recipient end
          where i.id = any(ids) and i.ended_at is null and i.subject not like 'agency/%'
            and public.shows(i.part, a.basis, a.about, a.data_class, coalesce(a.ref = i.object_id, false)) $$""",
    """create function who_sees_messages(ids uuid[]) returns table (agency text, message_id uuid, state text)
         language sql stable as $$
         select distinct a.agency, m.id, m.state
           from public.message m join public.case_access a on a.case_id = m.case_id
          where m.id = any(ids)
            and public.shows('message', a.basis, a.about, a.data_class, coalesce(m.author = a.agency, false)) $$""",
)

# Generic plans: the rows are found by their ids however many there are, and planning would cost more than the work.
SEE = (
    """create function see_clocks(ids uuid[]) returns void language plpgsql
         set plan_cache_mode = force_generic_plan as $$
       begin
         if cardinality(ids) = 0 then return; end if;
         delete from public.clock_seen s where s.clock_id = any(ids) and not exists (
           select from public.who_sees_clocks(ids) n where n.clock_id = s.clock_id and n.agency = s.agency);
         insert into public.clock_seen as s (agency, clock_id, kind, state, due_at, open, mine)
           select * from public.who_sees_clocks(ids) on conflict on constraint clock_seen_pkey do update
              set state = excluded.state, due_at = excluded.due_at, open = excluded.open, mine = excluded.mine
            where (s.state, s.due_at, s.mine) is distinct from (excluded.state, excluded.due_at, excluded.mine);
       end $$""",
    """create function see_items(ids uuid[]) returns void language plpgsql
         set plan_cache_mode = force_generic_plan as $$
       begin
         if cardinality(ids) = 0 then return; end if;
         delete from public.item_seen s where s.item_id = any(ids) and not exists (
           select from public.who_sees_items(ids) n
            where n.item_id = s.item_id and n.agency = s.agency and n.box = s.box and n.role = s.role);
         insert into public.item_seen (agency, box, role, item_id)
           select * from public.who_sees_items(ids) on conflict do nothing;
       end $$""",
    """create function see_messages(ids uuid[]) returns void language plpgsql
         set plan_cache_mode = force_generic_plan as $$
       begin
         if cardinality(ids) = 0 then return; end if;
         delete from public.message_seen s where s.message_id = any(ids) and not exists (
           select from public.who_sees_messages(ids) n where n.message_id = s.message_id and n.agency = s.agency);
         insert into public.message_seen as s (agency, message_id, state)
           select * from public.who_sees_messages(ids) on conflict on constraint message_seen_pkey do update
              set state = excluded.state where s.state <> excluded.state;
       end $$""",
    # Rows are locked first, so that whoever changes one at the same time without its case does so before or after.
    """create function see_cases(cases uuid[]) returns void language plpgsql as $$
       begin
         if cardinality(cases) = 0 then return; end if;
         perform public.see_clocks(array(
           select id from public.clock where case_id = any(cases) order by id for no key update));
         perform public.see_items(array(
           select id from public.inbox_item where case_id = any(cases) and ended_at is null and subject not like 'agency/%'
            order by id for no key update));
         perform public.see_messages(array(
           select id from public.message where case_id = any(cases) order by id for no key update));
       end $$""",
)

_KEPT_BY = {
    "clock": (
        "public.see_clocks(array(select id from after_it))",
        """public.see_clocks(array(select n.id from after_it n join before_it o using (id)
             where (n.state, n.due_at, n.duty_agency, n.requested_by, n.kind, n.object_id)
                   is distinct from (o.state, o.due_at, o.duty_agency, o.requested_by, o.kind, o.object_id)))""",
    ),
    "inbox_item": (
        "public.see_items(array(select id from after_it))",
        """public.see_items(array(select n.id from after_it n join before_it o using (id)
             where n is distinct from o))""",
    ),
    "message": (
        "public.see_messages(array(select id from after_it))",
        """public.see_messages(array(select n.id from after_it n join before_it o using (id)
             where (n.state, n.author) is distinct from (o.state, o.author)))""",
    ),
    "case_access": (
        "public.see_cases(array(select distinct case_id from after_it))",
        "public.see_cases(array(select case_id from after_it union select case_id from before_it))",
    ),
    "known_case": (
        "public.see_cases(array(select distinct case_id from after_it))",
        """public.see_cases(array(select n.case_id from after_it n join before_it o using (case_id)
             where n.holder <> o.holder))""",
    ),
}
_REMOVED = {
    "clock": "public.see_clocks(array(select id from before_it))",
    "inbox_item": "public.see_items(array(select id from before_it))",
    "message": "public.see_messages(array(select id from before_it))",
    "case_access": "public.see_cases(array(select distinct case_id from before_it))",
    "known_case": "public.see_cases(array(select distinct case_id from before_it))",
}


def _triggers(table: str, change: str, rows: str, does: str) -> tuple[str, str]:
    name = f"{table}_{change}_seen"
    return (
        f"create function {name}() returns trigger language plpgsql as $$ begin perform {does}; return null; end $$",
        f"create trigger {name} after {change} on {table} referencing {rows} for each statement"
        f" execute function {name}()",
    )


def _kept() -> list[str]:
    found: list[str] = []
    for table, (inserted, updated) in _KEPT_BY.items():
        found += _triggers(table, "insert", "new table as after_it", inserted)
        found += _triggers(table, "update", "old table as before_it new table as after_it", updated)
    for table, removed in _REMOVED.items():
        found += _triggers(table, "delete", "old table as before_it", removed)
    return found


_BACKFILL = """select count(public.see_{what}(ids)) from (
    select array_agg(id) as ids from (select id, row_number() over (order by id) / 5000 as part from {table}) as every
    group by part) as parts"""


def upgrade() -> None:
    for statement in (*TABLES, SHOWS, PART_OF_CLOCK, *WHO_SEES, *SEE, *_kept()):
        op.execute(statement)
    for table, what in (("clock", "clocks"), ("inbox_item", "items"), ("message", "messages")):
        op.execute(_BACKFILL.format(what=what, table=table))
