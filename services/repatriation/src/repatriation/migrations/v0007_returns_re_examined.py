"""A return that has not departed is looked at again after a negative decision, like a bar and a permit (ID-9)."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table voluntary_return add column re_examine boolean not null default false")
    op.execute("alter table voluntary_return alter column re_examine drop default")
