"""What every view is made of: the viewer's bases on each case, possible actions, histories."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from casework import access, answers
from casework.bases import Basis
from casework.history import visible_history
from chassis.machine import Machine, Possible
from chassis.unit_of_work import UnitOfWork
from nrm_events.reference import case_reference
from pydantic import BaseModel
from sqlalchemy import select

from repatriation.facts.visibility import THINGS, Row, bases_of_cases, has_right, of_object
from repatriation.rights import SAME_RIGHT
from repatriation.tables import Base, CaseFile


@dataclass(frozen=True)
class Viewed:
    """The age group of an object's case, and the bases of the viewer that count for the object."""

    age_group: str
    own: frozenset[Basis]


async def viewed(uow: UnitOfWork, rows: Sequence[Row]) -> list[Viewed]:
    """The same for each row, by two statements whatever the number of rows."""
    case_ids = {row.case_id for row in rows}
    ages = {
        row.case_id: row.age_group
        for row in await uow.session.execute(
            select(CaseFile.case_id, CaseFile.age_group).where(CaseFile.case_id.in_(case_ids))
        )
    }
    bases = await bases_of_cases(uow, case_ids)
    return [Viewed(ages.get(r.case_id, "unknown"), of_object(bases.get(r.case_id, []), r.id)) for r in rows]


def columns(row: Base, shape: type[BaseModel], *without: str) -> dict[str, object]:
    """The fields of an answer that are columns of the row."""
    return {name: getattr(row, name) for name in shape.model_fields if name not in without and hasattr(row, name)}


def of_case(row: Row, seen: Viewed) -> dict[str, object]:
    """What every answer shows of the case."""
    return {"case_ref": case_reference(row.case_id), "age_group": seen.age_group}


def actions(
    uow: UnitOfWork, row: Row, seen: Viewed, *, machine: Machine, refused: Mapping[str, str]
) -> list[answers.ActionAnswer]:
    """Every act of the machine that the viewer's roles have, or why it is not possible now.

    What the basis does not give is listed as `not_for_this_basis`, whatever the state.
    """
    thing = THINGS[type(row)]
    rights = {action: SAME_RIGHT.get(f"{action}_{thing}", f"{action}_{thing}") for action in machine.actions}
    own = {action: name for action, name in rights.items() if name in uow.rights and has_right(uow, name)}
    return answers.actions(
        found if access.gives(uow, own[found.action], seen.own) else Possible(found.action, False, "not_for_this_basis")
        for found in machine.list_actions(row.state, refused, own.keys())
    )


def beside(uow: UnitOfWork, seen: Viewed, acts: Mapping[str, tuple[str, str | None]]) -> list[answers.ActionAnswer]:
    """Acts that are no transition: action → its right, and the code of what keeps it from being possible now."""
    mine = {action: pair for action, pair in acts.items() if has_right(uow, pair[0])}
    return answers.actions(
        Possible(action, reason is None, reason)
        if access.gives(uow, right, seen.own)
        else Possible(action, False, "not_for_this_basis")
        for action, (right, reason) in mine.items()
    )


async def history(uow: UnitOfWork, row: Row, own: Collection[Basis], part_of: Mapping[str, str]) -> answers.History:
    """What was done, newest first: the entries of the parts that the viewer may read."""
    subject = f"{THINGS[type(row)]}/{row.id}"
    return answers.history(await visible_history(uow, row.case_id, own, part_of, subject=subject))
