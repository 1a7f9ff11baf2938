"""Appeals are rows of their own, to a body, with a term; who decided is on the decision; nobody's cooperation is a ground.

Who decided and who entered an appeal are taken from the audit. An old decision whose only ground was that the person
declined has none that counts: `no_ground_recorded`. Outcomes that the decider recorded stay as they are, marked by a
constraint that is valid for new rows alone.
"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

STATEMENTS = (
    "alter table decision add column decided_by_person text, add column warnings text[] not null default '{}',"
    " add column appeal_by timestamptz, add column reopened_by_person text",
    """update decision d set decided_by_person = coalesce((select a.actor from audit_entry a
         where (a.action = 'decline' and a.subject = 'decision/' || d.id::text)
            or (a.action = 'revoke' and a.facts ->> 'decision' = d.id::text) order by a.recorded_at desc limit 1), 'unknown')""",
    "alter table decision alter column decided_by_person set not null, alter column warnings drop default",
    "alter table decision add constraint uq_decision_decider unique (id, decided_by_person)",
    "alter table decision add constraint ck_decision_another_person check (reopened_by_person <> decided_by_person)",
    """create table appeal (
         id uuid constraint pk_appeal primary key,
         case_id uuid not null constraint fk_appeal_case_id references case_file (id), decision_id uuid not null,
         decided_by_person text not null, body text not null, entered_by text not null,
         entered_by_person text not null, lodged_at timestamptz not null, late boolean not null,
         due_at timestamptz, outcome text, decision_reference text, settled_at timestamptz,
         recorded_by text, recorded_by_person text,
         constraint fk_appeal_decision foreign key (decision_id, decided_by_person)
           references decision (id, decided_by_person),
         constraint ck_appeal_outcome check (outcome in ('upheld', 'overturned')),
         constraint ck_appeal_settled check ((outcome is null) = (settled_at is null)))""",
    """insert into appeal
       select gen_random_uuid(), d.case_id, d.id, d.decided_by_person, coalesce(d.appeal_decided_by, 'unknown'),
         coalesce(a.agency, 'unknown'), coalesce(a.actor, 'unknown'), d.appealed_at, false, null,
         case when d.appeal_rejected_at is not null then 'upheld' when d.reopened_at is not null then 'overturned' end,
         d.appeal_reference, coalesce(d.appeal_rejected_at, d.reopened_at), null, null
       from decision d left join lateral (
         select agency, actor from audit_entry where action = 'appeal' and subject = 'decision/' || d.id::text
         order by recorded_at desc limit 1) a on true
       where d.appealed_at is not null""",
    "alter table appeal add constraint ck_appeal_another_person check (recorded_by_person <> decided_by_person)",
    "create unique index uq_appeal_open on appeal (decision_id) where outcome is null",
    "create index ix_appeal_case_id on appeal (case_id)",
    "create index ix_appeal_decision_id on appeal (decision_id)",
    "alter table decision drop column appealed_at, drop column appeal_rejected_at, drop column appeal_decided_by,"
    " drop column appeal_reference",
    """update recognition set dissent = array_remove(dissent, 'person_declined'),
         revoked_reasons = array_remove(revoked_reasons, 'person_declined')
       where 'person_declined' = any(dissent || revoked_reasons)""",
    "update opinion set reasons = array_remove(reasons, 'person_declined') where 'person_declined' = any(reasons)",
    "update decision set reasons = array_remove(reasons, 'person_declined') where 'person_declined' = any(reasons)",
    "update decision set reasons = '{no_ground_recorded}' where reasons = '{}'",
    """update recognition set revoked_reasons = '{no_ground_recorded}'
       where revoked_at is not null and revoked_reasons = '{}'""",
    "update opinion set reasons = '{no_ground_recorded}' where reasons = '{}'",
    "alter table reflection add column re_examine_since timestamptz",
    "alter table consent add column ended_because text",
    "update consent set ended_because = 'withdrawn' where withdrawn_at is not null",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
