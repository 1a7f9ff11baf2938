"""Former names, documents and phones stay searchable; who was erased stays erased; digests name their key (ID-18)."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

STATEMENTS = (
    "alter table person add column indexed_by bytea",
    "create index ix_person_indexed_by on person (indexed_by)",
    """create table former_value (
        id uuid primary key,
        case_id uuid not null references person (case_id) on delete cascade,
        kind text not null,
        sealed bytea not null,
        replaced_at timestamptz not null)""",
    "create index ix_former_value_case_id on former_value (case_id)",
    "alter table case_file add column erased_at timestamptz",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
