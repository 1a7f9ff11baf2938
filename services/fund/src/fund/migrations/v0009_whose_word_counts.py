"""Who rejected does not decide the appeal; an approval binds the payee of a revision; a withdrawn case takes no claim.

What identification's events say of withdrawals is read by the rebuild that this migration orders (FU-6, ID-9).
"""

from alembic import op
from casework.migrations import order_rebuild

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STATEMENTS = (
    "alter table claim add column rejected_by text",
    """update claim set rejected_by = (select a.actor from audit_entry a
         where a.subject = 'claim/' || claim.id and a.action in ('reject', 'reject_on_appeal') and a.outcome = 'done'
         order by a.recorded_at desc limit 1)
       where state in ('rejected', 'appealed', 'rejected_final')""",
    """alter table claim add constraint ck_claim_appeal_by_another check (rejected_by is null
       or (rejected_by is distinct from approved_by and rejected_by is distinct from first_approved_by))""",
    "alter table opened_case add column withdrawn_at timestamptz",
    "alter table opened_case add column payee_revision integer not null default 0",
    "alter table claim add column payee_revision integer not null default 0",
    "alter table claim drop constraint ck_claim_approval_binds",
    # Approvals of before have revision 0, which has no line in the digest.
    """alter table claim add constraint ck_claim_approval_binds check (
       approved_digest is null or approved_digest = encode(sha256(convert_to(
         id::text || chr(10) || kind || chr(10) || coalesce(purpose, '') || chr(10) || amount_qepik::text || chr(10)
           || payee || chr(10) || coalesce(document, '')
           || case when payee_revision = 0 then '' else chr(10) || payee_revision::text end, 'UTF8')), 'hex'))""",
    order_rebuild("cases"),
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
