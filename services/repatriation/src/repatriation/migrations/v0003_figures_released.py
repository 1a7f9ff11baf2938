"""The log of released figures: who got which figures of which year, and when (CO-1)."""

from alembic import op
from casework.releases import FIGURE_RELEASE
from chassis.schema import append_only

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(FIGURE_RELEASE)
    op.execute(append_only("figure_release"))
