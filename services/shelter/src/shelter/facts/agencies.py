"""Which agencies run houses, which of them are police, and who may pay and take support over."""

from collections.abc import Collection
from uuid import UUID

from casework import access, agencies
from casework.bases import FORMAL_BODY
from chassis.errors import Fault, Invalid
from chassis.unit_of_work import UnitOfWork
from nrm_events.taking_part import is_police
from sqlalchemy import func, select

from shelter.domain import care
from shelter.tables import Facility


async def check_operators(uow: UnitOfWork, codes: Collection[str], where: str) -> None:
    """Each takes part and has a house with places (SH-9); Invalid `unknown_agency`, `not_an_operator`."""
    for code in codes:
        await agencies.check_takes_part(uow, code, where)
    if set(codes) - await with_places(uow):
        fault = Fault(where, "not_an_operator", "has no house with places")
        raise Invalid("not_an_operator", "The agency has no places to offer.", faults=[fault])


async def with_places(uow: UnitOfWork) -> frozenset[str]:
    """SH-9: the agencies that run a house with places."""
    running = select(Facility.operator).where(func.cardinality(Facility.takes) > 0)
    return frozenset(await uow.session.scalars(running.distinct()))


async def check_takes_support(uow: UnitOfWork, code: str, where: str) -> None:
    """SH-8: it takes part and is of a kind that supports people; Invalid `unknown_agency`, `takes_no_support`."""
    await agencies.check_takes_part(uow, code, where)
    if not care.takes_support(await agencies.kind(uow, code)):
        fault = Fault(where, "takes_no_support", "is of a kind that takes no support over")
        raise Invalid("takes_no_support", "Support is not handed over to an agency of this kind.", faults=[fault])


async def check_pays(uow: UnitOfWork, code: str, where: str) -> None:
    """SH-6: the payer is an agency that takes part, never the person; Invalid `unknown_agency`, `does_not_pay`."""
    await agencies.check_takes_part(uow, code, where)
    if not care.pays(await agencies.kind(uow, code)):
        fault = Fault(where, "does_not_pay", "is of a kind that pays for nothing")
        raise Invalid("does_not_pay", "An agency of this kind pays for nothing.", faults=[fault])


async def viewer_is_police(uow: UnitOfWork) -> bool:
    """ID-7: whether the actor's agency may learn nothing from counts either."""
    return is_police(await agencies.kind(uow, uow.actor.agency))


async def police_operators(uow: UnitOfWork) -> frozenset[str]:
    """The operators that are police."""
    return await agencies.police_among(uow, await uow.session.scalars(select(Facility.operator).distinct()))


async def is_handed_over(uow: UnitOfWork, case_id: UUID) -> bool:
    """ID-7: whether the case was handed over to a police body, so that its houses may know of it."""
    bodies = {row.agency for row in await access.who_knows(uow, case_id) if row.basis == FORMAL_BODY}
    return bool(await agencies.police_among(uow, bodies))
