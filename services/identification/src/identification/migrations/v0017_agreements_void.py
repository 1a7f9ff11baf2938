"""An agreement to end a child's case can be void: taken back, or before a new decision or a reopening (ID-7)."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

STATEMENTS = (
    "alter table ending_agreement add column void_since timestamptz",
    "drop index uq_ending_agreement_open",
    """create unique index uq_ending_agreement_open on ending_agreement (case_id, ending)
       where used_at is null and void_since is null""",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
