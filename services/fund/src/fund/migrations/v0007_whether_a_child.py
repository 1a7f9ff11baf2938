"""Whether the person of a case is a child: the child's own details are never a payee (FU-6).

It is in the events alone: until the rebuild that this migration orders has read it there, identification refuses such a
payee when the order is released.
"""

from alembic import op
from casework.migrations import order_rebuild

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STATEMENTS = ("alter table opened_case add column age_group text", order_rebuild("cases"))


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
