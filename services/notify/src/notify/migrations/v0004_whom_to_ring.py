"""A message to the person names whom to ring; nobody of them can sign in (NO-1)."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("update message set template = 'please_call' where template = 'new_notification'")
