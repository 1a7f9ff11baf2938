"""What every act on a stay begins and ends with: taken and locked, whose it is, moved on, noted."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from chassis import access, audit
from chassis.actor import Actor
from chassis.errors import DomainError, NotFound, Stale
from chassis.clock import effective
from chassis.outbox import lock_streams
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shelter.domain import stays
from shelter.schemas.bodies import Change
from shelter.tables import CaseFacts, Stay, StayAddressee

POLICE = "mia-special"


class Versioned(Protocol):
    """What can be edited: a stay, a closure, a hand-over, a conflict."""

    state: Any
    version: Any


def request_basis(stay_id: UUID) -> str:
    """Why an operator may know of a case: it was asked for a place."""
    return f"stay:{stay_id}"


async def take(session: AsyncSession, who: Actor, stay_id: UUID, given: Change | None = None) -> Stay:
    """The stay, locked; its case before it, as the consumer does, so that the two never wait crosswise.

    NotFound where it does not exist or the actor may not know of its case; Stale where it is not what was read."""
    asked = select(Stay).where(Stay.id == stay_id, access.visible(who, Stay.case_id))
    case_id = await session.scalar(asked.with_only_columns(Stay.case_id))
    if case_id is None:
        raise NotFound
    await lock_streams(session, [case_id])
    found = await session.scalar(asked.with_for_update())  # access may have ended while the case was waited for
    if found is None:
        raise NotFound
    require_version(given, found, ends_on=found.ends_on, re_examine_reason=found.re_examine_reason)
    return found


def require_version(given: Change | None, row: Versioned, **stored: Any) -> None:
    """Stale with both values when the object was changed since the actor read it."""
    if given is not None and given.version not in (None, row.version):
        yours = given.model_dump(mode="json", exclude={"version"}, exclude_none=True)
        now = {name: value if value is None else str(value) for name, value in stored.items()}
        raise Stale(given.version or 0, row.version, yours, {"state": row.state} | now)


async def take_case(session: AsyncSession, who: Actor, case_id: UUID) -> CaseFacts:
    """The facts of a case, locked. NotFound where no event told of it or the actor may not know of it."""
    await require_case(session, who, case_id)
    facts = await session.get(CaseFacts, case_id)
    if facts is None:
        raise NotFound
    return facts


async def require_case(session: AsyncSession, who: Actor, *case_ids: UUID) -> None:
    """Hold the cases. NotFound unless the actor may know of each, also after the wait for them."""
    for case_id in case_ids:
        await access.require(session, who, case_id)
    await lock_streams(session, case_ids)
    for case_id in case_ids:
        await access.require(session, who, case_id)


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
    if action != "record_service":  # a service is a line of the log: it changes nothing that somebody edits
        stay.version += 1
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
