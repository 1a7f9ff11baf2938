"""Audit entries are chained by the database and cannot be changed; tampering with a chain is found and named."""

import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from chassis import audit, audit_walk, commit
from chassis.schema import AUDIT_CHAINS
from chassis.testing import Databases, ServiceUnderTest, bench
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from .givens import AT, SOMEBODY, as_owner, as_superuser, environment, rows, superuser_url
from .noticeboard.app import SERVICE

CHAIN = 3
CASE = UUID(int=AUDIT_CHAINS * 1_000 + CHAIN)  # its entries go to this chain
HEAD = "update audit_head set position = 4, hash = (select hash from audit_entry where position = 4) where chain = 3"
ADDED = """insert into audit_entry (chain, position, recorded_at, actor, action, kind, outcome, facts, previous, hash)
  select chain, 6, now(), 'x', 'x', 'act', 'done', '{}', hash, '' from audit_entry where position = 5"""
UNLOCKED = "alter table audit_entry disable trigger user"
LOCKED = "alter table audit_entry enable trigger user"
CHANGES = {
    "update": "update audit_entry set actor = 'somebody-else'",
    "delete": "delete from audit_entry",
    "truncate": "truncate audit_entry",
}


@pytest.fixture(scope="module")
async def five_entries(databases: Databases) -> AsyncIterator[ServiceUnderTest]:
    """A chain of five, which no test of this file may change."""
    async with bench(SERVICE, databases) as made:
        await _five_entries(made)
        yield made


async def _five_entries(board: ServiceUnderTest) -> None:
    for _ in range(5):
        async with board.session() as session:
            audit.record(session, SOMEBODY, "put_up_notice", case_id=CASE, effective_at=AT, facts={"amount": 1})


async def _broken(board: ServiceUnderTest) -> audit.BrokenLink | None:
    async with board.session() as session:
        return await audit_walk.verify(session)


async def test_an_untouched_chain_is_unbroken(own_board: ServiceUnderTest) -> None:
    assert await _broken(own_board) is None
    await _five_entries(own_board)
    async with own_board.session() as session:
        audit.record(session, SOMEBODY, "on_no_case", facts={"when": AT, "whom": CASE})
    assert await _broken(own_board) is None
    entries = await rows(own_board, "select chain, position from audit_entry order by chain, position")
    assert [tuple(row) for row in entries] == [(0, 1), *((CHAIN, n) for n in range(1, 6))]


@pytest.mark.parametrize("change", CHANGES)
async def test_the_service_may_not_change_what_was_audited(five_entries: ServiceUnderTest, change: str) -> None:

    async def changed() -> None:
        async with five_entries.session() as session:
            await session.execute(text(CHANGES[change]))

    with pytest.raises(DBAPIError, match="permission denied"):
        await changed()


@pytest.mark.parametrize("change", CHANGES)
async def test_the_owner_of_the_tables_may_not_either(five_entries: ServiceUnderTest, change: str) -> None:
    with as_owner(five_entries) as connection, pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
        connection.execute(CHANGES[change].encode())
    assert len(await rows(five_entries, "select 1 from audit_entry")) == 5


@pytest.mark.parametrize("statement", ["update audit_head set position = 0", "delete from audit_head"])
async def test_the_service_may_not_touch_the_heads_of_the_chains(
    five_entries: ServiceUnderTest, statement: str
) -> None:
    async def touched() -> None:
        async with five_entries.session() as session:
            await session.execute(text(statement))

    with pytest.raises(DBAPIError, match="permission denied"):
        await touched()


@pytest.mark.parametrize("change", ["update received set kind = 'x'", "delete from received", "truncate received"])
async def test_a_table_that_a_service_declares_append_only_is_so_for_its_owner_too(
    five_entries: ServiceUnderTest, change: str
) -> None:
    with as_owner(five_entries) as connection, pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
        connection.execute(change.encode())


