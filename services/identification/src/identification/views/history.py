"""The history of a case: each viewer sees the entries of the parts that they may read."""

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from casework import access
from casework import answers as shapes
from casework.bases import Basis
from casework.history import visible_history
from sqlalchemy import select

from identification import facts
from identification.resources import Work
from identification.rights import PART_OF
from identification.tables import Case, SamePersonTask
from identification.views.knows import who_knows


async def see_history(uow: Work, case_id: UUID) -> shapes.History:
    """What was done in this case, newest first, at most 500.

    Who acted is shown where the viewer may know that this agency knows of the case (ID-12).
    """
    bases = await access.require(uow, case_id, for_="see_case")
    named = await _agencies(uow, case_id, bases)
    items = await visible_history(uow, case_id, bases, PART_OF)
    shown = await _tasks(uow, case_id)
    items = [item for item in items if item.action != "answer_same_person_task" or item.subject in shown]
    return shapes.history(item if item.agency in named else replace(item, agency=None, role=None) for item in items)


async def _tasks(uow: Work, case_id: UUID) -> set[str]:
    """The tasks of the case; for police those alone whose search is about a case visible to them (ID-7)."""
    rows = select(SamePersonTask.id).where(SamePersonTask.case_id == case_id, await facts.shows_search(uow))
    return {f"same-person-task/{task_id}" for task_id in await uow.session.scalars(rows)}


async def _agencies(uow: Work, case_id: UUID, bases: Collection[Basis]) -> set[str]:
    """The service itself, the viewer's own agency, and the others that the viewer may know of."""
    case = await uow.session.get_one(Case, case_id)
    named = {"identification", uow.actor.agency}
    if access.gives(uow, "read_progress", bases):
        referral = await facts.referral_of(uow, case_id)
        named |= {case.holder} | ({referral.to} if referral else set())
    if access.gives(uow, "who_knows", bases):
        named |= {row.agency for row in await who_knows(uow, case, bases)}
    return named
