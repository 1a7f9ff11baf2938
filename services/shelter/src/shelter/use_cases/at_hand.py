"""What every act on a stay begins and ends with: taken and locked, whose it is, moved on, noted."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis import access, audit
from chassis.actor import Actor
from chassis.errors import DomainError, NotFound
from chassis.moments import effective
from chassis.outbox import lock_streams
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shelter.domain import stays
from shelter.tables import CaseFacts, Stay, StayAddressee

POLICE = "mia-special"


def request_basis(stay_id: UUID) -> str:
    """Why an operator may know of a case: it was asked for a place."""
    return f"stay:{stay_id}"


async def take(session: AsyncSession, who: Actor, stay_id: UUID) -> Stay:
    """The stay, locked; its case before it, as the consumer does, so that the two never wait crosswise.

    NotFound where it does not exist or the actor may not know of its case."""
    found = await session.scalar(select(Stay).where(Stay.id == stay_id, access.visible(who, Stay.case_id)))
    if found is None:
        raise NotFound
    await lock_streams(session, [found.case_id])
    await session.refresh(found, with_for_update=True)
    return found


async def take_case(session: AsyncSession, who: Actor, case_id: UUID) -> CaseFacts:
    """The facts of a case, locked. NotFound where no event told of it or the actor may not know of it."""
    await access.require(session, who, case_id)
    await lock_streams(session, [case_id])
    facts = await session.get(CaseFacts, case_id)
    if facts is None:
        raise NotFound
    return facts


async def addressees(session: AsyncSession, stay_id: UUID) -> list[StayAddressee]:
    rows = await session.scalars(
        select(StayAddressee).where(StayAddressee.stay_id == stay_id).order_by(StayAddressee.operator)
    )
    return list(rows)


def require_own(who: Actor, agencies: Iterable[str | None]) -> None:
    """The case may be known, and yet the act is another agency's (403 `belongs_to_another_agency`)."""
    if who.agency not in set(agencies):
        raise DomainError("belongs_to_another_agency", "This is for another agency to do.", status=403)


def begin(stay: Stay, action: str, happened_at: datetime | None, now: datetime) -> datetime:
    """When the act takes effect: possible in this state, not in the future, not before the act it follows."""
    stays.STAY.after(stay.state, action)
    return effective(happened_at, now, not_before=stay.last_act_at)


def move(session: AsyncSession, who: Actor, stay: Stay, action: str, at: datetime, **facts: Any) -> None:
    """Follow the machine: a new state and version, and an entry in the audit, which is the history too."""
    stay.state = stays.STAY.after(stay.state, action)
    stay.version += 1
    if action != "record_service":
        stay.last_act_at = at
    note(session, who, action, stay, at, **facts)


def note(session: AsyncSession, who: Actor, action: str, stay: Stay, at: datetime, **facts: Any) -> None:
    """Audit an act on the stay; facts are codes, ids and dates, and never the place (SH-7)."""
    audit.record(
        session,
        who,
        action,
        subject=f"stay/{stay.id}",
        case_id=stay.case_id,
        effective_at=at,
        facts={"state": stay.state} | facts,
    )
