"""What the person answered about the police, and why a report was closed without a case (ID-7, ID-20)."""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table report add column agrees_to_police boolean, add column closed_because text")
    op.execute("""alter table report add constraint ck_report_closed_because check (closed_because in
        ('no_indication', 'no_contact', 'other_help', 'entered_twice', 'person_declined'))""")
