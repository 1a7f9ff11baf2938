"""One agency alone made a child's birth date earlier: nobody comes of age by it."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table case_file add column birth_date_doubted boolean not null default false")
