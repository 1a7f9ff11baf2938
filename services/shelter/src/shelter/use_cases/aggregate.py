"""Steps shared by every act: load and lock, check basis, ownership and version, transition, audit."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from casework import access, aggregate
from casework.commands import Change, Command, Decision
from casework.endings import require_not_withdrawn
from chassis.errors import DomainError, NotFound, Stale
from chassis.unit_of_work import UnitOfWork
from sqlalchemy import select

from shelter.domain import stays
from shelter.facts.access import bases_on, check_concerns, check_sees_handover
from shelter.tables import CaseFacts, Handover, Stay, StayAddressee


async def load_stay(uow: UnitOfWork, stay_id: UUID, *, for_: str, read: Change | Decision | None = None) -> Stay:
    """The stay, locked. NotFound and NotForThisBasis by the bases that concern this stay, then Stale."""
    stay = await aggregate.load(uow, Stay, stay_id, for_=for_)
    own = (await bases_on(uow, [stay]))[stay.id]
    check_concerns(uow, own, for_)
    if read is not None and read.expected_version not in (None, stay.version):
        raise Stale(read.expected_version or 0, stay.version, read.entered())
    return stay


async def load_handover(uow: UnitOfWork, handover_id: UUID, *, for_: str, read: Change) -> Handover:
    """The hand-over, locked. NotFound for an agency that is no party to it, then Stale (SH-8)."""
    handover = await aggregate.load(uow, Handover, handover_id, for_=for_)
    check_sees_handover(uow, handover, await access.bases(uow, handover.case_id))
    aggregate.check_version(handover, read)
    return handover


async def load_case(uow: UnitOfWork, case_id: UUID, *, for_: str) -> CaseFacts:
    """What is known of a case, its stream locked. NotFound and NotForThisBasis, also after the wait for the lock."""
    await access.require(uow, case_id, for_=for_)
    await uow.lock(case_id)
    await access.require(uow, case_id, for_=for_)
    facts = await uow.session.get(CaseFacts, case_id)
    if facts is None:
        raise NotFound
    return facts


async def load_case_for_request(uow: UnitOfWork, case_id: UUID, *, for_: str) -> CaseFacts:
    """The case of a new request for a place or support. NotPossible `case_withdrawn` (SH-4, SH-8)."""
    case = await load_case(uow, case_id, for_=for_)
    require_not_withdrawn(case.outcome)
    return case


async def addressees(uow: UnitOfWork, stay_id: UUID) -> list[StayAddressee]:
    rows = await uow.session.scalars(
        select(StayAddressee).where(StayAddressee.stay_id == stay_id).order_by(StayAddressee.operator)
    )
    return list(rows)


def require_own(uow: UnitOfWork, agencies: Iterable[str | None]) -> None:
    """The object may be known, and yet the act is for another agency (403 `belongs_to_another_agency`)."""
    if uow.actor.agency not in set(agencies):
        raise DomainError("belongs_to_another_agency", "This is for another agency to do.", status=403)


def effective_time(uow: UnitOfWork, stay: Stay, action: str, command: Command) -> datetime:
    """When the act took effect: possible in this state, not in the future, not before the act it follows."""
    stays.STAY.after(stay.state, action)
    return uow.effective(command.happened_at, not_before=stay.last_act_at)


def transition(uow: UnitOfWork, stay: Stay, action: str, at: datetime, **facts: object) -> None:
    """Follow the machine to the next state and version, and audit it, which is the history too."""
    aggregate.transition(stay, stays.STAY, action)
    stay.last_act_at = at
    audit_stay(uow, stay, action, at, **facts)


def audit_stay(uow: UnitOfWork, stay: Stay, action: str, at: datetime, **facts: object) -> None:
    """Audit an act on the stay; facts are codes, ids and dates, and never the place (SH-7)."""
    about = {"state": stay.state} | facts
    uow.audit(action, subject=f"stay/{stay.id}", case_id=stay.case_id, at=at, facts=about)
