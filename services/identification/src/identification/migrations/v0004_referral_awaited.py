"""Whether somebody must hand the case over (ID-7); empty = a case from before that was not looked at yet."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table case_file add column referral_awaited boolean")
    op.execute("create index ix_case_file_referral_unknown on case_file (id) where referral_awaited is null")
