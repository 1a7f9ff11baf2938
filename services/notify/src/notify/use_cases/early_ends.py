"""What an event says about a clock, and ends that came before their start: kept until the start comes (NO-3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from notify.domain.kinds import Kind
from notify.tables import EarlyEnd


@dataclass(frozen=True)
class Act:
    """What an event says about a clock: of which object, when it took effect and was recorded, and until when."""

    case_id: UUID
    object_id: UUID
    effective_at: datetime
    recorded_at: datetime
    due_at: datetime | None = None
    agency: str | None = None


async def kept_ends(session: AsyncSession, kind: Kind, acts: Sequence[Act]) -> dict[UUID, EarlyEnd]:
    """The ends that came before these starts, by object."""
    rows = await session.scalars(
        select(EarlyEnd).where(EarlyEnd.kind == kind.code, EarlyEnd.object_id.in_({act.object_id for act in acts}))
    )
    return {row.object_id: row for row in rows}


async def keep_ends(session: AsyncSession, kind: Kind, acts: Sequence[Act]) -> None:
    """Keep ends for which no clock runs; the newest counts."""
    if not acts:
        return
    rows = [
        {
            "kind": kind.code,
            "object_id": act.object_id,
            "case_id": act.case_id,
            "effective_at": act.effective_at,
            "recorded_at": act.recorded_at,
        }
        for act in acts
    ]
    given = upsert(EarlyEnd).values(rows)
    await session.execute(
        given.on_conflict_do_update(
            index_elements=["kind", "object_id"],
            set_={"effective_at": given.excluded.effective_at, "recorded_at": given.excluded.recorded_at},
        )
    )
