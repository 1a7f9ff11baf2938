"""The Fund's first tables: ledger, incomes, recognitions, claims and payment orders. Frozen once shipped.

What must hold under races and against raw SQL stands here: entries sum to zero and stay (FU-5), no account falls below
zero (FU-5), three persons and a binding approval (FU-6), one allowance, one payment, one living order (FU-1, FU-7).
"""

from alembic import op
from chassis.schema import V1, append_only

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ACCOUNTS = (
    "bank.free",
    "bank.reserved",
    "income.donation",
    "income.campaign",
    "income.contribution",
    "income.grant",
    "income.state_budget",
    "income.confiscated_property",
    "income.recovery",
    "expense.allowance",
    "expense.needs_grant",
    "expense.compensation",
)

LEDGER = (
    """create table account (name text constraint pk_account primary key, balance_qepik bigint not null default 0,
       constraint ck_account_never_overdrawn check (
         case when name like 'income.%' then balance_qepik <= 0 else balance_qepik >= 0 end))""",
    *(f"insert into account (name) values ('{name}')" for name in ACCOUNTS),  # noqa: S608  # names from above
    """create table entry (id uuid constraint pk_entry primary key, kind text not null, claim_id uuid, document text,
       reverses uuid constraint fk_entry_reverses references entry, effective_at timestamptz not null,
       recorded_at timestamptz not null default clock_timestamp(), recorded_by text not null,
       made_in xid8 not null default pg_current_xact_id(),
       constraint uq_entry_reverses unique (reverses),
       constraint ck_entry_kind check (kind in
         ('income', 'reservation', 'reservation_released', 'payment', 'recovery', 'reversal')),
       constraint ck_entry_claim check ((kind in ('reservation', 'reservation_released', 'payment', 'recovery'))
         = (claim_id is not null)),
       constraint ck_entry_reverses check ((kind = 'reversal') = (reverses is not null)))""",
    "create index ix_entry_claim_id on entry (claim_id)",
    "create index ix_entry_effective_at on entry (effective_at)",
    "create unique index uq_entry_payment_of_claim on entry (claim_id) where kind = 'payment'",
    """create table posting (entry_id uuid not null constraint fk_posting_entry_id references entry,
       account text not null constraint fk_posting_account references account, amount_qepik bigint not null,
       constraint pk_posting primary key (entry_id, account),
       constraint ck_posting_amount check (amount_qepik <> 0 and abs(amount_qepik) <= 1000000000000000))""",
    "create index ix_posting_account on posting (account)",
    # An entry is whole when its transaction commits: nothing is added to an older one.
    """create function posting_of_this_transaction() returns trigger language plpgsql as $$
       begin
         if not exists (select from entry where id = new.entry_id and made_in = pg_current_xact_id()) then
           raise exception 'an entry is written at once' using errcode = 'check_violation',
             constraint = 'posting_of_an_older_entry';
         end if;
         return new;
       end $$""",
    """create trigger posting_of_this_transaction before insert on posting
       for each row execute function posting_of_this_transaction()""",
    """create function entry_sums_to_zero() returns trigger language plpgsql as $$
       declare
         entry_id_ uuid := case tg_table_name when 'entry' then (to_jsonb(new) ->> 'id')::uuid
                           else (to_jsonb(new) ->> 'entry_id')::uuid end;
         total numeric; sides bigint;
       begin
         select coalesce(sum(amount_qepik), 0), count(*) into total, sides from posting where entry_id = entry_id_;
         if total <> 0 or sides < 2 then
           raise exception 'an entry sums to zero' using errcode = 'check_violation',
             constraint = 'entry_sums_to_zero';
         end if;
         return null;
       end $$""",
    """create constraint trigger entry_sums_to_zero after insert on entry deferrable initially deferred
       for each row execute function entry_sums_to_zero()""",
    """create constraint trigger posting_sums_to_zero after insert on posting deferrable initially deferred
       for each row execute function entry_sums_to_zero()""",
    # Balances belong to the owner's trigger alone. Accounts are taken in one order, and not against the key-share locks of
    # the foreign key, so entries never wait crosswise.
    """create function move_balances() returns trigger language plpgsql security definer
       set search_path = pg_catalog, public as $$
       begin
         perform from account where name in (select account from posted) order by name for no key update;
         update account set balance_qepik = balance_qepik + moved.total
           from (select account, sum(amount_qepik)::bigint as total from posted group by account) as moved
           where account.name = moved.account;
         return null;
       end $$""",
    """create trigger move_balances after insert on posting referencing new table as posted
       for each statement execute function move_balances()""",
    # The runtime role may not lock rows that it may not change, so the owner's function takes the lock for it.
    """create function free_money() returns bigint language sql volatile security definer
       set search_path = pg_catalog, public as $$
       select balance_qepik from (select name, balance_qepik from account
         where name in ('bank.free', 'bank.reserved') order by name for no key update) as bank where name = 'bank.free'
       $$""",
    """create table income (id uuid constraint pk_income primary key, source text not null,
       document text not null, court_document text, amount_qepik bigint not null,
       entry_id uuid not null constraint uq_income_entry_id unique
         constraint fk_income_entry_id references entry,
       effective_at timestamptz not null, recorded_at timestamptz not null default clock_timestamp(),
       constraint ck_income_amount check (amount_qepik > 0),
       constraint ck_income_document check (document <> ''),
       constraint ck_income_court_document check (source <> 'confiscated_property' or court_document <> ''))""",
    append_only("entry"),
    append_only("posting"),
    append_only("income"),
    # The accounts are these; balances start at zero and move with postings only.
    """create function account_is_complete() returns trigger language plpgsql as $$
       begin
         raise exception 'the accounts are given' using errcode = 'check_violation',
           constraint = 'account_is_complete';
       end $$""",
    """create trigger account_is_complete before insert or delete or truncate on account
       for each statement execute function account_is_complete()""",
)

