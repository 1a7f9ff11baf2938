"""A report names the contacts that were left out of it, because they reach nobody (NO-2)."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table report add column warnings jsonb not null default '[]'")
