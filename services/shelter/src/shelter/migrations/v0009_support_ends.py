"""Support ends by an act, with a reason; a withdrawn case is known; reasons to look again are a set (SH-8, ID-9)."""

from alembic import op
from casework.migrations import order_rebuild

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ENDED = (
    "alter table handover drop constraint ck_handover_state",
    """alter table handover add constraint ck_handover_state
       check (state in ('requested', 'acknowledged', 'declined', 'withdrawn', 'ended'))""",
    "alter table handover drop constraint ck_handover_acknowledged",
    """alter table handover add constraint ck_handover_acknowledged
       check ((state in ('acknowledged', 'ended')) = (acknowledged_at is not null))""",
    "alter table handover add column ended_at timestamptz, add column end_reason text",
    # Until now the agency lost its basis with the consent, and the state stayed as it was; the moment is unknown.
    """update handover set state = 'ended' where state = 'acknowledged' and not exists
       (select from case_access where basis = 'serves' and ref = handover.id)""",
)
REASONS = (
    "alter table stay add column re_examine_reasons text[] not null default '{}'",
    "update stay set re_examine_reasons = array[re_examine_reason] where re_examine_reason is not null",
    "alter table stay drop column re_examine_reason",
    "alter table handover add column re_examine_reasons text[] not null default '{}'",
    "update handover set re_examine_reasons = array[re_examine_reason] where re_examine_reason is not null",
    "alter table handover drop column re_examine_reason",
)
OUTCOME = ("alter table case_facts add column outcome text", order_rebuild("cases"))


def upgrade() -> None:
    for statement in (*ENDED, *REASONS, *OUTCOME):
        op.execute(statement)
