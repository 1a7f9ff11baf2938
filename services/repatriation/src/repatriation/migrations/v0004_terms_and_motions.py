"""A permit's term is counted from its first day; a motion has a term and can be declined."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_NEW = """alter table permit add column term_begins date, add column term_months integer,
  add column motion_due_at timestamptz, add column motion_declined_at timestamptz,
  add column motion_received_at timestamptz"""
# What was valid was granted on a day and ends on the same day of another month, or on the last day of a shorter one.
_TERMS = """update permit p set term_begins = d.day, term_months =
    (extract(year from p.valid_until) - extract(year from d.day)) * 12
    + extract(month from p.valid_until) - extract(month from d.day)
  from (select permit_id, (decided_at at time zone 'Asia/Baku')::date as day from permit_decision
        where outcome = 'granted') d
  where d.permit_id = p.id and p.valid_until is not null"""
_UNKNOWN = """update permit set term_begins = valid_until, term_months = 0
  where valid_until is not null and term_begins is null"""
_BROUGHT = """update permit set motion_received_at = effective_at
  where motion_requested_at is not null and state not in ('motion_requested')"""
_CHECKS = """alter table permit drop constraint ck_permit_state, add constraint ck_permit_state check (state in
    ('eligible', 'applied', 'motion_requested', 'motion_received', 'lodged', 'opinion_pending', 'granted', 'refused',
     'extended', 'expired', 'cancelled', 'surrendered', 'appealed', 'reapplied', 'withdrawn')),
  add constraint ck_permit_term check ((valid_until is null) = (term_begins is null)
    and (valid_until is null) = (term_months is null))"""


def upgrade() -> None:
    for statement in (_NEW, _TERMS, _UNKNOWN, _BROUGHT, _CHECKS):
        op.execute(statement)
