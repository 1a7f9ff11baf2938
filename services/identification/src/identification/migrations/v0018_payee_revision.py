"""How often whoever is paid for a case changed: an approval of the Fund binds it (FU-6)."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table case_file add column payee_revision integer not null default 0")
