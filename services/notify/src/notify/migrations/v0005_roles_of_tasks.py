"""A task is for the roles whose work it is (NO-4). Tasks of before go to the desk, or to those for whom they were."""

from alembic import op
from casework.migrations import order_rebuild

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_DESK = "array['caseworker', 'assessor', 'reporter']"
STATEMENTS = (
    "alter table inbox_item add column roles text[]",
    f"""update inbox_item set roles = case
         when role is not null then array[role]
         when task = 'referral_received' then array['assessor']
         when task = 'handover_received' then array['reintegration-worker', 'caseworker', 'shelter-manager']
         when task = 'removal_bar_noticed' then array['migration-officer']
         else {_DESK} end""",  # noqa: S608  our own names
    "alter table inbox_item alter column roles set not null, drop column role",
    order_rebuild("cases"),
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
