"""A hand-over can be declined with a reason; enrolment on courses (SH-8)."""

from alembic import op
from chassis.schema import append_only

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATEMENTS = (
    "alter table handover drop constraint handover_state_check",
    """alter table handover add constraint ck_handover_state
       check (state in ('requested', 'acknowledged', 'declined', 'withdrawn'))""",
    "alter table handover add column declined_at timestamptz",
    "alter table handover add column decline_reason text",
    """alter table handover add constraint ck_handover_declined
       check ((state = 'declined') = (declined_at is not null) and (declined_at is null) = (decline_reason is null))""",
    """create table course_enrolment (id uuid primary key, case_id uuid not null, agency text not null,
       course text not null, enrolled integer not null constraint ck_course_enrolment_enrolled check (enrolled >= 0),
       needed integer not null constraint ck_course_enrolment_needed check (needed > 0),
       effective_at timestamptz not null, recorded_at timestamptz not null)""",
    "create index ix_course_enrolment_case_id on course_enrolment (case_id)",
    append_only("course_enrolment"),
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
