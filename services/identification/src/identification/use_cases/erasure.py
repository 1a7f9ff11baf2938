"""Erasure of a person: key, sealed fields and search digests go, the case stays (ID-13, ID-18)."""

from uuid import UUID

from chassis.errors import NotPossible
from sqlalchemy import ColumnElement, delete, or_, select

from identification import facts
from identification.commands import ErasePerson
from identification.resources import Work
from identification.tables import Case, Person, Report, SamePersonSearch, SamePersonTask
from identification.use_cases import cases


async def erase_person(uow: Work, case_id: UUID, command: ErasePerson) -> Case:
    """Erase the person of a case that has ended, and of every report that joined it.

    Fields, former values and digests go with the key, by the database. Searches for the person go too, with their
    tasks: they join cases of one person. A case that ended by joining another one is erased after that one has ended.
    NotPossible `case_goes_on`, `person_erased`.
    """
    case = await cases.load(uow, case_id, for_="erase_person", read=command)
    if case.erased_at:
        raise NotPossible("person_erased", "The person was erased before.")
    if await facts.goes_on(uow, case):
        raise NotPossible("case_goes_on", "The person of a case that goes on is not erased.")
    at = uow.effective(command.happened_at, not_before=case.reported_at)
    of_the_person = or_(Report.case_id == case.id, Report.attached_to == case.id)
    await _forget_searches(uow, case, of_the_person)
    joined = select(Case).where(Case.id.in_(select(Report.case_id).where(of_the_person))).order_by(Case.id)
    for one in list(await uow.session.scalars(joined.with_for_update())):
        await uow.session.execute(delete(Person).where(Person.case_id == one.id))
        one.erased_at = at
    why = {"ground": command.ground, "reference": command.reference}
    cases.audit(uow, case, "erase_person", at, subject=f"person/{case.id}", **why)
    return case


async def _forget_searches(uow: Work, case: Case, of_the_person: ColumnElement[bool]) -> None:
    reports = select(Report.id).where(of_the_person)
    searches = select(SamePersonSearch.id).where(SamePersonSearch.report_id.in_(reports))
    about = or_(SamePersonTask.case_id == case.id, SamePersonTask.search_id.in_(searches))
    await uow.session.execute(delete(SamePersonTask).where(about))
    await uow.session.execute(delete(SamePersonSearch).where(SamePersonSearch.report_id.in_(reports)))
