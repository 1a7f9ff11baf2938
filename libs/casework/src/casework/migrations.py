"""Migrations of the shared tables as plain SQL, frozen once shipped. A service runs them from a migration of its own.

Old rows have `holder`, `referral`, `consent:<id>` or a service's own word. What they lack, such as the purpose of a
consent, is in the events alone: such a row opens no purpose, and a rebuild of the projection is ordered that adds it.
"""

TYPED_BASES: tuple[str, ...] = (
    "alter table case_access add column about text not null default ''",
    "alter table case_access add column data_class text not null default ''",
    "alter table case_access add column ref uuid not null default '00000000-0000-0000-0000-000000000000'",
    "alter table case_access drop constraint case_access_pkey",
    "update case_access set basis = 'formal_body' where basis = 'referral'",
    """update case_access set basis = 'consent', ref = substr(basis, 9)::uuid
       where basis ~ '^consent:[0-9a-f-]{36}$'""",
)

TYPED_BASES_DONE: tuple[str, ...] = (
    """alter table case_access add constraint case_access_pkey
       primary key (case_id, agency, basis, about, data_class, ref)""",
    """alter table case_access add constraint ck_case_access_basis check (basis in
       ('holder', 'formal_body', 'guardian_authority', 'asked', 'serves', 'told_of_bar', 'consent', 'court'))""",
    """create table if not exists joined_agency (code text primary key, kind text, joined_at timestamptz not null,
       removed_at timestamptz)""",
    "alter table joined_agency add column if not exists kind text",
)


def order_rebuild(projection: str) -> str:
    """SQL that orders the projection to be made anew from the topics, if there is anything in it."""
    return f"""do $$ begin
      if to_regclass('rebuild') is not null and exists (select from case_access) then
        insert into rebuild (id, projection, state, asked_at)
        values (gen_random_uuid(), '{projection}', 'running', now()) on conflict do nothing;
      end if;
    end $$"""  # noqa: S608  a name of the code
