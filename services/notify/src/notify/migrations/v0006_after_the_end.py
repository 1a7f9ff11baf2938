"""What ends with a case: its tasks and its messages; a message about a decision outlives a closed one."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table known_case add column outcome text")
    op.execute("update known_case set outcome = 'closed' where closed_at is not null")
    op.execute("alter table inbox_item add column ended_at timestamptz")
    op.execute("alter table message add column lasting boolean not null default false")
    op.execute("alter table message alter column lasting drop default")
