"""Access by basis; consents with who agreed and how; references that follow from the case id."""

import sqlalchemy as sa
from alembic import op
from casework.migrations import TYPED_BASES, TYPED_BASES_DONE
from nrm_events.reference import case_reference
from nrm_events.taking_part import AGENCIES, GUARDIANSHIP_AUTHORITY, is_police

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_OPEN_TO = ", ".join(f"'{code}'" for code, agency in AGENCIES.items() if not is_police(agency.kind))

OWN_BASES = (
    # The body that a case was handed over to reads its own record once the case is closed, and acts no more.
    """update case_access a set about = 'ended' from case_file c
       where a.basis = 'formal_body' and c.id = a.case_id
       and c.status in ('closed', 'withdrawn', 'transferred_abroad')""",
    # A consent's row says its purpose and class. An agency whose kind nobody stated counts as police: no row (ID-7).
    """update case_access a set about = c.purpose, data_class = c.data_class
       from consent c where a.basis = 'consent' and c.id = a.ref""",
    f"delete from case_access where basis = 'consent' and (about = '' or agency not in ({_OPEN_TO}))",  # noqa: S608
    f"""insert into case_access (case_id, agency, basis, since)
        select c.id, '{GUARDIANSHIP_AUTHORITY}', 'guardian_authority', c.reported_at from case_file c
        where c.age_group = 'child' and not exists (select from report r where r.case_id = c.id and r.attached_to is not null)""",  # noqa: S608
)
TABLES = (
    "alter table case_file add column age_without_doubt text",
    "alter table case_file add column refused_at timestamptz",
    "alter table case_file add column duty_met_at timestamptz",
    "alter table reflection add column written_wish text",
    "alter table decision add column appeal_decided_by text",
    "alter table decision add column appeal_reference text",
    """alter table consent add column given_by text, add column child_view text, add column how text,
       add column language text, add column interpreter boolean, add column text_version text,
       add column recorded_by text""",
    """create table refusal (id uuid constraint pk_refusal primary key,
       case_id uuid not null constraint fk_refusal_case_id references case_file (id), how text not null,
       language text not null, interpreter boolean not null, text_version text not null, recorded_by text not null,
       refused_at timestamptz not null)""",
    "create index ix_refusal_case_id on refusal (case_id)",
    """create table unnamed_notice (id uuid constraint pk_unnamed_notice primary key, day date not null,
       forms text[] not null, region text, sex text not null, age_group text not null)""",
    "create index ix_unnamed_notice_day on unnamed_notice (day)",
    """create table holder_offer (id uuid constraint pk_holder_offer primary key,
       case_id uuid not null constraint fk_holder_offer_case_id references case_file (id), "to" text not null,
       offered_by text not null, ground text not null, legal_reference text, consent jsonb, state text not null,
       version integer not null, offered_at timestamptz not null, answered_at timestamptz, reason text)""",
    "create index ix_holder_offer_case_id on holder_offer (case_id)",
    "create unique index uq_holder_offer_open on holder_offer (case_id) where state = 'offered'",
    """create table opinion (id uuid constraint pk_opinion primary key,
       case_id uuid not null constraint fk_opinion_case_id references case_file (id), agency text not null,
       stance text not null constraint ck_opinion_stance check (stance in ('victim', 'not_a_victim')),
       reasons text[] not null, about uuid, dissents boolean not null, given_at timestamptz not null)""",
    "create index ix_opinion_case_id on opinion (case_id)",
    """create table age_finding (id uuid constraint pk_age_finding primary key,
       case_id uuid not null constraint fk_age_finding_case_id references case_file (id),
       age_group text not null constraint ck_age_finding_age_group check (age_group in ('child', 'adult')),
       ground text not null, method text not null, document text not null, established_by text not null,
       established_at timestamptz not null)""",
    "create index ix_age_finding_case_id on age_finding (case_id)",
    """create table age_doubt (id uuid constraint pk_age_doubt primary key,
       case_id uuid not null constraint fk_age_doubt_case_id references case_file (id), ground text not null,
       doubted_by text not null, doubted_at timestamptz not null, settled_at timestamptz)""",
    "create index ix_age_doubt_case_id on age_doubt (case_id)",
    """create table ending_agreement (id uuid constraint pk_ending_agreement primary key,
       case_id uuid not null constraint fk_ending_agreement_case_id references case_file (id),
       ending text not null constraint ck_ending_agreement_ending
         check (ending in ('close', 'withdraw', 'transfer_abroad', 'establish_as_adult')),
       reference text not null, agreed_by text not null, agreed_by_person text not null,
       agreed_at timestamptz not null, used_at timestamptz)""",
    "create index ix_ending_agreement_case_id on ending_agreement (case_id)",
    "create unique index uq_ending_agreement_open on ending_agreement (case_id, ending) where used_at is null",
)


def upgrade() -> None:
    for statement in (*TYPED_BASES, *OWN_BASES, *TYPED_BASES_DONE, *TABLES):
        op.execute(statement)
    _make_references_anew()


def _make_references_anew() -> None:
    """A random reference becomes the one that follows from the id; it stops where two ids have one reference."""
    connection = op.get_bind()
    op.execute("alter table case_file drop constraint uq_case_file_case_ref")
    ids = connection.execute(sa.text("select id from case_file")).scalars().all()
    set_ = sa.text("update case_file set case_ref = :case_ref where id = :id")
    if ids:
        connection.execute(set_, [{"id": id_, "case_ref": case_reference(id_)} for id_ in ids])
    op.execute("alter table case_file add constraint uq_case_file_case_ref unique (case_ref)")
