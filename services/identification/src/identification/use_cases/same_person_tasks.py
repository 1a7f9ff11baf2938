"""The holder of a case answers a task: the same person, or not (ID-18). Merging cases is not here."""

from datetime import datetime
from uuid import UUID

from chassis.actor import Actor
from chassis.errors import NotFound, Stale
from chassis.clock import effective
from sqlalchemy.ext.asyncio import AsyncSession

from identification.domain.same_person import check_answer
from identification.queries import lists
from identification.schemas import SamePersonAnswerGiven
from identification.tables import SamePersonTask
from identification.use_cases.acts import note, open_case


async def answer_task(
    session: AsyncSession, who: Actor, task_id: UUID, given: SamePersonAnswerGiven, now: datetime
) -> SamePersonTask:
    """Say what is known of it; it can be said anew, by who has read what was said before.

    What the case shows of it names neither the other case nor its agency: the history is read by others too.
    """
    held = lists.list_tasks(who).where(SamePersonTask.id == task_id)
    case_id = await session.scalar(held.with_only_columns(SamePersonTask.case_id))
    if case_id is None:
        raise NotFound
    case = await open_case(session, who, case_id)
    task = await session.get_one(SamePersonTask, task_id, with_for_update=True)
    yours = given.model_dump(mode="json", include={"verdict", "reason", "person_agrees"})
    if given.version != task.version:
        raise Stale(given.version, task.version, yours, {name: getattr(task, name) for name in yours})
    check_answer(given.verdict, given.reason, given.person_agrees)
    at = effective(given.happened_at, now, not_before=task.answered_at or task.created_at)
    task.verdict, task.reason, task.person_agrees = given.verdict, given.reason, given.person_agrees
    task.answered_at = at
    task.version += 1
    note(session, who, case, "answer_same_person_task", at, f"same-person-task/{task.id}", verdict=task.verdict)
    return task