async def test_place_time_and_hash_are_the_databases_own(own_board: ServiceUnderTest) -> None:
    """Whatever the program says, an entry goes to the end of its chain with the database's time."""
    await _five_entries(own_board)
    async with own_board.session() as session:
        await session.execute(
            text(
                """insert into audit_entry
                   (chain, position, recorded_at, actor, action, kind, outcome, facts, previous, hash)
                   values (:chain, 1, '1999-01-01', 'x', 'x', 'act', 'done', '{}', '', 'forged')"""
            ),
            {"chain": CHAIN},
        )
    (newest,) = await rows(own_board, "select position, recorded_at from audit_entry order by position desc limit 1")
    assert newest.position == 6
    assert newest.recorded_at.year > 2020
    assert await _broken(own_board) is None


TAMPERINGS = {
    "a changed entry": (["update audit_entry set actor = 'x' where position = 3"], 3, "changed"),
    "a changed entry with its hash made anew": (
        [
            "update audit_entry set actor = 'x' where position = 3",
            "update audit_entry e set hash = audit_hash(e) where position = 3",
        ],
        4,
        "unlinked",
    ),
    "a changed last entry with its hash made anew": (
        [
            "update audit_entry set actor = 'x' where position = 5",
            "update audit_entry e set hash = audit_hash(e) where position = 5",
        ],
        5,
        "changed",
    ),
    "the middle taken out": (["delete from audit_entry where position = 3"], 3, "missing"),
    "the first taken out": (["delete from audit_entry where position = 1"], 1, "missing"),
    "the last taken out": (["delete from audit_entry where position = 5"], 5, "missing"),
    "the last two taken out": (["delete from audit_entry where position >= 4"], 4, "missing"),
    "all taken out": (["truncate audit_entry"], 1, "missing"),
    "one added past the head": (
        [ADDED, "update audit_entry e set hash = audit_hash(e) where position = 6"],
        6,
        "added",
    ),
    "the head taken out": (["delete from audit_head where chain = 3"], 1, "added"),
    "the head set back": ([HEAD], 5, "added"),
}


@pytest.mark.parametrize("tampering", TAMPERINGS)
async def test_tampering_is_found_and_named(five_entries: ServiceUnderTest, tampering: str) -> None:
    """Somebody with the keys of the server; undone afterwards, so that one chain serves all."""
    statements, position, fault = TAMPERINGS[tampering]
    engine = create_async_engine(superuser_url(five_entries).replace("postgresql:", "postgresql+asyncpg:"))
    async with AsyncSession(engine) as session:
        for statement in (UNLOCKED, *statements, LOCKED):
            await session.execute(text(statement))
        assert await audit_walk.verify(session) == audit.BrokenLink(CHAIN, position, fault)
        await session.rollback()
        assert await audit_walk.verify(session) is None
    await engine.dispose()


