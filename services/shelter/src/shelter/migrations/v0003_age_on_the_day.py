"""Until when a grown-up counted as a child, so that an act entered late goes by the age on its day (ID-5)."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table case_facts add column child_until timestamptz")
