"""A case by its reference, for whoever may begin something for it (ID-7)."""

from casework.cases import CaseFound, by_reference
from chassis.paging import Page
from chassis.unit_of_work import UnitOfWork

from repatriation.tables import CaseFile
from repatriation.views.lists import WantedCase


async def find(uow: UnitOfWork, wanted: WantedCase) -> Page[CaseFound]:
    """The case, or nothing where it is absent and where it is hidden."""
    return await by_reference(uow, CaseFile.case_id, wanted.case_ref, for_="find_case")
