"""Tasks for the holders of hidden matches are left by the ticker, from the stored search (ID-18)."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

STATEMENTS = (
    "alter table same_person_search add column searched_by text",
    "alter table same_person_search add column tasks_left_at timestamptz",
    """update same_person_search s set tasks_left_at = s.searched_at, searched_by = r.received_by
       from report r where r.id = s.report_id""",
    "alter table same_person_search alter column searched_by set not null",
    "create index ix_same_person_search_unfinished on same_person_search (id) where tasks_left_at is null",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
