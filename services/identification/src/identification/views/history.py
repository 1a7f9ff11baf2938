"""The history of a case: each viewer sees the entries of the parts that they may read."""

from uuid import UUID

from casework import access
from casework.history import visible_history
from chassis import answers as shapes

from identification.resources import Work
from identification.rights import PART_OF


async def see_history(uow: Work, case_id: UUID) -> shapes.History:
    """What was done in this case, newest first, at most 500."""
    held = await access.require(uow, case_id, for_="see_case")
    return shapes.history(await visible_history(uow, case_id, held, PART_OF))
