"""Walks the chains of the audit: whole by a command, and a piece at a time by the ticker.

The ticker has two marks in each chain. One follows the newest entries; the other goes round, from the first entry to
the last and again, so that an old one that was changed is found too. A mark never passes a fault.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.audit import BrokenLink
from chassis.database import Database
from chassis.schema import audit_mark
from chassis.sql import load

AT_ONCE = 50_000  # entries of a chain, in a transaction of a second or so
_NEWEST, _ROUND = "newest", "round"
_WALK = text(load("verify_audit"))
# An index gives the next chain that there is; entries of one that has no head are found as well.
_CHAINS = text("""
with recursive found (chain) as (
  select min(chain) from audit_entry
  union all
  select (select min(chain) from audit_entry where chain > found.chain) from found where found.chain is not null
)
select chain from found where chain is not null union select chain from audit_head order by chain""")


@dataclass(frozen=True)
class Mark:
    """All entries up to this one are as they were written; position 0 is before the first."""

    chain: int
    position: int = 0
    hash: bytes = b""


@dataclass(frozen=True)
class Walked:
    """Where a walk ended, whether that is the end of the chain, and the first fault that it met."""

    to: Mark
    ended: bool
    fault: BrokenLink | None


async def verify(session: AsyncSession) -> BrokenLink | None:
    """Walk every chain from its first entry; the first broken link, or None."""
    for (chain,) in (await session.execute(_CHAINS)).all():
        async for walked in _to_end(session, Mark(chain)):
            if walked.fault:
                return walked.fault
    return None


async def verify_on(database: Database) -> BrokenLink | None:
    """Walk what is new of every chain, and the next piece of the round; the first broken link, or None."""
    async with database.transaction() as session:
        chains = (await session.scalars(_CHAINS)).all()
    for chain in chains:
        ended = False
        while not ended:
            walked = await _advance(database, chain, _NEWEST)
            if walked.fault:
                return walked.fault
            ended = walked.ended
        walked = await _advance(database, chain, _ROUND)
        if walked.fault:
            return walked.fault
    return None


async def _advance(database: Database, chain: int, walk: str) -> Walked:
    async with database.transaction() as session:
        stored = select(audit_mark.c.position, audit_mark.c.hash)
        row = (
            await session.execute(stored.where(audit_mark.c.chain == chain, audit_mark.c.walk == walk))
        ).one_or_none()
        walked = await _walk(session, Mark(chain, row.position, row.hash) if row else Mark(chain))
        if walked.fault is None:
            to = Mark(chain) if walk == _ROUND and walked.ended else walked.to
            put = upsert(audit_mark).values(chain=chain, walk=walk, position=to.position, hash=to.hash)
            reached = {"position": put.excluded.position, "hash": put.excluded.hash}
            await session.execute(put.on_conflict_do_update(index_elements=["chain", "walk"], set_=reached))
    return walked


async def _to_end(session: AsyncSession, mark: Mark) -> AsyncIterator[Walked]:
    ended = False
    while not ended:
        walked = await _walk(session, mark)
        yield walked
        mark, ended = walked.to, walked.ended


async def _walk(session: AsyncSession, after: Mark) -> Walked:
    parameters = {"chain": after.chain, "position": after.position, "hash": after.hash, "at_most": AT_ONCE}
    row = (await session.execute(_WALK, parameters)).one()
    fault = BrokenLink(after.chain, row.fault_position, row.fault) if row.fault else None
    return Walked(Mark(after.chain, row.position, row.hash), row.ended, fault)
