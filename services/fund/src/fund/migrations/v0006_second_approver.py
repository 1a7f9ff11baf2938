"""Two persons approve a large sum; each is another than who requested and who releases (FU-2, FU-6)."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_DECIDED = "'approved', 'reserved', 'ordered', 'paid', 'returned', 'failed', 'recovered'"

STATEMENTS = (
    "alter table claim add column first_approved_by text",
    "alter table claim add column approved_at timestamptz",
    f"update claim set approved_at = effective_at where state in ({_DECIDED})",  # noqa: S608  our own codes; as exact as these rows can be
    "alter table claim drop constraint ck_claim_state",
    """alter table claim add constraint ck_claim_state check (state in ('draft', 'submitted', 'info_needed',
       'second_approval', 'approved', 'reserved', 'ordered', 'paid', 'returned', 'failed', 'recovered', 'rejected',
       'appealed', 'rejected_final', 'cancelled'))""",
    "alter table claim drop constraint ck_claim_three_persons",
    """alter table claim add constraint ck_claim_three_persons check (
       (approved_by is null or (approved_by is distinct from requested_by and approved_by <> written_by))
       and (first_approved_by is null or (first_approved_by is distinct from requested_by
         and first_approved_by <> written_by and first_approved_by is distinct from approved_by))
       and (released_by is null or (released_by is distinct from requested_by and released_by <> written_by
         and released_by is distinct from approved_by and released_by is distinct from first_approved_by)))""",
    "alter table claim drop constraint ck_claim_hands",
    f"""alter table claim add constraint ck_claim_hands check (
       (state not in ({_DECIDED})
         or (requested_by is not null and approved_by is not null and approved_digest is not null))
       and (state <> 'second_approval'
         or (requested_by is not null and first_approved_by is not null and approved_digest is not null))
       and (state not in ('ordered', 'paid', 'returned', 'recovered')
         or (released_by is not null and order_id is not null))
       and (state in ('draft', 'cancelled') or requested_by is not null))""",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
