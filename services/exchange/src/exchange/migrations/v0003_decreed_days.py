"""Days that a decree made holidays or working days, and from when an acknowledgement is counted (NO-3, ID-12)."""

from alembic import op
from casework.decreed_days import DECREED_DAY

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(DECREED_DAY)
    op.execute("alter table withdrawal add column counted_from timestamptz")
    op.execute("update withdrawal set counted_from = withdrawn_at")
    op.execute("alter table withdrawal alter column counted_from set not null")
