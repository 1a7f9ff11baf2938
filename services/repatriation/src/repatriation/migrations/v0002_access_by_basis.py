"""Access by basis: what each old row of `case_access` stood for; consents are rows of it and no table of their own.

The class of data of a consent is in the events alone. Until the rebuild has read them a row has none, which opens what
the purpose opens.
"""

from alembic import op
from casework.agencies import POLICE_OF_THE_START
from casework.migrations import TYPED_BASES, TYPED_BASES_DONE, order_rebuild
from nrm_events.taking_part import AGENCIES

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# An agency that joined later has no known kind yet, and an unknown kind counts as police (ID-7): the rebuild adds it.
_MAY_KNOW_BY_CONSENT = ", ".join(f"'{code}'" for code in sorted(AGENCIES.keys() - POLICE_OF_THE_START))
_PURPOSES = "'residence_permit', 'legal_aid', 'joint_assessment', 'return'"

OWN_BASES = (
    # The row of a purpose stood for every consent of that recipient to it that is not withdrawn.
    f"delete from case_access where basis in ({_PURPOSES})",  # noqa: S608  a constant
    f"""insert into case_access (case_id, agency, basis, about, ref, since)
        select case_id, recipient, 'consent', purpose, consent_id, given_at from consent
        where withdrawn_at is null and recipient in ({_MAY_KNOW_BY_CONSENT})""",  # noqa: S608  codes of the code
    # The row of a notice stood for every bar that the agency was notified of; one that was lifted opens nothing.
    """insert into case_access (case_id, agency, basis, ref, since)
       select a.case_id, a.agency, 'told_of_bar', b.id, greatest(a.since, b.since)
       from case_access a join bar b on b.case_id = a.case_id and b.told and b.state = 'standing'
       where a.basis = 'removal_bar'""",
    "delete from case_access where basis = 'removal_bar'",
    # The row of an application stood for every permit of the case; now for those that were applied for.
    """insert into case_access (case_id, agency, basis, about, ref, since)
       select a.case_id, a.agency, 'asked', 'permit', p.id, p.applied_at
       from case_access a join permit p on p.case_id = a.case_id and p.applied_at is not null
       where a.basis = 'permit_application' and p.state in ('applied', 'motion_requested', 'motion_received', 'lodged',
         'opinion_pending', 'refused', 'appealed')""",
    """insert into case_access (case_id, agency, basis, about, ref, since)
       select a.case_id, a.agency, 'serves', 'permit', p.id, d.decided_at
       from case_access a join permit p on p.case_id = a.case_id and p.applied_at is not null
         join permit_decision d on d.permit_id = p.id and d.outcome = 'granted'
       where a.basis = 'permit_application' and p.state in ('granted', 'extended', 'expired')""",
    "delete from case_access where basis = 'permit_application'",
    # A receiving body that is an agency had no row at all: it had to be in the case for another reason.
    """insert into case_access (case_id, agency, basis, about, ref, since)
       select case_id, handover_to, case when handed_over_at is null then 'asked' else 'serves' end, 'return_handover',
         id, coalesce(handed_over_at, effective_at)
       from voluntary_return where state in ('departed', 'handed_over', 'monitored') and handover_to not in
         ('receiving_ngo', 'receiving_state_agency', 'consulate', 'guardian_authority')""",
)

FACTS = (
    "alter table case_file add column citizenship_before text",
    "drop table consent",
)


def upgrade() -> None:
    """Type the bases; then the projection is made anew from the topics."""
    for statement in (*TYPED_BASES, *OWN_BASES, *TYPED_BASES_DONE, *FACTS, order_rebuild("cases")):
        op.execute(statement)
