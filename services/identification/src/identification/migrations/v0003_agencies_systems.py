"""Handles for what agencies' systems refer, and agencies that are asked to acknowledge a withdrawal."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """create table referral_handle (id uuid primary key, agency text not null, wrapped_key bytea not null,
           sealed bytea not null, good_until timestamptz not null)"""
    )
    op.execute("create index ix_referral_handle_good_until on referral_handle (good_until)")
    op.execute("alter table consent_acknowledgement alter column acknowledged_at drop not null")
