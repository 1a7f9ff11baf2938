"""Since when a case is a child's: as long as the guardianship authority knows of it (ID-5)."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from casework.bases import GUARDIAN_AUTHORITY
from casework.tables import case_access
from chassis.unit_of_work import UnitOfWork
from sqlalchemy import select


async def children_since(uow: UnitOfWork, cases: Collection[UUID]) -> Mapping[UUID, datetime]:
    """The cases among these that are a child's, by doubt or known, and since when."""
    rows = await uow.session.execute(
        select(case_access.c.case_id, case_access.c.since).where(
            case_access.c.case_id.in_(cases), case_access.c.basis == GUARDIAN_AUTHORITY.name
        )
    )
    return {row.case_id: row.since for row in rows}