async def test_a_walk_in_pieces_finds_what_one_walk_finds(
    five_entries: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every tampering, in pieces of each length; a gap longer than a piece among them."""
    engine = create_async_engine(superuser_url(five_entries).replace("postgresql:", "postgresql+asyncpg:"))
    for at_once in (1, 2, 3):
        monkeypatch.setattr(audit_walk, "AT_ONCE", at_once)
        for statements, position, fault in [
            *TAMPERINGS.values(),
            (["delete from audit_entry where position < 5"], 1, "missing"),
        ]:
            async with AsyncSession(engine) as session:
                for statement in (UNLOCKED, *statements, LOCKED):
                    await session.execute(text(statement))
                assert await audit_walk.verify(session) == audit.BrokenLink(CHAIN, position, fault), (
                    at_once,
                    statements,
                )
                await session.rollback()
    await engine.dispose()


async def test_the_ticker_goes_on_where_it_was_and_round_again(
    own_board: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """New entries are walked to the end each time; the rest two at a time, and an old one that was changed is met."""
    monkeypatch.setattr(audit_walk, "AT_ONCE", 2)
    await _five_entries(own_board)

    async def marks() -> dict[str, int]:
        found = await rows(own_board, f"select walk, position from audit_mark where chain = {CHAIN}")  # noqa: S608
        return {row.walk: row.position for row in found}

    at = []
    for _ in range(4):
        assert await audit_walk.verify_on(own_board.database) is None
        at.append(await marks())
    assert at == [{"newest": 5, "round": n} for n in (2, 4, 0, 2)]
    as_superuser(own_board, UNLOCKED, "update audit_entry set actor = 'x' where position = 3", LOCKED)
    for _ in range(2):  # it does not get past it
        assert await audit_walk.verify_on(own_board.database) == audit.BrokenLink(CHAIN, 3, "changed")
    assert await marks() == {"newest": 5, "round": 2}


@pytest.mark.parametrize("tampering", ["the last taken out", "all taken out", "the head set back"])
async def test_what_the_ticker_walked_is_missed_at_once_when_it_goes(
    own_board: ServiceUnderTest, tampering: str
) -> None:
    """The mark itself says what stood at its place."""
    await _five_entries(own_board)
    assert await audit_walk.verify_on(own_board.database) is None
    statements, _, fault = TAMPERINGS[tampering]
    as_superuser(own_board, UNLOCKED, *statements, LOCKED)
    found = await audit_walk.verify_on(own_board.database)
    assert found is not None
    assert (found.chain, found.fault) == (CHAIN, fault)


async def test_the_command_names_the_first_broken_link_and_fails(own_board: ServiceUnderTest) -> None:
    """`python -m <service> audit`: 0 and `unbroken`, or 1 and the link."""
    await _five_entries(own_board)
    assert _audit_command(own_board) == (0, "unbroken\n")
    as_superuser(own_board, UNLOCKED, "delete from audit_entry where position = 2", LOCKED)
    assert _audit_command(own_board) == (1, f"broken: chain {CHAIN}, entry 2: missing\n")


def _audit_command(board: ServiceUnderTest) -> tuple[int, str]:
    ended = subprocess.run(
        [sys.executable, "-m", "noticeboard", "audit"],
        env=environment(board),
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return ended.returncode, ended.stdout


async def test_history_shows_acts_by_role_and_agency_newest_first(board: ServiceUnderTest) -> None:
    """Never by name or subject id; reads and refusals are not part of it."""
    case_id = uuid4()
    async with board.session() as session:
        audit.record(session, SOMEBODY, "first", subject="notice/1", case_id=case_id, effective_at=AT)
    async with board.session() as session:
        audit.record(session, SOMEBODY, "second", subject="notice/1", case_id=case_id)
        audit.record_read(session, SOMEBODY, "look", purpose="casework", case_id=case_id, subject="notice/1")
        audit.record(session, SOMEBODY, "third", subject="notice/1", case_id=case_id, kind="refusal", outcome="no")
        audit.record(session, SOMEBODY, "elsewhere", subject="notice/2", case_id=case_id)
    async with board.session() as session:
        history = await audit.history(session, subject="notice/1")
        of_case = await audit.history(session, case_id=case_id)
    assert [(item.action, item.agency) for item in history] == [("second", "ngo-amc"), ("first", "ngo-amc")]
    assert history[1].effective_at == AT < history[1].recorded_at
    assert history[0].effective_at == history[0].recorded_at
    assert SOMEBODY.sub not in repr(history)
    assert [item.action for item in of_case] == ["elsewhere", "second", "first"]


async def test_a_temporary_table_of_the_same_name_is_not_taken_for_the_chain(own_board: ServiceUnderTest) -> None:
    """The service may make temporary tables; the functions that chain with the owner's rights do not see them."""
    await _five_entries(own_board)
    async with own_board.session() as session:
        await session.execute(text("create temporary table audit_head as select * from public.audit_head"))
        await session.execute(text("update pg_temp.audit_head set position = 900, hash = 'forged'"))
        audit.record(session, SOMEBODY, "put_up_notice", case_id=CASE, effective_at=AT)
        await commit.write(session)
        await session.execute(text("drop table pg_temp.audit_head"))
    last = await rows(own_board, "select max(position) from public.audit_entry where chain = 3")
    assert last[0][0] == 6
    assert await _broken(own_board) is None
