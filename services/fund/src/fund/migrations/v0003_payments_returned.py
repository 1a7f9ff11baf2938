"""A payment that the bank gives back is undone by an entry that points at it, and the claim can be paid again: once.

A payment says which return it follows (`repays`), the first one none. A return points at one payment of its claim and a
payment has one return at most, so that payments and returns of a claim are a chain: two payments never stand beside
each other, whatever races (FU-1, FU-5, FU-7).
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_KINDS = "'income', 'reservation', 'reservation_released', 'payment', 'payment_returned', 'recovery', 'reversal'"
_OF_CLAIMS = "'reservation', 'reservation_released', 'payment', 'payment_returned', 'recovery'"
_DECIDED = "'approved', 'reserved', 'ordered', 'paid', 'returned', 'failed', 'recovered'"

STATEMENTS = (
    "alter table entry add column repays uuid",
    "alter table entry add constraint uq_entry_id_claim_id unique (id, claim_id)",
    """alter table entry add constraint fk_entry_reverses_of_claim foreign key (reverses, claim_id)
       references entry (id, claim_id)""",
    """alter table entry add constraint fk_entry_repays_of_claim foreign key (repays, claim_id)
       references entry (id, claim_id)""",
    "alter table entry drop constraint ck_entry_kind",
    f"alter table entry add constraint ck_entry_kind check (kind in ({_KINDS}))",
    "alter table entry drop constraint ck_entry_claim",
    f"alter table entry add constraint ck_entry_claim check ((kind in ({_OF_CLAIMS})) = (claim_id is not null))",
    "alter table entry drop constraint ck_entry_reverses",
    """alter table entry add constraint ck_entry_reverses
       check ((kind in ('reversal', 'payment_returned')) = (reverses is not null))""",
    "alter table entry add constraint ck_entry_repays check (repays is null or kind = 'payment')",
    "drop index uq_entry_payment_of_claim",
    """create unique index uq_entry_payment_of_claim on entry (claim_id, repays) nulls not distinct
       where kind = 'payment'""",
    """create function entry_points_at_its_kind() returns trigger language plpgsql as $$
       begin
         if new.kind = 'payment_returned' and not exists (
              select from entry where id = new.reverses and kind = 'payment')
            or new.repays is not null and not exists (
              select from entry where id = new.repays and kind = 'payment_returned') then
           raise exception 'a return is of a payment, a payment follows a return' using errcode = 'check_violation',
             constraint = 'entry_points_at_its_kind';
         end if;
         return new;
       end $$""",
    """create trigger entry_points_at_its_kind before insert on entry
       for each row execute function entry_points_at_its_kind()""",
    "alter table claim drop constraint ck_claim_state",
    """alter table claim add constraint ck_claim_state check (state in ('draft', 'submitted', 'info_needed', 'approved',
       'reserved', 'ordered', 'paid', 'returned', 'failed', 'recovered', 'rejected', 'appealed', 'rejected_final',
       'cancelled'))""",
    "alter table claim drop constraint ck_claim_hands",
    f"""alter table claim add constraint ck_claim_hands check (
       (state not in ({_DECIDED})
         or (requested_by is not null and approved_by is not null and approved_digest is not null))
       and (state not in ('ordered', 'paid', 'returned', 'recovered')
         or (released_by is not null and order_id is not null))
       and (state in ('draft', 'cancelled') or requested_by is not null))""",
    "alter table payment_order drop constraint ck_payment_order_outcome",
    """alter table payment_order add constraint ck_payment_order_outcome check (
       coalesce(outcome, 'paid') in ('paid', 'failed', 'returned')
       and (coalesce(outcome, 'failed') = 'failed' or bank_reference <> '')
       and (coalesce(outcome, 'paid') = 'paid' or failure_reason <> ''))""",
    "drop index uq_payment_order_living",
    """create unique index uq_payment_order_living on payment_order (claim_id)
       where coalesce(outcome, 'paid') = 'paid'""",
    "drop trigger payment_order_is_as_released on payment_order",
    """create trigger payment_order_is_as_released before update on payment_order for each row
       when ((old.id, old.number, old.claim_id, old.amount_qepik, old.released_by, old.effective_at)
           is distinct from (new.id, new.number, new.claim_id, new.amount_qepik, new.released_by, new.effective_at)
         or (old.outcome is not null and new.outcome is distinct from old.outcome
           and (old.outcome, new.outcome) is distinct from ('paid', 'returned')))
       execute function payment_order_is_as_released()""",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
