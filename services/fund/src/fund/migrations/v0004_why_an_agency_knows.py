"""Why an agency knows of a case, as typed bases; and when a case was opened, whoever holds it since.

Old rows say `holder`, `referral` or `consent:<id>`. The purpose of a consent is in the events alone: until the rebuild
that this migration orders has read it there, the row opens nothing (ID-12).
"""

from alembic import op
from casework.migrations import TYPED_BASES, TYPED_BASES_DONE, order_rebuild

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

STATEMENTS = (
    """create table opened_case (case_id uuid constraint pk_opened_case primary key,
       opened_at timestamptz not null)""",
    # As exact as these tables can be; the rebuild reads it from the events.
    """insert into opened_case (case_id, opened_at) select case_id, min(since) from
       (select case_id, since from case_access union all select case_id, since from recognition) as known
       group by case_id""",
    *TYPED_BASES,
    *TYPED_BASES_DONE,
    order_rebuild("cases"),
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
