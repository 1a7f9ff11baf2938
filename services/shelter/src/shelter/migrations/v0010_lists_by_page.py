"""Lists, clocks and figures cost the same in a country of any size: rows beside each list, and indexes.

An agreement shows a formal body the stay (ID-12), so a list of stays has rows of agreements as of accesses.
"""

from alembic import op
from casework.listing_tables import ACCESS, Listing, Source, listing

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

AGREED = Source(
    "agreement", "case_id, recipient as agency, 'agreed' as basis, '' as about", "purpose in ('shelter', 'assistance')"
)
LISTS = (
    Listing(
        "stay",
        parties=("asked_by",),
        keys={"standing": "case when o.state = 'ended' then o.how else o.state end"},
        flags={"re_examine": "o.re_examine_since is not null", "extension_pending": "o.extension_pending"},
        sources=(ACCESS, AGREED),
    ),
    Listing("handover", parties=("from_agency", "to_agency"), keys={"state": "o.state"}),
    Listing("assistance", parties=("agency",)),
    Listing("course_enrolment", parties=("agency",)),
    Listing(
        "conflict",
        parties=("named_by",),
        keys={"named": "case when o.other_case_id is null then 'reference' else 'cases' end"},
    ),
)

EXTENSIONS = (
    "alter table stay add column extension_pending boolean not null default false",
    """update stay set extension_pending = true
       where id in (select stay_id from extension where extension.state = 'requested')""",
    """create function stay_has_extension_pending() returns trigger language plpgsql security definer
       set search_path = pg_catalog, public, pg_temp as $$
       begin
         update stay s set extension_pending = not s.extension_pending
          where s.id in (new.stay_id, case tg_op when 'UPDATE' then old.stay_id end)
            and s.extension_pending <> exists (
              select from extension e where e.stay_id = s.id and e.state = 'requested');
         return null;
       end $$""",
    """create trigger stay_has_extension_pending after insert or update of state, stay_id on extension
       for each row execute function stay_has_extension_pending()""",
)
INDEXES = (
    "create index ix_stay_lapses on stay (lapses_at) where state = 'offered'",
    """create index ix_stay_overdue on stay (ends_on)
       where state = 'admitted' and overdue_told_for is distinct from ends_on""",
    "create index ix_stay_admitted_at on stay (admitted_at) include (operator, transferred_from) where admitted_at is not null",
    "drop index ix_handover_acknowledged_at",
    "create index ix_handover_acknowledged_at on handover (acknowledged_at) include (to_agency, case_id)",
    "drop index ix_assistance_effective_at",
    "create index ix_assistance_effective_at on assistance (effective_at) include (agency, kind, case_id)",
    "create index ix_bed_night_block_nights on bed_night_block using gist (nights)",
    "create index ix_closure_bed_id on closure (bed_id, id)",
)


def upgrade() -> None:
    for statement in (*EXTENSIONS, *INDEXES, *listing(LISTS)):
        op.execute(statement)
