"""Why an agency knows of a case becomes a typed basis; consents that a place rests on are stored (ID-7, ID-12).

Rows of shelter's own acts are converted exactly, by the state of what they point at; everything else follows from the
events, for which a rebuild is ordered. The moments are those that the same acts write from now on.
"""

from alembic import op
from casework.migrations import TYPED_BASES, TYPED_BASES_DONE, order_rebuild

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

OWN_BASES = (
    # An operator that has not refused waits to answer.
    """update case_access as access set basis = 'asked', about = 'place', ref = stay.id, since = stay.requested_at
       from stay join stay_addressee as addressee on addressee.stay_id = stay.id
       where access.basis = 'stay:' || stay.id and access.case_id = stay.case_id
         and access.agency = addressee.operator and addressee.refused_at is null
         and stay.state in ('requested', 'waitlisted', 'offered')""",
    # The operator serves while the stay goes on, and reads its own record afterwards.
    """update case_access as access set basis = 'serves', ref = stay.id,
         about = case stay.state when 'admitted' then 'place' else 'former_place' end,
         since = coalesce(stay.ended_at, stay.admitted_at)
       from stay where access.basis = 'stay:' || stay.id and access.case_id = stay.case_id
         and access.agency = stay.operator and stay.state in ('admitted', 'ended')""",
    # A stay that came of a transfer had no row: the operator knew of the case by the first one.
    """insert into case_access (case_id, agency, basis, about, ref, since)
       select case_id, operator, 'serves', case state when 'admitted' then 'place' else 'former_place' end, id,
         coalesce(ended_at, admitted_at)
       from stay where transferred_from is not null and state in ('admitted', 'ended')""",
    """update case_access as access set ref = handover.id, about = 'handover',
         basis = case handover.state when 'requested' then 'asked' else 'serves' end,
         since = coalesce(handover.acknowledged_at, handover.requested_at)
       from handover where access.basis = 'handover:' || handover.id and access.case_id = handover.case_id
         and access.agency = handover.to_agency and handover.state in ('requested', 'acknowledged')""",
    # What is left points at a request that has ended.
    "delete from case_access where basis like 'stay:%' or basis like 'handover:%'",
)

STORED = (
    """create table agreement (consent_id uuid primary key, case_id uuid not null, recipient text not null,
       purpose text not null, since timestamptz not null)""",
    "create index ix_agreement_case_id on agreement (case_id, recipient)",
    "alter table case_facts drop column holder",  # case_access has it
    "alter table case_facts add column age_changed_at timestamptz",
)


def upgrade() -> None:
    for statement in (*TYPED_BASES, *OWN_BASES, *TYPED_BASES_DONE, *STORED, order_rebuild("cases")):
        op.execute(statement)
