"""Agencies, agreements, consents, and what was said and told."""

from alembic import op
from chassis.schema import V1, append_only

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    """create table agency (code text constraint pk_agency primary key,
       state text not null constraint ck_agency_state check (state in ('active', 'suspended', 'removed')),
       edition integer not null, joined_at timestamptz not null, changed_at timestamptz not null, version integer not null)""",
    """create table agreement (agency text not null references agency (code), edition integer not null check (edition > 0),
       content jsonb not null, given_at timestamptz not null, constraint pk_agreement primary key (agency, edition))""",
    append_only("agreement"),
    """create table consent (id uuid primary key, case_id uuid not null, recipient text not null, purpose text not null,
       data_class text not null, given_at timestamptz not null, withdrawn_at timestamptz)""",
    "create index ix_consent_case_id on consent (case_id)",
    """create table withheld (id bigint generated always as identity primary key, agency text not null,
       case_id uuid not null, event_id uuid not null, event text not null,
       effective_at timestamptz not null, recorded_at timestamptz not null, fields jsonb not null,
       constraint uq_withheld_agency_event_id unique (agency, event_id))""",
    "create index ix_withheld_case_id on withheld (case_id)",
    "create index ix_withheld_recorded_at on withheld (recorded_at)",
    """create table told (agency text not null, case_id uuid not null, purpose text not null, events integer not null,
       last_at timestamptz not null, primary key (agency, case_id, purpose))""",
    """create table withdrawal (consent_id uuid primary key, agency text not null, case_id uuid not null,
       purpose text not null, data_class text not null, withdrawn_at timestamptz not null,
       acknowledge_by timestamptz not null, told_at timestamptz, acknowledged_at timestamptz,
       constraint ck_withdrawal_acknowledged_after_told check (acknowledged_at is null or told_at is not null))""",
    "create index ix_withdrawal_agency on withdrawal (agency) where acknowledged_at is null",
    """create table submission (agency text not null, id uuid not null, kind text not null, key uuid not null, place text,
       received_at timestamptz not null, code text, case_id uuid, answered_at timestamptz, told_at timestamptz,
       primary key (agency, id),
       constraint ck_submission_answered check ((code is null) = (answered_at is null)),
       constraint ck_submission_told check (told_at is null or answered_at is not null))""",
    "create index ix_submission_untold on submission (agency) where answered_at is not null and told_at is null",
)


def upgrade() -> None:
    for statement in (*V1, *TABLES):
        op.execute(statement)
