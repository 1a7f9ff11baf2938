"""The history of a case: each viewer sees the entries of the parts that they may read."""

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from casework import access
from casework import answers as shapes
from casework.bases import Basis
from casework.history import visible_history

from identification import facts
from identification.resources import Work
from identification.rights import PART_OF
from identification.tables import Case
from identification.views.cases import who_knows


async def see_history(uow: Work, case_id: UUID) -> shapes.History:
    """What was done in this case, newest first, at most 500.

    Who acted is shown where the viewer may know that this agency knows of the case (ID-12).
    """
    bases = await access.require(uow, case_id, for_="see_case")
    named = await _agencies(uow, case_id, bases)
    items = await visible_history(uow, case_id, bases, PART_OF)
    return shapes.history(item if item.agency in named else replace(item, agency=None, role=None) for item in items)


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
