"""A place that fits no more is marked for its house; a conflict may name a case by its reference alone (SH-4)."""

from alembic import op
from nrm_events.reference import case_reference
from sqlalchemy import text

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STATEMENTS = (
    "alter table stay add column weigh_again_since timestamptz",
    "create index ix_stay_weigh_again on stay (id) where weigh_again_since is not null",
    "alter table case_facts add column case_ref text",
    "alter table conflict add column other_case_ref text",
    "alter table conflict alter column other_case_id drop not null",
)
REFERENCES = (
    ("select case_id from case_facts", "update case_facts set case_ref = :ref where case_id = :id"),
    ("select other_case_id from conflict", "update conflict set other_case_ref = :ref where other_case_id = :id"),
)
COMPLETED = (
    "alter table case_facts alter column case_ref set not null",
    "create index ix_case_facts_case_ref on case_facts (case_ref)",
    "alter table conflict alter column other_case_ref set not null",
    "drop index uq_conflict_active",
    """create unique index uq_conflict_active on conflict (least(case_id, other_case_id),
       greatest(case_id, other_case_id)) where state = 'active' and other_case_id is not null""",
    """create unique index uq_conflict_named on conflict (case_id, other_case_ref)
       where state = 'active' and other_case_id is null""",
    "create index ix_conflict_case_id on conflict (case_id)",
    "create index ix_conflict_other_case_ref on conflict (other_case_ref)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
    connection = op.get_bind()
    for read, write in REFERENCES:
        ids = connection.execute(text(read)).scalars().all()
        if ids:
            connection.execute(text(write), [{"id": case_id, "ref": case_reference(case_id)} for case_id in ids])
    for statement in COMPLETED:
        op.execute(statement)
