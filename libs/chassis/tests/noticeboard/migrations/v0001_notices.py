"""Notices, and what was received of them."""

from alembic import op
from chassis.schema import V1, append_only

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    """create table notice (id uuid primary key, case_id uuid not null, template text not null, amount bigint not null,
       note text not null, effective_at timestamptz not null, version integer not null)""",
    "create unique index uq_notice_template on notice (case_id, template)",
    """create table reader (case_id uuid not null, agency text not null, reason text not null,
       primary key (case_id, agency, reason))""",
    """create table received (position bigint generated always as identity primary key, event_id uuid not null,
       case_id uuid not null, kind text not null, wave integer not null)""",
    append_only("received"),
)


def upgrade() -> None:
    for statement in (*V1, *TABLES):
        op.execute(statement)
