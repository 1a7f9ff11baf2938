"""The case by its reference, and the agencies that a request or a hand-over can name today."""

from casework import agencies, cases
from casework.cases import CaseFound
from chassis.paging import Page
from chassis.unit_of_work import UnitOfWork

from shelter.answers.support import AgencyAnswer
from shelter.domain import care
from shelter.facts.agencies import with_places
from shelter.tables import CaseFacts


async def find_case(uow: UnitOfWork, reference: str) -> Page[CaseFound]:
    """The case, where the actor may know of it (ID-7). Invalid `not_a_reference`."""
    return await cases.by_reference(uow, CaseFacts.case_id, reference, for_="find_case")


async def agencies_of_today(uow: UnitOfWork) -> Page[AgencyAnswer]:
    """Those that have places or take support over, which the own agency never does from itself (SH-8)."""
    taking_part = await agencies.taking_part(uow)
    having = await with_places(uow)
    found = [
        AgencyAnswer(
            agency=code,
            has_places=code in having,
            takes_support=care.takes_support(kind) and code != uow.actor.agency,
        )
        for code, kind in taking_part.items()
    ]
    return Page(items=[one for one in found if one.has_places or one.takes_support])
