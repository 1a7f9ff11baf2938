"""The first tables."""

from alembic import op
from chassis.schema import V1

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    """CREATE TABLE case_file (
       id UUID NOT NULL,
       case_ref TEXT NOT NULL,
       status TEXT NOT NULL,
       version INTEGER NOT NULL,
       holder TEXT NOT NULL,
       source TEXT NOT NULL,
       age_group TEXT NOT NULL,
       citizenship TEXT NOT NULL,
       age_doubted BOOLEAN NOT NULL,
       sex TEXT NOT NULL,
       reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
       categories TEXT[] NOT NULL,
       potential_at TIMESTAMP WITH TIME ZONE,
       CONSTRAINT pk_case_file PRIMARY KEY (id),
       CONSTRAINT uq_case_file_case_ref UNIQUE (case_ref)
)""",
    """CREATE TABLE consent (
       id UUID NOT NULL,
       case_id UUID NOT NULL,
       recipient TEXT NOT NULL,
       purpose TEXT NOT NULL,
       data_class TEXT NOT NULL,
       given_at TIMESTAMP WITH TIME ZONE NOT NULL,
       withdrawn_at TIMESTAMP WITH TIME ZONE,
       CONSTRAINT pk_consent PRIMARY KEY (id),
       CONSTRAINT fk_consent_case_id FOREIGN KEY(case_id) REFERENCES case_file (id)
)""",
    """CREATE INDEX ix_consent_case_id
       ON consent (case_id)""",
    """CREATE UNIQUE INDEX uq_consent_standing
       ON consent (case_id, recipient, purpose, data_class)
       WHERE withdrawn_at is null""",
    """CREATE TABLE decision (
       id UUID NOT NULL,
       case_id UUID NOT NULL,
       authority TEXT NOT NULL,
       kind TEXT NOT NULL,
       about TEXT NOT NULL,
       reasons TEXT[] NOT NULL,
       decided_at TIMESTAMP WITH TIME ZONE NOT NULL,
       appealed_at TIMESTAMP WITH TIME ZONE,
       appeal_rejected_at TIMESTAMP WITH TIME ZONE,
       reopened_at TIMESTAMP WITH TIME ZONE,
       CONSTRAINT pk_decision PRIMARY KEY (id),
       CONSTRAINT ck_decision_kind CHECK (kind in ('declined', 'revoked')),
       CONSTRAINT ck_decision_about CHECK (about in ('presumed', 'ngo', 'formal')),
       CONSTRAINT fk_decision_case_id FOREIGN KEY(case_id) REFERENCES case_file (id)
)""",
    """CREATE INDEX ix_decision_case_id
       ON decision (case_id)""",
    """CREATE INDEX ix_decision_decided_at
       ON decision (decided_at)""",
    """CREATE TABLE disclosure (
       id UUID NOT NULL,
       case_id UUID NOT NULL,
       recipient TEXT NOT NULL,
       decided_by TEXT NOT NULL,
       decision_reference TEXT NOT NULL,
       data_class TEXT NOT NULL,
       disclosed_at TIMESTAMP WITH TIME ZONE NOT NULL,
       CONSTRAINT pk_disclosure PRIMARY KEY (id),
       CONSTRAINT fk_disclosure_case_id FOREIGN KEY(case_id) REFERENCES case_file (id)
)""",
    """CREATE INDEX ix_disclosure_case_id
       ON disclosure (case_id)""",
    """CREATE TABLE person (
       case_id UUID NOT NULL,
       wrapped_key BYTEA NOT NULL,
       version INTEGER NOT NULL,
       CONSTRAINT pk_person PRIMARY KEY (case_id),
       CONSTRAINT fk_person_case_id FOREIGN KEY(case_id) REFERENCES case_file (id)
)""",
    """CREATE TABLE recognition (
       id UUID NOT NULL,
       case_id UUID NOT NULL,
       kind TEXT NOT NULL,
       authority TEXT NOT NULL,
       reasons TEXT[] NOT NULL,
       dissent TEXT[] NOT NULL,
       since TIMESTAMP WITH TIME ZONE NOT NULL,
       revoked_at TIMESTAMP WITH TIME ZONE,
       revoked_reasons TEXT[] NOT NULL,
       CONSTRAINT pk_recognition PRIMARY KEY (id),
       CONSTRAINT ck_recognition_kind CHECK (kind in ('presumed', 'ngo', 'formal')),
       CONSTRAINT fk_recognition_case_id FOREIGN KEY(case_id) REFERENCES case_file (id)
)""",
    """CREATE INDEX ix_recognition_case_id
       ON recognition (case_id)""",
    """CREATE INDEX ix_recognition_since
       ON recognition (since)""",
    """CREATE UNIQUE INDEX uq_recognition_formal
       ON recognition (case_id)
       WHERE kind = 'formal' and revoked_at is null""",
    """CREATE UNIQUE INDEX uq_recognition_standing
       ON recognition (case_id, kind, authority)
       WHERE revoked_at is null""",
    """CREATE TABLE referral (
       id UUID NOT NULL,
       case_id UUID NOT NULL,
       "to" TEXT NOT NULL,
       referred_at TIMESTAMP WITH TIME ZONE NOT NULL,
       due_at TIMESTAMP WITH TIME ZONE NOT NULL,
       acknowledged_at TIMESTAMP WITH TIME ZONE,
       best_interests BOOLEAN NOT NULL,
       CONSTRAINT pk_referral PRIMARY KEY (id),
       CONSTRAINT uq_referral_case_id UNIQUE (case_id),
       CONSTRAINT fk_referral_case_id FOREIGN KEY(case_id) REFERENCES case_file (id)
)""",
    """CREATE TABLE reflection (
       id UUID NOT NULL,
       case_id UUID NOT NULL,
       state TEXT NOT NULL,
       offered_at TIMESTAMP WITH TIME ZONE NOT NULL,
       started_at TIMESTAMP WITH TIME ZONE,
       ends_at TIMESTAMP WITH TIME ZONE,
       ended_at TIMESTAMP WITH TIME ZONE,
       CONSTRAINT pk_reflection PRIMARY KEY (id),
       CONSTRAINT fk_reflection_case_id FOREIGN KEY(case_id) REFERENCES case_file (id)
)""",
    """CREATE INDEX ix_reflection_case_id
       ON reflection (case_id)""",
    """CREATE UNIQUE INDEX uq_reflection_open
       ON reflection (case_id)
       WHERE state <> 'ended'""",
    """CREATE TABLE report (
       id UUID NOT NULL,
       case_id UUID NOT NULL,
       source TEXT NOT NULL,
       received_by TEXT NOT NULL,
       channel TEXT NOT NULL,
       channel_hours TEXT,
       anonymous BOOLEAN NOT NULL,
       region TEXT,
       language TEXT,
       crossed_border BOOLEAN,
       reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
       recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
       codes JSONB NOT NULL,
       attached_to UUID,
       CONSTRAINT pk_report PRIMARY KEY (id),
       CONSTRAINT fk_report_case_id FOREIGN KEY(case_id) REFERENCES case_file (id),
       CONSTRAINT fk_report_attached_to FOREIGN KEY(attached_to) REFERENCES case_file (id)
)""",
    """CREATE INDEX ix_report_case_id
       ON report (case_id)""",
    """CREATE INDEX ix_report_received_by
       ON report (received_by)""",
    """CREATE INDEX ix_report_reported_at
       ON report (reported_at)""",
    """CREATE TABLE rights_explanation (
       id UUID NOT NULL,
       case_id UUID NOT NULL,
       language TEXT NOT NULL,
       document_version TEXT NOT NULL,
       interpreter BOOLEAN NOT NULL,
       explained_at TIMESTAMP WITH TIME ZONE NOT NULL,
       CONSTRAINT pk_rights_explanation PRIMARY KEY (id),
       CONSTRAINT fk_rights_explanation_case_id FOREIGN KEY(case_id) REFERENCES case_file (id)
)""",
    """CREATE INDEX ix_rights_explanation_case_id
       ON rights_explanation (case_id)""",
    """CREATE TABLE screening (
       id UUID NOT NULL,
       case_id UUID NOT NULL,
       indicator_set TEXT NOT NULL,
       set_version INTEGER NOT NULL,
       answers JSONB NOT NULL,
       explanation JSONB NOT NULL,
       screened_at TIMESTAMP WITH TIME ZONE NOT NULL,
       CONSTRAINT pk_screening PRIMARY KEY (id),
       CONSTRAINT fk_screening_case_id FOREIGN KEY(case_id) REFERENCES case_file (id)
)""",
    """CREATE INDEX ix_screening_case_id
       ON screening (case_id)""",
    """CREATE TABLE consent_acknowledgement (
       consent_id UUID NOT NULL,
       service TEXT NOT NULL,
       acknowledged_at TIMESTAMP WITH TIME ZONE NOT NULL,
       CONSTRAINT pk_consent_acknowledgement PRIMARY KEY (consent_id, service),
       CONSTRAINT fk_consent_acknowledgement_consent_id FOREIGN KEY(consent_id) REFERENCES consent (id)
)""",
    """CREATE TABLE person_field (
       case_id UUID NOT NULL,
       field TEXT NOT NULL,
       sealed BYTEA NOT NULL,
       CONSTRAINT pk_person_field PRIMARY KEY (case_id, field),
       CONSTRAINT fk_person_field_case_id FOREIGN KEY(case_id) REFERENCES person (case_id) ON DELETE CASCADE
)""",
    """CREATE TABLE same_person_search (
       id UUID NOT NULL,
       report_id UUID NOT NULL,
       candidates TEXT[] NOT NULL,
       verdicts JSONB NOT NULL,
       searched_at TIMESTAMP WITH TIME ZONE NOT NULL,
       CONSTRAINT pk_same_person_search PRIMARY KEY (id),
       CONSTRAINT fk_same_person_search_report_id FOREIGN KEY(report_id) REFERENCES report (id)
)""",
    """CREATE INDEX ix_same_person_search_report_id
       ON same_person_search (report_id)""",
    """CREATE TABLE search_digest (
       case_id UUID NOT NULL,
       kind TEXT NOT NULL,
       digest BYTEA NOT NULL,
       CONSTRAINT pk_search_digest PRIMARY KEY (case_id, kind, digest),
       CONSTRAINT fk_search_digest_case_id FOREIGN KEY(case_id) REFERENCES person (case_id) ON DELETE CASCADE
)""",
    """CREATE INDEX ix_search_digest_digest
       ON search_digest (digest)""",
    """CREATE TABLE same_person_task (
       id UUID NOT NULL,
       case_id UUID NOT NULL,
       search_id UUID NOT NULL,
       created_at TIMESTAMP WITH TIME ZONE NOT NULL,
       CONSTRAINT pk_same_person_task PRIMARY KEY (id),
       CONSTRAINT uq_same_person_task_case_id_search_id UNIQUE (case_id, search_id),
       CONSTRAINT fk_same_person_task_case_id FOREIGN KEY(case_id) REFERENCES case_file (id),
       CONSTRAINT fk_same_person_task_search_id FOREIGN KEY(search_id) REFERENCES same_person_search (id)
)""",
    """CREATE INDEX ix_same_person_task_case_id
       ON same_person_task (case_id)""",
)


def upgrade() -> None:
    """Create them."""
    for statement in (*V1, *TABLES):
        op.execute(statement)
