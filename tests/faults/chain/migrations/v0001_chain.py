"""What was done, and what followed: nothing here is unique, so that whatever is done twice is seen twice."""

from alembic import op
from chassis.schema import V1, append_only

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "create table counted (case_id uuid primary key, number bigint not null)",
    """create table act (case_id uuid not null, number bigint not null, act_id uuid not null,
       at timestamptz not null default clock_timestamp())""",
    """create table effect (position bigint generated always as identity, case_id uuid not null, act_id uuid not null,
       event_id uuid not null, at timestamptz not null default clock_timestamp())""",
    "create table healed (at timestamptz not null)",
    append_only("act"),
    append_only("effect"),
)


def upgrade() -> None:
    for statement in (*V1, *TABLES):
        op.execute(statement)
