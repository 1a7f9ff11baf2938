"""Clocks, messages, the staff inbox."""

from alembic import op
from chassis.schema import V1

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "create table known_case (case_id uuid primary key, holder text not null, closed_at timestamptz)",
    """create table clock (
         id uuid primary key, case_id uuid not null, kind text not null, object_id uuid not null,
         state text not null constraint ck_clock_state
           check (state in ('running', 'approaching', 'breached', 'met', 'met_late', 'ended')),
         started_at timestamptz not null, recorded_at timestamptz not null, due_at timestamptz not null,
         warn_at timestamptz, breach_at timestamptz not null, look_at timestamptz,
         duty_agency text, duty_role text, breached_at timestamptz, escalate_at timestamptz, ended_at timestamptz,
         entered_late boolean not null, version integer not null,
         constraint ck_clock_looked_at_only_while_running
           check (look_at is null or state in ('running', 'approaching')),
         constraint ck_clock_over_has_end check ((state in ('met', 'met_late', 'ended')) = (ended_at is not null)))""",
    # one running clock per object and kind, whatever races (NO-3)
    """create unique index uq_clock_open on clock (kind, object_id)
       where state in ('running', 'approaching', 'breached')""",
    "create index ix_clock_look_at on clock (look_at) where look_at is not null",
    "create index ix_clock_escalate_at on clock (escalate_at) where escalate_at is not null",
    "create index ix_clock_case_id on clock (case_id)",
    "create index ix_clock_object on clock (kind, object_id)",
    """create table early_end (
         kind text not null, object_id uuid not null, case_id uuid not null,
         effective_at timestamptz not null, recorded_at timestamptz not null, primary key (kind, object_id))""",
    """create table message (
         id uuid primary key, case_id uuid not null, event_id uuid not null, template text not null,
         recipient text not null constraint ck_message_recipient check (recipient = 'person'),
         state text not null constraint ck_message_state check (state in
           ('queued', 'claimed', 'sending', 'sent', 'delivered', 'failed', 'withheld', 'skipped')),
         reason text, effective_at timestamptz not null, queued_at timestamptz not null, next_at timestamptz not null,
         lease uuid, lease_until timestamptz, round integer not null, tries integer not null,
         unknown_outcomes integer not null, sent_at timestamptz, version integer not null,
         constraint uq_message_event_id_template_recipient unique (event_id, template, recipient),
         constraint ck_message_lease check ((state in ('claimed', 'sending')) = (lease is not null)
           and (lease is null) = (lease_until is null)))""",
    "create index ix_message_due on message (next_at) where state = 'queued'",
    "create index ix_message_lease on message (lease_until) where lease_until is not null",
    "create index ix_message_case_id on message (case_id)",
    """create table inbox_item (
         id uuid primary key, case_id uuid not null, event_id uuid not null, template text not null,
         recipient text not null, role text, task text not null, subject text not null,
         created_at timestamptz not null,
         constraint uq_inbox_item_event_id_template_recipient unique (event_id, template, recipient))""",
    "create index ix_inbox_item_recipient on inbox_item (recipient, id)",
    "create index ix_inbox_item_case_id on inbox_item (case_id)",
    """create table inbox_read (
         item_id uuid not null references inbox_item (id), sub text not null, read_at timestamptz not null,
         primary key (item_id, sub))""",
)


def upgrade() -> None:
    for statement in (*V1, *TABLES):
        op.execute(statement)
