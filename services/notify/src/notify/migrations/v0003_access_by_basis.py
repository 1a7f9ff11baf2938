"""Access by basis: what old rows of `case_access` mean, and to which part of a case each task belongs.

What the old rows do not hold stands in the clocks: which stay, hand-over and permit. The rest comes with the rebuild
that is ordered here.
"""

from alembic import op
from casework.migrations import TYPED_BASES, TYPED_BASES_DONE, order_rebuild

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_OPEN = "('running', 'approaching', 'breached')"

BASES = (
    # a stay that goes on is served by its operator; an offer that waits, the rebuild adds
    f"""insert into case_access (case_id, agency, basis, about, ref, since)
        select c.case_id, c.duty_agency, 'serves', 'place', c.object_id, c.started_at from clock c
        where c.kind = 'stay' and c.state in {_OPEN} and exists (
          select from case_access a where a.case_id = c.case_id and a.agency = c.duty_agency and a.basis = 'shelter')""",  # noqa: S608  our own names
    # rows of declined and withdrawn requests are gone, so one whose clock is over was acknowledged
    f"""update case_access a set basis = 'asked', about = 'handover', ref = substr(a.basis, 10)::uuid
        where a.basis ~ '^handover:[0-9a-f-]{{36}}$'
          and not exists (select from clock c where c.kind = 'handover' and c.state not in {_OPEN}
            and a.basis = 'handover:' || c.object_id)
          and not exists (select from early_end e where e.kind = 'handover'
            and a.basis = 'handover:' || e.object_id)""",  # noqa: S608  our own names
    """update case_access a set basis = 'serves', about = 'handover', ref = c.object_id, since = c.ended_at
       from clock c where c.kind = 'handover' and a.basis = 'handover:' || c.object_id""",
    """update case_access a set basis = 'serves', about = 'handover', ref = e.object_id, since = e.effective_at
       from early_end e where e.kind = 'handover' and a.basis = 'handover:' || e.object_id""",
    # a permit that was granted and goes on is served; an application that was not granted waits, refused or not
    f"""insert into case_access (case_id, agency, basis, about, ref, since)
        select c.case_id, a.agency, 'serves', 'permit', c.object_id, c.started_at
        from clock c join case_access a on a.case_id = c.case_id and a.basis = 'permit_application'
        where c.kind = 'permit' and c.state in {_OPEN}""",  # noqa: S608  our own names
    """insert into case_access (case_id, agency, basis, about, ref, since)
        select a.case_id, a.agency, 'asked', 'permit', applied.object_id, applied.at
        from case_access a join (
          select case_id, object_id, min(at) as at from (
            select case_id, object_id, ended_at as at from clock
            where kind = 'permit_application' and state in ('met', 'met_late')
            union all select case_id, object_id, effective_at from early_end where kind = 'permit_application'
          ) every group by case_id, object_id
        ) applied on applied.case_id = a.case_id
        where a.basis = 'permit_application'
          and not exists (select from clock c where c.kind = 'permit' and c.object_id = applied.object_id)
          and not exists (select from early_end e where e.kind = 'permit' and e.object_id = applied.object_id)""",
    # a bar of which the migration service was notified since it may know of the case; with all of them, by the rebuild
    """insert into case_access (case_id, agency, basis, ref, since)
       select distinct a.case_id, a.agency, 'told_of_bar', split_part(i.subject, '/', 2)::uuid, a.since
       from case_access a join inbox_item i on i.case_id = a.case_id and i.recipient = a.agency
       where a.basis = 'removal_bar' and i.task = 'removal_bar_noticed' and i.created_at >= a.since""",
    """delete from case_access where basis in ('shelter', 'permit_application', 'removal_bar')
       or basis like 'handover:%'""",
)

CLOCKS = (
    "alter table clock drop constraint ck_clock_state",
    """alter table clock add constraint ck_clock_state check (state in
       ('running', 'approaching', 'breached', 'met', 'met_late', 'met_without_identity', 'ended'))""",
    "alter table clock drop constraint ck_clock_over_has_end",
    """alter table clock add constraint ck_clock_over_has_end check
       ((state in ('met', 'met_late', 'met_without_identity', 'ended')) = (ended_at is not null))""",
    "alter table clock add column requested_by text",
    "alter table message add column author text",
)

_PART_OF_CLOCK = """case c.kind when 'referral' then 'hand_over' when 'place_offer' then 'place'
    when 'handover' then 'support' when 'permit_application' then 'permit' when 'opinion' then 'permit'
    when 'withdrawal' then 'consent' else c.kind end"""
ITEMS = (
    "alter table inbox_item add column part text, add column object_id uuid",
    f"""update inbox_item i set part = {_PART_OF_CLOCK}, object_id = c.object_id
        from clock c where i.subject = 'clock/' || c.id""",  # noqa: S608  our own names
    "update inbox_item set part = 'consent', recipient = 'operator' where recipient = 'himaya'",
    """update inbox_item set object_id = split_part(subject, '/', 2)::uuid, part = case
         when task like 'referral\\_%' then 'hand_over'
         when task in ('case_recognised', 'case_not_recognised', 'recognition_revoked') then 'recognition'
         when task like 'place\\_%' then 'place'
         when task = 'stay_not_extended' then 'stay'
         when task like 'handover\\_%' then 'support'
         when task = 'payment_returned' then 'payment'
         when task like 'permit\\_%' then 'permit'
         when task = 'removal_bar_noticed' then 'removal_bar'
         when task = 'return_suspended' then 'return'
         when task in ('contact_withheld', 'message_failed') then 'contact' end
       where part is null and subject not like 'clock/%'""",
    "alter table inbox_item alter column part set not null",
)


def upgrade() -> None:
    for statement in (*TYPED_BASES, *BASES, *TYPED_BASES_DONE, *CLOCKS, *ITEMS, order_rebuild("cases")):
        op.execute(statement)
