"""The steps for a found child (ID-5)."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """create table child_step (id uuid constraint pk_child_step primary key,
           case_id uuid not null constraint fk_child_step_case_id references case_file (id), step text not null,
           outcome text not null, reference text, taken_by text not null, taken_at timestamptz not null,
           constraint ck_child_step_outcome check (
             (step = 'guardian' and outcome in ('appointed', 'ended') and reference <> '')
             or (step = 'identity' and outcome in
               ('documents_found', 'documents_issued', 'established_without_documents'))
             or (step = 'family_tracing' and outcome in
               ('begun', 'not_in_childs_interest', 'family_found', 'family_not_found'))))"""
    )
    op.execute("create index ix_child_step_case_id on child_step (case_id)")
