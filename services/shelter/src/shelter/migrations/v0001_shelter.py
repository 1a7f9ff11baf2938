"""Facilities, nights of beds, stays and what comes after them. Frozen once shipped.

What must hold under races stands here: no two blocks of nights on one bed (SH-5), one open request and one stay per case,
one pending extension; what was given and who paid stays as it was written (SH-6).
"""

from alembic import op
from chassis.schema import V1, append_only

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    """create table case_facts (case_id uuid primary key, holder text not null,
       age_group text not null check (age_group in ('child', 'adult', 'unknown')), opened_at timestamptz not null)""",
    """create table facility (id uuid primary key, code text not null unique, operator text not null,
       kind text not null,
       takes text[] not null, track text, region text, protected boolean not null, since date)""",
    """create table room (id uuid primary key, facility_id uuid not null references facility (id),
       number integer not null, unique (facility_id, number))""",
    """create table bed (id uuid primary key, room_id uuid not null references room (id), number integer not null,
       child_places integer not null check (child_places >= 0), accessibility text[] not null,
       unique (room_id, number))""",
    """create table closure (id uuid primary key, bed_id uuid not null references bed (id),
       state text not null check (state in ('open', 'ended')), version integer not null default 1,
       reason text not null, begins date not null, returns_on date not null check (returns_on >= begins),
       effective_at timestamptz not null, recorded_at timestamptz not null)""",
    """create table stay (id uuid primary key, case_id uuid not null, state text not null check (state in
       ('requested', 'waitlisted', 'offered', 'refused', 'declined', 'lapsed', 'admitted', 'ended')),
       version integer not null default 1, asked_by text not null,
       category text not null check (category in ('adult', 'child', 'adult_with_children')),
       sex text not null, age_group text not null, track text not null,
       children integer not null check (children between 0 and 20), accessibility text[] not null,
       region text, region_rule text not null, protection text not null,
       wanted_from date not null, requested_at timestamptz not null,
       operator text, bed_id uuid references bed (id), offered_at timestamptz, offered_from date,
       lapses_at timestamptz, admitted_at timestamptz, counted_from date, ends_on date,
       last_act_at timestamptz not null, ended_at timestamptz,
       how text check (how in ('left', 'transferred', 'discharged', 'repatriated')), destination text,
       transferred_from uuid references stay (id), reasons text[] not null default '{}', overdue_told_for date,
       re_examine_since timestamptz, re_examine_reason text, recorded_at timestamptz not null,
       constraint ck_stay_admitted check (state not in ('admitted', 'ended') or
         (operator is not null and admitted_at is not null and counted_from is not null and ends_on is not null)),
       constraint ck_stay_ended check ((state = 'ended') = (ended_at is not null and how is not null)))""",
    """create unique index uq_stay_waiting on stay (case_id)
       where state in ('requested', 'waitlisted', 'offered')""",
    "create unique index uq_stay_resident on stay (case_id) where state = 'admitted'",
    "create unique index uq_stay_transferred_from on stay (transferred_from)",
    "create index ix_stay_case_id on stay (case_id)",
    "create index ix_stay_state on stay (state, ends_on)",
    """create table stay_addressee (stay_id uuid not null references stay (id), operator text not null,
       refused_at timestamptz, reasons text[] not null default '{}', primary key (stay_id, operator))""",
    """create table bed_night_block (id uuid primary key, bed_id uuid not null references bed (id),
       nights daterange not null check (not isempty(nights) and lower(nights) is not null),
       kind text not null, stay_id uuid unique references stay (id), closure_id uuid unique references closure (id),
       constraint ck_bed_night_block_holder check ((kind = 'stay' and stay_id is not null and closure_id is null)
         or (kind = 'closure' and closure_id is not null and stay_id is null)),
       constraint ex_bed_night_block_single exclude using gist (bed_id with =, nights with &&))""",
    """create table extension (id uuid primary key, stay_id uuid not null references stay (id),
       state text not null check (state in ('requested', 'granted', 'not_granted')),
       requested_at timestamptz not null, requested_by text not null, reason text not null,
       decided_at timestamptz, decided_by text, ends_on date,
       constraint ck_extension_decided check ((state = 'requested') = (decided_at is null and decided_by is null)),
       constraint ck_extension_granted check ((state = 'granted') = (ends_on is not null)))""",
    "create unique index uq_extension_pending on extension (stay_id) where state = 'requested'",
    "create index ix_extension_stay_id on extension (stay_id)",
    """create table service_given (id uuid primary key, stay_id uuid not null references stay (id),
       service text not null, payer text not null check (payer not in ('person', 'self', '')),
       effective_at timestamptz not null, recorded_at timestamptz not null)""",
    "create index ix_service_given_stay_id on service_given (stay_id, effective_at)",
    """create table handover (id uuid primary key, case_id uuid not null, stay_id uuid references stay (id),
       state text not null check (state in ('requested', 'acknowledged', 'withdrawn')),
       version integer not null default 1, from_agency text not null, to_agency text not null,
       requested_at timestamptz not null, due_at timestamptz, acknowledged_at timestamptz, withdrawn_at timestamptz,
       recorded_at timestamptz not null,
       constraint ck_handover_acknowledged check ((state = 'acknowledged') = (acknowledged_at is not null)))""",
    "create unique index uq_handover_pending on handover (case_id, to_agency) where state = 'requested'",
    "create index ix_handover_case_id on handover (case_id)",
    "create index ix_handover_acknowledged_at on handover (acknowledged_at)",
    """create table assistance (id uuid primary key, case_id uuid not null,
       handover_id uuid not null references handover (id), kind text not null,
       payer text not null check (payer not in ('person', 'self', '')), agency text not null,
       effective_at timestamptz not null, recorded_at timestamptz not null)""",
    "create index ix_assistance_case_id on assistance (case_id)",
    "create index ix_assistance_effective_at on assistance (effective_at)",
    """create table conflict (id uuid primary key, case_id uuid not null, other_case_id uuid not null,
       state text not null check (state in ('active', 'ended')), version integer not null default 1,
       kind text not null, named_by text not null, since timestamptz not null, ended_at timestamptz,
       recorded_at timestamptz not null, constraint ck_conflict_two check (case_id <> other_case_id))""",
    """create unique index uq_conflict_active on conflict (least(case_id, other_case_id),
       greatest(case_id, other_case_id)) where state = 'active'""",
    "create index ix_conflict_other_case_id on conflict (other_case_id)",
)

LOGS = ("service_given", "assistance")


def upgrade() -> None:
    for statement in (*V1, "create extension if not exists btree_gist", *TABLES, *map(append_only, LOGS)):
        op.execute(statement)
