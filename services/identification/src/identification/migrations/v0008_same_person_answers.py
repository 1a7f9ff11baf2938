"""What the holder of a case said to a task: the same person or not, why, and whether the person agrees to an offer."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

STATEMENTS = (
    "alter table same_person_task add column version integer not null default 1",
    "alter table same_person_task add column verdict text",
    "alter table same_person_task add column reason text",
    "alter table same_person_task add column person_agrees boolean not null default false",
    "alter table same_person_task add column answered_at timestamptz",
    """alter table same_person_task add constraint ck_same_person_task_answer check (
         coalesce(verdict, 'same') in ('same', 'not_same') and (verdict is null) = (answered_at is null)
         and (verdict is null) = (reason is null) and (not person_agrees or verdict = 'same'))""",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
