"""Whose claim it is and what was ordered never change, whoever asks the database (FU-6).

An approval binds amount, payee and document. The payee is the person of the case, and the decision behind an allowance
a recognition: both are fixed from the draft on, so neither can move under an approval.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_REFUSE = """create function {name}() returns trigger language plpgsql as $$
   begin
     raise exception '{sentence}' using errcode = 'check_violation', constraint = '{name}';
   end $$"""

STATEMENTS = (
    _REFUSE.format(name="claim_is_of_its_case", sentence="a claim stays of its case and recognition"),
    """create trigger claim_is_of_its_case before update on claim for each row
       when ((old.id, old.case_id, old.kind, old.recognition_id)
         is distinct from (new.id, new.case_id, new.kind, new.recognition_id))
       execute function claim_is_of_its_case()""",
    _REFUSE.format(name="payment_order_is_as_released", sentence="an order stays as it was released"),
    """create trigger payment_order_is_as_released before update on payment_order for each row
       when ((old.id, old.number, old.claim_id, old.amount_qepik, old.released_by, old.effective_at)
           is distinct from (new.id, new.number, new.claim_id, new.amount_qepik, new.released_by, new.effective_at)
         or (old.outcome is not null and new.outcome is distinct from old.outcome))
       execute function payment_order_is_as_released()""",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
