"""Erasure of a person: key, sealed fields and search digests go, the case stays (ID-13, ID-18)."""

from collections.abc import Sequence
from uuid import UUID

from chassis.database import among
from chassis.errors import NotPossible
from sqlalchemy import ColumnElement, delete, or_, select

from identification import facts
from identification.commands import ErasePerson
from identification.resources import Work
from identification.tables import Case, Person, PersonWord, Report, SamePersonSearch, SamePersonTask
from identification.use_cases import cases, name_words


async def erase_person(uow: Work, case_id: UUID, command: ErasePerson) -> Case:
    """Erase the person of a case that has ended, and of every report that joined it.

    Fields, former values and digests go with the key, by the database, and words of names that nobody else has go too.
    Searches for the person go with their tasks: they join cases of one person. A case that ended by joining another
    one is erased after that one has ended.
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
    of_them = list(await uow.session.scalars(joined.with_for_update()))
    await _forget_persons(uow, [one.id for one in of_them])
    for one in of_them:
        one.erased_at = at
    why = {"ground": command.ground, "reference": command.reference}
    cases.audit(uow, case, "erase_person", at, subject=f"person/{case.id}", **why)
    return case


async def _forget_persons(uow: Work, case_ids: Sequence[UUID]) -> None:
    """Delete the persons, and the words that were theirs alone. They are locked first, so they take up no more."""
    theirs = select(Person.case_id).where(among(Person.case_id, case_ids)).order_by(Person.case_id)
    await uow.session.execute(theirs.with_for_update())
    words = select(PersonWord.digest).where(among(PersonWord.case_id, case_ids)).distinct()
    had = list(await uow.session.scalars(words))
    await uow.session.execute(delete(Person).where(among(Person.case_id, case_ids)))
    await name_words.forget(uow, had)


async def _forget_searches(uow: Work, case: Case, of_the_person: ColumnElement[bool]) -> None:
    reports = select(Report.id).where(of_the_person)
    searches = select(SamePersonSearch.id).where(SamePersonSearch.report_id.in_(reports))
    about = or_(SamePersonTask.case_id == case.id, SamePersonTask.search_id.in_(searches))
    await uow.session.execute(delete(SamePersonTask).where(about))
    await uow.session.execute(delete(SamePersonSearch).where(SamePersonSearch.report_id.in_(reports)))
