"""How and when a case ended; the projection is made anew from the topics (ID-9)."""

from alembic import op
from casework.migrations import order_rebuild

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table case_file add column outcome text, add column closed_at timestamptz")
    op.execute(order_rebuild("cases"))
