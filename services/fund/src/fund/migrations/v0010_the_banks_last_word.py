"""What the bank says later is booked in every state; a recovery that was booked by mistake is corrected (FU-5, FU-7).

A confirmed order that does not pay its claim as it stands is a `surplus`: its money left by an `overpayment`. A return
after a recovery leaves more back than paid, so only a recovery itself is bounded by what was paid (FU-3).
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_OF_CLAIMS = "'reservation', 'reservation_released', 'payment', 'payment_returned', 'overpayment', 'recovery'"

STATEMENTS = (
    "alter table entry drop constraint ck_entry_kind",
    f"alter table entry add constraint ck_entry_kind check (kind in ({_OF_CLAIMS}, 'income', 'reversal'))",
    "alter table entry drop constraint ck_entry_claim",
    f"""alter table entry add constraint ck_entry_claim
       check (kind = 'reversal' or (kind in ({_OF_CLAIMS})) = (claim_id is not null))""",
    "alter table payment_order add column surplus boolean not null default false",
    "alter table payment_order add constraint ck_payment_order_surplus check (not surplus or outcome = 'paid')",
    "drop index uq_payment_order_living",
    """create unique index uq_payment_order_living on payment_order (claim_id)
       where coalesce(outcome, 'paid') = 'paid' and not surplus""",
    "drop trigger payment_order_is_as_released on payment_order",
    """create trigger payment_order_is_as_released before update on payment_order for each row
       when ((old.id, old.number, old.claim_id, old.amount_qepik, old.released_by, old.effective_at)
           is distinct from (new.id, new.number, new.claim_id, new.amount_qepik, new.released_by, new.effective_at)
         or (old.outcome is not null and new.outcome is distinct from old.outcome and (old.outcome, new.outcome)
           not in (('paid', 'returned'), ('failed', 'paid'), ('returned', 'paid'), ('stopped', 'paid'))))
       execute function payment_order_is_as_released()""",
    "alter table claim add column overpaid_qepik bigint not null default 0",
    "alter table claim drop constraint ck_claim_recovered",
    "alter table claim add constraint ck_claim_recovered check (recovered_qepik >= 0 and overpaid_qepik >= 0)",
    """create function claim_recovers_what_was_paid() returns trigger language plpgsql as $$
       begin
         raise exception 'more would come back than was paid' using errcode = 'check_violation',
           constraint = 'claim_recovers_what_was_paid';
       end $$""",
    """create trigger claim_recovers_what_was_paid before update on claim for each row
       when (new.recovered_qepik > old.recovered_qepik
         and new.recovered_qepik > new.overpaid_qepik
           + case when new.state in ('paid', 'recovered') then new.amount_qepik else 0 end)
       execute function claim_recovers_what_was_paid()""",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
