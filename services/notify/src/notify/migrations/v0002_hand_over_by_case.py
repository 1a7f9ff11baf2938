"""The clock of a hand-over runs before there is one, so it is told apart by its case (ID-7)."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("clock", "early_end"):
        op.execute(f"update {table} set object_id = case_id where kind = 'referral'")  # noqa: S608  our own names
