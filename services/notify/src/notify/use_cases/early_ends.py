"""Ends of clocks that came before their start: retained until the start comes (NO-3)."""

from collections.abc import Collection, Mapping, Sequence
from typing import cast
from uuid import UUID

from chassis.bulk import as_lists, insert_lists
from chassis.unit_of_work import UnitOfWork
from sqlalchemy import Table, delete, select

from notify.domain.steps import Act, Kind
from notify.tables import EarlyEnd

_ends = cast(Table, EarlyEnd.__table__)
_NEW = insert_lists(_ends, *_ends.c.keys())
_STORE = _NEW.on_conflict_do_update(
    index_elements=["kind", "object_id"],
    set_={"effective_at": _NEW.excluded.effective_at, "recorded_at": _NEW.excluded.recorded_at},
)


async def load_ends(uow: UnitOfWork, kind: Kind, acts: Sequence[Act]) -> Mapping[UUID, EarlyEnd]:
    """The ends that came before these starts, by object."""
    rows = await uow.session.scalars(
        select(EarlyEnd).where(EarlyEnd.kind == kind.code, EarlyEnd.object_id.in_({act.object_id for act in acts}))
    )
    return {row.object_id: row for row in rows}


async def store_ends(uow: UnitOfWork, kind: Kind, acts: Sequence[Act]) -> None:
    """Store ends for which no clock runs; the newest counts."""
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
    await uow.session.execute(_STORE, as_lists(rows))


async def drop_ends(uow: UnitOfWork, kind: Kind, object_ids: Collection[UUID]) -> None:
    """The starts have come."""
    if object_ids:
        ended = delete(EarlyEnd).where(EarlyEnd.kind == kind.code, EarlyEnd.object_id.in_(object_ids))
        await uow.session.execute(ended)
