"""Support that an agency took over is looked at again after a negative decision, like a stay (ID-9)."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table handover add column re_examine_since timestamptz, add column re_examine_reason text")