CLAIMS = (
    """create table recognition (recognition_id uuid constraint pk_recognition primary key, case_id uuid not null,
       kind text not null, since timestamptz not null, revoked_at timestamptz,
       constraint ck_recognition_kind check (kind in ('presumed', 'ngo', 'formal', 'potential')))""",
    "create index ix_recognition_case_id on recognition (case_id)",
    """create table claim (id uuid constraint pk_claim primary key, case_id uuid not null, kind text not null,
       purpose text, state text not null, version integer not null default 1, amount_qepik bigint not null,
       payee text not null, document text, recognition_id uuid, awarded_qepik bigint, from_property_qepik bigint,
       property_document text, written_by text not null, written_by_agency text not null, requested_by text,
       approved_by text, approved_digest text, released_by text, order_id uuid,
       recovered_qepik bigint not null default 0, reasons text[] not null default '{}',
       re_examine_since timestamptz, re_examine_reason text,
       effective_at timestamptz not null, recorded_at timestamptz not null default clock_timestamp(),
       constraint ck_claim_kind check (kind in ('allowance', 'needs_grant', 'compensation')),
       constraint ck_claim_state check (state in ('draft', 'submitted', 'info_needed', 'approved', 'reserved',
         'ordered', 'paid', 'failed', 'recovered', 'rejected', 'appealed', 'rejected_final', 'cancelled')),
       constraint ck_claim_amount check (amount_qepik between 1 and 1000000000000000),
       constraint ck_claim_purpose check ((kind = 'needs_grant') = (purpose is not null)),
       constraint ck_claim_allowance check (kind <> 'allowance' or recognition_id is not null),
       constraint ck_claim_shortfall check (kind <> 'compensation' or (document is not null
         and amount_qepik = awarded_qepik - from_property_qepik and from_property_qepik >= 0)),
       constraint ck_claim_recovered check (recovered_qepik between 0 and amount_qepik),
       constraint ck_claim_three_persons check (
         (approved_by is null or (approved_by is distinct from requested_by and approved_by <> written_by))
         and (released_by is null or (released_by is distinct from requested_by and released_by <> written_by
           and released_by is distinct from approved_by))),
       constraint ck_claim_hands check (
         (state not in ('approved', 'reserved', 'ordered', 'paid', 'failed', 'recovered')
           or (requested_by is not null and approved_by is not null and approved_digest is not null))
         and (state not in ('ordered', 'paid', 'recovered') or (released_by is not null and order_id is not null))
         and (state in ('draft', 'cancelled') or requested_by is not null)),
       constraint ck_claim_approval_binds check (approved_digest is null or approved_digest = encode(sha256(convert_to(
         id::text || chr(10) || kind || chr(10) || coalesce(purpose, '') || chr(10) || amount_qepik::text || chr(10)
           || payee || chr(10) || coalesce(document, ''), 'UTF8')), 'hex')))""",
    "create unique index uq_claim_allowance_of_recognition on claim (recognition_id) where kind = 'allowance'",
    """create unique index uq_claim_allowance_of_case on claim (case_id)
       where kind = 'allowance' and state not in ('cancelled', 'rejected_final')""",
    "create index ix_claim_case_id on claim (case_id)",
    "create index ix_claim_state on claim (state)",
    """create table payment_order (id uuid constraint pk_payment_order primary key,
       number bigint generated always as identity constraint uq_payment_order_number unique,
       claim_id uuid not null constraint fk_payment_order_claim_id references claim, amount_qepik bigint not null,
       released_by text not null, outcome text, bank_reference text, failure_reason text,
       effective_at timestamptz not null, settled_at timestamptz,
       constraint ck_payment_order_outcome check (coalesce(outcome, 'paid') in ('paid', 'failed')
         and (outcome is distinct from 'paid' or bank_reference <> '')
         and (outcome is distinct from 'failed' or failure_reason <> '')))""",
    "create unique index uq_payment_order_living on payment_order (claim_id) where outcome is distinct from 'failed'",
    # Nothing of the Fund is deleted.
    """create trigger claim_stays before delete or truncate on claim
       for each statement execute function refuse_change()""",
    """create trigger payment_order_stays before delete or truncate on payment_order
       for each statement execute function refuse_change()""",
)


def upgrade() -> None:
    for statement in (*V1, *LEDGER, *CLAIMS):
        op.execute(statement)
