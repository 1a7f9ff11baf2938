"""Sheets, and the tables of chassis and casework as they were and are."""

from alembic import op
from casework.migrations import TYPED_BASES, TYPED_BASES_DONE
from chassis.schema import V1

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SHEET = """create table sheet (id uuid primary key, case_id uuid not null, state text not null, note text not null,
  version integer not null)"""


def upgrade() -> None:
    for statement in (*V1, SHEET, *TYPED_BASES, *TYPED_BASES_DONE):
        op.execute(statement)
