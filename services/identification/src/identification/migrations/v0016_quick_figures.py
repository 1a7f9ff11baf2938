"""Figures of a year and open tasks by index, however many cases there are."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("create index ix_case_file_potential_at on case_file (potential_at) where potential_at is not null")
    op.execute("create index ix_same_person_task_open on same_person_task (id) where verdict is null")
