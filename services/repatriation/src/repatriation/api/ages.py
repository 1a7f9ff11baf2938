"""Whether a child has reached the age from which the law wants an opinion: identification answers (RP-5, ID-13)."""

from uuid import UUID

from casework.calendar import local_date
from chassis.unit_of_work import UnitOfWork

from repatriation.commands import DecideBestInterests
from repatriation.facts.visibility import find
from repatriation.parameters import value_or_none
from repatriation.resources import Resources
from repatriation.tables import Return


async def reached_opinion_age(uow: UnitOfWork[Resources], return_id: UUID, command: DecideBestInterests) -> bool | None:
    """Only where the child is stated to be younger; None where the age is unset, or nobody knows it."""
    row, _ = await find(uow, Return, return_id, for_="decide_best_interests_return")
    day = local_date(command.happened_at or uow.now)
    age = value_or_none("return_child_opinion_age", day)
    if command.opinion_heard != "under_age" or age is None:
        return None
    return await uow.resources.persons.has_reached(uow.actor, row.case_id, age=age, on=day, concerning=row.id)
