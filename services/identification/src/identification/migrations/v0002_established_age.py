"""An age that was established is told from one that follows from a birth date; reports are found by the case they joined."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE case_file ADD COLUMN age_established BOOLEAN DEFAULT false NOT NULL",
    """UPDATE case_file SET age_established = true WHERE NOT age_doubted AND EXISTS (
       SELECT FROM audit_entry e WHERE e.case_id = case_file.id AND e.action = 'establish_age' AND e.kind = 'act')""",
    "CREATE INDEX ix_report_attached_to ON report (attached_to)",
)


def upgrade() -> None:
    """Add them."""
    for statement in STATEMENTS:
        op.execute(statement)
