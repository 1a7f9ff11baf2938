"""The guardian from identification, two persons, a hand-over with a term, an end without a receiving body."""

from alembic import op
from casework.migrations import order_rebuild

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

STATEMENTS = (
    "alter table case_file add column child_until timestamptz",
    """create table guardian (step_id uuid not null, case_id uuid not null, appointed boolean not null,
       since timestamptz not null, constraint pk_guardian primary key (step_id))""",
    "create index ix_guardian_case_id on guardian (case_id)",
    # Who was a child is so until the event that made them adult; a consent of before it was the guardian's.
    """alter table voluntary_return drop column guardian,
       add column agreed_as_child boolean not null default false,
       add column risk_assessed_by text, add column best_interests_by text, add column cleared_by text,
       add column cleared_as_child boolean not null default false,
       add column handover_from text, add column handover_by text, add column handover_due_at timestamptz,
       add column acknowledged_by text, add column ended_without_body text""",
    """update voluntary_return r set agreed_as_child = true from case_file c
       where c.case_id = r.case_id and c.age_group = 'child' and r.consent_at is not null""",
    """alter table voluntary_return
       add constraint ck_voluntary_return_second_person check (not cleared_as_child
         or cleared_by not in (risk_assessed_by, best_interests_by)),
       add constraint ck_voluntary_return_receiver check (handover_to <> handover_from),
       add constraint ck_voluntary_return_acknowledged check (acknowledged_by <> handover_by),
       add constraint ck_voluntary_return_without_body check (ended_without_body is null or handed_over_at is null)""",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
    op.execute(order_rebuild("cases"))
