"""The history of an object or a case from the audit, by the parts that a viewer may read."""

from collections.abc import Collection, Mapping
from uuid import UUID

from chassis import audit
from chassis.audit import HistoryItem
from chassis.unit_of_work import UnitOfWork

from casework.access import gives
from casework.bases import Basis


async def visible_history(
    uow: UnitOfWork,
    case_id: UUID,
    own: Collection[Basis],
    part_of: Mapping[str, str],
    *,
    subject: str | None = None,
) -> list[HistoryItem]:
    """The acts, newest first, at most 500. `part_of` maps each audited action to the right that shows it.

    An act that `part_of` does not name is shown to nobody: a test sees to it that every audited act has its part.
    """
    readable = {part for part in set(part_of.values()) if gives(uow, part, own)}
    actions = [action for action, part in part_of.items() if part in readable]
    return await audit.history(uow.session, subject=subject, case_id=case_id, actions=actions)
