"""The first tables: bars, permits, returns and the facts they rest on. Frozen once shipped.

What must hold under races stands here: one bar of a kind, one open permit per ground, one decision per round (RP-3), one
open return, and never the person as payer (RP-6).
"""

from alembic import op
from chassis.schema import V1, append_only

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    """create table bar (id uuid not null, case_id uuid not null, basis text not null, source uuid, advisory boolean
       not null, state text not null, version integer not null, since timestamptz not null, until timestamptz,
       told boolean not null, told_at timestamptz, re_examine boolean not null, lifted_at timestamptz, lifted_by
       text, effective_at timestamptz not null, recorded_at timestamptz not null, constraint pk_bar primary key
       (id), constraint ck_bar_basis check (basis in ('reflection', 'considered_victim', 'permit', 'child',
       'open_claim', 'decision')), constraint ck_bar_state check (state in ('standing', 'lifted')), constraint
       ck_bar_lifted check ((state = 'lifted') = (lifted_at is not null and lifted_by is not null)), constraint
       ck_bar_source check (basis not in ('reflection', 'permit', 'open_claim') or source is not null))""",
    "create index ix_bar_case_id on bar (case_id)",
    "create index ix_bar_until on bar (until) where state = 'standing'",
    """create unique index uq_bar_standing on bar (case_id, basis, source) nulls not distinct where state = 'standing'
       and basis <> 'decision'""",
    """create table case_file (case_id uuid not null, citizenship text not null, age_group text not null, changed_at
       timestamptz not null, constraint pk_case_file primary key (case_id))""",
    """create table claim_seen (claim_id uuid not null, case_id uuid not null, kind text not null, is_open boolean not
       null, since timestamptz not null, changed_at timestamptz not null, constraint pk_claim_seen primary key
       (claim_id))""",
    "create index ix_claim_seen_case_id on claim_seen (case_id)",
    """create table consent (consent_id uuid not null, case_id uuid not null, recipient text not null, purpose text not
       null, given_at timestamptz not null, withdrawn_at timestamptz, constraint pk_consent primary key
       (consent_id))""",
    "create index ix_consent_case_id on consent (case_id)",
    """create table permit (id uuid not null, case_id uuid not null, ground text not null, state text not null, version
       integer not null, round integer not null, follows uuid, opened_at timestamptz not null, lawful_stay_ends
       date, apply_by date, applied_at timestamptz, motion_requested_at timestamptz, lodged_at timestamptz,
       decided_at timestamptz, valid_until date, expiring_told_for date, proceedings_ended_at timestamptz,
       re_examine boolean not null, effective_at timestamptz not null, recorded_at timestamptz not null,
       constraint pk_permit primary key (id), constraint ck_permit_ground check (ground in ('victim',
       'assisting_prosecution')), constraint ck_permit_state check (state in ('eligible', 'applied',
       'motion_requested', 'motion_received', 'lodged', 'opinion_pending', 'granted', 'extended', 'expired',
       'refused', 'appealed', 'cancelled', 'surrendered', 'reapplied')), constraint ck_permit_valid check (state
       not in ('granted', 'extended', 'expired') or valid_until is not null), constraint fk_permit_follows
       foreign key(follows) references permit (id))""",
    "create index ix_permit_case_id on permit (case_id)",
    "create index ix_permit_valid_until on permit (valid_until) where state in ('granted', 'extended')",
    """create unique index uq_permit_live on permit (case_id, ground) where state in ('eligible', 'applied',
       'motion_requested', 'motion_received', 'lodged', 'opinion_pending', 'granted', 'extended', 'refused',
       'appealed')""",
    """create table recognition (recognition_id uuid not null, case_id uuid not null, kind text not null, since
       timestamptz not null, revoked_at timestamptz, constraint pk_recognition primary key (recognition_id),
       constraint ck_recognition_kind check (kind in ('presumed', 'ngo', 'formal')))""",
    "create index ix_recognition_case_id on recognition (case_id)",
    """create table reflection (reflection_id uuid not null, case_id uuid not null, since timestamptz not null, ends_at
       timestamptz not null, ended_at timestamptz, constraint pk_reflection primary key (reflection_id))""",
    "create index ix_reflection_case_id on reflection (case_id)",
    """create table voluntary_return (id uuid not null, case_id uuid not null, country text not null, agency text not
       null, state text not null, version integer not null, requested_at timestamptz not null, consent_at
       timestamptz, risk_level text, retrafficking_risk boolean, risk_assessed_at timestamptz, guardian boolean,
       best_interests text, opinion_heard text, claims_checked_at timestamptz, claims_found text[] not null,
       payer text, departed_at timestamptz, handover_to text, handed_over_at timestamptz, effective_at
       timestamptz not null, recorded_at timestamptz not null, constraint pk_voluntary_return primary key (id),
       constraint ck_voluntary_return_state check (state in ('requested', 'consent_recorded', 'risk_assessed',
       'child_best_interests', 'claims_checked', 'suspended', 'cleared', 'documents', 'travel_booked',
       'departed', 'handed_over', 'monitored', 'closed', 'withdrawn', 'refused_risk')), constraint
       ck_voluntary_return_country check (country ~ '^[A-Z]{2}$' and country <> 'AZ'), constraint
       ck_voluntary_return_never_the_person check (payer <> 'person'), constraint ck_voluntary_return_consented
       check (departed_at is null or consent_at is not null))""",
    "create index ix_voluntary_return_case_id on voluntary_return (case_id)",
    "create index ix_voluntary_return_departed_at on voluntary_return (departed_at)",
    """create unique index uq_voluntary_return_open on voluntary_return (case_id) where not state in ('withdrawn',
       'refused_risk', 'closed')""",
    """create table follow_up (id uuid not null, return_id uuid not null, outcome text not null, visited_at timestamptz
       not null, recorded_at timestamptz not null, constraint pk_follow_up primary key (id), constraint
       fk_follow_up_return_id foreign key(return_id) references voluntary_return (id))""",
    "create index ix_follow_up_return_id on follow_up (return_id)",
    """create table permit_decision (id uuid not null, permit_id uuid not null, round integer not null, outcome text
       not null, months integer, valid_until date, reasons text[] not null, text text, decided_by text not null,
       decided_at timestamptz not null, recorded_at timestamptz not null, constraint pk_permit_decision primary
       key (id), constraint uq_permit_decision_permit_id_round unique (permit_id, round), constraint
       ck_permit_decision_outcome check (outcome in ('granted', 'refused')), constraint
       ck_permit_decision_refused_in_writing check (outcome <> 'refused' or (cardinality(reasons) > 0 and
       length(btrim(text)) between 1 and 2000)), constraint ck_permit_decision_granted check (outcome <>
       'granted' or (months > 0 and valid_until is not null)), constraint fk_permit_decision_permit_id foreign
       key(permit_id) references permit (id))""",
    "create index ix_permit_decision_decided_at on permit_decision (decided_at)",
    """create table permit_opinion (id uuid not null, permit_id uuid not null, body text not null, asked_at timestamptz
       not null, due_at timestamptz not null, answered_at timestamptz, silent boolean not null, objection
       boolean, reason text, constraint pk_permit_opinion primary key (id), constraint
       uq_permit_opinion_permit_id_body unique (permit_id, body), constraint ck_permit_opinion_answer check
       ((answered_at is null) = (objection is null)), constraint fk_permit_opinion_permit_id foreign
       key(permit_id) references permit (id))""",
    append_only("permit_decision"),
    append_only("follow_up"),
)


def upgrade() -> None:
    """Create them."""
    for statement in (*V1, *TABLES):
        op.execute(statement)
