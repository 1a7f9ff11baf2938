"""The tables of the staff pages as plain SQL, frozen once shipped. A service runs them in a migration of its own."""

SESSIONS: tuple[str, ...] = (
    """create table staff_session (
         id bytea primary key check (length(id) = 32),
         sub text not null, agency text not null, roles text[] not null, role text, person text not null,
         realm_session text not null, client text not null,
         tokens bytea not null, token_until timestamptz not null,
         began_at timestamptz not null, renewed_at timestamptz not null, ends_at timestamptz not null,
         ended_at timestamptz, notice text)""",
    "create index ix_staff_session_realm_session on staff_session (realm_session)",
    "create index ix_staff_session_ends_at on staff_session (ends_at)",
    """create table draft (
         sub text, agency text, form text, sealed bytea not null, saved_at timestamptz not null,
         primary key (sub, agency, form))""",
    "create index ix_draft_saved_at on draft (saved_at)",
)
