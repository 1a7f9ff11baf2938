"""The same outer paper counts once; what the bank says later corrects its order; nobody settles an own order.

`paper_key` is what makes two references one paper: case, spaces, dashes and № do not distinguish them. A paper of money
received is living until its entry is corrected; a reference of the bank stays with its order for ever; a paper of a
claim is taken from submission until the claim ends unpaid (FU-2, FU-3, FU-4, FU-6, FU-7).
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TAKEN = "state not in ('draft', 'cancelled', 'rejected_final')"

PAPERS = (
    """create function paper_key(reference text) returns text language sql immutable strict parallel safe
       set search_path = pg_catalog as $$
       select trim('/' from regexp_replace(
         regexp_replace(lower(translate(reference, 'İIıƏĞÖŞÇÜ', 'iiiəğöşçü') collate "C"), '[[:space:]_№‐-―−-]', '', 'g'),
         '[/.()]+', '/', 'g')) $$""",
    """create table paper (use text not null, key text not null, holder uuid not null, void boolean not null default false,
       constraint ck_paper_use check (use in ('money_in', 'bank_payment', 'bank_return')))""",
    "create unique index uq_paper_living on paper (use, key) where not void",
    "create index ix_paper_holder on paper (holder)",
    """create function take_paper(its_use text, reference text, its_holder uuid) returns void language plpgsql
       security definer set search_path = pg_catalog, public as $$
       begin
         insert into paper (use, key, holder) values (its_use, paper_key(reference), its_holder)
           on conflict (use, key) where not void do nothing;
         if not exists (select from paper where use = its_use and key = paper_key(reference)
             and holder = its_holder and not void) then
           raise exception 'the paper is taken' using errcode = 'unique_violation', constraint = 'uq_paper_living';
         end if;
       end $$""",
    """create function entry_takes_its_paper() returns trigger language plpgsql security definer
       set search_path = pg_catalog, public as $$
       begin
         if new.kind = 'reversal' then
           update paper set void = true where use = 'money_in' and holder = new.reverses;
         elsif new.document is not null and new.kind in ('income', 'recovery') then
           perform take_paper('money_in', new.document, new.id);
         elsif new.document is not null and new.kind = 'payment_returned' then
           perform take_paper('bank_return', new.document, new.id);
         end if;
         return null;
       end $$""",
    "create trigger entry_takes_its_paper after insert on entry for each row execute function entry_takes_its_paper()",
    """create function order_takes_its_reference() returns trigger language plpgsql security definer
       set search_path = pg_catalog, public as $$
       begin
         perform take_paper('bank_payment', new.bank_reference, new.id);
         return null;
       end $$""",
    """create trigger order_takes_its_reference after insert or update of bank_reference on payment_order for each row
       when (new.bank_reference is not null) execute function order_takes_its_reference()""",
    # What was booked before: the first of two equal papers has it.
    """insert into paper (use, key, holder) select case kind when 'payment_returned' then 'bank_return' else 'money_in' end,
         paper_key(document), id from entry e
       where kind in ('income', 'recovery', 'payment_returned') and document is not null
         and not exists (select from entry r where r.reverses = e.id)
       order by id on conflict do nothing""",
    """insert into paper (use, key, holder) select 'bank_payment', paper_key(bank_reference), id from payment_order
       where bank_reference is not null order by number on conflict do nothing""",
    f"""create unique index uq_claim_receipt on claim (paper_key(document))
       where kind = 'needs_grant' and {_TAKEN}""",
    "alter table claim add column shared_decision boolean not null default false",
    f"""create unique index uq_claim_decision_of_case on claim (case_id, paper_key(document))
       where kind = 'compensation' and {_TAKEN}""",
    f"""create unique index uq_claim_decision on claim (paper_key(document))
       where kind = 'compensation' and not shared_decision and {_TAKEN}""",
    "create index ix_claim_document on claim (paper_key(document)) where document is not null",
)

LATE_TRUTH = (
    "alter table payment_order add column settled_by text",
    """alter table payment_order add constraint ck_payment_order_settled_by_another
       check (settled_by <> released_by)""",
    "alter table payment_order drop constraint ck_payment_order_outcome",
    """alter table payment_order add constraint ck_payment_order_outcome check (
       coalesce(outcome, 'paid') in ('paid', 'failed', 'returned', 'stopped')
       and (coalesce(outcome, 'failed') in ('failed', 'stopped') or bank_reference <> '')
       and (coalesce(outcome, 'paid') = 'paid' or failure_reason <> ''))""",
    "drop trigger payment_order_is_as_released on payment_order",
    """create trigger payment_order_is_as_released before update on payment_order for each row
       when ((old.id, old.number, old.claim_id, old.amount_qepik, old.released_by, old.effective_at)
           is distinct from (new.id, new.number, new.claim_id, new.amount_qepik, new.released_by, new.effective_at)
         or (old.outcome is not null and new.outcome is distinct from old.outcome
           and (old.outcome, new.outcome) not in (('paid', 'returned'), ('failed', 'paid'), ('returned', 'paid'))))
       execute function payment_order_is_as_released()""",
)


def upgrade() -> None:
    for statement in (*PAPERS, *LATE_TRUTH):
        op.execute(statement)
