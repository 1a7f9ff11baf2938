"""A child of the case has come of age since the report; when it was last looked at, which says nothing of the birthday."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table case_file add column came_of_age boolean not null default false")
    op.execute("alter table case_file add column age_looked_at date")
    op.execute("create index ix_case_file_child on case_file (age_looked_at, id) where age_group = 'child'")
