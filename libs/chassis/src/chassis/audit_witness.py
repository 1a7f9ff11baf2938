"""Another service remembers the heads of a service's audit chains, outside of its database.

Whoever owns the tables can cut a chain and compute its hashes anew: by itself it is unbroken then. The witness has the
head of before, and the chain contradicts it. What was witnessed never changes.
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import insert, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.audit import BrokenLink
from chassis.client import ServiceClient
from chassis.database import Database
from chassis.http import Session, commands
from chassis.rights import Rights, Who, right
from chassis.schema import AUDIT_CHAINS, audit_entry, audit_head, witnessed_head

RIGHTS: Rights = {"witness_audit": {"service": "none"}}

_PATH = "/api/audit-heads"

router = commands()


class Head(BaseModel):
    """The newest entry of a chain: its position, and its hash in hex."""

    chain: int = Field(ge=0, lt=AUDIT_CHAINS)
    position: int = Field(ge=1, lt=2**63)
    hash: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Heads(BaseModel):
    """At most one head of each chain."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"heads": [{"chain": 3, "position": 1204, "hash": "9f" * 32}]}]}
    )

    heads: list[Head] = Field(max_length=AUDIT_CHAINS)


@router.post(_PATH, **right("witness_audit"))
async def witness_audit(body: Heads, who: Who, session: Session) -> Heads:
    """Remember the calling service's heads, and answer with the newest that were remembered before.

    Without heads it only answers. One that is not above what is remembered of its chain changes nothing.
    """
    before = await _remembered(session, who.agency)
    reached = {head.chain: head.position for head in before.heads}
    rows = [
        {"service": who.agency, "chain": head.chain, "position": head.position, "hash": bytes.fromhex(head.hash)}
        for head in body.heads
        if head.position > reached.get(head.chain, 0)
    ]
    if rows:
        await session.execute(insert(witnessed_head), rows)
    return before


async def _remembered(session: AsyncSession, service: str) -> Heads:
    head = witnessed_head.c
    newest = select(head.chain, head.position, head.hash).where(head.service == service).distinct(head.chain)
    rows = await session.execute(newest.order_by(head.chain, head.position.desc()))
    return Heads(heads=[Head(chain=row.chain, position=row.position, hash=row.hash.hex()) for row in rows])


async def contradiction(database: Database, witness: ServiceClient) -> BrokenLink | None:
    """The first head at the witness that our chains contradict; None: it has our newest heads now.

    A chain that contradicts its witness shows it nothing more: so the contradiction stays until a person looks at it.

    Raises:
        Unavailable: The witness does not answer.
    """
    remembered = Heads.model_validate(await witness.post(_PATH, {"heads": []})).heads
    async with database.transaction() as session:
        stored = await _hashes(session, remembered)
        rows = await session.execute(select(audit_head).where(audit_head.c.position > 0).order_by(audit_head.c.chain))
        ours = [Head(chain=row.chain, position=row.position, hash=row.hash.hex()) for row in rows]
    for head in remembered:
        if stored.get((head.chain, head.position)) != head.hash:
            return BrokenLink(head.chain, head.position, "contradicts its witness")
    await witness.post(_PATH, Heads(heads=ours).model_dump())
    return None


async def _hashes(session: AsyncSession, heads: list[Head]) -> dict[tuple[int, int], str]:
    """Of our own entries in these places."""
    entry = audit_entry.c
    places = tuple_(entry.chain, entry.position).in_([(head.chain, head.position) for head in heads])
    rows = await session.execute(select(entry.chain, entry.position, entry.hash).where(places))
    return {(row.chain, row.position): row.hash.hex() for row in rows}
