"""Lists of cases, reports and tasks, and their counts: what one counts is what one sees, by the same condition."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from casework import access, agencies
from casework import answers as shapes
from casework.bases import Basis
from chassis import paging
from chassis.errors import NotFound
from chassis.rights import may
from nrm_events.taking_part import is_police
from sqlalchemy import BigInteger, Select, func, select, union_all
from sqlalchemy.orm import aliased

from identification import answers, facts
from identification import tables as t
from identification.domain import cases
from identification.domain.same_person import TASK
from identification.resources import Work
from identification.views.cases import PROGRESS, case_deadlines


@dataclass(frozen=True)
class CaseFilter:
    """`unacknowledged`: a service or an agency has not yet acknowledged the end of a withdrawn consent (ID-12).

    `offered`: another agency requests that of the actor to hold the case (ID-20).
    """

    status: str | None = None
    holder: str | None = None
    case_ref: str | None = None
    unacknowledged: bool = False
    offered: bool = False


async def list_cases(
    uow: Work, wanted: CaseFilter, *, limit: int, after: UUID | None
) -> tuple[list[t.Case], UUID | None]:
    """The cases that the actor may know of, newest first, found only by what it may read of them (ID-7)."""
    cases.check_known(wanted.status)
    return await paging.page_by_keys(uow.session, _case_ids(uow, wanted), t.Case.id, limit=limit, after=after)


def _case_ids(uow: Work, wanted: CaseFilter) -> Select[tuple[UUID]]:
    by = {t.CaseProgress.status: wanted.status, t.CaseProgress.holder: wanted.holder}
    if any(by.values()):
        found = _with_progress(uow).where(*(column == value for column, value in by.items() if value))
    elif wanted.unacknowledged:
        found = _waiting_for_others(uow)
    else:
        found = access.case_ids(uow, for_="list_cases")
    (case_id,) = found.selected_columns
    if wanted.unacknowledged:
        found = found.where(case_id.in_(_waiting_for_others(uow)))
    if wanted.offered:
        offers = select(t.HolderOffer.case_id).where(t.HolderOffer.state == "offered")
        found = found.where(case_id.in_(offers.where(t.HolderOffer.to == uow.actor.agency)))
    if wanted.case_ref:
        found = found.where(case_id.in_(select(t.Case.id).where(t.Case.case_ref == wanted.case_ref)))
    return found


def _with_progress(uow: Work, action: str = "read_progress") -> Select[tuple[UUID]]:
    """The cases whose progress the actor may read, from what the database keeps of them (migration 0019)."""
    access.cell(uow, action)  # Forbidden for other roles; the same bases for all that have it
    return select(t.CaseProgress.case_id).where(t.CaseProgress.agency == uow.actor.agency)


def _waiting_for_others(uow: Work) -> Select[tuple[UUID]]:
    shown = access.visible(uow, t.Consent.case_id, for_="read_consent_history")
    return select(t.Consent.case_id).where(t.Consent.waits, shown)


async def counts(uow: Work) -> list[answers.CountAnswer]:
    """How many cases the actor may read the progress of, by status."""
    access.cell(uow, "read_progress")
    kept, since = t.CaseCount, t.CaseCountChange
    both = union_all(*(select(row.status, row.cases).where(row.agency == uow.actor.agency) for row in (kept, since)))
    summed = both.subquery()
    found = select(summed.c.status, func.sum(summed.c.cases).cast(BigInteger)).group_by(summed.c.status)
    by_status = dict((await uow.session.execute(found)).tuples().all())
    return [answers.CountAnswer(status=status, cases=by_status.get(status, 0)) for status in cases.CASE.states]


async def summaries(uow: Work, rows: Sequence[t.Case]) -> list[answers.CaseSummary]:
    """The rows of a list with their clocks, by a fixed number of statements."""
    ids = [case.id for case in rows]
    bases = await bases_of(uow, ids)
    clocks = await _clocks(uow, rows)
    found = []
    for case in rows:
        parts: dict[str, object] = {"id": case.id, "case_ref": case.case_ref, "age_group": case.age_group, "clocks": []}
        if access.gives(uow, "read_progress", bases.get(case.id, ())):
            parts |= {name: getattr(case, name) for name in PROGRESS} | {"clocks": clocks[case.id]}
        found.append(answers.CaseSummary.model_validate(parts))
    return found


async def bases_of(uow: Work, ids: Sequence[UUID]) -> dict[UUID, list[Basis]]:
    found: dict[UUID, list[Basis]] = {}
    rows = access.with_bases(uow, select(t.Case.id.label("id")).where(t.Case.id.in_(ids)), t.Case.case_id)
    for row in await uow.session.execute(rows):
        found.setdefault(row.id, []).append(access.basis_of(row))
    return found


async def _clocks(uow: Work, rows: Sequence[t.Case]) -> dict[UUID, list[shapes.ClockAnswer]]:
    ids = [case.id for case in rows]
    referred = await uow.session.scalars(select(t.Referral).where(t.Referral.case_id.in_(ids)))
    referrals = {r.case_id: r for r in referred}
    consenting = select(t.Consent.case_id).where(t.Consent.case_id.in_(ids), facts.to_the_hand_over())
    agreed = set(await uow.session.scalars(consenting))
    must_agree = await facts.need_consent(uow, rows)
    reflections: dict[UUID, list[t.Reflection]] = {}
    periods = select(t.Reflection).where(t.Reflection.case_id.in_(ids)).order_by(t.Reflection.id)
    for reflection in await uow.session.scalars(periods):
        reflections.setdefault(reflection.case_id, []).append(reflection)
    return {
        case.id: shapes.clocks(
            case_deadlines(
                case,
                referrals.get(case.id),
                case.id in referrals or case.id in agreed or not must_agree[case.id],
                reflections.get(case.id, []),
            ),
            uow.now,
        )
        for case in rows
    }


async def list_reports(
    uow: Work, case_id: UUID | None, status: str | None, *, limit: int, after: UUID | None
) -> tuple[list[t.Report], UUID | None]:
    """Reports of cases whose assessment the actor may read, newest first; `status` is that of the case.

    Every report began a case, so that the key of a page is the case's.
    """
    cases.check_known(status)
    found = _with_progress(uow, "list_reports")
    if status:
        found = found.where(t.CaseProgress.status == status)
    if case_id:
        its_own = select(t.Report.case_id).where((t.Report.case_id == case_id) | (t.Report.attached_to == case_id))
        found = found.where(t.CaseProgress.case_id.in_(its_own))
    return await paging.page_by_keys(uow.session, found, t.Report.case_id, limit=limit, after=after)


async def list_tasks(uow: Work, answered: bool | None = None) -> Select[tuple[t.SamePersonTask]]:
    """For the holder of the case alone: nobody else learns of the other case (ID-18).

    Police see no task of a search about a case that is hidden from them, also where they hold the case since (ID-7).
    """
    visible = access.visible(uow, t.SamePersonTask.case_id, for_="see_same_person_tasks")
    of_holder = t.SamePersonTask.holder == uow.actor.agency  # an index has it; `visible` decides
    found = select(t.SamePersonTask).where(of_holder, visible, await facts.shows_search(uow))
    if answered is None:
        return found
    verdict = t.SamePersonTask.verdict
    return found.where(verdict.is_not(None) if answered else verdict.is_(None))


async def see_task(uow: Work, task_id: UUID) -> t.SamePersonTask:
    """One of the tasks that the list shows. NotFound for any other."""
    task = await uow.session.scalar((await list_tasks(uow)).where(t.SamePersonTask.id == task_id))
    if task is None:
        raise NotFound
    return task


async def task_answers(uow: Work, tasks: Sequence[t.SamePersonTask]) -> list[answers.TaskAnswer]:
    """Tasks with the references of their cases, by one statement."""
    references = select(t.Case.id, t.Case.case_ref).where(t.Case.id.in_({task.case_id for task in tasks}))
    by_id = dict((await uow.session.execute(references)).tuples().all())
    mine = may(uow.rights, uow.actor) & {"answer_same_person_task"}
    return [_task(task, by_id[task.case_id], mine) for task in tasks]


def _task(task: t.SamePersonTask, case_ref: str, mine: Collection[str]) -> answers.TaskAnswer:
    state = "answered" if task.verdict else "open"
    named = ("id", "case_id", "created_at", "version", "verdict", "reason", "person_agrees", "answered_at")
    return answers.TaskAnswer(
        **{name: getattr(task, name) for name in named},
        case_ref=case_ref,
        state=state,
        actions=shapes.actions(TASK.list_actions(state, may=mine)),
    )


async def list_offers(uow: Work, limit: int, after: UUID | None) -> tuple[list[answers.OfferAnswer], UUID | None]:
    """For the holder of the case which was searched for: who offers to work together, by the person's consent.

    Police learn by it of no case that they may not know of (ID-7, ID-18).
    """
    ours, theirs = aliased(t.Case), aliased(t.Case)
    found = (
        select(t.SamePersonTask, ours.id, ours.case_ref, theirs.holder)
        .join(t.SamePersonSearch, t.SamePersonSearch.id == t.SamePersonTask.search_id)
        .join(t.Report, t.Report.id == t.SamePersonSearch.report_id)
        .join(ours, ours.id == func.coalesce(t.Report.attached_to, t.Report.case_id))
        .join(theirs, theirs.id == t.SamePersonTask.case_id)
        .where(access.visible(uow, ours.id, for_="see_same_person_offers"), theirs.id != ours.id)
        .where(t.SamePersonTask.verdict == "same", t.SamePersonTask.person_agrees)
    )
    if is_police(await agencies.kind(uow, uow.actor.agency)):
        found = found.where(access.visible(uow, theirs.id, for_="see_case"))
    if after:
        found = found.where(t.SamePersonTask.id < after)
    rows = (await uow.session.execute(found.order_by(t.SamePersonTask.id.desc()).limit(limit + 1))).all()
    offers = [
        answers.OfferAnswer(id=task.id, case_id=case_id, case_ref=case_ref, agency=holder, since=task.answered_at)
        for task, case_id, case_ref, holder in rows[:limit]
    ]
    return offers, offers[-1].id if len(rows) > limit else None
