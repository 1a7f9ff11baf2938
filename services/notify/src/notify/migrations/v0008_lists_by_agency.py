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
  language plpgsql immutable as $$ begin return case basis
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
    else false end; end $$"""
PART_OF_CLOCK = """
create function part_of_clock(kind text) returns text language plpgsql immutable as $$ begin return case
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
    when kind = 're_examination_of_claim' then 'payment' end; end $$"""

_CLOCKS = f"""select distinct a.agency, c.id as clock_id, c.kind, c.state, c.due_at, c.state in {_OPEN} as open,
         coalesce(coalesce(c.duty_agency, k.holder) = a.agency, false) as mine
    from {{rows}} c join {{accesses}} a on a.case_id = c.case_id left join public.known_case k on k.case_id = c.case_id
   where (c.requested_by = a.agency
      or public.shows(public.part_of_clock(c.kind), a.basis, a.about, a.data_class, a.ref = c.object_id))"""  # noqa: S608  our own names
# A task for the holder is found by the agency that holds; one that names an agency and no case, by its recipient.
_ITEMS = """select distinct a.agency, case i.recipient when 'holder' then 'holder' else 'own' end as box, role,
         i.id as item_id
    from {rows} i cross join unnest(i.roles) role left join public.known_case k on k.case_id = i.case_id
    join {accesses} a on a.case_id = i.case_id
     and a.agency = case i.recipient when 'holder' then k.holder else i.recipient end
   where i.ended_at is null and i.subject not like 'agency/%'
     and public.shows(i.part, a.basis, a.about, a.data_class, coalesce(a.ref = i.object_id, false))"""
_ITEMS_OF_AGENCIES = """select distinct i.recipient as agency, 'agencies' as box, role, i.id as item_id
    from {rows} i cross join unnest(i.roles) role where i.subject like 'agency/%'"""
_MESSAGES = """select distinct a.agency, m.id as message_id, m.state
    from {rows} m join {accesses} a on a.case_id = m.case_id
   where public.shows('message', a.basis, a.about, a.data_class, coalesce(m.author = a.agency, false))"""
_CLOCK_COLUMNS = "clock_seen (agency, clock_id, kind, state, due_at, open, mine)"
_ITEM_COLUMNS = "item_seen (agency, box, role, item_id)"
_MESSAGE_COLUMNS = "message_seen (agency, message_id, state)"


def _add(rows: str, accesses: str = "public.case_access") -> dict[str, str]:
    """Statements that add what these agencies see of these rows, by table."""
    found = {
        "clock": (_CLOCK_COLUMNS, _CLOCKS),
        "inbox_item": (_ITEM_COLUMNS, _ITEMS),
        "message": (_MESSAGE_COLUMNS, _MESSAGES),
    }
    return {
        table: f"insert into public.{columns} {query.format(rows=rows or f'public.{table}', accesses=accesses)}"
        " on conflict do nothing;"
        for table, (columns, query) in found.items()
    }


_ADD_OF_AGENCIES = f"insert into public.{_ITEM_COLUMNS} {_ITEMS_OF_AGENCIES} on conflict do nothing;"

# Rows are locked first, so that whoever changes one at the same time without its case does so before or after.
LOCK = """
create function lock_of_cases(cases uuid[]) returns void language plpgsql as $$
  begin
    perform id from public.clock where case_id = any(cases) order by id for no key update;
    perform id from public.inbox_item where case_id = any(cases) and ended_at is null order by id for no key update;
    perform id from public.message where case_id = any(cases) order by id for no key update;
  end $$"""
# An agency that lost a basis: what its other bases do not show goes.
LOST = f"""
create function lost_by_agencies(cases uuid[], agencies text[]) returns void language plpgsql as $$
  begin
    delete from public.clock_seen s using public.clock o
     where o.case_id = any(cases) and s.clock_id = o.id and s.agency = any(agencies) and not exists (
       {_CLOCKS.format(rows="public.clock", accesses="public.case_access")} and c.id = o.id and a.agency = s.agency);
    delete from public.item_seen s using public.inbox_item o
     where o.case_id = any(cases) and s.item_id = o.id and s.agency = any(agencies) and s.box <> 'agencies'
       and not exists ({_ITEMS.format(rows="public.inbox_item", accesses="public.case_access")}
         and i.id = o.id and a.agency = s.agency);
    delete from public.message_seen s using public.message o
     where o.case_id = any(cases) and s.message_id = o.id and s.agency = any(agencies) and not exists (
       {_MESSAGES.format(rows="public.message", accesses="public.case_access")} and m.id = o.id and a.agency = s.agency);
  end $$"""  # noqa: S608  our own names
_ALL_OF_CASES = " ".join(
    f"""delete from public.{seen} where {key} in (select id from public.{table} where case_id = any(changed));
        {_add(f"(select * from public.{table} where case_id = any(changed))")[table]}"""  # noqa: S608
    for table, seen, key in (
        ("clock", "clock_seen", "clock_id"),
        ("message", "message_seen", "message_id"),
    )
)
# Another holder, or another first truth of a case: what everybody sees of it is found anew.
ANEW = f"""
create function seen_anew(changed uuid[]) returns void language plpgsql as $$
  begin
    if cardinality(changed) = 0 then return; end if;
    perform public.lock_of_cases(changed);
    {_ALL_OF_CASES}
    delete from public.item_seen where box <> 'agencies'
       and item_id in (select id from public.inbox_item where case_id = any(changed) and ended_at is null);
    {_add("(select * from public.inbox_item where case_id = any(changed))")["inbox_item"]}
  end $$"""  # noqa: S608  our own names

_GRANTED = f"""perform public.lock_of_cases(array(select distinct case_id from after_it));
  {" ".join(_add("", "after_it").values())}"""  # noqa: S608  our own names
_REVOKED = """perform public.lock_of_cases(array(select distinct case_id from before_it));
  perform public.lost_by_agencies(array(select distinct case_id from before_it),
    array(select distinct agency from before_it));"""
_ANEW = "perform public.seen_anew(array({}));"


def _anew_where(*columns: str, also: str = "true") -> str:
    """For the cases of rows of which one of these changed."""
    after, before = (", ".join(f"{side}.{column}" for column in columns) for side in ("n", "o"))
    changed = f"where ({after}) is distinct from ({before}) and {also}"
    return _ANEW.format(f"select distinct n.case_id from after_it n join before_it o using (id) {changed}")  # noqa: S608


_KEPT_BY = {
    ("clock", "insert"): _add("after_it")["clock"],
    ("clock", "update"): f"""update public.clock_seen s
        set state = n.state, due_at = n.due_at, open = n.state in {_OPEN}
       from after_it n where s.clock_id = n.id and (s.state, s.due_at) is distinct from (n.state, n.due_at);
      {_anew_where("duty_agency", "requested_by", "kind", "object_id")}""",  # noqa: S608  our own names
    ("clock", "delete"): "delete from public.clock_seen where clock_id in (select id from before_it);",
    ("inbox_item", "insert"): f"{_add('after_it')['inbox_item']} {_ADD_OF_AGENCIES.format(rows='after_it')}",
    ("inbox_item", "update"): f"""delete from public.item_seen where box <> 'agencies'
       and item_id in (select id from after_it where ended_at is not null);
      {
        _anew_where(
            *("recipient", "roles", "part", "object_id", "subject"), "ended_at is null", also="n.ended_at is null"
        )
    }""",  # noqa: S608  our own names
    ("inbox_item", "delete"): "delete from public.item_seen where item_id in (select id from before_it);",
    ("message", "insert"): _add("after_it")["message"],
    ("message", "update"): f"""update public.message_seen s set state = n.state
       from after_it n where s.message_id = n.id and s.state <> n.state;
      {_anew_where("author")}""",  # noqa: S608  our own names
    ("message", "delete"): "delete from public.message_seen where message_id in (select id from before_it);",
    ("case_access", "insert"): _GRANTED,
    ("case_access", "update"): _ANEW.format("select case_id from after_it union select case_id from before_it"),
    ("case_access", "delete"): _REVOKED,
    ("known_case", "insert"): _ANEW.format("select distinct case_id from after_it"),
    ("known_case", "update"): _ANEW.format("""select n.case_id from after_it n join before_it o using (case_id)
        where n.holder <> o.holder"""),
    ("known_case", "delete"): _ANEW.format("select distinct case_id from before_it"),
}
_ROWS = {
    "insert": "new table as after_it",
    "update": "old table as before_it new table as after_it",
    "delete": "old table as before_it",
}


def _kept() -> list[str]:
    """Generic plans: rows are found by their keys however many there are; planning would cost more than the work."""
    found: list[str] = []
    for (table, change), does in _KEPT_BY.items():
        name = f"{table}_{change}_seen"
        found += [
            f"create function {name}() returns trigger language plpgsql set plan_cache_mode = force_generic_plan as $$"
            f" begin {does} return null; end $$",
            f"create trigger {name} after {change} on {table} referencing {_ROWS[change]} for each statement"
            f" execute function {name}()",
        ]
    return found


def upgrade() -> None:
    for statement in (*TABLES, SHOWS, PART_OF_CLOCK, LOCK, LOST, ANEW, *_kept()):
        op.execute(statement)
    for statement in _add("").values():
        op.execute(statement.rstrip(";"))
    op.execute(_ADD_OF_AGENCIES.format(rows="public.inbox_item").rstrip(";"))
