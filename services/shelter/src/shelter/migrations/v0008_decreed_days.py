"""Days that a decree made holidays or working days (NO-3)."""

from alembic import op
from casework.decreed_days import DECREED_DAY

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(DECREED_DAY)
