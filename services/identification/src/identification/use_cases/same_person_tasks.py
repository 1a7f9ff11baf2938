"""The holder of a case answers a task: the same person, or not (ID-18). Merging cases is not here."""

from uuid import UUID

from casework import access, aggregate
from chassis.errors import NotFound
from sqlalchemy import not_, or_, select

from identification import facts
from identification.commands import AnswerSamePersonTask
from identification.domain.same_person import check_answer
from identification.resources import Work
from identification.tables import Case, SamePersonTask
from identification.use_cases import cases


async def answer_task(uow: Work, task_id: UUID, command: AnswerSamePersonTask) -> SamePersonTask:
    """Answer what is known of it; it can be answered anew, by who has read the answer before.

    For police a task about a case that is hidden from them is none (ID-7). What the case shows of it names neither the
    other case nor its agency: the history is read by others too.
    """
    of_others = not_(access.visible(uow, SamePersonTask.case_id, for_="answer_same_person_task"))
    answerable = or_(of_others, await facts.shows_search(uow))  # `load` refuses those of cases that others hold
    shown = select(SamePersonTask.id).where(SamePersonTask.id == task_id, answerable)
    if await uow.session.scalar(shown) is None:
        raise NotFound
    task = await aggregate.load(uow, SamePersonTask, task_id, for_="answer_same_person_task", read=command)
    case = await uow.session.get_one(Case, task.case_id, with_for_update=True)
    check_answer(command.verdict, command.reason, command.person_agrees)
    at = uow.effective(command.happened_at, not_before=task.answered_at or task.created_at)
    task.verdict, task.reason, task.person_agrees = command.verdict, command.reason, command.person_agrees
    task.answered_at = at
    task.version += 1
    subject = f"same-person-task/{task.id}"
    cases.audit(uow, case, "answer_same_person_task", at, subject=subject, verdict=task.verdict)
    return task
