"""Why an agency knows of a case, in `case_access`; of which kind an agency is, in `joined_agency`.

A consent that stands becomes a row of its recipient, if that is known not to be police. All other rows are in the
events alone: a rebuild is ordered that adds them. An agency that joined by an agreement without a kind has none, and
receives nothing of a case until a newer edition states it.
"""

from alembic import op
from casework.migrations import TYPED_BASES, TYPED_BASES_DONE

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATEMENTS = (
    *TYPED_BASES,
    """insert into case_access (case_id, agency, basis, about, data_class, ref, since)
       select case_id, recipient, 'consent', purpose, data_class, id, given_at from consent
       where withdrawn_at is null and recipient in ('sms', 'sbs', 'mlspp', 'vac', 'moh', 'moe', 'scfwca', 'moj',
         'ngo-clean-world', 'ngo-amc', 'ngo-acu', 'ngo-clrpl', 'iom', 'consulates', 'unions', 'fund', 'coordinator',
         'ombudsman')""",
    *TYPED_BASES_DONE,
    """insert into joined_agency (code, kind, joined_at, removed_at)
       select agency.code, kinds.kind, joined_at, case when state = 'removed' then changed_at end
       from agency left join (values ('mia-special', 'police'), ('mia-shelter', 'police'), ('mia-hotline', 'police'),
         ('sms', 'migration'), ('sbs', 'border'), ('mlspp', 'labour'), ('vac', 'social_support'), ('moh', 'health'),
         ('moe', 'education'), ('scfwca', 'child_protection'), ('moj', 'justice'), ('ngo-clean-world', 'ngo'),
         ('ngo-amc', 'ngo'), ('ngo-acu', 'ngo'), ('ngo-clrpl', 'ngo'), ('iom', 'international'),
         ('consulates', 'consular'), ('unions', 'union'), ('fund', 'fund'), ('coordinator', 'oversight'),
         ('ombudsman', 'oversight')) as kinds (code, kind) on kinds.code = agency.code""",
    "drop table consent",
    """do $$ begin
         if to_regclass('rebuild') is not null and exists (select from inbox) then
           insert into rebuild (id, projection, state, asked_at)
           values (gen_random_uuid(), 'cases', 'running', now()) on conflict do nothing;
         end if;
       end $$""",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
