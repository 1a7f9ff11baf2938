"""A chain that its owner cut and mended is unbroken by itself, and contradicts what another service has of it."""

from collections.abc import AsyncIterator
from uuid import UUID

import psycopg
import pytest
from chassis import audit, audit_walk
from chassis.audit import BrokenLink
from chassis.audit_witness import contradiction
from chassis.client import ServiceClient
from chassis.schema import AUDIT_CHAINS
from chassis.testing import Databases, ServiceUnderTest, bench
from chassis.tokens import TokenSource

from .givens import AT, CASEWORKER, SOMEBODY, as_owner, as_superuser, rows
from .noticeboard.app import SERVICE

CASE = UUID(int=AUDIT_CHAINS * 1_000 + 3)  # its entries go to chain 3
UNLOCKED = "alter table audit_entry disable trigger user"
LOCKED = "alter table audit_entry enable trigger user"
HEAD = (
    "update audit_head set (position, hash) ="
    " (select position, hash from audit_entry where chain = 3 order by position desc limit 1) where chain = 3"
)
MENDED = [
    "update audit_entry e set previous = p.hash from audit_entry p"
    " where e.chain = 3 and e.position = {} and p.chain = 3 and p.position = e.position - 1",
    "update audit_entry e set hash = audit_hash(e) where chain = 3 and position = {}",
]


def _mend(*positions: int) -> list[str]:
    """The hashes of these entries computed anew, in their order, as an owner of the tables can."""
    return [statement.format(position) for position in positions for statement in MENDED]


FORGERIES = {
    "an entry changed": ["update audit_entry set actor = 'x' where chain = 3 and position = 2", *_mend(2, 3, 4)],
    "the newest changed": ["update audit_entry set actor = 'x' where chain = 3 and position = 4", *_mend(4)],
    "the newest cut off": ["delete from audit_entry where chain = 3 and position = 4"],
    "one cut out, the rest moved up": [
        "delete from audit_entry where chain = 3 and position = 2",
        "update audit_entry set position = 2 where chain = 3 and position = 3",
        *_mend(2),
        "update audit_entry set position = 3 where chain = 3 and position = 4",
        *_mend(3),
    ],
}


@pytest.fixture
async def other(databases: Databases) -> AsyncIterator[ServiceUnderTest]:
    """The service that is the witness."""
    async with bench(SERVICE, databases) as made:
        yield made


@pytest.fixture
async def witness(other: ServiceUnderTest) -> AsyncIterator[ServiceClient]:
    """The witness as another service reaches it."""
    settings = other.settings.model_copy(update={"services": {"exchange": "http://test"}})
    source = TokenSource(settings)
    client = ServiceClient(settings, source, "exchange")
    await client.close()
    client._http = other.http
    yield client
    await source.close()


async def _entries(board: ServiceUnderTest, number: int) -> None:
    for _ in range(number):
        async with board.session() as session:
            audit.record(session, SOMEBODY, "put_up_notice", case_id=CASE, effective_at=AT)


async def _remembered(other: ServiceUnderTest) -> list[int]:
    remembered = "select position from witnessed_head where service = 'notify' and chain = 3 order by position"
    found = await rows(other, remembered)
    return [row.position for row in found]


async def test_an_honest_chain_agrees_with_its_witness_as_it_grows(
    own_board: ServiceUnderTest, other: ServiceUnderTest, witness: ServiceClient
) -> None:
    for number in (0, 4, 0, 3):
        await _entries(own_board, number)
        assert await contradiction(own_board.database, witness) is None
    assert await _remembered(other) == [4, 7]


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_a_chain_that_was_cut_and_mended_contradicts_its_witness_for_ever(
    own_board: ServiceUnderTest, other: ServiceUnderTest, witness: ServiceClient, forgery: str
) -> None:
    await _entries(own_board, 4)
    assert await contradiction(own_board.database, witness) is None
    as_superuser(own_board, UNLOCKED, *FORGERIES[forgery], HEAD, LOCKED)
    async with own_board.session() as session:
        assert await audit_walk.verify(session) is None, "inside the database the forgery is not seen"
    found = BrokenLink(3, 4, "contradicts its witness")
    assert await contradiction(own_board.database, witness) == found
    await _entries(own_board, 5)
    assert await contradiction(own_board.database, witness) == found
    assert await contradiction(own_board.database, witness) == found
    assert await _remembered(other) == [4]


async def test_nobody_shows_heads_but_services_and_each_only_its_own(other: ServiceUnderTest) -> None:
    head = {"chain": 3, "position": 9, "hash": "ab" * 32}
    for username in (CASEWORKER, "himaya.operator", "ombudsman.auditor"):
        assert (await other.person(username).post("/api/audit-heads", {"heads": [head]})).status_code == 403
    assert await other.calling_service("fund").post_ok("/api/audit-heads", {"heads": [head]}) == {"heads": []}
    assert await other.calling_service("shelter").post_ok("/api/audit-heads", {"heads": []}) == {"heads": []}
    lower = head | {"position": 8}
    assert await other.calling_service("fund").post_ok("/api/audit-heads", {"heads": [lower]}) == {"heads": [head]}
    assert await other.calling_service("fund").post_ok("/api/audit-heads", {"heads": []}) == {"heads": [head]}


@pytest.mark.parametrize("statement", ["update witnessed_head set position = 0", "delete from witnessed_head"])
async def test_what_was_witnessed_is_never_changed(other: ServiceUnderTest, statement: str) -> None:
    head = {"chain": 3, "position": 9, "hash": "ab" * 32}
    await other.calling_service("fund").post_ok("/api/audit-heads", {"heads": [head]})
    with as_owner(other) as connection, pytest.raises(psycopg.Error, match="append"):
        connection.execute(statement.encode())
