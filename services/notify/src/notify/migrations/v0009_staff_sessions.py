"""Sessions of people at the staff pages."""

from alembic import op
from staffui.migrations import SESSIONS

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for statement in SESSIONS:
        op.execute(statement)
