"""Who takes part: a mistyped code must be refused, since nobody else would hear of the case (ID-7, ID-12)."""

from collections.abc import Mapping
from datetime import datetime

from chassis.errors import Fault, Invalid
from nrm_events.taking_part import AGENCIES
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from identification.tables import JoinedAgency


async def check_agency(session: AsyncSession, code: str, where: str) -> None:
    """Invalid `unknown_agency` for a code that no agency has, or one that takes part no more."""
    joined = select(JoinedAgency.code).where(JoinedAgency.code == code, JoinedAgency.removed_at.is_(None))
    if code not in AGENCIES and await session.scalar(joined) is None:
        raise Invalid(
            "unknown_agency",
            "No agency of the mechanism has this code; nothing was changed.",
            faults=[Fault(where, "unknown_agency", "no agency has this code")],
        )


async def keep_joined(session: AsyncSession, joined: Mapping[str, datetime]) -> None:
    """Agencies that take part from now on, again if they did before."""
    row = upsert(JoinedAgency).values([{"code": code, "joined_at": at} for code, at in joined.items()])
    await session.execute(row.on_conflict_do_update(index_elements=["code"], set_={"removed_at": None}))


async def keep_removed(session: AsyncSession, removed: Mapping[str, datetime]) -> None:
    """Agencies whose agreement ended."""
    for code, at in removed.items():
        await session.execute(update(JoinedAgency).where(JoinedAgency.code == code).values(removed_at=at))
