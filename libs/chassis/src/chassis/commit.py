"""The last statement of a transaction: its events, its audit entries and the stored answer, in one round trip.

Why the order inside the statement matters: docs/chassis/commit.md.
"""

import json

from nrm_events.envelope import SEQUENCE_DIGITS
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import audit, idempotency, outbox
from chassis.sql import load

_SEQUENCE_PLACE = 8  # of ce_sequence among the headers; test_commit pins it
_WRITE = text(
    load("commit").replace("SEQUENCE_PLACE", str(_SEQUENCE_PLACE)).replace("SEQUENCE_DIGITS", str(SEQUENCE_DIGITS))
)


async def write(session: AsyncSession) -> int:
    """Write what the session collected and return the number of events."""
    count, events = outbox.collected(session)
    entries, answer = audit.collected(session), idempotency.collected(session)
    if count or entries or answer["key"]:
        values = {**events, **answer, "entries": json.dumps(entries, default=str)}
        await session.execute(_WRITE, values)
    return count
