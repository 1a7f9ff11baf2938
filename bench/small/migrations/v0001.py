"""One table that a command fills, and one that is made of events."""

from alembic import op
from chassis.schema import V1

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "create table note (id uuid primary key, case_id uuid not null, reason text not null, at timestamptz not null)",
    "create table admitted (case_id uuid primary key, ends_at timestamptz not null, times bigint not null)",
)


def upgrade() -> None:
    for statement in (*V1, *TABLES):
        op.execute(statement)
