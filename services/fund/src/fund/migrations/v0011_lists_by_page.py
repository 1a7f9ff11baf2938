"""Lists and the figures of a year cost the same in a country of any size: rows beside the list, and indexes (FU-10)."""

from alembic import op
from casework.listing_tables import Listing, listing

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

CLAIMS = Listing(
    "claim",
    parties=("written_by_agency",),
    keys={"kind": "o.kind", "state": "o.state"},
    flags={"re_examine": "o.re_examine_since is not null"},
)
HANDS = ("written_by", "requested_by", "first_approved_by", "approved_by", "rejected_by", "released_by")
_PAYS = "kind in ('payment', 'overpayment')"

INDEXES = (
    "create index ix_claim_kind on claim (kind, id)",
    "drop index ix_claim_state",
    "create index ix_claim_state on claim (state, id)",
    "create index ix_claim_re_examine on claim (id) where re_examine_since is not null",
    "create index ix_claim_approved on claim (id) include (amount_qepik) where state = 'approved'",
    *(f"create index ix_claim_{hand} on claim ({hand}, id) where {hand} is not null" for hand in HANDS),
    "create index ix_payment_order_claim_id on payment_order (claim_id, number)",
    "drop index ix_posting_account",
    "create index ix_posting_account on posting (account, entry_id)",
    "create index ix_income_source on income (source, id)",
    # The statement of a year reads these alone.
    f"create index ix_entry_paid on entry (effective_at) include (id, claim_id) where {_PAYS}",
    """create index ix_entry_income on entry (effective_at) include (id)
       where kind in ('income', 'recovery', 'reversal')""",
    "create index ix_posting_expense on posting (entry_id) include (account, amount_qepik) where account like 'expense.%'",
    "create index ix_claim_use on claim (id) include (case_id, kind, purpose)",
)


def upgrade() -> None:
    for statement in (*INDEXES, *listing([CLAIMS])):
        op.execute(statement)
