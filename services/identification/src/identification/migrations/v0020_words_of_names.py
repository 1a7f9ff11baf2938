"""The words that names are spelled with: a search looks among them for what is alike (ID-18).

The tables fill as persons are indexed: run `reindex` after this release. Until then persons of the former edition are
found by their single keys.
"""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

STATEMENTS = (
    """create table name_word (
        digest bytea constraint pk_name_word primary key,
        sealed bytea not null,
        made_in xid8 not null default pg_current_xact_id())""",
    "create index ix_name_word_made_in on name_word (made_in)",
    """create table person_word (
        case_id uuid not null constraint fk_person_word_case_id references person (case_id) on delete cascade,
        digest bytea not null constraint fk_person_word_digest references name_word (digest),
        constraint pk_person_word primary key (case_id, digest))""",
    "create index ix_person_word_digest on person_word (digest)",
    # Whoever is found is counted before anybody is opened: by the index alone.
    "create index ix_search_digest_digest_case_id on search_digest (digest, case_id)",
    "drop index ix_search_digest_digest",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
