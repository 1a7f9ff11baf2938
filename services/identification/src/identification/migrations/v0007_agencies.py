"""Agencies that joined after the start, as the exchange tells of them."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """create table joined_agency (code text constraint pk_joined_agency primary key, joined_at timestamptz not null,
           removed_at timestamptz)"""
    )
