"""A case is found by the reference that people use."""

from alembic import op
from casework.cases import index_of_references

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(index_of_references("case_facts"))
